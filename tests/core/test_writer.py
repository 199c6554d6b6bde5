"""The one way to write: grouped, each caller for himself, told in commit order, bounded, and finished when it ends."""

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from messenger.core import accounts, complaints, history, messages, people, profiles
from messenger.core.facts import ChatFact, PersonArrived
from messenger.core.models import Keepsake
from messenger.core.refusals import Forbidden, NoSpace, Overloaded, TooLong, Unknown
from messenger.core.verbs import verb
from messenger.extensions import db
from tests.core.world import HERE, Application


@verb
def keep(tx, name, value=""):
    """A verb that writes one row, and one fact."""
    tx.add(Keepsake(name=name, value=value, kept_at=tx.now))
    tx.flush()
    tx.announce(PersonArrived(name))


@verb
def keep_and_stumble(tx, name):
    """A verb that goes wrong after it has written and announced."""
    keep.within(tx, name)
    raise ZeroDivisionError(name)


@verb
def keep_and_refuse(tx, name):
    """A verb that says no after it has written and announced."""
    keep.within(tx, name)
    raise Forbidden("no")


@verb
def ask(tx, sql):
    """Any statement."""
    return tx.execute(text(sql)).scalar()


def kept(world):
    world.look()
    return set(db.session.scalars(db.select(Keepsake.name)))


def test_what_waits_together_is_one_commit(world):
    before = world.writer.commits
    world.at_once([(keep, (f"together {n}",)) for n in range(100)])
    assert world.writer.commits - before == 2, "one for the verb that held the writer, one for all the others"
    assert len(kept(world)) >= 100


def test_a_group_has_a_size(world, monkeypatch):
    monkeypatch.setattr(world.writer, "group", 10)
    before = world.writer.commits
    world.at_once([(keep, (f"sized {n}",)) for n in range(100)])
    assert world.writer.commits - before == 11


def test_refusals_and_errors_reach_only_their_own_caller(world):
    outcomes = world.at_once([
        (keep, ("good 1",)), (keep_and_stumble, ("bad 1",)), (keep, ("good 2",)), (keep_and_refuse, ("bad 2",)),
        (keep, ("good 1",)), (keep, ("good 3",)), (ask, ("SELECT nonsense",)), (keep, ("good 4",)),
    ])  # fmt: skip
    names = ["NoneType", "ZeroDivisionError", "NoneType", "Forbidden", "IntegrityError", "NoneType", "", "NoneType"]
    assert [type(o).__name__ for o in outcomes[:6]] == names[:6]
    assert isinstance(outcomes[6], Exception)
    assert {"good 1", "good 2", "good 3", "good 4"} <= kept(world)
    assert not {"bad 1", "bad 2"} & kept(world)
    told = [fact.person for fact in world.heard(PersonArrived)]
    assert sorted(told) == ["good 1", "good 2", "good 3", "good 4"], "what was rolled back is not told"


def test_whoever_stands_still_gets_the_refusal_raised(world):
    with pytest.raises(Forbidden):
        keep_and_refuse("raised")
    with pytest.raises(ZeroDivisionError):
        keep_and_stumble("raised")


def test_a_call_for_which_nobody_waits_is_done_and_its_error_is_logged(world, caplog):
    for call in (keep.call(("unasked",), {}), keep_and_stumble.call(("unasked, too",), {})):
        world.writer.submit(call)
    keep("asked")
    assert [fact.person for fact in world.heard(PersonArrived)] == ["unasked", "asked"]
    assert caplog.text.count("keep_and_stumble failed") == 1


def test_one_poisoned_send_does_not_hurt_the_group_nor_the_dialogs_it_opens(world, ann, bob, cid):
    """A group of sends that fails is done again one by one; the first message of a dialog opens it again."""
    poison = messages.send.call((ann, world.dialog(ann, ann), "poison"), {})
    sendings = [(ann, world.dialog(ann, bob), "first for bob"), (ann, world.dialog(ann, cid), "first for cid")]
    calls = [messages.send.call(given, {}) for given in sendings]
    poison.arguments[0].text = "\ud800"
    outcomes = {}
    with world.held():
        for name, call in {"bob": calls[0], "poison": poison, "cid": calls[1]}.items():
            call.then = lambda outcome, name=name: outcomes.update({name: outcome})
            world.writer.submit(call)
    while len(outcomes) < 3:
        world.quiet()
    world.look()
    assert isinstance(outcomes["poison"], UnicodeEncodeError)
    assert outcomes["bob"].text == "first for bob"
    assert outcomes["cid"].text == "first for cid"
    assert world.texts(world.dialog(cid, ann)) == ["first for cid"]
    assert world.texts(world.dialog(bob, ann)) == ["first for bob"]


def test_facts_are_told_in_commit_order_and_before_the_answer(world, ann, bob):
    chat = world.say(ann, world.dialog(ann, bob)).chat
    world.heard()
    seen_at_answer = []
    done = threading.Event()
    messages.send.submit(
        ann, chat, "x", then=lambda m: (seen_at_answer.extend(f.message for f in world.told), done.set())
    )
    assert done.wait(5)
    assert [m.text for m in seen_at_answer] == ["x"]
    world.together(messages.send, [(author, chat, str(n)) for n in range(300) for author in (ann, bob)])
    revisions = [fact.revision for fact in world.heard(ChatFact)]
    assert revisions == sorted(revisions)
    assert len(revisions) >= 601


def test_nothing_is_told_or_answered_before_it_is_committed(world, ann, bob):
    """G2: at the moment of the answer another connection finds the row."""
    chat = world.say(ann, world.dialog(ann, bob)).chat
    missing, done = [], threading.Semaphore(0)

    def look(message):
        with world.app.app_context():
            if db.session.get(messages.Message, message.message_id) is None:
                missing.append(message)
            db.session.remove()
        done.release()

    for n in range(200):
        messages.send.submit(ann, chat, str(n), then=look)
    for _ in range(200):
        assert done.acquire(timeout=10)
    print(f"G2: of 200 acknowledged messages {200 - len(missing)} were found committed when their answer left")
    assert missing == []


def test_a_listener_that_stumbles_does_not_keep_the_answer(world, ann, bob, monkeypatch):
    def stumble(facts):
        raise ZeroDivisionError

    monkeypatch.setattr(world.writer, "tell", stumble)
    assert world.say(ann, world.dialog(ann, bob)).position == 1


def test_a_full_queue_refuses_at_once_and_reads_go_on(world, ann, bob, monkeypatch):
    chat = world.say(ann, world.dialog(ann, bob)).chat
    monkeypatch.setattr(world.writer, "limit", 5)
    with world.held():
        wait = world.submitted([(messages.send, (ann, chat, str(n))) for n in range(9)])
        with pytest.raises(Overloaded) as refused:
            world.say(ann, chat, "too much")
        assert refused.value.status == 503
        assert refused.value.retry_after > 0
        assert [m.text for m in history.newest(chat)] == ["hello"]
    outcomes = wait()
    assert [isinstance(o, Overloaded) for o in outcomes] == [False] * 5 + [True] * 4
    assert world.texts(chat) == ["hello", "0", "1", "2", "3", "4"]
    assert world.say(ann, chat, "again").position == 7


def test_stopping_finishes_what_was_accepted_and_refuses_what_comes_later(empty_world):
    world = empty_world
    ann, bob = world.person(), world.person()
    chat = world.say(ann, world.dialog(ann, bob)).chat
    with world.held():
        wait = world.submitted([(messages.send, (ann, chat, str(n))) for n in range(500)])
        stopped = threading.Thread(target=world.writer.stop)
        stopped.start()
        while world.writer.queue.qsize() < 501:
            pass
        late = world.submitted([(messages.send, (ann, chat, "late"))])
    stopped.join(10)
    assert not stopped.is_alive()
    assert [m.position for m in wait()] == list(range(2, 502))
    (outcome,) = late()
    assert isinstance(outcome, Overloaded) or outcome.position == 502
    assert world.say(ann, chat, "after a new start").text == "after a new start"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_when_sqlite_gives_up_a_transaction_nobody_in_it_is_acknowledged(empty_world, kind):
    world = empty_world
    ann, bob = world.person(), world.person()
    chat = world.say(ann, world.dialog(ann, bob)).chat
    ask(f"PRAGMA max_page_count={ask('PRAGMA page_count') + 3}")

    @verb
    def fill(tx):
        for n in range(100):
            tx.execute(text("INSERT INTO keepsakes VALUES (:n, :v, 0)"), {"n": f"fill {n}", "v": "x" * 3_000})

    outcomes = world.at_once([
        (messages.send, (ann, chat, "before")), (fill, ()), (messages.edit, (ann, 1, "after")),
        (profiles.describe, (ann, "Ann", "after")),
    ])  # fmt: skip
    assert [type(outcome) for outcome in outcomes] == [NoSpace] * 4
    assert outcomes[0].status == 507
    assert world.texts(chat) == ["hello"]
    assert people.by_login(ann.login).about == ""
    ask("PRAGMA max_page_count=1000000")
    assert world.say(ann, chat, "space again").position == 2
    assert ask("PRAGMA integrity_check") == "ok"


def test_only_the_writer_can_write(world, kind):
    with pytest.raises(DBAPIError, match={"sqlite": "readonly", "postgresql": "read-only"}[kind]):
        db.session.execute(text("DELETE FROM users"))
    db.session.rollback()


def test_what_is_read_in_one_session_is_one_moment(world, ann, bob):
    """A page reads several tables; a commit between two of its queries must not show in half of them."""
    chat = world.say(ann, world.dialog(ann, bob)).chat
    world.look()
    before = db.session.scalar(text("SELECT position FROM chats WHERE id = :id"), {"id": chat.chat_id})
    world_says(world, ann, chat)
    rows = db.session.scalar(text("SELECT count(*) FROM messages WHERE chat_id = :id"), {"id": chat.chat_id})
    assert (before, rows) == (1, 1)
    world.look()
    assert len(world.texts(chat)) == 2


def world_says(world, actor, chat):
    """As somebody else's request: in a thread and a session of its own."""

    def run():
        with world.app.app_context():
            messages.send(actor, chat, "meanwhile")

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_the_outcome_of_a_verb_is_free_of_rows(world):
    made = accounts.create(Application("plain-values", "secret"), "hash", HERE)
    world.look()
    assert made.actor.person.login == "plain-values"
    with pytest.raises(TooLong):
        profiles.rename(made.actor, "n" * 81)
    with pytest.raises(Unknown):
        people.by_login("nobody here")


def test_complaints_of_databases_are_explained():
    class Complaint(Exception):
        pass

    for words, refusal in {
        "database or disk is full": NoSpace,
        'could not extend file "base/1": No space left on device': NoSpace,
        "disk I/O error": NoSpace,
        "database is locked": Overloaded,
        "attempt to write a readonly database": Overloaded,
        "deadlock detected": Overloaded,
    }.items():
        assert type(complaints.explain(Complaint(words))) is refusal
    assert complaints.explain(Complaint("syntax error")) is None
    assert complaints.explain(OSError(28, "No space")).status == 507
