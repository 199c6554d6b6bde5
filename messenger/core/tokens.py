"""The one token: a signed statement of which session its bearer belongs to. The session's row has the last word."""

import hashlib
import secrets

from messenger.core import clock, statements
from messenger.extensions import settings

CLAIMS = ["sub", "jti", "iat", "exp"]
LIMIT = 2_048


def fresh_id() -> str:
    """A new unguessable id of a session."""
    return secrets.token_urlsafe(24)


def digest(token_id: str) -> str:
    """What is stored of it."""
    return hashlib.sha256(token_id.encode("utf-8", "replace")).hexdigest()


def written(user_id: int, token_id: str, began: int, expires: int) -> str:
    """The token as the client gets it."""
    claims = {"sub": str(user_id), "jti": token_id, "iat": began // clock.SECOND, "exp": expires // clock.SECOND}
    return statements.written(claims, settings.jwt_secret)


def read(token: str) -> tuple[int, str] | None:
    """Whose it is and which session it names, or None for anything that is not a token of ours, or is too old."""
    if not token or len(token) > LIMIT:
        return None
    claims = statements.read(token, settings.jwt_secret, CLAIMS)
    if claims is None:
        return None
    try:
        return int(claims["sub"]), str(claims["jti"])
    except ValueError:
        return None
