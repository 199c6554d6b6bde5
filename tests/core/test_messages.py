"""What can be said, to whom, and what becomes of it: sending, editing, deleting, pinning."""

import pytest

from messenger.core import chats, history, messages, people, reactions
from messenger.core.facts import ChatOpened, MessageDeleted, MessageEdited, MessagePinned, MessageSent
from messenger.core.models import Edition, Mention, Message, Reaction
from messenger.core.refusals import Blank, Forbidden, Invalid, Reused, TooLong, Unknown
from messenger.extensions import db

HOSTILE = [
    "e\u0301\u0301\u0301 Z\u0351\u036b\u0343\u036a\u0302a\u030al\u0348g\u0347o",
    "\u202egnp.exe",
    "👨‍👩‍👧‍👦🏳️‍🌈" * 50,
    "﷽" * 500,
    "\U0010ffff \ufffe \uffff \ue000",
    "'; DROP TABLE messages; --",
    '{"text": "a\\u0000b"} \\u0000 %s %(x)s {0} {wanted} :wanted :now ?',
    "\tline\r\nnext\u2028line\u2029",
]


def test_the_first_message_opens_the_dialog(world, ann, bob):
    chat = world.dialog(ann, bob)
    assert chat.chat_id is None
    sent = world.say(ann, chat, "hello")
    assert (sent.text, sent.position, sent.revision, sent.author, sent.status) == ("hello", 1, 1, ann.person, "sent")
    assert [type(fact) for fact in world.heard()] == [ChatOpened, MessageSent]
    assert world.dialog(bob, ann).chat_id == sent.chat.chat_id
    assert world.texts(world.dialog(bob, ann)) == ["hello"]


def test_two_first_messages_at_once_open_one_dialog(world, ann, bob):
    calls = [(messages.send, (ann, world.dialog(ann, bob), "a")), (messages.send, (bob, world.dialog(bob, ann), "b"))]
    sent = world.at_once(calls * 5)
    assert [message.position for message in sent] == list(range(1, 11))
    assert len({message.chat.chat_id for message in sent}) == 1
    assert len(world.heard(ChatOpened)) == 1


def test_a_note_to_oneself_is_read_at_once(world, ann):
    saved = world.dialog(ann, ann)
    world.say(ann, saved, "buy milk")
    (note,) = history.newest(world.dialog(ann, ann))
    assert (note.text, note.status) == ("buy milk", "read")


@pytest.mark.parametrize("text", HOSTILE)
def test_any_whole_unicode_comes_back_as_it_was_written(world, ann, bob, text):
    sent = world.say(ann, world.dialog(ann, bob), text, "client-" + text[:3])
    assert sent.text == text
    assert history.one(bob, sent.message_id).text == text


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "\x07bell", "\x7f", 7, None, b"bytes", ["list"]])
def test_what_is_no_text_is_refused(world, ann, bob, text):
    with pytest.raises(Invalid):
        world.say(ann, world.dialog(ann, bob), text)
    assert world.dialog(ann, bob).chat_id is None


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u200e", "\u2066\u2069", "\u00ad", "\u3164", "\u2800"])
def test_a_message_with_nothing_to_see_is_refused(world, ann, bob, text):
    with pytest.raises(Blank):
        world.say(ann, world.dialog(ann, bob), text)


def test_the_longest_message_fits_and_one_sign_more_does_not(world, ann, bob):
    chat = world.dialog(ann, bob)
    assert len(world.say(ann, chat, "ä" * 8_000).text) == 8_000
    with pytest.raises(TooLong):
        world.say(ann, chat, "ä" * 8_001)


def test_a_repeated_send_gets_the_first_answer_and_is_told_once(world, ann, bob):
    chat = world.dialog(ann, bob)
    first = world.say(ann, chat, "hello", "c1")
    again = world.say(ann, world.dialog(ann, bob), "hello", "c1")
    assert (again.message_id, again.position, again.created_at) == (first.message_id, 1, first.created_at)
    assert len(world.heard(MessageSent)) == 1
    assert world.texts(world.dialog(ann, bob)) == ["hello"]


def test_one_client_id_of_two_people_is_two_messages(world, ann, bob):
    world.say(ann, world.dialog(ann, bob), "a", "c1")
    world.say(bob, world.dialog(bob, ann), "a", "c1")
    assert world.texts(world.dialog(ann, bob)) == ["a", "a"]


def test_a_client_id_with_another_body_chat_or_answer_is_refused_and_nothing_is_stored(world, ann, bob, cid):
    """G4."""
    chat = world.dialog(ann, bob)
    first = world.say(ann, chat, "hello", "c1")
    for other, text, more in [
        (world.dialog(ann, bob), "hullo", {}),
        (world.dialog(ann, cid), "hello", {}),
        (world.dialog(ann, bob), "hello", {"reply_to_id": first.message_id}),
    ]:
        with pytest.raises(Reused) as refused:
            world.say(ann, other, text, "c1", **more)
        assert refused.value.status == 409
    assert world.texts(world.dialog(ann, bob)) == ["hello"]
    assert world.texts(world.dialog(ann, cid)) == []
    print("G4: 3 of 3 reused client ids refused, 1 message stored")


@pytest.mark.parametrize("client_id", ["", "x" * 65, "a\x00", "\udfff", 7])
def test_a_client_id_must_be_one(world, ann, bob, client_id):
    with pytest.raises(Invalid):
        world.say(ann, world.dialog(ann, bob), "hello", client_id)


def test_a_deleted_message_is_not_said_again_under_its_client_id(world, ann, bob):
    sent = world.say(ann, world.dialog(ann, bob), "hello", "c1")
    messages.delete(ann, sent.message_id)
    assert world.say(ann, world.dialog(ann, bob), "hello", "c1").deleted_at is not None
    assert len(world.texts(world.dialog(ann, bob))) == 1


def test_a_stranger_can_neither_write_nor_read_a_private_group(world, ann, bob, cid):
    group = world.group(ann, bob)
    sent = world.say(bob, group, "among us")
    for forbidden in (
        lambda: world.say(cid, group, "hi"),
        lambda: chats.visible(cid, group.chat_id),
        lambda: chats.group(cid, group.chat_id),
    ):
        with pytest.raises(Forbidden):
            forbidden()
    for unknown in (
        lambda: history.one(cid, sent.message_id),
        lambda: messages.edit(cid, sent.message_id, "x"),
        lambda: messages.delete(cid, sent.message_id),
        lambda: messages.pin(cid, sent.message_id),
        lambda: history.readers(cid, sent.message_id),
    ):
        with pytest.raises(Unknown):
            unknown()
    assert history.one(ann, sent.message_id).text == "among us"


@pytest.mark.parametrize("number", [0, -1, 2**53, 2**63, 2**70, 999_999_999])
def test_ids_that_name_nothing_are_unknown_whatever_their_size(world, ann, bob, number):
    chat = world.dialog(ann, bob)
    world.say(ann, chat, "hello")
    chat = world.dialog(ann, bob)
    for deed in (
        lambda: history.one(ann, number),
        lambda: messages.edit(ann, number, "x"),
        lambda: messages.delete(ann, number),
        lambda: messages.pin(ann, number),
        lambda: chats.visible(ann, number),
        lambda: people.by_id(number),
        lambda: world.say(ann, chat, "x", reply_to_id=number or -5),
        lambda: world.say(ann, chat, "x", attachment_ids=(number,)),
    ):
        with pytest.raises(Unknown):
            deed()
    assert world.texts(chat) == ["hello"]


def test_an_answer_quotes_a_message_of_the_same_chat_only(world, ann, bob, cid):
    question = world.say(ann, world.dialog(ann, bob), "how are you?")
    answer = world.say(bob, world.dialog(bob, ann), "fine", reply_to_id=question.message_id)
    assert (answer.reply_to.message_id, answer.reply_to.author_name, answer.reply_to.text) == (
        question.message_id,
        "Ann",
        "how are you?",
    )
    with pytest.raises(Unknown):
        world.say(ann, world.dialog(ann, cid), "fine", reply_to_id=question.message_id)
    assert world.texts(world.dialog(ann, cid)) == []


def test_an_answer_in_a_group_of_sends_does_not_hurt_its_neighbours(world, ann, bob):
    chat = world.dialog(ann, bob)
    outcomes = world.outcomes(
        [
            (messages.send, (ann, chat, "one")),
            (messages.send, (ann, chat, "x" * 9_000)),
            (messages.send, (bob, chat, "two")),
        ]
    )
    assert [type(o).__name__ for o in outcomes] == ["MessageSnapshot", "TooLong", "MessageSnapshot"]


def test_mentions_are_the_members_that_are_named(world, ann, bob, cid):
    group = world.group(ann, bob)
    said = world.say(ann, group, f"@{bob.login.upper()}, ask @{cid.login} (mail@{bob.login}.org) @nobody @{bob.login}.")
    assert said.mentions == (bob.login,)
    edited = messages.edit(ann, said.message_id, f"@{ann.login} looks herself")
    assert edited.mentions == (ann.login,)
    assert history.one(bob, said.message_id).mentions == (ann.login,)
    assert world.heard(MessageEdited)[-1].message.mentions == (ann.login,)


def test_editing_keeps_what_stood_there(world, ann, bob):
    sent = world.say(ann, world.dialog(ann, bob), "helo")
    edited = messages.edit(ann, sent.message_id, "*hello*")
    assert (edited.text, edited.html, edited.position) == ("*hello*", "<p><em>hello</em></p>", 1)
    assert edited.edited_at is not None
    assert edited.revision == sent.revision + 1
    world.look()
    assert [e.text for e in db.session.query(Edition).filter_by(message_id=sent.message_id)] == ["helo"]
    (fact,) = world.heard(MessageEdited)
    assert fact.message == edited


def test_editing_into_the_same_text_changes_nothing(world, ann, bob):
    sent = world.say(ann, world.dialog(ann, bob), "hello")
    assert messages.edit(ann, sent.message_id, "hello").edited_at is None
    assert world.heard(MessageEdited) == []


def test_only_the_author_edits_and_deletes(world, ann, bob):
    group = world.group(bob, ann)
    sent = world.say(ann, group, "mine")
    with pytest.raises(Forbidden):
        messages.edit(bob, sent.message_id, "x")
    with pytest.raises(Forbidden):
        messages.delete(bob, sent.message_id)
    created = history.newest(group)[0]
    assert created.kind == "system"
    with pytest.raises(Forbidden):
        messages.edit(bob, created.message_id, "x")


def test_deleting_leaves_a_tombstone_and_nothing_of_the_text(world, ann, bob):
    chat = world.dialog(ann, bob)
    sent = world.say(ann, chat, f"secret @{bob.login}")
    messages.edit(ann, sent.message_id, f"more secret @{bob.login}")
    reactions.react(bob, sent.message_id, "👍")
    answer = world.say(bob, chat, "what?", reply_to_id=sent.message_id)
    deleted = messages.delete(ann, sent.message_id)
    assert (deleted.text, deleted.rendered, deleted.mentions, deleted.reactions) == ("", None, (), ())
    world.look()
    for table in (Edition, Reaction, Mention):
        assert db.session.query(table).filter_by(message_id=sent.message_id).count() == 0
    assert history.one(bob, answer.message_id).reply_to.text == ""
    assert [m.position for m in history.newest(world.dialog(ann, bob))] == [1, 2]
    assert db.session.get(Message, sent.message_id).text == ""
    with pytest.raises(Unknown):
        messages.delete(ann, sent.message_id)
    with pytest.raises(Unknown):
        messages.edit(ann, sent.message_id, "back")
    assert len(world.heard(MessageDeleted)) == 1


def test_any_member_pins_and_unpins(world, ann, bob):
    group = world.group(ann, bob)
    sent = world.say(ann, group)
    assert messages.pin(bob, sent.message_id).pinned_at is not None
    assert messages.pin(bob, sent.message_id, False).pinned_at is None
    assert [fact.revision for fact in world.heard(MessagePinned)] == [sent.revision + 1, sent.revision + 2]


def test_pages_before_after_and_around(world, ann, bob):
    chat = world.dialog(ann, bob)
    world.say(ann, chat, "1")
    chat = world.dialog(ann, bob)
    world.together(messages.send, [(ann, chat, str(n)) for n in range(2, 31)])
    assert [m.text for m in history.newest(chat, 3)] == ["28", "29", "30"]
    assert [m.text for m in history.before(chat, 4, 10)] == ["1", "2", "3"]
    assert [m.text for m in history.after(chat, 28, 10)] == ["29", "30"]
    assert [m.text for m in history.around(chat, 15, 4)] == ["14", "15", "16", "17"]
    assert history.after(chat, 2**70) == []
    assert len(history.before(chat, 2**70)) == 30
    assert len(history.newest(chat, 10**9)) == 30


def test_a_page_is_a_fixed_number_of_queries(world, ann, bob):
    group = world.group(ann, bob)
    root = world.say(ann, group, "root")
    for n in range(20):
        world.say(bob, group, f"answer {n} @{ann.login}", reply_to_id=root.message_id)
    with world.queries() as few:
        history.newest(group, 2)
    with world.queries() as many:
        history.newest(group, 50)
    print(f"a page of 2: {len(few)} queries, of 50: {len(many)} queries")
    assert len(many) <= len(few) + 1


def test_everything_a_group_of_sends_does_takes_a_handful_of_statements(world, ann, bob):
    chat = world.say(ann, world.dialog(ann, bob), "first").chat
    counts = {}
    for many in (2, 50):
        with world.statements() as said:
            world.at_once([(messages.send, (ann, chat, f"{many} {n}")) for n in range(many)])
        counts[many] = len(said)
    print(f"a group of 2 sends: {counts[2]} statements, of 50: {counts[50]}")
    # On SQLite the rows go in by chunks of a few sizes; everything else is one statement whatever the number.
    assert counts[50] <= counts[2] + 4
