"""The tables of docs/scale.md are what the simulation prints; and the simulation does what the paper says of it."""

from tests.fixtures.server import HOME
from tests.scale import simulation
from tests.scale.simulation import Costs, crowd, fleet, hot_chat


def test_the_paper_says_what_the_simulation_says():
    written = (HOME / "docs" / "scale.md").read_text()
    for table in simulation.tables().split("\n\n"):
        assert table in written, f"python -m tests.scale.simulation says otherwise:\n{table}"
    for name, value in vars(Costs()).items():
        assert f"| `{name}` | {value} |" in written


def test_more_people_never_need_less():
    fleets = [fleet(people) for people in (1, 1_000, 50_000, 1_000_000)]
    for name in ("workers", "sent", "delivered", "gigabytes"):
        grown = [getattr(one, name) for one in fleets]
        assert grown == sorted(grown)
    assert fleets[0].workers == 1


def test_a_hot_chat_keeps_up_because_waiting_makes_commits_larger():
    """The row is held from commit to commit; what waits goes together, so that the wait grows and not the backlog."""
    for workers in (1, 4):
        rate, wait = hot_chat(workers, 2_000)
        assert 1_800 < rate < 2_200
        assert wait < 100
    assert hot_chat(8, 2_000)[1] > hot_chat(1, 2_000)[1]
    slow = Costs(commit=20_000)
    assert hot_chat(8, 2_000, costs=slow)[1] > 100
    assert hot_chat(2, 500) == hot_chat(2, 500), "the same seed, the same figures"


def test_who_is_not_connected_costs_nothing_in_a_crowd():
    assert crowd(100_000, 0.0001, 1) == crowd(10, 1.0, 1)
    assert crowd(100_000, 1.0, 4)[1] > 100 * crowd(100_000, 0.0001, 4)[1]
