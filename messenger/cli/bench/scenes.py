"""The scenes that can be measured. Each gives rows: ours, and the same work on the bare reference of the same run."""

import http.client
import time
from collections.abc import Callable, Iterator

import msgspec

from messenger.cli.bench import stage
from messenger.cli.bench.line import Line, closing
from messenger.cli.bench.stage import Stage
from messenger.cli.bench.talk import Figures, Talk

TEXT = "how are you today, my friend?"


class Row(msgspec.Struct):
    """One line of the table: a name and its figures, in the order they are shown."""

    name: str
    figures: dict[str, str | float | int]


Scene = Callable[[float], Iterator[Row]]


def said(client_id: str) -> bytes:
    """What a client sends."""
    return b'{"type":"send_message","payload":{"text":"%s","client_id":"%s"}}' % (TEXT.encode(), client_id.encode())


def echoed(client_id: str) -> bytes:
    """The same, in a form that the reference can hand on as it is."""
    return b'{"type":"new_message","payload":{"text":"%s","client_id":"%s"}}' % (TEXT.encode(), client_id.encode())


def dialog(seconds: float, people: int = 200) -> Iterator[Row]:
    """Pairs of people talk, everybody at once; every message is committed before anybody sees it."""
    with stage.messenger(people) as ours, closing(pairs(ours)) as lines:
        talk = Talk(lines, lines, said)
        talk.run(1.0, window=2)
        full = measured(ours, lambda: talk.run(seconds, window=8))
        yield Row("dialog, as fast as it goes", full)
        half = float(full["messages/s"]) / 2
        yield Row("dialog, at half of that", measured(ours, lambda: talk.run(seconds, rate=half)))
    with stage.reference() as bare, closing([Line(bare.port, f"/pair/{n // 2}") for n in range(people)]) as lines:
        talk = Talk(lines, lines, echoed)
        yield Row("  reference: echo to two, nothing stored", measured(bare, lambda: talk.run(seconds, window=8)))


def fan_out(seconds: float, people: int) -> Iterator[Row]:
    """A few people write in a group in which everybody listens."""
    with stage.messenger(people, in_one_group=True) as ours:
        members = [Line(ours.port, f"/group/{ours.group_id}/ws", person.token) for person in ours.people]
        with closing(members) as lines:
            talk = Talk(lines, lines[:10], said)
            talk.run(1.0, window=1)
            yield Row(f"group of {people}", measured(ours, lambda: talk.run(seconds, window=8)))
    with stage.reference() as bare, closing([Line(bare.port, "/all") for _ in range(people)]) as lines:
        talk = Talk(lines, lines[:10], echoed)
        yield Row("  reference: echo to all, nothing stored", measured(bare, lambda: talk.run(seconds, window=8)))


def idle(seconds: float, sockets: int = 10_000) -> Iterator[Row]:
    """Sockets that say nothing: what each of them holds."""
    with stage.messenger(100) as ours:
        yield Row(
            f"{sockets} silent sockets",
            _held(ours, sockets, lambda n: (f"/dialog/p{(n + 1) % 100}/ws", ours.people[n % 100].token)),
        )
    few = sockets // 10
    with stage.reference() as bare:
        yield Row(f"  reference: {few} silent sockets", _held(bare, few, lambda n: (f"/pair/{n}", "")))


def catch_up(seconds: float, people: int = 1_000) -> Iterator[Row]:
    """Everybody comes back at once and has missed the last fifty messages of a chat."""
    with stage.messenger(people, in_one_group=True) as ours:
        first = Line(ours.port, f"/group/{ours.group_id}/ws", ours.people[0].token)
        since = _cursor(first)
        for number in range(50):
            first.say(said(f"{number:012x}"))
            time.sleep(0.002)
        time.sleep(1)
        began, cpu = time.perf_counter(), ours.cpu_seconds()
        waits = []
        for person in ours.people:
            start = time.perf_counter()
            line = Line(ours.port, f"/group/{ours.group_id}/ws?since={since}", person.token)
            line.sock.setblocking(True)
            heard = 0
            while heard < 50:
                heard += sum(b'"new_message"' in text for text in line.hear())
            waits.append(time.perf_counter() - start)
        elapsed = time.perf_counter() - began
        waits.sort()
        yield Row(
            f"{people} come back, 50 missed each",
            {
                "clients/s": round(people / elapsed),
                "p50 ms": round(waits[people // 2] * 1e3, 2),
                "p99 ms": round(waits[int(people * 0.99)] * 1e3, 2),
                "CPU µs/client": round((ours.cpu_seconds() - cpu) / people * 1e6),
            },
        )


def history(seconds: float, messages: int = 100_000) -> Iterator[Row]:
    """The newest fifty of a long talk, asked for again and again on one connection."""
    with stage.messenger(2, history=messages) as ours:
        token = ours.people[0].token
        yield Row(f"newest 50 of {messages}", _requests(ours, "/dialog/p1", token, seconds, "application/json"))
        yield Row("  reference: an empty answer", _requests(ours, "/healthz", token, seconds, "*/*"))


def pages(seconds: float) -> Iterator[Row]:
    """The page of a chat with fifty messages."""
    with stage.messenger(2, history=200) as ours:
        token = ours.people[0].token
        yield Row("page of 50 messages", _requests(ours, "/dialog/p1", token, seconds, "text/html"))
        yield Row("page of the list", _requests(ours, "/chats", token, seconds, "text/html"))
        yield Row("  reference: an empty answer", _requests(ours, "/healthz", token, seconds, "*/*"))


def pairs(stood: Stage) -> list[Line]:
    """Everybody beside whom he talks to."""
    return [Line(stood.port, f"/dialog/p{n ^ 1}/ws", person.token) for n, person in enumerate(stood.people)]


def measured(stood: Stage, run: Callable[[], Figures]) -> dict[str, str | float | int]:
    """What a run of this talk cost the server."""
    cpu = stood.cpu_seconds()
    figures = run()
    used = stood.cpu_seconds() - cpu
    return {
        "messages/s": round(figures.messages / figures.seconds),
        "deliveries/s": round(figures.deliveries / figures.seconds),
        "p50 ms": round(figures.p50_ms, 2),
        "p99 ms": round(figures.p99_ms, 2),
        "CPU µs/message": round(used / max(1, figures.messages) * 1e6, 1),
        "memory MiB": round(stood.memory_kib() / 1024, 1),
    }


def _cursor(line: Line) -> int:
    """How far the chat has come when this line has said a word."""
    line.say(said("the first word"))
    line.sock.setblocking(True)
    while not (told := [text for text in line.hear() if b'"new_message"' in text]):
        pass
    line.sock.setblocking(False)
    return int(msgspec.json.decode(told[0])["payload"]["cursor"])


def _held(stood: Stage, count: int, address: Callable[[int], tuple[str, str]]) -> dict[str, str | float | int]:
    before = stood.memory_kib()
    with closing([Line(stood.port, *address(number)) for number in range(count)]):
        time.sleep(2)
        after = stood.memory_kib()
    return {"KiB/socket": round((after - before) / count, 2), "memory MiB": round(after / 1024, 1)}


def _requests(stood: Stage, path: str, token: str, seconds: float, accept: str) -> dict[str, str | float | int]:
    connection = http.client.HTTPConnection("127.0.0.1", stood.port)
    headers = {"Authorization": f"Bearer {token}", "Accept": accept}
    waits: list[float] = []
    end, cpu = time.perf_counter() + seconds, stood.cpu_seconds()
    while time.perf_counter() < end or len(waits) < 200:
        start = time.perf_counter()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        waits.append(time.perf_counter() - start)
    waits.sort()
    return {
        "requests/s": round(len(waits) / sum(waits)),
        "p50 ms": round(waits[len(waits) // 2] * 1e3, 2),
        "p99 ms": round(waits[int(len(waits) * 0.99)] * 1e3, 2),
        "CPU µs/request": round((stood.cpu_seconds() - cpu) / len(waits) * 1e6),
    }
