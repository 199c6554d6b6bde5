"""Lists of everybody and everything: who can be written to, what has not arrived, what was missed in all chats."""

from messenger.core import gaps, groups, history, messages, people, receipts, standings, typing, wishes
from messenger.core.facts import MessageDeleted, MessageEdited, MessageSent, StatusChanged, Typed


def logins(persons):
    return [person.login for person in persons]


def test_who_has_not_been_written_with_stands_by_name_in_pages(world, ann, bob):
    others = world.people(5, "stranger")
    world.say(bob, world.dialog(ann, bob))
    world.look()
    whole = people.unspoken(ann)
    assert bob.login not in logins(whole)
    assert ann.login not in logins(whole)
    assert set(logins(other.person for other in others)) <= set(logins(whole))
    paged, last = [], None
    while page := people.unspoken(ann, last, 2):
        paged += page
        last = page[-1].user_id
    assert logins(paged) == logins(whole)
    assert [person.name.lower() for person in whole] == sorted(person.name.lower() for person in whole)


def test_open_groups_of_others_stand_among_ones_own_chats_by_activity(world, ann, bob):
    first = world.group(ann, name="first")
    hidden = world.group(bob, name="hidden")
    shown = world.group(bob, name="shown", is_public=True)
    world.say(ann, world.dialog(ann, bob))
    world.say(ann, first)
    world.look()
    found = standings.open_to(ann)
    ids = [row.chat.chat_id for row in found]
    assert ids[0] == first.chat_id
    assert hidden.chat_id not in ids
    assert [row.is_member for row in found if row.chat.chat_id == shown.chat_id] == [False]
    page = standings.open_to(ann, 2)
    rest = standings.open_to(ann, None, (page[-1].active_at, page[-1].chat.chat_id))
    assert [row.chat.chat_id for row in (*page, *rest)] == ids


def test_what_has_not_arrived_is_of_others_and_arrives_once(world, ann, bob):
    chat = world.dialog(ann, bob)
    said = [world.say(ann, chat, text) for text in ("one", "two", "taken back")]
    world.say(ann, world.dialog(ann, ann), "to myself")
    messages.delete(ann, said[2].message_id)
    world.look()
    assert [message.text for message in history.undelivered(bob)] == ["one", "two"]
    assert history.undelivered(ann) == []
    receipts.delivered(bob, {said[0].chat.chat_id: said[0].position})
    world.look()
    assert [message.text for message in history.undelivered(bob)] == ["two"]


def test_a_gap_over_all_chats_leaves_out_what_was_known(world, ann, bob):
    group = world.group(ann, bob)
    quiet = world.say(ann, group, "in a quiet group")
    messages.edit(ann, quiet.message_id, "edited before")
    known = world.say(ann, world.dialog(ann, bob), "known")
    world.look()
    assert gaps.after(bob, known.message_id).facts == ()
    two = world.say(bob, world.dialog(bob, bob), "two")
    three = world.say(ann, group, "three")
    messages.edit(ann, known.message_id, "known better")
    messages.delete(ann, quiet.message_id)
    world.look()
    gap = gaps.after(bob, known.message_id)
    sent = [fact.message.message_id for fact in gap.facts if isinstance(fact, MessageSent)]
    assert sent == [two.message_id, three.message_id]
    rest = [(type(f), f.message.message_id) for f in gap.facts if isinstance(f, MessageEdited | MessageDeleted)]
    assert set(rest) == {(MessageEdited, known.message_id), (MessageDeleted, quiet.message_id)}
    assert gap.newest_id == three.message_id
    assert gap.revisions[group.chat_id] == world.row(group).revision


def test_more_than_fits_is_too_much(world, ann, bob):
    group = world.group(ann, bob)
    known = world.say(ann, group, "known")
    world.together(messages.send, [(ann, group, f"{n}") for n in range(301)])
    world.look()
    gap = gaps.after(bob, known.message_id)
    assert (gap.is_too_much, gap.facts, gap.revisions) == (True, (), {})


def test_a_status_names_the_writers_whom_it_concerns(world, ann, bob):
    cid = world.person("cid")
    group = world.group(ann, bob, cid)
    first = world.say(ann, group, "from ann")
    second = world.say(bob, group, "from bob")
    world.heard()
    receipts.read(cid, group, first.position)
    (fact,) = world.heard(StatusChanged)
    assert ann.user_id in fact.read_writers
    assert bob.user_id not in fact.read_writers
    receipts.read(cid, group, second.position)
    receipts.read(ann, group, second.position)
    fact = world.heard(StatusChanged)[-1]
    assert fact.read_writers == (bob.user_id,)
    assert bob.user_id in fact.delivered_writers


def test_typing_in_a_dialog_that_has_not_begun_has_a_topic_of_its_own(world, ann, bob):
    typing.tell(ann, world.dialog(ann, bob))
    (before,) = world.heard(Typed)
    typing.tell(bob, world.dialog(bob, ann))
    (same,) = world.heard(Typed)
    assert before.topics == same.topics
    world.say(ann, world.dialog(ann, bob))
    chat = world.dialog(ann, bob)
    world.heard()
    typing.tell(ann, chat)
    (after,) = world.heard(Typed)
    assert after.topics == (("chat", chat.chat_id),)


def test_who_left_a_group_misses_nothing_of_it(world, ann, bob):
    group = world.group(ann, bob)
    known = world.say(ann, world.dialog(ann, bob), "known")
    groups.leave(bob, group.chat_id)
    world.say(ann, group, "secret")
    world.look()
    assert gaps.after(bob, known.message_id).facts == ()


def test_the_rows_of_many_chats_and_people_cost_no_more_statements_than_one(world, ann, bob, cid):
    groups_of_all = [world.group(ann, bob, cid, name=f"number {n}") for n in range(4)]
    for group in groups_of_all:
        world.say(ann, group, f"hello @{bob.login}")
    spoken = world.say(ann, world.dialog(ann, bob), "to bob alone").chat
    wishes.draft(cid, groups_of_all[0].chat_id, 'half "written" …')
    wishes.mute(cid, groups_of_all[1].chat_id, 2**61)
    wishes.pin(ann, groups_of_all[2].chat_id, True)
    groups.leave(bob, groups_of_all[3].chat_id)
    everywhere = {(chat.chat_id, one.user_id) for chat in (*groups_of_all, spoken) for one in (ann, bob, cid)}
    with world.queries() as of_one:
        standings.together({(spoken.chat_id, bob.user_id)})
    with world.queries() as of_all:
        found = standings.together(everywhere)
    assert len(of_all) == len(of_one)
    assert everywhere - found.keys() == {(groups_of_all[3].chat_id, bob.user_id), (spoken.chat_id, cid.user_id)}
    for one in (ann, bob, cid):
        alone = {row.chat.chat_id: row for row in standings.of(one)}
        assert {chat_id: row for (chat_id, user_id), row in found.items() if user_id == one.user_id} == alone
