"""Short statements that this server signs and knows again (JWT, HS256). Their library is loaded with the first."""

from collections.abc import Sequence
from typing import Any

ALGORITHM = "HS256"


def written(claims: dict[str, Any], key: bytes) -> str:
    """The statement as it is handed out."""
    import jwt

    return jwt.encode(claims, key, algorithm=ALGORITHM)


def read(statement: str, key: bytes, required: Sequence[str]) -> dict[str, Any] | None:
    """What it says; None for anything that is not signed by this key, lacks a claim, or is too old."""
    import jwt

    try:
        return jwt.decode(statement, key, algorithms=[ALGORITHM], options={"require": list(required)})
    except (jwt.PyJWTError, ValueError, UnicodeError):
        return None
