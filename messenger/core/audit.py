"""The audit trail: who did what to whom on behalf of the server, when, from where. The verbs write it themselves."""

from typing import Any

import msgspec
from sqlalchemy import or_, select

from messenger.core import people, texts
from messenger.core.models import AuditEntry, User
from messenger.core.numbers import place
from messenger.core.refusals import Forbidden
from messenger.core.snapshots import Actor, Person
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

PAGE = 50
LONGEST_PAGE = 500
COMMAND = "command"


class Steward(msgspec.Struct, frozen=True):
    """Who acts for the server: an administrator from an address, or a command of the maintainer."""

    actor: Actor | None = None
    address: str = COMMAND


class Trace(msgspec.Struct, frozen=True):
    """One line of the trail. Without a person it was a command, or somebody whose row is gone."""

    entry_id: int
    person: Person | None
    deed: str
    object: str
    address: str
    details: dict[str, Any]
    created_at: int


def authorised(tx: Tx, steward: Steward) -> None:
    """Forbidden for anybody who is no administrator at this very moment. Commands may."""
    if steward.actor is None:
        return
    user = tx.get(User, steward.actor.user_id)
    if user is None or not user.is_admin or not user.is_active:
        raise Forbidden("Only administrators may do this.")


def note(tx: Tx, steward: Steward, deed: str, about: str, **details: Any) -> None:
    """Keep it, together with what was done."""
    tx.add(
        AuditEntry(
            actor_id=steward.actor.user_id if steward.actor else None,
            deed=deed,
            object=about[:255],
            address=steward.address[:64],
            details=details,
            created_at=tx.now,
        )
    )


@verb
def keep(tx: Tx, steward: Steward, deed: str, about: str) -> None:
    """The same by itself, for what a command does in somebody else's name."""
    authorised(tx, steward)
    note(tx, steward, deed, about)


def traces(words: str = "", before: int | None = None, limit: int = PAGE) -> list[Trace]:
    """The trail, newest first; `words` stand in the deed, in what it was about, or are the login of who did it."""
    rows = select(AuditEntry, User).outerjoin(User, User.id == AuditEntry.actor_id).order_by(AuditEntry.id.desc())
    if before is not None:
        rows = rows.where(AuditEntry.id < place(before))
    if words := texts.storable(words).strip():
        found = (column.icontains(words, autoescape=True) for column in (AuditEntry.deed, AuditEntry.object))
        rows = rows.where(or_(*found, User.login.icontains(words, autoescape=True)))
    return [
        Trace(e.id, people.snapshot(user) if user else None, e.deed, e.object, e.address, e.details, e.created_at)
        for e, user in db.session.execute(rows.limit(max(1, min(limit, LONGEST_PAGE))))
    ]
