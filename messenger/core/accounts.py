"""Accounts: made, changed, closed. How somebody signs in stands in entrance.py, how others know him in people.py."""

import re
import uuid

import msgspec
from sqlalchemy import delete, select

from messenger.core import (
    audit,
    comings,
    founding,
    invitations,
    last_administrator,
    logins,
    passwords,
    people,
    profiles,
    sessions,
    texts,
    throttle,
)
from messenger.core.audit import Steward
from messenger.core.facts import PersonArrived
from messenger.core.models import Passkey, PushSubscription, RecoveryCode, SecondFactor, User
from messenger.core.refusals import Forbidden, Invalid, Taken, Unauthenticated
from messenger.core.sessions import Device, SignedIn
from messenger.core.snapshots import Actor, Person
from messenger.core.verbs import Tx, verb
from messenger.extensions import db, settings

WRONG = "The login or the password is wrong."


class Application(msgspec.Struct, frozen=True):
    """What somebody tells of himself to get an account. Without a login, one is derived from the e-mail.

    `token` is what makes the first administrator.
    """

    login: str | None
    password: str
    name: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    invitation: str = ""
    token: str = ""


def register(application: Application, device: Device, least_password: int | None = None) -> SignedIn:
    """A new account, signed in. Invalid, Taken, or Forbidden when this server takes nobody in."""
    application = checked(application)
    passwords.checked(application.password, least_password)
    throttle.enter(throttle.registering(device.address, settings.registrations_per_hour))
    admit(application.invitation, application.token)
    if application.login is not None and _is_taken(application.login):
        raise Taken("This login is already taken.", field="login")
    return join(application, passwords.hashed(application.password), device)


def is_fresh_server() -> bool:
    """Has nobody ever registered here?"""
    return db.session.scalar(select(User.id).limit(1)) is None


def admit(invitation: str, token: str = "") -> None:
    """May somebody register now? Who becomes the first administrator always may."""
    if settings.registration == "open" or founding.is_key(token):
        return
    _admitted(invitations.is_valid(invitation))


@verb
def join(tx: Tx, application: Application, password_hash: str, device: Device) -> SignedIn:
    """An account for who asks for one himself. Of two founders at once only one is let in as such."""
    if settings.registration != "open" and not founding.opens(tx, application.token):
        _admitted(bool(application.invitation))
    return create.within(tx, application, password_hash, device)


@verb
def create(tx: Tx, application: Application, password_hash: str, device: Device | None = None) -> SignedIn:
    """The account itself. Taken when the login or the e-mail belongs to somebody."""
    login = application.login or _free_login(tx, application.email or "user")
    email_key = application.email.casefold() if application.email else None
    if tx.scalar(select(User.id).where(User.login_key == logins.key(login))):
        raise Taken("This login is already taken.", field="login")
    profiles.claim_email(tx, email_key)
    user = User(
        uid=str(uuid.uuid4()),
        login=login,
        login_key=logins.key(login),
        name=application.name or login,
        first_name=application.first_name,
        last_name=application.last_name,
        email=application.email,
        email_key=email_key,
        password_hash=password_hash,
        is_admin=founding.opens(tx, application.token),
        **dict.fromkeys(("created_at", "updated_at", "seen_at"), tx.now),
    )
    tx.add(user)
    tx.flush()
    actor = Actor(people.snapshot(user), None, user.is_admin)
    tx.announce(PersonArrived(actor.person))
    if user.is_admin:
        founding.founded(tx, Steward(actor, device.address if device else audit.COMMAND))
    if application.invitation:
        comings.invited(tx, actor, invitations.use(tx, application.invitation))
    return sessions.begin(tx, user, device) if device else SignedIn(actor, "")


@verb
def sign_in(tx: Tx, user_id: int, device: Device, better_hash: str | None = None) -> SignedIn:
    """A new session. Unauthenticated when the account went away meanwhile."""
    user = tx.get(User, user_id)
    if user is None or not user.is_active:
        raise Unauthenticated(WRONG)
    if better_hash:
        user.password_hash = better_hash
    user.seen_at = tx.now
    return sessions.begin(tx, user, device)


@verb
def set_password(tx: Tx, user_id: int, password_hash: str, keep_session: int | None = None) -> None:
    """Store another password; every session but the one named ends."""
    user = profiles.existing(tx, user_id)
    user.password_hash = password_hash
    user.updated_at = tx.now
    sessions.end_all(tx, user_id, except_id=keep_session)


@verb
def disable(tx: Tx, user_id: int, is_disabled: bool = True) -> Person:
    """Keep a person out, or let him in again. His sessions end. Conflict for the last administrator."""
    user = profiles.existing(tx, user_id)
    if is_disabled:
        last_administrator.stays(tx, user)
    user.disabled_at = tx.now if is_disabled else None
    if is_disabled:
        sessions.end_all(tx, user_id)
    return profiles.changed(tx, user)


@verb
def remove(tx: Tx, user_id: int) -> None:
    """Close the account for good: he leaves his groups, what he wrote stays, his name and secrets go, the login stays
    taken. Conflict for the last administrator."""
    user = profiles.existing(tx, user_id)
    last_administrator.stays(tx, user)
    sessions.end_all(tx, user_id)
    comings.leave_all(tx, Actor(people.snapshot(user)))
    for table in (PushSubscription, SecondFactor, RecoveryCode, Passkey):
        tx.execute(delete(table).where(table.user_id == user_id))
    user.name, user.first_name, user.last_name, user.about = "Deleted user", None, None, ""
    user.email = user.email_key = user.password_hash = user.avatar_key = None
    user.is_admin, user.preferences, user.deleted_at = False, {}, tx.now
    profiles.changed(tx, user)


def checked(application: Application) -> Application:
    """The same, each part as it may be stored. Invalid, Blank, TooLong."""
    login = None if application.login is None else logins.checked(application.login)
    if login is None and not application.email:
        raise Invalid("A login is needed.", field="login")
    return msgspec.structs.replace(
        application,
        login=login,
        email=profiles.checked_email(application.email) if application.email else None,
        name=texts.one_line(application.name, "name") if application.name is not None else login,
        first_name=texts.one_line(application.first_name, "firstName") if application.first_name else None,
        last_name=texts.one_line(application.last_name, "lastName") if application.last_name else None,
    )


def _admitted(is_invited: bool) -> None:
    if settings.registration == "closed":
        raise Forbidden("This server takes no new accounts.")
    if not is_invited:
        raise Forbidden("To register here you need a valid invitation.", field="invitation")


def _is_taken(login: str) -> bool:
    return db.session.scalar(select(User.id).where(User.login_key == logins.key(login))) is not None


def _free_login(tx: Tx, email: str) -> str:
    """A login made from the local part of an e-mail, with a number behind it where that is taken."""
    base = re.sub(r"[^a-z0-9_.-]", "", email.partition("@")[0].casefold()).strip(".")[:24] or "user"
    taken = set(tx.scalars(select(User.login_key).where(User.login_key.like(f"{base}%"))))
    return next(
        name
        for name in (base, *(f"{base}{number}" for number in range(2, len(taken) + 4)))
        if name not in taken and name not in logins.RESERVED
    )
