"""What a client has said and what is under way for it: quick deeds of one kind together, everything else alone."""

from threading import get_ident
from typing import TYPE_CHECKING, Any, NamedTuple

from messenger.live import faults
from messenger.live.deeds import Answer, Deed, Now, Quick, Slow
from messenger.live.frames import Message

if TYPE_CHECKING:
    from messenger.live.dialect import Dialect
    from messenger.live.socket import Socket
    from messenger.live.switchboard import Switchboard


class Goodbye(NamedTuple):
    """The last thing heard: the client's close frame, his mistake, or the end of the stream (1006)."""

    code: int
    reason: str


class Outcome(NamedTuple):
    """What became of a quick deed."""

    answer: Answer
    frame: Message | None
    result: Any


class Errands:
    """The hearing half of a mailbox."""

    __slots__ = (
        "_held", "_kind", "_under_way", "_worker",
        "dialect", "heard", "is_busy", "is_shut", "is_stirred", "socket", "switchboard", "told",
    )  # fmt: skip

    def __init__(self, dialect: "Dialect", switchboard: "Switchboard") -> None:
        self.dialect = dialect
        self.switchboard = switchboard
        self.socket: Socket
        self.heard: list[Any] = []
        self.told: list[Any] = []
        self.is_busy = self.is_shut = self.is_stirred = False
        self._held: tuple[Deed, Message | None] | None = None
        self._kind = ""
        self._under_way = 0
        self._worker = 0

    @property
    def room(self) -> int:
        """How many more messages of the client may wait here."""
        return self.switchboard.wiring.terms.frames_waiting - len(self.heard) - self._under_way

    def stir(self) -> None:
        """Work in the next turn."""
        if not self.is_stirred:
            self.is_stirred = True
            self.switchboard.loop.stir(self)

    def end(self, code: int, reason: str) -> None:
        """Say goodbye when everything heard before has been worked off."""
        self.heard.append(Goodbye(code, reason))
        self.stir()

    def work(self, slow: Slow, frame: Message | None = None) -> None:
        """Begin a slow deed; whatever comes meanwhile waits."""
        self.is_busy = True
        self.switchboard.workers.submit(self._work, slow, frame)

    def turn(self) -> None:
        """Tell what must be told, then do what was asked."""
        self.is_stirred = False
        try:
            if self.told and not self.is_busy:
                self.speak_all()
            if self.heard:
                self._hear_all()
        except Exception as error:
            self.fault(error)

    def _hear_all(self) -> None:
        heard = self.heard
        while heard and not self.is_busy and self._held is None:
            item = heard[0]
            if item.__class__ is Goodbye:
                if not self._under_way:
                    heard.clear()
                    self.socket.end(*item)
                return
            del heard[0]
            if item.__class__ is Slow:
                self._begin(item, None)
            else:
                self._hear(item)
        self.socket.resume()

    def _hear(self, frame: Message) -> None:
        try:
            deed = self.dialect.hear(self, frame)  # type: ignore[arg-type]
        except Exception as error:
            refused = error
            deed = Now(lambda _, __: self._refuse(refused, frame))
        if deed is not None:
            self._begin(deed, frame)

    def _begin(self, deed: Deed, frame: Message | None) -> None:
        if self._under_way and not (isinstance(deed, Quick) and deed.kind == self._kind):
            self._held = (deed, frame)
        elif isinstance(deed, Quick):
            self._submit(deed, frame)
        elif isinstance(deed, Slow):
            self.work(deed, frame)
        else:
            deed.answer(self, None)  # type: ignore[arg-type]

    def _submit(self, quick: Quick, frame: Message | None) -> None:
        self._kind = quick.kind
        self._under_way += 1
        answer = quick.answer

        def then(result: Any) -> None:
            self.told.append(Outcome(answer, frame, result))
            self.stir()

        try:
            quick.submit(then)
        except Exception as error:  # refused at the door: answered in its turn, like an outcome
            then(error)

    def conclude(self, outcome: Outcome) -> None:
        """A quick deed is done: answer, and go on with what had to wait for it."""
        self._under_way -= 1
        self._answer(outcome)
        if not self._under_way and self._held is not None:
            (deed, frame), self._held = self._held, None
            self._begin(deed, frame)
        if self.heard:
            self.stir()
        else:
            self.socket.resume()

    def _work(self, slow: Slow, frame: Message | None) -> None:
        """In a worker: what a slow deed does."""
        self._worker = get_ident()
        result: Any
        try:
            result = None if self.is_shut else slow.do()
        except BaseException as error:  # whatever it is, this mailbox must not stay busy for ever
            result = error
        self._worker = 0
        self.switchboard.loop.soon(self._worked, Outcome(slow.answer, frame, result))

    def _worked(self, outcome: Outcome) -> None:
        self.is_busy = False
        if self.is_shut:
            return
        try:
            self._answer(outcome)
        except Exception as error:
            self.fault(error)
        self.stir()
        self.socket.resume()

    def _answer(self, outcome: Outcome) -> None:
        if isinstance(outcome.result, BaseException):
            self._refuse(outcome.result, outcome.frame)
        else:
            outcome.answer(self, outcome.result)  # type: ignore[arg-type]

    def _refuse(self, error: BaseException, frame: Message | None) -> None:
        if isinstance(error, Exception) and faults.is_refusal(error):
            self.switchboard.counters.refused[type(error).__name__] += 1
            self.dialect.refuse(self, error, frame)  # type: ignore[arg-type]
        else:
            self.fault(error)

    def fault(self, error: BaseException) -> None:
        """Something went wrong that nobody expected: this socket ends, the others do not notice."""
        self.switchboard.counters.faults += 1
        faults.note(error, f"{self.dialect.name} dialect")
        self.socket.close(1011, "internal error")

    def speak_all(self) -> None:
        """Tell what must be told."""
        raise NotImplementedError
