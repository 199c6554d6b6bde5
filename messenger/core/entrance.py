"""How a person proves who he is: by login and password, and once more before what matters."""

from sqlalchemy import ColumnElement, select

from messenger.core import accounts, logins, passwords, texts
from messenger.core.models import User
from messenger.core.refusals import Forbidden, Unauthenticated
from messenger.core.sessions import Device, SignedIn
from messenger.core.snapshots import Actor
from messenger.extensions import db


def authenticate(login: str, password: str, device: Device) -> SignedIn:
    """Sign in by login or e-mail. Unauthenticated for an unknown user and a wrong password alike."""
    user = db.session.scalar(select(User).where(_named(login), User.deleted_at.is_(None)))
    stored = user.password_hash if user else None
    user_id = user.id if user else 0
    is_active = user is not None and user.is_active
    db.session.remove()
    if not passwords.matches(stored, password):
        raise Unauthenticated(accounts.WRONG)
    if not is_active:
        raise Unauthenticated("This account is disabled. Please ask the administrator.")
    better = passwords.hashed(password) if stored and passwords.is_outdated(stored) else None
    return accounts.sign_in(user_id, device, better)


def change_password(actor: Actor, old: str, new: str, least: int | None = None) -> None:
    """Another password; every other session of the person ends. Forbidden when the old one is wrong."""
    passwords.checked(new, least)
    confirm(actor, old)
    accounts.set_password(actor.user_id, passwords.hashed(new), actor.session_id)


def confirm(actor: Actor, password: str) -> None:
    """Is it really he? Forbidden when the password is wrong."""
    stored = db.session.scalar(select(User.password_hash).where(User.id == actor.user_id))
    db.session.remove()
    if not passwords.matches(stored, password):
        raise Forbidden("The password is wrong.", field="password")


def _named(login: str) -> ColumnElement[bool]:
    name = texts.storable(login)
    return User.email_key == name.casefold() if "@" in name else User.login_key == logins.key(name)
