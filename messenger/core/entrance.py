"""How a person proves who he is: by login and password, perhaps by a code, and once more before what matters.

Every guess is counted (throttle.py), those at accounts that do not exist like all others.
"""

from sqlalchemy import ColumnElement, select

from messenger.core import accounts, devices, factors, logins, passwords, texts, throttle, tickets
from messenger.core.models import User
from messenger.core.refusals import CodeNeeded, Forbidden, Unauthenticated
from messenger.core.sessions import Device, SignedIn
from messenger.core.snapshots import Actor
from messenger.extensions import db


def authenticate(login: str, password: str, device: Device, code: str | None = None) -> SignedIn:
    """Sign in by login or e-mail. Unauthenticated for an unknown user and a wrong password alike; CodeNeeded where a
    second step is to come; TooMany for who guesses."""
    user = db.session.scalar(select(User).where(_named(login), User.deleted_at.is_(None)))
    stored = user.password_hash if user else None
    user_id = user.id if user else 0
    is_active = user is not None and user.is_active
    own = devices.known(device.mark, device.address, user_id)
    has_factor = factors.is_on(user_id)
    db.session.remove()
    # By login or by e-mail, it is the same account that is guessed at.
    guess = throttle.guessing(f"password {f'#{user_id}' if user_id else _folded(login)}", device.address, own)
    throttle.enter(guess)
    if not passwords.matches(stored, password):
        raise Unauthenticated(accounts.WRONG)
    throttle.passed(guess)
    if not is_active:
        raise Unauthenticated("This account is disabled. Please ask the administrator.")
    if has_factor:
        return _second_step(user_id, code, device, own)
    better = passwords.hashed(password) if stored and passwords.is_outdated(stored) else None
    return accounts.sign_in(user_id, device, better)


def finish(ticket: str, code: str, device: Device) -> SignedIn:
    """The second step by itself, with the ticket of the first."""
    user_id = tickets.read(ticket)
    if user_id is None:
        raise Unauthenticated("That took too long. Please begin again.")
    own = devices.known(device.mark, device.address, user_id)
    db.session.remove()
    return _second_step(user_id, code, device, own)


def change_password(actor: Actor, old: str, new: str, least: int | None = None) -> None:
    """Another password; every other session of the person ends. Forbidden when the old one is wrong."""
    passwords.checked(new, least)
    confirm(actor, old)
    accounts.set_password(actor.user_id, passwords.hashed(new), actor.session_id)


def confirm(actor: Actor, password: str) -> None:
    """Is it really he? Forbidden when the password is wrong. Each of his devices guesses for itself."""
    stored = db.session.scalar(select(User.password_hash).where(User.id == actor.user_id))
    db.session.remove()
    guess = throttle.confirming(actor)
    throttle.enter(guess)
    if not passwords.matches(stored, password):
        raise Forbidden("The password is wrong.", field="password")
    throttle.passed(guess)


def _second_step(user_id: int, code: str | None, device: Device, own: str) -> SignedIn:
    if code is None:
        raise CodeNeeded(user_id=user_id)
    guess = throttle.guessing(f"code {user_id}", device.address, own)
    throttle.enter(guess)
    signed_in = factors.sign_in(user_id, code, device)
    throttle.passed(guess)
    return signed_in


def _folded(login: str) -> str:
    name = texts.storable(login)
    return name.casefold() if "@" in name else logins.key(name)


def _named(login: str) -> ColumnElement[bool]:
    return User.email_key == _folded(login) if "@" in login else User.login_key == _folded(login)
