"""What stands behind the links in mails: words that let one person do one thing, once, for a while."""

import hashlib
import hmac
from base64 import urlsafe_b64encode

from sqlalchemy import select

from messenger.core import clock
from messenger.core.database import Reading
from messenger.core.models import User
from messenger.core.refusals import Unknown
from messenger.extensions import settings

GONE = "This link has been used, or is too old. Ask for another one."


def made(purpose: str, user_id: int, state: str | None, minutes: int) -> str:
    """A pass for this purpose. It is worth nothing when `state` has changed: so it can be used once."""
    expires = clock.now() // clock.SECOND + 60 * minutes
    return f"{user_id}.{expires}.{_mark(purpose, user_id, expires, state)}"


def holder(session: Reading, purpose: str, given: str) -> User:
    """Whose it is. Unknown for everything that lets nobody do anything."""
    parts = given[:200].split(".")
    if len(parts) == 3 and all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts[:2]):
        user_id, expires = int(parts[0]), int(parts[1])
        user = session.scalar(select(User).where(User.id == user_id, User.deleted_at.is_(None)))
        if user is not None and clock.now() // clock.SECOND < expires:
            right = _mark(purpose, user_id, expires, state_of(purpose, user))
            if hmac.compare_digest(right.encode(), parts[2].encode("utf-8", "replace")):
                return user
    raise Unknown(GONE)


def state_of(purpose: str, user: User) -> str | None:
    """What must still be as it was."""
    return {"reset": user.password_hash, "verify": user.email_key}.get(purpose, "")


def _mark(purpose: str, user_id: int, expires: int, state: str | None) -> str:
    key = hashlib.sha256(b"passes:" + settings.secret_key.encode()).digest()
    words = f"{purpose}\n{user_id}\n{expires}\n{state or ''}"
    return urlsafe_b64encode(hmac.new(key, words.encode(), hashlib.sha256).digest()[:24]).decode()
