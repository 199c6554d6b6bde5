"""What travels between processes: plain JSON, numbered by its sender, versioned, and never larger than a letter may be.

A letter is a list of parcels. A fact that does not fit becomes a hint: chat and revision alone, by which whoever gets
it knows that there is something to read.
"""

from collections.abc import Iterable, Iterator

import msgspec

VERSION = 1
NOTHING = msgspec.Raw(b"null")


class Parcel(msgspec.Struct, frozen=True, omit_defaults=True):
    """One fact on its way, or, under a `kind`, what workers tell each other."""

    version: int = msgspec.field(name="v")
    worker: str = msgspec.field(name="w")
    number: int = msgspec.field(name="n")
    topics: tuple[str, ...] = msgspec.field(name="t", default=())
    chat_id: int = msgspec.field(name="c", default=0)
    revision: int = msgspec.field(name="r", default=0)
    kind: str = msgspec.field(name="k", default="")
    body: msgspec.Raw = msgspec.field(name="f", default=NOTHING)

    @property
    def is_hint(self) -> bool:
        """Whether the fact itself is missing, or written in a way that we do not know."""
        return not self.kind and (self.version != VERSION or bytes(self.body) == b"null")


_encode = msgspec.json.Encoder().encode
_decode_letter = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_parcel = msgspec.json.Decoder(Parcel).decode


def wrapped(parcel: Parcel, most: int) -> bytes | None:
    """The parcel as bytes that fit into a letter; None when not even a hint can be given."""
    packed = _encode(parcel)
    if len(packed) + 2 <= most:
        return packed
    if not parcel.chat_id:
        return None
    return _encode(msgspec.structs.replace(parcel, body=NOTHING))


def letters(packed: Iterable[bytes], most: int) -> Iterator[bytes]:
    """As few letters as hold these parcels, in order."""
    waiting: list[bytes] = []
    size = 1
    for one in packed:
        if waiting and size + len(one) + 1 > most:
            yield b"[" + b",".join(waiting) + b"]"
            waiting, size = [], 1
        waiting.append(one)
        size += len(one) + 1
    if waiting:
        yield b"[" + b",".join(waiting) + b"]"


def opened(letter: bytes) -> list[Parcel]:
    """The parcels of a letter. What is no parcel is nobody's loss: the database has it."""
    found = []
    try:
        raw = _decode_letter(letter)
    except msgspec.DecodeError:
        return []
    for one in raw:
        try:
            found.append(_decode_parcel(one))
        except msgspec.DecodeError:
            continue
    return found
