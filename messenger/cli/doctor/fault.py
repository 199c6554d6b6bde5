"""What is wrong, in one word and one sentence, and what to write where so that it is right."""

import msgspec


class Cure(msgspec.Struct, frozen=True):
    """Lines for one place: `nginx`, `Heroku`, `here` (this machine)."""

    place: str
    lines: list[str]


class Fault(msgspec.Struct, frozen=True):
    """One finding. Nothing in it is secret."""

    name: str
    says: str
    cures: list[Cure] = []
