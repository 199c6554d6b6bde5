"""Passwords: how long they are, how they are hashed, and that a wrong one takes as long as an unknown user.

Hashing is native work outside the loop: done inside it, twenty sign-ins would stall every socket for a second.
"""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from messenger.core.refusals import Invalid, TooLong
from messenger.core.texts import whole
from messenger.extensions import settings, switchboard

LIMIT = 128
HASHER = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
NOBODY = HASHER.hash("nobody has this password, but it takes as long to find out")


def checked(password: object, least: int | None = None) -> str:
    """The password, if it may be one."""
    words = whole(password, "password")
    least = least or settings.min_password
    if len(words) < least:
        raise Invalid("A password has at least %(least)s characters.", field="password", least=least)
    if len(words) > LIMIT:
        raise TooLong("A password has at most %(limit)s characters.", field="password", limit=LIMIT)
    return words


def hashed(password: str) -> str:
    """What is stored of it."""
    result: str = switchboard.loop.native(HASHER.hash, password)
    return result


def matches(stored: str | None, password: object) -> bool:
    """Is it the right one? Without a stored one it takes just as long, and is not."""
    if not isinstance(password, str) or len(password) > LIMIT:
        password = ""
    right: bool = switchboard.loop.native(_verify, stored or NOBODY, password)
    return right and stored is not None


def is_outdated(stored: str) -> bool:
    """Was it hashed with other parameters than today's?"""
    return HASHER.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
