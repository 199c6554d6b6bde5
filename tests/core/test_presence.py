"""Who is here: coalesced, told to those who show him, hidden on wish, and never stored per event."""

import itertools

import msgspec
import pytest

from messenger.core import chats, clock, people, profiles, typing
from messenger.core.facts import PersonChanged, PresenceChanged, Typed
from messenger.core.models import User
from messenger.core.presence import Presence, keep
from messenger.extensions import db


class Hours:
    """A loop whose time passes when the test says so; the clock of the core goes with it."""

    def __init__(self, monkeypatch):
        self.now = 1_800_000_000.0
        self.timers, self.number = [], itertools.count()
        monkeypatch.setattr(clock, "now", lambda: int(self.now * clock.SECOND))

    def later(self, seconds, function, *args):
        self.timers.append((self.now + seconds, next(self.number), function, args))

    def pass_by(self, seconds):
        """Let time go on, and make the calls that are due."""
        end = self.now + seconds
        while due := [timer for timer in self.timers if timer[0] <= end]:
            first = min(due)
            self.timers.remove(first)
            self.now = max(self.now, first[0])
            first[2](*first[3])
        self.now = end


class Place:
    """A presence of its own: who has sockets is said here, what is told is kept with its moment."""

    def __init__(self, monkeypatch):
        self.hours = Hours(monkeypatch)
        self.connected, self.frames = set(), []
        self.presence = Presence(self.hours, self._tell, self.connected.__contains__)

    def _tell(self, facts):
        self.frames.extend((self.hours.now, fact.person.user_id, fact.is_online) for fact in facts)

    def comes(self, person):
        self.connected.add(person.user_id)
        self.presence.look(person)

    def goes(self, person):
        self.connected.discard(person.user_id)
        self.presence.look(person)


@pytest.fixture
def place(monkeypatch, world):
    return Place(monkeypatch)


pytestmark = pytest.mark.parametrize("kind", ["sqlite"], scope="module")


def test_who_opens_a_socket_is_here_and_stays_so_for_a_minute_after_the_last(place, ann):
    place.comes(ann.person)
    place.hours.pass_by(1)
    assert place.presence.is_online(ann.user_id)
    place.goes(ann.person)
    place.hours.pass_by(59)
    assert place.presence.is_online(ann.user_id)
    gone_at = place.hours.now - 59
    place.hours.pass_by(2)
    assert not place.presence.is_online(ann.user_id)
    assert place.presence.last_seen(ann.person) == int(gone_at * clock.SECOND)
    place.hours.pass_by(60)
    assert [online for _, _, online in place.frames] == [True, False]
    assert place.presence.people == {}, "who is gone is forgotten"


def test_a_deed_without_a_socket_counts_as_being_here(place, ann, bob):
    place.presence.active(ann.person)
    place.hours.pass_by(1)
    assert [p.login for p in place.presence.online()] == [ann.login]
    assert place.presence.online([bob.user_id]) == []


def test_a_thousand_people_flapping_each_second_are_told_at_most_once_in_five_seconds(place, ann):
    """G23."""
    crowd = [msgspec.structs.replace(ann.person, user_id=n, login=f"p{n}") for n in range(1, 1001)]
    for second in range(21):
        for person in crowd:
            (place.comes if second % 2 else place.goes)(person)
        place.hours.pass_by(1)
    place.hours.pass_by(120)
    for person in crowd:
        place.presence.active(person)
    place.hours.pass_by(200)
    least = closest(place.frames)
    print(f"G23: 1,000 people flapping, {len(place.frames)} frames, closest two of one person {least:.1f} s apart")
    assert least >= 5
    assert len(place.frames) == 4_000


def test_hiding_and_showing_is_told_no_faster_either(place, ann):
    person = ann.person
    place.comes(person)
    for second in range(30):
        person = msgspec.structs.replace(person, shows_presence=bool(second % 2), updated_at=person.updated_at + 1)
        place.presence.heed(PersonChanged(person))
        place.hours.pass_by(1)
    assert closest(place.frames) >= 5


def test_who_returns_right_after_the_sweep_is_told_no_faster(place, ann):
    place.presence.active(ann.person)
    for _ in range(400):
        place.hours.pass_by(0.25)
        if len(place.frames) == 2:
            place.presence.active(ann.person)
    assert [online for _, _, online in place.frames] == [True, False, True]
    assert closest(place.frames) >= 5


def test_who_hides_is_gone_at_once_for_everybody_and_also_after_a_restart(world, place, ann):
    place.comes(ann.person)
    place.hours.pass_by(10)
    hidden = profiles.prefer(ann, True, False, {})
    place.presence.heed(PersonChanged(hidden))
    place.hours.pass_by(10)
    assert not place.presence.is_online(ann.user_id)
    assert place.presence.last_seen(hidden) is None
    assert place.frames[-1][2] is False
    place.comes(ann.person)
    assert not place.presence.is_online(ann.user_id), "an old socket of his does not show him again"
    world.look()
    after_restart = Presence(place.hours, place._tell, lambda user_id: True)
    after_restart.look(people.by_id(ann.user_id))
    assert not after_restart.is_online(ann.user_id)
    assert people.by_id(ann.user_id).last_seen is None


def test_the_wish_reaches_the_presence_of_the_app(world, ann):
    presence = world.app.extensions["presence"]
    world.loop.soon(presence.active, ann.person)
    world.quiet()
    assert presence.is_online(ann.user_id)
    profiles.prefer(ann, True, False, {})
    world.quiet()
    assert not presence.is_online(ann.user_id)


def test_presence_and_typing_write_nothing_and_have_no_number(world, ann, bob):
    """G24; when somebody was seen is written once, when he has gone."""
    chat = world.say(ann, world.dialog(ann, bob)).chat
    presence = world.app.extensions["presence"]
    revision = world.row(chat).revision
    with world.statements() as said:
        for _ in range(100):
            world.loop.soon(presence.active, ann.person)
            typing.tell(ann, chat)
            typing.tell(ann, chat, is_typing=False)
        world.quiet()
    print(f"G24: 100 deeds and 200 typing signs: {len(said)} statements written")
    assert said == []
    assert world.row(chat).revision == revision == chats.revision_of(chat.chat_id)
    assert Typed.volatile
    assert PresenceChanged.volatile
    facts = world.heard(Typed, PresenceChanged)
    assert len([fact for fact in facts if isinstance(fact, Typed)]) == 200
    assert not any(hasattr(fact, "revision") for fact in facts)


def test_when_somebody_was_seen_only_moves_forward(world, ann):
    keep([(ann.user_id, ann.person.created_at + 5)])
    keep([(ann.user_id, ann.person.created_at + 2)])
    world.look()
    assert db.session.get(User, ann.user_id).seen_at == ann.person.created_at + 5


def closest(frames):
    """The shortest time between two frames about one person."""
    last, least = {}, float("inf")
    for at, user_id, _ in frames:
        if user_id in last:
            least = min(least, at - last[user_id])
        last[user_id] = at
    return least
