"""A server always has somebody who administers it: nobody can take away the last one, himself or another."""

from collections.abc import Sequence

from sqlalchemy import select

from messenger.core.models import User
from messenger.core.refusals import Conflict
from messenger.core.verbs import Tx
from messenger.extensions import db

NEEDED = "This server needs an administrator: make somebody else one first."
ACTIVE = select(User.id).where(User.is_admin, User.disabled_at.is_(None), User.deleted_at.is_(None)).order_by(User.id)


def stays(tx: Tx, user: User) -> None:
    """Conflict when nobody is left without this one. Of two who go at once the second is asked after the first."""
    if user.is_admin and user.is_active:
        _check(tx.scalars(ACTIVE.with_for_update()).all(), user.id)


def check(user_id: int) -> None:
    """The same, before anything is done."""
    _check(db.session.scalars(ACTIVE).all(), user_id)


def _check(standing: Sequence[int], user_id: int) -> None:
    if list(standing) == [user_id]:
        raise Conflict(NEEDED)
