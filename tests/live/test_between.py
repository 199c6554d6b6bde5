"""What stands between processes, part by part: parcels, the order, the ledger; in this process, without a transport."""

from __future__ import annotations

import threading
import time

import msgspec
import pytest

from messenger.live.between.company import SILENT, Company
from messenger.live.between.ledger import Entries, Ledger
from messenger.live.between.lookout import Lookout
from messenger.live.between.order import Mended, Order
from messenger.live.between.parcels import VERSION, Parcel, letters, opened, wrapped
from messenger.live.between.settling import Settling, Settlings
from messenger.live.between.standing import Standing
from messenger.live.bus import Bus
from messenger.live.caps import Caps
from messenger.live.loop import Loop
from messenger.live.opening import Crowded
from messenger.live.rates import Rates
from messenger.live.terms import Terms
from messenger.settings.redis_address import RedisAddress


class Told(msgspec.Struct, frozen=True):
    revision: int
    by: str = "bus"
    chat_id: int = 1
    topics: tuple = (("chat", 1),)


class Rows:
    """What the database has: so many changes of one chat."""

    def __init__(self) -> None:
        self.revision = 0
        self.most = 300
        self.asked: list[int] = []

    def revisions(self, chat_ids):
        return dict.fromkeys(chat_ids, self.revision)

    def mend(self, chat_id, head, held):
        self.asked.append(head)
        if self.revision - head > self.most:
            return Mended((), self.revision, True)
        return Mended([Told(n, "rows") for n in range(head + 1, self.revision + 1)], self.revision)

    def base(self, fact, chat_id):
        return None

    def release(self):
        """Nothing is held."""


@pytest.fixture
def stage():
    """An order on a loop of its own, the rows it reads, and what was told."""
    return Stage()


class Stage:
    def __init__(self):
        self.loop, self.bus, self.rows = Loop.here(), Bus(), Rows()
        self.standing = Standing("redis", is_up=True)
        self.order = Order(self.loop, self.bus, self.rows, self.standing)
        self.told: list[Told] = []
        self.bus.listeners.append(self.told.append)

    def do(self, function, *args):
        """In a turn, and wait for it."""
        done = threading.Event()
        self.loop.soon(function, *args)
        self.loop.soon(done.set)
        assert done.wait(10)

    def take(self, *revisions):
        self.do(self.order.take, [Told(n) for n in revisions])

    def enter(self, head):
        self.do(self.order.enter, 1)
        self.do(self.order.set_head, 1, head)

    @property
    def revisions(self):
        return [fact.revision for fact in self.told]

    def wait(self, revisions):
        deadline = time.monotonic() + 20
        while self.revisions != revisions:
            assert time.monotonic() < deadline, self.revisions
            time.sleep(0.01)


def test_what_comes_too_early_waits_and_what_comes_twice_is_told_once(stage, monkeypatch):
    monkeypatch.setattr("messenger.live.between.order.PATIENCE", 600)
    stage.enter(4)
    stage.take(6, 8, 5, 5, 6, 4)
    assert stage.revisions == [5, 6]
    stage.take(7)
    assert stage.revisions == [5, 6, 7, 8]
    assert stage.rows.asked == []


def test_what_never_comes_is_read(stage):
    stage.enter(4)
    stage.rows.revision = 7
    stage.take(6)
    stage.wait([5, 6, 7])
    assert {fact.by for fact in stage.told} == {"rows"}
    stage.take(6, 7, 8)
    assert stage.revisions == [5, 6, 7, 8]
    assert (stage.rows.asked, stage.standing.mended) == ([4], 1)


def test_while_the_head_is_read_everything_waits_for_it(stage, monkeypatch):
    monkeypatch.setattr("messenger.live.between.order.PATIENCE", 600)
    stage.do(stage.order.enter, 1)
    stage.take(5, 4)
    assert stage.revisions == []
    stage.do(stage.order.set_head, 1, 3)
    assert stage.revisions == [4, 5]


def test_nobody_is_told_more_than_he_can_read(stage):
    stage.enter(4)
    stage.rows.revision, stage.rows.most = 40, 10
    stage.take(6)
    deadline = time.monotonic() + 20
    while not stage.standing.given_up:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    stage.take(41)
    stage.wait([41])


def test_a_look_at_the_rows_finds_what_no_fact_told_of(stage):
    lookout = Lookout(stage.order)
    stage.enter(4)
    stage.rows.revision = 6
    stage.do(lookout.look_at, 1)
    stage.wait([5, 6])
    stage.do(stage.order.rewind, 1, 2)
    stage.take(3)
    assert stage.revisions == [5, 6, 3], "another database than before"


def test_alone_the_first_fact_is_where_it_begins():
    stage = Stage()
    stage.standing.kind, stage.standing.is_up = "none", False
    stage.order.is_shared = False
    stage.do(stage.order.enter, 1)
    stage.take(9, 10)
    assert stage.revisions == [9, 10]


def test_a_fact_that_is_too_large_travels_as_a_hint():
    body = msgspec.Raw(msgspec.json.encode({"fact": "x" * 500}))
    about_a_chat = Parcel(VERSION, "w", 1, ("chat:5",), 5, 9, body=body)
    assert not opened(b"[" + wrapped(about_a_chat, 2_000) + b"]")[0].is_hint
    (hint,) = opened(b"[" + wrapped(about_a_chat, 200) + b"]")
    assert (hint.is_hint, hint.chat_id, hint.revision, hint.topics) == (True, 5, 9, ("chat:5",))
    assert wrapped(Parcel(VERSION, "w", 1, ("person:5",), body=body), 200) is None


def test_letters_keep_the_order_and_the_bound():
    packed = [wrapped(Parcel(VERSION, "w", number, ("chat:1",), 1, number), 1_000) for number in range(100)]
    written = list(letters(packed, 500))
    assert max(map(len, written)) <= 500
    assert [parcel.number for letter in written for parcel in opened(letter)] == list(range(100))


def test_what_another_version_writes_is_a_hint_and_what_nobody_wrote_is_nothing():
    (newer,) = opened(b'[{"v": 2, "w": "w", "n": 1, "c": 5, "r": 9, "f": {"fact": "Unheard"}, "later": 1}]')
    assert newer.is_hint
    assert [opened(letter) for letter in (b"", b"nonsense", b"{}", b"[1, {}, null]", b"\xff")] == [[]] * 5


def test_a_ledger_puts_together_what_the_others_say():
    seen: list[tuple] = []
    mine, yours = Ledger("sockets", lambda *change: None), Ledger("sockets", lambda *change: seen.append(change))
    mine.announce = lambda name, part: yours.hear("mine", msgspec.Raw(msgspec.json.encode(part)))
    for person in range(50):
        mine.say(person, 1)
    mine.say(3, 2)
    mine.say(4, None)
    assert seen[-2:] == [(3, 1, 2), (4, 1, None)]
    seen.clear()
    yours.hear("mine", msgspec.Raw(msgspec.json.encode(Entries([(99, 7)]))))
    for part in mine.everything():
        mine.announce("sockets", part)
    assert seen == [(99, None, 7), (99, 7, None)], "everything said anew takes away what is no longer so"
    seen.clear()
    yours.forget("mine")
    assert {person for person, *_ in seen} == set(range(50)) - {4}


def test_what_a_person_has_and_says_elsewhere_counts_here():
    stage = Stage()
    sides = []
    for number in range(2):
        caps, rates = Caps(Terms(sockets_per_user=3)), Rates(1, 10)
        company = Company(
            stage.loop, stage.standing, lambda kind, body, n=number: sides[1 - n][0].hear(said(n, kind, body))
        )
        company.share(caps, rates)
        sides.append((company, caps, rates))
    (here, caps, rates), (there, caps_there, rates_there) = sides
    for company, number in ((here, 1), (there, 0)):
        company.hear(said(number, "beat", 0.0))
    caps_there.enter_user(7)
    caps_there.enter_user(7)
    caps.check_user(7)
    caps.enter_user(7)
    for one in (caps, caps_there):
        with pytest.raises(Crowded):
            one.check_user(7)
    caps_there.go_user(7)
    caps.check_user(7)
    stage.do(lambda: [rates_there.wait(7) for _ in range(10)])
    stage.do(there._tell_spent)
    assert rates.wait(7) > 0
    here.last_heard["worker 1"] -= SILENT + 1
    here.beat()
    caps.enter_user(7)
    caps.check_user(7)
    assert (list(here.last_heard), caps.elsewhere) == ([], {})


def said(number, kind, body):
    """As it comes from that worker."""
    return Parcel(VERSION, f"worker {number}", 1, kind=kind, body=msgspec.Raw(msgspec.json.encode(body)))


def test_who_settles_waits_for_the_heads_and_for_his_sign():
    known, marks = {1}, []
    settlings = Settlings(known.__contains__)
    one, two = Settling([1, 2]), Settling([1])
    settlings.enter(one, marks.append)
    settlings.enter(two, None)
    assert (two.event.is_set(), one.event.is_set()) == (True, False)
    settlings.known(2)
    assert not one.event.is_set()
    settlings.marked(marks[-1])
    assert one.event.is_set()
    assert not settlings.waiting


def test_places_of_a_cluster_are_read_from_its_address():
    cluster = RedisAddress("redis+cluster://:secret@one:7000,[::1]:7001,two")
    assert cluster.hosts == [("one", 7000), ("::1", 7001), ("two", 6379)]
    watched = RedisAddress("rediss+sentinel://ann:a%40b@one,two:1/name/2?sentinel_password=x&ssl_ca_certs=/authority")
    assert (watched.hosts, watched.name, watched.database) == ([("one", 26379), ("two", 1)], "name", 2)
    assert watched.credentials == {"username": "ann", "password": "a@b"}
    assert watched.sentinel_credentials == {"password": "x"}


def test_a_certificate_is_checked_where_somebody_asks_for_it():
    unchecked = {"ssl_cert_reqs": "none", "ssl_check_hostname": False}
    assert RedisAddress("redis://h").trust == {}
    assert RedisAddress("rediss://h/0").trust == unchecked
    assert RedisAddress("rediss+cluster://h?ssl_cert_reqs=none").trust == unchecked
    assert RedisAddress("rediss://h?ssl_cert_reqs=required").trust == {"ssl_cert_reqs": "required"}
    named = RedisAddress("rediss://:p%2Fw@h/1?ssl_ca_certs=%2Fa+b&ssl_check_hostname=off&client_name=x")
    assert named.trust == {"ssl_ca_certs": "/a b", "ssl_check_hostname": False}
    assert named.bare == "rediss://:p%2Fw@h/1?client_name=x"
