"""Facts as JSON, for the way to another process."""

from collections.abc import Iterable, Iterator
from typing import Any, Union

import msgspec

from messenger.core import facts
from messenger.core.facts import ChatOpened, Fact
from messenger.live.between.sender import Part

KINDS = tuple(
    kind
    for kind in vars(facts).values()
    if isinstance(kind, type) and issubclass(kind, Fact) and not kind.__subclasses__()
)
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Union[KINDS]).decode  # noqa: UP007 the kinds are not known by name here


class Written:
    """Implements the bus's `Codec`."""

    def parts(self, fact: Fact) -> Iterable[Part]:
        """A fact as it is sent: once, with all its topics; what concerns many people, to each of them alone."""
        for one in _narrowed(fact):
            chat_id, revision = getattr(one, "chat_id", 0), getattr(one, "revision", 0)
            yield Part(tuple(one.topics), chat_id, revision, _encode(one))

    def read(self, body: msgspec.Raw) -> Fact:
        """The fact again. msgspec.DecodeError, when it is none that we know."""
        read: Fact = _decode(body)
        return read


def _narrowed(fact: Any) -> Iterator[Fact]:
    if not isinstance(fact, ChatOpened):
        yield fact
        return
    for user_id in fact.user_ids:
        yield msgspec.structs.replace(fact, user_ids=(user_id,))
