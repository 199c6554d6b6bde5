"""Logins for people who have none here: near to what they were called, allowed, and nobody else's."""

import re
import unicodedata
from collections.abc import Iterable

from sqlalchemy import select

from messenger.core import logins
from messenger.core.models import User
from messenger.core.refusals import Refusal
from messenger.extensions import db

OTHER = re.compile(r"[^\w.-]+")
SHORT = 26


class Namer:
    """Gives out logins; none of them twice."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = {logins.key(login) for login in taken}

    def fresh(self, *wishes: str) -> str:
        """The first of the wishes that can be one, with a number behind it where that is taken."""
        base = next(filter(None, map(_allowed, wishes)), "person")
        number, login = 1, base
        while self._is_taken(login):
            number += 1
            login = f"{base[:SHORT].rstrip('.-_')}{number}"
        self.taken.add(logins.key(login))
        return login

    def _is_taken(self, login: str) -> bool:
        key = logins.key(login)
        return key in self.taken or db.session.scalar(select(User.id).where(User.login_key == key)) is not None


def _allowed(wish: str) -> str:
    """The wish itself where it is a login; else its letters; else its letters without what hangs on them; else ""."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", wish) if not unicodedata.combining(sign))
    spaced = OTHER.sub(".", bare.strip()).strip(".-_").lower()
    for login in (wish, OTHER.sub(".", wish.strip()).strip(".-_").lower()[:32].rstrip(".-_"), spaced[:32].rstrip(".-_"),
                  OTHER.sub("", spaced.encode("ascii", "ignore").decode()).strip(".-_")[:32],
                  f"{spaced}1" if spaced else ""):  # fmt: skip
        try:
            return logins.checked(login)
        except Refusal:
            continue
    return ""
