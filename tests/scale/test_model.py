"""Whatever people do, in whatever order, at whichever worker, also when workers die: the server is what a plain model
says it is. The long form: 300 examples of 40 steps; a mismatch prints the steps that lead to it.
"""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.promises.company import people
from tests.scale.chorus import Chorus, Noted, word
from tests.scale.workers import Workers

QUIET = {
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
    "phases": (Phase.generate,),
}
PEOPLE = ("ann", "bob", "cid", "dan")
person, worker, place = st.integers(0, len(PEOPLE) - 1), st.integers(0, 3), st.integers(0, 7)
some = {"who": person, "where": worker, "which": place}


def machine_on(workers, tally, rarity):
    """The rules, over these workers."""

    class Machine(RuleBasedStateMachine):
        """Numbers name people, workers and chats; what there is fewer of, they go round."""

        def __init__(self):
            super().__init__()
            # Fresh ones, who have nothing to do with what was before.
            self.company = people(workers[0].url, *PEOPLE)
            self.chorus = Noted(Chorus(workers, self.company), tally["notes"])
            self.kills = 0
            tally["examples"] += 1

        def grouped(self, who, where, which):
            groups = self.chorus.groups
            return groups[which % len(groups)], self.company[who], where % len(workers)

        def chosen(self, who, where, which):
            """Any chat. Nobody but the two of them can so much as name a dialog."""
            room = self.chorus.rooms[which % len(self.chorus.rooms)]
            chosen = room.pair[who % 2] if room in self.chorus.dialogs else self.company[who]
            return room, chosen, where % len(workers)

        @initialize(where=worker, members=st.sets(person, min_size=1))
        def begin(self, where, members):
            self.chorus.found(self.company[0], where % len(workers))
            for who in sorted(members - {0}):
                self.chorus.add(self.chorus.groups[0], self.company[who], where % len(workers))

        @precondition(lambda self: len(self.chorus.groups) < 3)
        @rule(who=person, where=worker)
        def found(self, who, where):
            self.chorus.found(self.company[who], where % len(workers))

        @rule(who=person, other=person, where=worker)
        def meet(self, who, other, where):
            self.chorus.meet(self.company[who], self.company[other], where % len(workers))

        @rule(**some)
        def add(self, who, where, which):
            self.chorus.add(*self.grouped(who, where, which))

        @rule(**some, times=st.sampled_from([1, 1, 1, 3]), device=st.integers(0, 2))
        def send(self, who, where, which, times, device):
            room, author, at_worker = self.chosen(who, where, which)
            self.chorus.send(room, author, at_worker, times, device)

        @rule(**some, number=st.integers(0, 50), takes_back=st.booleans(), is_own=st.booleans())
        def change(self, who, where, which, number, takes_back, is_own):
            room, author, at_worker = self.chosen(who, where, which)
            author = author if is_own else self.company[who]
            numbers = room.own(author) if is_own else sorted(room.said)
            if numbers:
                text = "" if takes_back else word()
                self.chorus.change(room, author, at_worker, numbers[number % len(numbers)], text)

        @rule(**some, removed=st.booleans())
        def leave(self, who, where, which, removed):
            group, gone, at_worker = self.grouped(who, where, which)
            if gone is not group.owner:
                self.chorus.leave(group, gone, at_worker, removed)

        @rule(who=person, where=worker)
        def log_in(self, who, where):
            self.chorus.log_in(self.company[who], where % len(workers))

        @rule(who=person, where=worker)
        def log_out(self, who, where):
            self.chorus.log_out(self.company[who], where % len(workers))

        @rule(**some)
        def read(self, who, where, which):
            room, reader, at_worker = self.chosen(who, where, which)
            if reader in room.members and len(self.chorus.readers) < 8:
                self.chorus.read(room, reader, at_worker)

        @precondition(lambda self: self.chorus.readers)
        @rule(number=st.integers(0, 7))
        def drop(self, number):
            self.chorus.readers[number % len(self.chorus.readers)].drop()

        @rule()
        def check(self):
            self.chorus.check()

        @precondition(lambda self: self.kills == 0)
        @rule(where=worker, luck=st.integers(0, rarity))
        def kill(self, where, luck):
            if luck == 0:
                self.kills += 1
                tally["kills"] += 1
                self.chorus.kill(where % len(workers))

        @invariant()
        def counted(self):
            tally["steps"] += 1

        def teardown(self):
            if self.chorus.groups:
                self.chorus.check()
            tally["checks"] += self.chorus.checked
            if tally["examples"] % 25 == 0:
                print({name: tally[name] for name in ("examples", "steps", "checks", "kills")}, flush=True)
            self.chorus.end()

    return Machine


def play(workers, form, rarity=5):
    tally = {**dict.fromkeys(("examples", "steps", "checks", "kills"), 0), "notes": []}
    try:
        rules, steps = machine_on(workers, tally, rarity), form["stateful_step_count"]
        # Left to itself, Hypothesis ends many an example early.
        run_state_machine_as_test(rules, settings=settings(**QUIET, **form), _min_steps=steps)
    except BaseException:
        print(*tally["notes"], sep="\n")
        raise
    print(f"{tally}, {len(workers)} workers, mismatches 0")
    return tally


@pytest.fixture
def gathered(request, postgres, tmp_path):
    """gathered(kind, count): so many workers; None for one on SQLite."""
    made = []

    def gather(count, bus=""):
        url = postgres.blank() if count else None
        workers = Workers(tmp_path, url or f"sqlite:///{tmp_path / 'model.db'}", max(1, count), bus, LIMITS="off")
        made.append(workers)
        if count > 1:
            workers.wait(up=True)
        return workers

    yield gather
    for workers in made:
        workers.kill()


def test_two_workers_are_what_the_model_says(gathered):
    tally = play(gathered(2), {"max_examples": 3, "stateful_step_count": 12, "derandomize": True}, rarity=0)
    assert tally["checks"] > 3


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize(("count", "bus"), [(0, ""), (1, ""), (2, ""), (2, "valkey"), (4, "valkey")])
def test_so_they_are_for_three_hundred_examples_of_forty_steps(request, gathered, count, bus):
    url = request.getfixturevalue("valkey").url if bus else ""
    tally = play(gathered(count, url), {"max_examples": 300, "stateful_step_count": 40})
    assert tally["examples"] >= 300
