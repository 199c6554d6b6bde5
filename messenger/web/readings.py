"""What can be read of a working server, by name: sockets, mailboxes, the writer, the bus, messages, requests, logs."""

import importlib
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any, NamedTuple

from sqlalchemy import func, select

from messenger import logs
from messenger.core.models import Message
from messenger.extensions import db
from messenger.version import VERSION
from messenger.web.timings import BOUNDS, Timings


class Reading(NamedTuple):
    """One figure, with a value for each combination of its labels."""

    kind: str
    name: str
    about: str
    values: list[tuple[list[str], Any]]
    labels: list[str] = []


def of_worker(parts: Mapping[str, Any]) -> Iterator[Reading]:
    """What this process has counted."""
    yield Reading("gauge", "messenger_up", "Workers.", [([VERSION], 1)], ["version"])
    yield from _sockets(parts["switchboard"])
    yield from _writer(parts["writer"])
    yield from _bus(parts.get("bus"))
    yield from _requests(parts["timings"])
    yield Reading("counter", "messenger_log_lines", "Lines logged.", _by(logs.LINES), ["level"])


def of_process(number: int) -> Iterator[Reading]:
    """What the system knows of a process; nothing when it has gone."""
    known = importlib.import_module("prometheus_client").ProcessCollector(pid=lambda: number, registry=None)
    for family in known.collect():
        values = [(list[str](), sample.value) for sample in family.samples]
        yield Reading(family.type, family.name, family.documentation, values)


def of_server() -> Iterator[Reading]:
    """Ids are given in order and never twice: the last one counts what was ever sent, on all workers."""
    try:
        last = db.session.scalar(select(func.max(Message.id))) or 0
        db.session.remove()
    except Exception:
        yield Reading("gauge", "messenger_database_up", "Whether the database answers.", [([], 0)])
        return
    yield Reading("gauge", "messenger_database_up", "Whether the database answers.", [([], 1)])
    yield Reading("counter", "messenger_messages", "Messages ever stored, by all workers.", [([], last)])


def _sockets(board: Any) -> Iterator[Reading]:
    open_ones = list(board)
    depths = [len(mailbox.told) + len(mailbox.heard) for mailbox in open_ones]
    about = "Open sockets, by protocol."
    yield Reading("gauge", "messenger_sockets", about, _by(Counter(m.dialect.name for m in open_ones)), ["protocol"])
    yield Reading("gauge", "messenger_people_online", "People with an open socket here.", [([], len(board.by_user))])
    yield Reading("gauge", "messenger_mailbox_depth", "News and frames that wait, together.", [([], sum(depths))])
    yield Reading(
        "gauge", "messenger_mailbox_depth_most", "The same in the fullest one.", [([], max(depths, default=0))]
    )
    yield Reading("gauge", "messenger_workers_waiting", "Slow deeds nobody has begun.", [([], board.workers.waiting)])
    yield Reading("counter", "messenger_loop_turns", "Turns of the event loop.", [([], board.loop.turns)])
    for name, about in (
        ("opened", "Sockets opened."),
        ("closed", "Sockets closed."),
        ("turned_away", "Handshakes refused."),
        ("laggards", "Sockets closed because their reader was too slow."),
        ("messages_in", "Messages heard."),
        ("frames_out", "Frames said."),
        ("bytes_in", "Bytes heard."),
        ("bytes_out", "Bytes said."),
        ("faults", "Sockets that ended by an error of ours."),
    ):
        yield Reading("counter", f"messenger_socket_{name}", about, [([], getattr(board.counters, name))])
    yield Reading("counter", "messenger_refusals", "Frames refused, by kind.", _by(board.counters.refused), ["kind"])


def _writer(writer: Any) -> Iterator[Reading]:
    """Size of a batch: calls by commits. How long one takes: seconds by commits."""
    waiting = writer.queue.qsize() if writer.queue is not None else 0
    yield Reading("gauge", "messenger_writer_waiting", "Changes that wait for the writer.", [([], waiting)])
    yield Reading("counter", "messenger_writer_commits", "Transactions committed.", [([], writer.commits)])
    yield Reading("counter", "messenger_writer_calls", "Changes in them.", [([], writer.calls)])
    yield Reading("counter", "messenger_writer_seconds", "Time spent in them.", [([], writer.busy_seconds)])


def _bus(between: Any) -> Iterator[Reading]:
    standing = getattr(between, "standing", None)
    if standing is None:
        return
    yield Reading(
        "gauge", "messenger_bus_up", "Whether the bus carries.", [([standing.kind], standing.is_up)], ["kind"]
    )
    lag = "Seconds that a word to ourselves last took."
    yield Reading("gauge", "messenger_bus_lag_seconds", lag, [([], standing.lag_seconds)])
    yield Reading("gauge", "messenger_bus_others", "Other workers that are heard.", [([], standing.others)])
    for name in ("published", "heard", "dropped", "mended", "losses"):
        yield Reading("counter", f"messenger_bus_{name}", f"Facts {name}.", [([], getattr(standing, name))])


def _requests(timings: Timings) -> Iterator[Reading]:
    names = [str(bound) for bound in BOUNDS] + ["+Inf"]
    values = [
        ([kind], (list(zip(names, accumulate(counts), strict=True)), timings.seconds[kind]))
        for kind, counts in sorted(timings.counts.items())
    ]
    yield Reading("histogram", "messenger_request_seconds", "How long requests take.", values, ["kind"])
    answers = [([kind, str(status)], count) for (kind, status), count in sorted(timings.answers.items())]
    yield Reading("counter", "messenger_answers", "Requests answered.", answers, ["kind", "status"])


def _by(counts: Mapping[str, int]) -> list[tuple[list[str], Any]]:
    return [([name], count) for name, count in sorted(counts.items())]
