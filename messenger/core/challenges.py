"""What a device must answer: handed out signed, for one purpose and some minutes, so that nothing is kept of it."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from messenger.core import clock, statements
from messenger.core.refusals import Unauthenticated
from messenger.extensions import settings, throttle

SECONDS = 300
LIMIT = 2_000


def written(purpose: str, challenge: bytes) -> str:
    """The ticket that the browser brings back with its answer."""
    claims = {"for": purpose, "exp": clock.now() // clock.SECOND + SECONDS, "challenge": text(challenge)}
    return statements.written(claims, _key())


def read(purpose: str, ticket: str) -> bytes:
    """The challenge of this ticket. Unauthenticated for one that is too old, or meant for something else."""
    claims = statements.read(ticket[:LIMIT], _key(), ["exp", "for"]) or {}
    if claims.get("for") != purpose:
        raise Unauthenticated("That took too long. Please begin again.")
    return raw(claims["challenge"])


def is_spent(challenge: bytes) -> bool:
    """Was it answered before? It is from now on."""
    seen: int = throttle.tallies.add(f"spent:{text(challenge)}", SECONDS)
    return seen > 1


def text(raw: bytes) -> str:
    """Bytes as the browser writes them."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    """And back."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _key() -> bytes:
    """Another one than those of session tokens and of the second step."""
    return hashlib.sha256(b"passkeys:" + settings.secret_key.encode()).digest()
