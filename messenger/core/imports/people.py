"""People who wrote elsewhere: placeholders whom nobody can sign in as until an administrator says so."""

import uuid
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import select

from messenger.core import logins, texts
from messenger.core.imports import marks
from messenger.core.incoming import Arrived
from messenger.core.models import Attachment, User
from messenger.core.refusals import Taken
from messenger.core.verbs import Tx, verb


class Newcomer(msgspec.Struct, frozen=True):
    """Somebody to be made. Without a password nobody can sign in as him; disabled, nobody can write to him either."""

    mark: str
    login: str
    name: str
    created_at: int
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    about: str = ""
    uid: str | None = None
    picture: Arrived | None = None
    is_disabled: bool = True
    is_deleted: bool = False


@verb
def take_in(tx: Tx, newcomers: Sequence[Newcomer]) -> dict[str, int]:
    """Make those who are not here yet; the number of each by his mark. Taken when a login went away meanwhile."""
    return {newcomer.mark: marks.bearer(tx, newcomer.mark) or _made(tx, newcomer) for newcomer in newcomers}


@verb
def remember(tx: Tx, known: Mapping[str, int]) -> None:
    """These people of elsewhere are those people of here."""
    for mark, user_id in known.items():
        marks.put(tx, mark, user_id)


def _made(tx: Tx, newcomer: Newcomer) -> int:
    if tx.scalar(select(User.id).where(User.login_key == logins.key(newcomer.login))):
        raise Taken("The login %(login)s is already taken.", login=newcomer.login)
    email = _free(tx, newcomer.email)
    user = User(
        uid=_fresh_uid(tx, newcomer.uid),
        login=newcomer.login,
        login_key=logins.key(newcomer.login),
        name=newcomer.name,
        first_name=newcomer.first_name,
        last_name=newcomer.last_name,
        email=email,
        email_key=email.casefold() if email else None,
        about=newcomer.about[: texts.ABOUT_LIMIT],
        created_at=newcomer.created_at,
        updated_at=tx.now,
        disabled_at=tx.now if newcomer.is_disabled else None,
        deleted_at=tx.now if newcomer.is_deleted else None,
    )
    tx.add(user)
    tx.flush()
    if newcomer.picture is not None:
        _dress(tx, user, newcomer.picture)
    marks.put(tx, newcomer.mark, user.id)
    return user.id


def _free(tx: Tx, email: str | None) -> str | None:
    """An e-mail that belongs to somebody else stays his."""
    if email and tx.scalar(select(User.id).where(User.email_key == email.casefold())):
        return None
    return email


def _fresh_uid(tx: Tx, wanted: str | None) -> str:
    """The uid he had, where it is one and nobody has it here."""
    try:
        uid = str(uuid.UUID(wanted or ""))
    except ValueError:
        return str(uuid.uuid4())
    return str(uuid.uuid4()) if tx.scalar(select(User.id).where(User.uid == uid)) else uid


def _dress(tx: Tx, user: User, picture: Arrived) -> None:
    tx.add(Attachment(owner_id=user.id, created_at=tx.now, **msgspec.structs.asdict(picture)))
    user.avatar_key = picture.key
