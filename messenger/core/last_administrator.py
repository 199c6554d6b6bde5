"""A server always has somebody who administers it: nobody can take away the last one, himself or another."""

from sqlalchemy import select

from messenger.core.models import User
from messenger.core.refusals import Conflict
from messenger.core.verbs import Tx

NEEDED = "This server needs an administrator: make somebody else one first."


def stays(tx: Tx, user: User) -> None:
    """Conflict when nobody is left without this one. Of two who go at once the second is asked after the first."""
    if not (user.is_admin and user.is_active):
        return
    active = (User.is_admin, User.disabled_at.is_(None), User.deleted_at.is_(None))
    held = tx.scalars(select(User.id).where(*active).order_by(User.id).with_for_update()).all()
    if user.id in held and len(held) == 1:
        raise Conflict(NEEDED)
