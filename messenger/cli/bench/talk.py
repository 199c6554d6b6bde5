"""Many lines at once in a process of their own: each keeps some messages on the way, and it is counted what arrives."""

import selectors
import time
from collections.abc import Callable, Sequence

import msgspec

from messenger.cli.bench.line import Line

SAMPLE = 16


class Figures(msgspec.Struct):
    """What was measured."""

    seconds: float
    messages: int
    deliveries: int
    p50_ms: float
    p99_ms: float


class Talk:
    """`speakers` write with `window` messages on the way each, or at `rate` a second in all; everybody listens."""

    def __init__(self, lines: Sequence[Line], speakers: Sequence[Line], text: Callable[[str], bytes]) -> None:
        self.lines = lines
        self.speakers = speakers
        self.text = text
        self.begun: dict[bytes, float] = {}
        self.waits: list[float] = []
        self.number = 0
        for place, line in enumerate(speakers):
            line.name = b"%04x" % place

    def run(self, seconds: float, *, window: int = 0, rate: float = 0) -> Figures:
        """Talk for a while, then listen until everything has arrived."""
        self.begun, self.waits, sent_before = {}, [], self._own()
        received = sum(line.received for line in self.lines)
        selector = selectors.DefaultSelector()
        for line in self.lines:
            selector.register(line, selectors.EVENT_READ, line)
        start = time.perf_counter()
        end, spoken = start + seconds, 0
        if window:
            for line in self.speakers:
                self._speak(line, window)
        while (now := time.perf_counter()) < end:
            if rate:
                due = int((now - start) * rate) - spoken
                for number in range(due):
                    self._speak(self.speakers[(spoken + number) % len(self.speakers)], 1)
                spoken += due
            self._listen(selector, 0.001, window)
        elapsed = time.perf_counter() - start
        messages, deliveries = self._own() - sent_before, sum(line.received for line in self.lines) - received
        self._drain(selector)
        selector.close()
        waits = sorted(self.waits) or [0.0]
        return Figures(elapsed, messages, deliveries, waits[len(waits) // 2] * 1e3, waits[int(len(waits) * 0.99)] * 1e3)

    def _own(self) -> int:
        return sum(line.own for line in self.speakers)

    def _speak(self, line: Line, count: int) -> None:
        texts = []
        for _ in range(count):
            self.number += 1
            name = line.name + b"%08x" % self.number
            if self.number % SAMPLE == 0:
                self.begun[name] = time.perf_counter()
            texts.append(self.text(name.decode()))
        line.say(*texts)

    def _listen(self, selector: selectors.BaseSelector, patience: float, window: int) -> bool:
        events = selector.select(patience)
        for key, _ in events:
            line: Line = key.data
            line.push()
            own = self._count(line)
            if window and own:
                self._speak(line, own)
        return bool(events)

    def _count(self, line: Line) -> int:
        """How many of its own messages came back to this line."""
        own = 0
        for text in line.hear():
            if b'"new_message"' not in text:
                continue
            line.received += 1
            at = text.find(b'"client_id":"')
            if line.name and at >= 0 and text.startswith(line.name, at + 13):
                own += 1
                began = self.begun.pop(text[at + 13 : at + 25], None)
                if began is not None:
                    self.waits.append(time.perf_counter() - began)
        line.own += own
        return own

    def _drain(self, selector: selectors.BaseSelector) -> None:
        quiet = 0
        while quiet < 10:
            quiet = 0 if self._listen(selector, 0.05, 0) else quiet + 1
