"""What stands between the two steps of a sign-in: the password was right, the second proof is still to come."""

import hashlib

from sqlalchemy import select

from messenger.core import clock, statements
from messenger.core.models import User
from messenger.extensions import db, settings

SECONDS = 600
LIMIT = 500


def written(user_id: int) -> str:
    """Good for ten minutes, or until the password changes."""
    expires = clock.now() // clock.SECOND + SECONDS
    return statements.written({"sub": str(user_id), "exp": expires, "was": _was(user_id)}, _key())


def read(ticket: str) -> int | None:
    """Whose it is, or None for anything that is none any more."""
    claims = statements.read(ticket[:LIMIT], _key(), ["sub", "exp", "was"])
    if claims is None:
        return None
    try:
        user_id = int(claims["sub"])
    except ValueError:
        return None
    return user_id if claims["was"] == _was(user_id) else None


def _was(user_id: int) -> str:
    """What changes with the password."""
    stored = db.session.scalar(select(User.password_hash).where(User.id == user_id)) or ""
    return hashlib.sha256(stored.encode()).hexdigest()[:16]


def _key() -> bytes:
    """Another one than that of session tokens: neither can be taken for the other."""
    return hashlib.sha256(b"second step:" + settings.secret_key.encode()).digest()
