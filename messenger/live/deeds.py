"""What a dialect wants done after it has heard a frame. Quick deeds never wait; slow ones have a worker to wait in."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from messenger.live.mailbox import Mailbox

Answer = Callable[["Mailbox", Any], None]
Then = Callable[[Any], None]


def silence(mailbox: "Mailbox", result: Any) -> None:
    """No answer."""


class Quick(NamedTuple):
    """`submit(then)` returns at once; `then` gets the result, or an exception, in a turn of the loop.

    Deeds of one kind may be under way together; everything else waits until they are answered.
    """

    kind: str
    submit: Callable[[Then], None]
    answer: Answer = silence


class Slow(NamedTuple):
    """`do()` runs in a worker, in an app context of its own, alone for its mailbox; what it raises goes to `refuse`."""

    do: Callable[[], Any]
    answer: Answer = silence


class Now(NamedTuple):
    """Nothing to do but to answer, as soon as everything before has been answered."""

    answer: Answer


Deed = Quick | Slow | Now
