"""The one token: a signed statement of which session its bearer belongs to. The session's row has the last word."""

import hashlib
import secrets

import jwt

from messenger.core import clock
from messenger.extensions import settings

ALGORITHM = "HS256"
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
    return jwt.encode(claims, settings.jwt_secret, algorithm=ALGORITHM)


def read(token: str) -> tuple[int, str] | None:
    """Whose it is and which session it names, or None for anything that is not a token of ours, or is too old."""
    if not token or len(token) > LIMIT:
        return None
    try:
        claims = jwt.decode(token, settings.jwt_secret, algorithms=[ALGORITHM], options={"require": CLAIMS})
        return int(claims["sub"]), str(claims["jti"])
    except (jwt.PyJWTError, ValueError, UnicodeError):
        return None
