"""What a view or a socket tells of itself: a sentence, and examples from which the documents draw the schemas.

    @messages.post("/message")                      # the route stands above
    @described(
        "Send a message.",
        body=Body({"ConversationId": "3", "Message": "hello"}, rules={"Message": MESSAGE_TEXT}),
        answers={200: {"Message": "Message Created", "Data": "17"}, 400: [ERROR, {"Message": "…", "Data": None}]},
        parameters={"limit": 50},
    )

Everything is given by example: types, nesting and order of keys follow from it. None stands for anything.
Several examples of one answer are taken together: what is null in one of them may be null. The longer words of the
docstring become the description. Path and query parameters stand together, by name.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

View = TypeVar("View", bound=Callable[..., Any])
Schema = dict[str, Any]

JSON, MULTIPART, PLAIN = "application/json", "multipart/form-data", "text/plain"

# Rules that many fields share. Never stricter than the server itself, which refuses some of what they let through.
MESSAGE_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": 8000}
LOGIN: Schema = {"type": "string", "minLength": 1, "maxLength": 64}
PASSWORD: Schema = {"type": "string", "minLength": 3, "maxLength": 128}
NAME: Schema = {"type": "string", "minLength": 1}
EMAIL: Schema = {"type": "string", "format": "email"}
FILE: Schema = {"type": "string", "format": "binary"}
ANYTHING: Schema = {}


class Body(msgspec.Struct, frozen=True):
    """What a request carries. All fields are needed but those named optional; `rules` say more than the example can."""

    example: Any
    optional: tuple[str, ...] = ()
    rules: Mapping[str, Schema] = {}
    kind: str = JSON


class Description(msgspec.Struct, frozen=True):
    """All that is told of one view."""

    summary: str
    body: Body | None
    answers: Mapping[int, Sequence[Any]]
    parameters: Mapping[str, Any]
    is_open: bool


def described(
    summary: str,
    *,
    body: Body | Mapping[str, Any] | None = None,
    answers: Mapping[int, Any],
    parameters: Mapping[str, Any] | None = None,
    is_open: bool = False,
) -> Callable[[View], View]:
    """Tell what the view does. An answer is one example or a list of several; `is_open`: no token is needed."""
    told = Description(
        summary,
        Body(body) if isinstance(body, Mapping) else body,
        {status: _several(examples) for status, examples in answers.items()},
        parameters or {},
        is_open,
    )

    def tell(view: View) -> View:
        view.description = told  # type: ignore[attr-defined]
        return view

    return tell


def description_of(view: Callable[..., Any]) -> Description | None:
    """What was told of a view, if anything was."""
    found: Description | None = getattr(view, "description", None)
    return found


def list_of(example: Any) -> "Example":
    """One example that is itself a list: `answers={200: list_of([{"name": "Bob"}])}`."""
    return Example(example)


class Example(msgspec.Struct, frozen=True):
    """An example that would otherwise be taken for several."""

    value: Any


def _several(examples: Any) -> Sequence[Any]:
    return [
        example.value if isinstance(example, Example) else example
        for example in (examples if isinstance(examples, list) else [examples])
    ]


class Conversation(msgspec.Struct, frozen=True):
    """All that is told of one socket: examples of frames by name, in each direction; text stands for itself."""

    summary: str
    hears: Mapping[str, Any]
    speaks: Mapping[str, Any]
    parameters: Mapping[str, Any]
    opening: str


def converses(
    summary: str,
    *,
    hears: Mapping[str, Any],
    speaks: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
    opening: str = "Authorization: Bearer, or ?token= in the address.",
) -> Callable[[View], View]:
    """Tell what travels on a socket. Stands on its door, below `@sock.route(…)`; `opening` says how one gets in."""
    told = Conversation(summary, hears, speaks, parameters or {}, opening)

    def tell(door: View) -> View:
        door.conversation = told  # type: ignore[attr-defined]
        return door

    return tell


def conversation_of(view: Callable[..., Any]) -> Conversation | None:
    """What was told of a socket, if anything was."""
    found: Conversation | None = getattr(view, "conversation", None)
    return found
