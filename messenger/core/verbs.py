"""What makes a plain function a verb: it is run by the writer, inside a transaction, together with others that wait.

`verb` runs each call in a savepoint of its own. `grouped` hands all waiting calls to one function at once: the form for
what happens thousands of times a second.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property, update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from messenger.core import clock
from messenger.core.facts import Fact
from messenger.extensions import writer

P = ParamSpec("P")
R = TypeVar("R")
Item = TypeVar("Item")

Outcome = Any
Then = Callable[[Outcome], None]


def nobody(outcome: Outcome) -> None:
    """Waits for the outcome. An error is in the log already."""


class Tx(Session):
    """The transaction a verb works in. What it announces is told only if it is committed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.facts: list[Fact] = []
        self.errands: list[Callable[[], None]] = []
        self.now = clock.now()
        self.broken: BaseException | None = None

    @cached_property
    def straight(self) -> Connection:
        """Its one connection, without the session's questions before each use."""
        return self.connection()

    def announce(self, *facts: Fact) -> None:
        """Tell these after the commit."""
        self.facts.extend(facts)

    def afterwards(self, errand: Callable[[], None]) -> None:
        """Call this after the commit, in a turn of the loop. For what may be lost with the process."""
        self.errands.append(errand)

    def attempt(self, function: Callable[[], R]) -> R:
        """Run a function in a savepoint: when it fails, nothing of it is left.

        A full disk makes SQLite give up the whole transaction; from then on nothing may be attempted in it, since each
        statement would be committed by itself.
        """
        if self.broken is not None:
            raise self.broken
        announced = len(self.facts)
        savepoint = self.begin_nested()
        try:
            result = function()
            savepoint.commit()
            return result
        except BaseException as error:
            del self.facts[announced:]
            try:
                savepoint.rollback()
            except SQLAlchemyError:
                self.broken = error
            raise


class Call:
    """One verb with its arguments, and who waits for the outcome."""

    __slots__ = ("arguments", "keywords", "then", "verb")

    def __init__(
        self, verb: "Verb[..., Any]", arguments: tuple[Any, ...], keywords: dict[str, Any], then: Then
    ) -> None:
        self.verb = verb
        self.arguments = arguments
        self.keywords = keywords
        self.then = then

    @property
    def chat_ids(self) -> set[int]:
        """The chats that it is about, as far as the arguments say so."""
        found = set()
        for argument in self.arguments:
            for one in argument if isinstance(argument, (list, tuple)) else (argument,):
                chat_id = getattr(getattr(one, "chat", one), "chat_id", None)
                if isinstance(chat_id, int):
                    found.add(chat_id)
        return found


class Verb(Generic[P, R]):
    """The public form of a function `f(tx, …)`."""

    def __init__(self, function: Callable[Concatenate[Tx, P], R]) -> None:
        update_wrapper(self, function)
        self.function: Callable[..., Any] = function
        self.name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Have the writer do it, wait for the commit, and return the result or raise the refusal."""
        result: R = writer.wait(self.call(args, kwargs))
        return result

    def submit(self, *args: Any, then: Then, **kwargs: Any) -> None:
        """Hand it to the writer and return at once; `then` gets the result or the exception in a turn of the loop."""
        writer.submit(self.call(args, kwargs, then))

    def queue(self, call: Call, then: Then) -> None:
        """Hand over a call that was made before."""
        call.then = then
        writer.submit(call)

    def within(self, tx: Tx, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do it as a part of another verb."""
        result: R = self.function(tx, *args, **kwargs)
        return result

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any], then: Then = nobody) -> Call:
        """The call as it waits in the queue."""
        return Call(self, args, kwargs, then)

    def run(self, tx: Tx, calls: Sequence[Call]) -> list[Outcome]:
        """One outcome for each call; what one of them does wrong, the others do not feel."""
        return [self._run_one(tx, call) for call in calls]

    def _run_one(self, tx: Tx, call: Call) -> Outcome:
        try:
            return tx.attempt(lambda: self.function(tx, *call.arguments, **call.keywords))
        except Exception as error:
            return error


Form = Callable[[Tx, Sequence[Item]], Sequence[R | Exception]]


class GroupVerb(Verb[P, R], Generic[P, R, Item]):
    """A verb whose function takes a list of prepared items and returns as many outcomes."""

    def __init__(self, prepare: Callable[P, Item], function: Form[Item, R]) -> None:
        super().__init__(function)  # type: ignore[arg-type]
        self.prepare = prepare
        self.hopeful: Form[Item, R] | None = None

    def hopefully(self, function: Form[Item, R]) -> Form[Item, R]:
        """Tried first: a quicker form, good as long as the database finds nothing against it."""
        self.hopeful = function
        return function

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any], then: Then = nobody) -> Call:
        """Prepared by the caller, not in the writer: what is wrong with the arguments is refused here."""
        return Call(self, (self.prepare(*args, **kwargs),), {}, then)

    def within(self, tx: Tx, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do it as a part of another verb."""
        (outcome,) = self.function(tx, [self.prepare(*args, **kwargs)])
        if isinstance(outcome, Exception):
            raise outcome
        result: R = outcome
        return result

    def run(self, tx: Tx, calls: Sequence[Call]) -> list[Outcome]:
        """All at once; if that fails, one by one, so that only the culprit gets the error."""
        items = [call.arguments[0] for call in calls]
        try:
            return list(self._attempt(tx, items))
        except Exception as error:
            if len(calls) == 1:
                return [error]
        return [outcome for call in calls for outcome in self.run(tx, [call])]

    def _attempt(self, tx: Tx, items: Sequence[Item]) -> Sequence[R | Exception]:
        if self.hopeful is not None:
            hopeful = self.hopeful
            with suppress(IntegrityError):
                return tx.attempt(lambda: hopeful(tx, items))
        outcomes: Sequence[R | Exception] = tx.attempt(lambda: self.function(tx, items))
        return outcomes


def verb(function: Callable[Concatenate[Tx, P], R]) -> Verb[P, R]:
    """Make `f(tx, actor, …)` a verb `f(actor, …)`."""
    return Verb(function)


def grouped(prepare: Callable[P, Item]) -> Callable[[Form[Item, R]], GroupVerb[P, R, Item]]:
    """Make `f(tx, items)` a verb with the arguments of `prepare`, which turns them into one item."""
    return lambda function: GroupVerb(prepare, function)
