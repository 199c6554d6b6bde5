"""The authenticator app of a person: the secret that it shares with this server, kept sealed, and the codes of it."""

import secrets
from base64 import b32decode, b32encode

import msgspec
import pyotp

from messenger.core import clock, seals
from messenger.core.models import SecondFactor
from messenger.core.snapshots import Actor
from messenger.extensions import settings

STEP = 30
# A clock that is half a minute wrong is no reason to keep somebody out.
DRIFT = 1
PURPOSE = "authenticator"


class Setup(msgspec.Struct, frozen=True):
    """What the authenticator needs: the secret to type, or the address that a picture of squares carries."""

    secret: str
    address: str


def renew(row: SecondFactor) -> str:
    """Another secret for this person, as the app wants it."""
    secret = pyotp.random_base32()
    _keep(row, secret)
    return secret


def secret_of(row: SecondFactor) -> str | None:
    """The secret, or None when the server's own has changed since and nothing can be read of it."""
    if not seals.is_sealed(row.secret):  # kept by a version that did not seal
        return row.secret
    plain = seals.opened(row.secret, PURPOSE, row.user_id)
    return None if plain is None else b32encode(plain).decode()


def takes(row: SecondFactor, code: str, now: int) -> bool:
    """Is it a code of about now, later than the last one that was taken? It is taken with that."""
    secret = secret_of(row)
    if secret is None or len(code) != 6 or not (code.isascii() and code.isdigit()):
        return False
    here = now // clock.SECOND // STEP
    app = pyotp.TOTP(secret, interval=STEP)
    for step in range(max(here - DRIFT, row.used_step + 1), here + DRIFT + 1):
        if secrets.compare_digest(app.at(step * STEP), code):
            row.used_step = step
            if not seals.is_sealed(row.secret):
                _keep(row, secret)
            return True
    return False


def setup(actor: Actor, secret: str) -> Setup:
    """The secret as it is handed to the app."""
    name = str(settings.site_name).replace(":", " ")
    return Setup(secret, pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=actor.login, issuer_name=name))


def _keep(row: SecondFactor, secret: str) -> None:
    row.secret = seals.sealed(b32decode(secret), PURPOSE, row.user_id)
