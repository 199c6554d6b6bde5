"""What a fleet carries, by a model of few numbers: `python -m tests.scale.simulation` prints docs/scale.md's tables.

Costs are processor time, measured by `flask bench` on one core and rounded up; they are the only figures to replace for
another machine. Queues at a hot chat's row are simulated event by event, with a fixed seed.
"""

import heapq
import math
import random
from dataclasses import dataclass

DAY = 86_400


@dataclass(frozen=True)
class Costs:
    """Of one worker and its database, in microseconds, bytes and KiB."""

    message: float = 250  # hear, check, number, store, answer; PostgreSQL's own part is not in it
    delivery: float = 4  # one more socket that a message is written to
    crossing: float = 60  # one more worker that hears of it over the bus, and tells its sockets
    silent: float = 25  # a ping and its answer, per socket and PING_SECONDS
    ping_seconds: int = 25
    load: float = 0.6  # of a core, so that a burst finds room
    socket_kib: float = 6
    worker_mib: float = 110
    commit: float = 1_500  # a durable commit on a server with a network between
    row: float = 45  # of it, for each message in the same commit
    message_bytes: int = 900  # a row with its indexes and its words in the index of words
    sockets: int = 3_600  # that one worker lets in


@dataclass(frozen=True)
class Habits:
    """Of people."""

    connected: float = 0.2  # of all, at the busiest hour
    messages: float = 30  # sent per person and day
    peak: float = 4  # the busiest minute against the day's mean
    readers: float = 6  # sockets that a message reaches, in the mean over dialogs and groups


@dataclass(frozen=True)
class Fleet:
    """What so many people need."""

    people: int
    sent: float
    delivered: float
    sockets: float
    workers: int
    commits: float
    gigabytes: float
    ceiling: str


def fleet(people, costs=Costs(), habits=Habits()):
    """The workers are found by adding one until none has too much to do: each more also hears more of the others."""
    sent = people * habits.messages / DAY * habits.peak
    delivered, sockets = sent * habits.readers, people * habits.connected
    workers = 1
    while True:
        heard = min(workers - 1, habits.readers) * sent
        busy = sent * costs.message + delivered * costs.delivery + heard * costs.crossing
        busy += sockets / costs.ping_seconds * costs.silent
        needed = max(math.ceil(busy / 1e6 / costs.load), math.ceil(sockets / costs.sockets))
        if needed <= workers:
            break
        workers = needed
    commits = min(sent, workers / (costs.commit / 1e6))
    stored = people * habits.messages * 365 * costs.message_bytes / 1e9
    return Fleet(people, sent, delivered, sockets, workers, commits, stored, ceiling(workers, sent, stored, costs))


def ceiling(workers, sent, stored, costs):
    """Which engine is the next to be put in."""
    if workers == 1:
        return "SQLite carries it"
    if sent * costs.row / 1e6 > 0.5:
        return "one PostgreSQL writes no more: Citus, by chat"
    if stored > 2_000:
        return "one table grows too long: messages in parts, by chat"
    if workers > 40:
        return "one Redis repeats too much: Redis Cluster"
    return "PostgreSQL and Redis, one each"


def hot_chat(workers, offered, seconds=20, costs=Costs(), seed=1):
    """One chat's row is held from numbering to commit: messages a second, and the wait of the slowest hundredth.

    Each worker writes what waits at it in one commit; the others' commits in that chat wait meanwhile.
    """
    luck = random.Random(seed)
    arrivals, now = [], 0.0
    while now < seconds:
        now += luck.expovariate(offered)
        arrivals.append((now, luck.randrange(workers)))
    waiting = [[] for _ in range(workers)]
    turns, free, at, waits = [], 0.0, 0, []
    while at < len(arrivals) or turns:
        if turns and (at == len(arrivals) or max(free, turns[0][0]) <= arrivals[at][0]):
            asked, worker = heapq.heappop(turns)
            batch, waiting[worker] = waiting[worker], []
            free = max(free, asked) + (costs.commit + costs.row * len(batch)) / 1e6
            waits += [free - came for came in batch]
            continue
        came, worker = arrivals[at]
        at += 1
        if not waiting[worker]:
            heapq.heappush(turns, (came, worker))
        waiting[worker].append(came)
    waits.sort()
    return len(waits) / max(free, seconds), waits[int(len(waits) * 0.99)] * 1e3


def crowd(members, here, workers, costs=Costs()):
    """One message in a group of so many, of whom a part is connected: milliseconds of each worker, and how many a
    second the workers can say there, all of them doing nothing else.
    """
    sockets = members * here
    each = (costs.message + (workers - 1) * costs.crossing) / workers + sockets * costs.delivery / workers
    return sockets, each / 1e3, 1e6 * costs.load / each


def tables():
    """The tables of the document, as Markdown."""
    return "\n\n".join((_fleets(), _hot_chats(), _crowds()))


def _fleets():
    head = ["people", "messages/s", "deliveries/s", "sockets", "workers", "GB a year", "what carries it, or ends first"]
    rows = [
        [n(f.people), n(f.sent), n(f.delivered), n(f.sockets), n(f.workers), n(f.gigabytes), f.ceiling]
        for f in map(fleet, (100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000))
    ]
    return _table(head, rows)


def _hot_chats():
    head = ["workers", "offered a second", "stored a second", "p99 ms"]
    rows = []
    for workers in (1, 2, 4, 8):
        for offered in (200, 2_000, 10_000):
            rate, wait = hot_chat(workers, offered)
            rows.append([n(workers), n(offered), n(rate), n(wait)])
    return _table(head, rows)


def _crowds():
    head = ["members", "of them here", "sockets", "workers", "ms of each worker", "messages/s at most"]
    rows = []
    for members, here, workers in (
        (100, 0.5, 1), (1_000, 0.5, 1), (100_000, 0.0001, 1), (100_000, 0.01, 2), (100_000, 0.1, 4), (100_000, 1.0, 28),
    ):  # fmt: skip
        sockets, each, most = crowd(members, here, workers)
        rows.append([n(members), f"{here:.2%}".replace(".00", ""), n(sockets), n(workers), n(each), n(most)])
    return _table(head, rows)


def n(value):
    """Two digits are all that such a model knows."""
    if value >= 100:
        digits = len(str(int(value))) - 2
        return f"{round(value / 10**digits) * 10**digits:,}"
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.2g}"


def _table(head, rows):
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])


if __name__ == "__main__":
    print(tables())
