"""A mark that a browser keeps from its sign-in, by which the account knows it again. It opens nothing by itself."""

import hashlib
import hmac
import secrets

from sqlalchemy import select

from messenger.core import clock
from messenger.core.models import Session
from messenger.extensions import db, settings

LIMIT = 200
REMEMBERED = 90 * clock.DAY


def mark(user_id: int) -> str:
    """A new mark for a browser in which this person has signed in."""
    nonce = secrets.token_urlsafe(12)
    return f"{nonce}.{_signature(nonce, user_id)}"


def known(mark: str, address: str, user_id: int) -> str:
    """What this account knows him by: the mark of his browser, an address he has signed in from of late, or nothing."""
    nonce, _, signature = mark[:LIMIT].partition(".")
    is_ours = hmac.compare_digest(_signature(nonce, user_id).encode(), signature.encode("utf-8", "replace"))
    rows = select(Session.id).where(Session.user_id == user_id, Session.address == address)
    was_here = db.session.scalar(rows.where(Session.created_at > clock.now() - REMEMBERED).limit(1)) is not None
    if is_ours and user_id:
        return f"device {nonce}"
    return address if was_here and address else ""


def _signature(nonce: str, user_id: int) -> str:
    key = hashlib.sha256(b"known devices:" + settings.secret_key.encode()).digest()
    return hmac.new(key, f"{user_id}\n{nonce}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]
