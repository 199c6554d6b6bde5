"""The loop, the bus, the mailbox, rates and frames, without a server: on the threads driver, in this process."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from websockets.frames import Frame, Opcode

from messenger.live.bus import Bus
from messenger.live.dialect import Dialect
from messenger.live.frames import Broken, Incoming, encode
from messenger.live.loop import Loop, ThreadLoop
from messenger.live.opening import Crowded, Opening
from messenger.live.rates import Rates
from messenger.live.switchboard import Switchboard
from tests.live.wire import Wire, mask


class Told(msgspec.Struct, frozen=True):
    text: str
    topics: tuple = (("chat", 1),)
    chat_id: int = 1
    revision: int = 1


class Murmur(msgspec.Struct, frozen=True):
    text: str
    volatile = True
    topics = (("chat", 1),)


class Plain(Dialect):
    """Says texts; counts how often one had to be made."""

    name = "plain"

    def __init__(self) -> None:
        self.made = 0
        self.receipts: list[int] = []
        self.gone = 0

    def speak(self, mailbox, news):
        def make() -> str:
            self.made += 1
            return news.fact.text

        mailbox.say(news, mailbox.place, make, getattr(news.fact, "revision", None))

    def written(self, mailbox, receipts):
        self.receipts += receipts

    def closed(self, mailbox):
        self.gone += 1


@pytest.fixture(scope="module")
def loop() -> ThreadLoop:
    loop = Loop.here()
    assert isinstance(loop, ThreadLoop)
    return loop


@pytest.fixture
def board(loop):
    @contextmanager
    def context():
        yield

    app = SimpleNamespace(app_context=context, extensions={})
    board = Switchboard(app, SimpleNamespace(sockets_per_user=3), loop)
    yield board
    settle(loop, lambda: [mailbox.socket.drop() for mailbox in board if hasattr(mailbox, "socket")])


def settle(loop: ThreadLoop, function=lambda: None) -> None:
    """Call in a turn, and wait for the turn behind it."""
    for call in (function, lambda: None, lambda: None):
        done = threading.Event()
        loop.soon(call)
        loop.soon(done.set)
        assert done.wait(5)


def join(board, dialect, **opening):
    """A mailbox on one end of a socket pair, and the other end."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.settimeout(5)
    mailbox = board.open(Opening(**{"topics": [("chat", 1)], **opening}), dialect, "here")
    board.begin(mailbox, ours, b"")
    wire = Wire.__new__(Wire)
    wire.sock, wire.rest = theirs, b""
    settle(board.loop)
    return mailbox, wire


def test_calls_are_made_in_order_from_any_thread(loop) -> None:
    seen: list[int] = []
    callers = [
        threading.Thread(target=lambda start=start: [loop.soon(seen.append, start + n) for n in range(1000)])
        for start in (0, 10_000)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    settle(loop)
    assert [n for n in seen if n < 10_000] == list(range(1000))
    assert [n - 10_000 for n in seen if n >= 10_000] == list(range(1000))


def test_timers_fire_in_order_and_not_when_cancelled(loop) -> None:
    seen: list[str] = []
    done = threading.Event()
    loop.later(0.03, seen.append, "second")
    loop.later(0.01, seen.append, "first")
    loop.later(0.02, seen.append, "never").cancel()
    loop.later(0.05, done.set)
    assert done.wait(5)
    assert seen == ["first", "second"]


def test_native_work_returns_and_raises(loop) -> None:
    assert loop.native(pow, 2, 10) == 1024
    with pytest.raises(ZeroDivisionError):
        loop.native(divmod, 1, 0)


def test_a_call_that_fails_does_not_stop_the_others(loop, caplog) -> None:
    seen: list[int] = []
    loop.soon(divmod, 1, 0)
    loop.soon(seen.append, 1)
    settle(loop)
    assert seen == [1]


def test_a_fact_is_made_once_for_each_variant_and_heard_once(board) -> None:
    plain = Plain()
    readers = [join(board, plain, place=number % 2) for number in range(5)]
    topics = (("chat", 1), ("person", 9))
    for mailbox, _ in readers:
        board.bus.follow(("person", 9), mailbox)
        board.bus.follow(("chat", 1), mailbox)
    settle(board.loop, lambda: board.bus.tell([Told("hi", topics), Told("there", revision=2)]))
    for _, wire in readers:
        assert [wire.words(), wire.words()] == ["hi", "there"]
    settle(board.loop, lambda: board.bus.tell([Told("end", revision=3)]))
    assert {wire.words() for _, wire in readers} == {"end"}
    assert plain.made == 6
    assert sorted(set(plain.receipts)) == [1, 2, 3]
    assert len(plain.receipts) == 15


def test_who_leaves_hears_nothing_more_and_leaves_nothing_behind(board) -> None:
    plain = Plain()
    readers = [join(board, plain) for _ in range(30)]
    for mailbox, _ in readers[:29]:
        mailbox.leave(("chat", 1))
        mailbox.leave(("chat", 1))
    settle(board.loop, lambda: board.bus.tell([Told("alone")]))
    assert readers[29][1].words() == "alone"
    assert plain.made == 1
    assert board.bus.followers(("chat", 1)) == [readers[29][0]]
    readers[29][1].sock.close()
    time.sleep(0.05)
    settle(board.loop)
    assert board.bus._followers == {}
    assert plain.gone == 1


def test_what_was_replayed_is_not_told_again(board) -> None:
    mailbox, wire = join(board, Plain())
    mailbox.cursors[1] = 5
    settle(board.loop, lambda: board.bus.tell([Told(f"{n}", revision=n) for n in (4, 5, 6)] + [Murmur("psst")]))
    assert [wire.words(), wire.words()] == ["6", "psst"]


def test_volatile_news_are_dropped_first_and_too_much_news_closes(board) -> None:
    mailbox, wire = join(board, Plain())
    mailbox.is_busy = True

    def crowd() -> None:
        board.bus.tell([Murmur("psst")] * 200 + [Told("kept", revision=n) for n in range(100)])

    settle(board.loop, crowd)
    assert len(mailbox.told) == 100
    settle(board.loop, lambda: board.bus.tell([Told("much", revision=n) for n in range(5000)]))
    assert wire.read().code == 1013


def test_a_failing_listener_hurts_no_reader(board) -> None:
    class Broken(Plain):
        def attend(self, mailbox, fact):
            raise ValueError

    _, hurt = join(board, Broken())
    _, fine = join(board, Plain())
    board.bus.listeners.append(lambda fact: divmod(1, 0))
    settle(board.loop, lambda: board.bus.tell([Told("all well")]))
    assert fine.words() == "all well"
    assert hurt.read().code == 1011


def test_a_person_who_signs_in_late_is_counted_and_found(board) -> None:
    pairs = [join(board, Plain()) for _ in range(4)]
    mailboxes = [mailbox for mailbox, _ in pairs]
    for mailbox in mailboxes[:3]:
        mailbox.identify(SimpleNamespace(user_id=7), 70)
    with pytest.raises(Crowded):
        mailboxes[3].identify(SimpleNamespace(user_id=7), 70)
    assert board.of_user(7) == board.of_session(70) == mailboxes[:3]
    settle(board.loop, lambda: mailboxes[0].socket.drop())
    mailboxes[3].identify(SimpleNamespace(user_id=7), 71)
    assert len(board.of_user(7)) == 3


def test_who_is_gone_meanwhile_is_neither_counted_nor_told(board) -> None:
    mailbox, _ = join(board, Plain())
    settle(board.loop, mailbox.socket.drop)
    mailbox.identify(SimpleNamespace(user_id=7), 70)
    mailbox.follow(("chat", 1))
    assert board.of_user(7) == board.of_session(70) == board.bus.followers(("chat", 1)) == []
    assert board.caps.total == len(board.mailboxes) == 0


def test_a_timer_of_a_mailbox_ends_with_it(board) -> None:
    seen: list[str] = []
    (one, _), (two, wire) = join(board, Plain()), join(board, Plain())
    one.later(0.05, seen.append, "one")
    two.later(0.05, seen.append, "two")
    wire.sock.close()
    time.sleep(0.15)
    settle(board.loop)
    assert seen == ["one"]


def test_what_stands_between_processes_hears_of_topics_and_facts_and_tells_of_gaps(board) -> None:
    calls: list[tuple] = []

    class Between:
        def tell(self, facts):
            calls.append(("tell", len(facts)))
            board.bus.deliver(facts)

        def subscribe(self, topic):
            calls.append(("subscribe", topic))

        def unsubscribe(self, topic):
            calls.append(("unsubscribe", topic))

    board.bus = Bus(Between())
    (_, wire), (two, _) = join(board, Plain()), join(board, Plain())
    settle(board.loop, lambda: board.bus.tell([Told("here")]))
    settle(board.loop, lambda: board.bus.deliver([Told("from elsewhere", revision=2)]))
    assert [wire.words(), wire.words()] == ["here", "from elsewhere"]
    settle(board.loop, lambda: two.leave(("chat", 1)))
    settle(board.loop, lambda: board.bus.lost([("chat", 1)]))
    assert wire.read().code == 1012
    settle(board.loop)
    assert calls == [("subscribe", ("chat", 1)), ("tell", 1), ("unsubscribe", ("chat", 1))]


def test_who_is_sent_away_while_his_handshake_waits_is_not_let_in(board) -> None:
    class Slow:
        """The bus takes its time, and meanwhile the server is asked to leave."""

        def settle(self, mailbox):
            settle(board.loop, board.drain)

        def subscribe(self, topic):
            """Heard at once."""

        unsubscribe = subscribe

    board.bus = Bus(Slow())
    dialect = Plain()
    with pytest.raises(Crowded):
        board.admit(Opening(topics=[("chat", 1)]), dialect, "here")
    assert (len(board.mailboxes), board.caps.total, dialect.gone) == (0, 0, 1)
    assert board.bus.followers(("chat", 1)) == []


def test_a_bucket_gives_its_burst_and_then_its_rate(monkeypatch) -> None:
    now = [100.0]
    monkeypatch.setattr("messenger.live.rates.monotonic", lambda: now[0])
    rates = Rates(10, 30)
    assert [rates.allow("ann") for _ in range(31)] == [True] * 30 + [False]
    assert rates.wait("ann") == pytest.approx(0.1)
    assert rates.allow("bob")
    now[0] += 0.5
    assert [rates.allow("ann") for _ in range(6)] == [True] * 5 + [False]
    assert all(Rates(1, 1, is_on=False).allow("x") for _ in range(100))
    for number in range(3000):
        rates.allow(number)
        now[0] += 0.01
    assert len(rates) < 1500


def masked(opcode: Opcode, content: bytes, fin: bool) -> bytes:
    return Frame(opcode, content, fin).serialize(mask=True)


@settings(max_examples=200, deadline=None)
@given(
    some.lists(some.tuples(some.text(max_size=300), some.integers(1, 4)), max_size=8),
    some.lists(some.integers(1, 400), min_size=1),
)
def test_texts_survive_any_fragmentation_and_any_segmentation(texts, steps) -> None:
    stream = b""
    for words, number in texts:
        content = words.encode("utf-8", "replace")
        size = len(content) // number + 1
        parts = [content[n : n + size] for n in range(0, len(content), size)] or [b""]
        for index, part in enumerate(parts):
            stream += masked(Opcode.CONT if index else Opcode.TEXT, part, index == len(parts) - 1)
    incoming, heard, at, turn = Incoming(1 << 16), [], 0, 0
    while at < len(stream):
        step = steps[turn % len(steps)]
        incoming.feed(stream[at : at + step])
        incoming.take(heard, 1000)
        at, turn = at + step, turn + 1
    assert heard == [words.encode("utf-8", "replace").decode() for words, _ in texts]
    assert incoming.is_done


@settings(max_examples=300, deadline=None)
@given(some.lists(some.binary(max_size=200), max_size=10))
def test_any_bytes_give_messages_or_one_of_three_errors(pieces) -> None:
    incoming, heard = Incoming(1024), []
    try:
        for piece in pieces:
            incoming.feed(piece)
            incoming.take(heard, 1000)
            if incoming.close is not None:
                break
    except Broken:
        pass
    assert all(isinstance(message, str | bytes) for message in heard)
    assert len(incoming.buffer) <= 2000


@given(some.text())
def test_what_is_encoded_is_what_the_library_writes(words) -> None:
    content = words.encode("utf-8", "replace")
    assert encode(words) == Frame(Opcode.TEXT, content).serialize(mask=False)
    assert mask(mask(content, b"abcd"), b"abcd") == content
