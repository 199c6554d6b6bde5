"""Passkeys: kept by a person's own devices, proved to this server and to no other, and taken instead of a password.

What a device must answer (the challenge) is handed out signed and good for some minutes; what it answers is looked at
by py_webauthn, and opens once. Who has a passkey has proved his device and himself: no further step is asked of him.
"""

import json
from typing import Any

import msgspec
from sqlalchemy import delete, func, select

from messenger.core import accounts, challenges, texts
from messenger.core.models import Passkey, User
from messenger.core.numbers import is_id
from messenger.core.refusals import Conflict, Invalid, Unauthenticated, Unknown
from messenger.core.sessions import Device, SignedIn
from messenger.core.snapshots import Actor
from messenger.core.verbs import Tx, verb
from messenger.extensions import db, settings

MOST = 20
LONGEST = 16_000
WRONG = "This passkey does not fit. Please try again, or sign in with your password."


class Site(msgspec.Struct, frozen=True):
    """Where passkeys belong to: the host alone, and the whole origins of which the browser must name one."""

    host: str
    origins: list[str]


class PasskeySnapshot(msgspec.Struct, frozen=True):
    """A passkey in the list that its person sees."""

    passkey_id: int
    name: str
    created_at: int
    used_at: int | None


def of(actor: Actor) -> list[PasskeySnapshot]:
    """The actor's, oldest first."""
    rows = select(Passkey).where(Passkey.user_id == actor.user_id).order_by(Passkey.id)
    return [PasskeySnapshot(row.id, row.name, row.created_at, row.used_at) for row in db.session.scalars(rows)]


def making(actor: Actor, site: Site) -> tuple[dict[str, Any], str]:
    """What the browser needs to make one, and the ticket to bring back with it."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import structs

    known = db.session.scalars(select(Passkey.credential).where(Passkey.user_id == actor.user_id))
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=settings.site_name,
        user_name=actor.login,
        user_display_name=actor.person.name,
        user_id=actor.person.uid.encode(),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=challenges.raw(one)) for one in known],
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
    )
    return json.loads(options_to_json(options)), challenges.written(f"make {actor.user_id}", options.challenge)


def asking(site: Site) -> tuple[dict[str, Any], str]:
    """What the browser needs to prove one, of whomever, and the ticket."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import structs

    options = generate_authentication_options(
        rp_id=site.host, user_verification=structs.UserVerificationRequirement.REQUIRED
    )
    return json.loads(options_to_json(options)), challenges.written("prove", options.challenge)


def made(actor: Actor, site: Site, said: Any, ticket: str, name: str) -> int:
    """Keep what the browser has made. Invalid for anything that does not fit."""
    from webauthn import verify_registration_response

    challenge = challenges.read(f"make {actor.user_id}", ticket)
    try:
        fresh = verify_registration_response(
            credential=_answer(said),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origins,
            require_user_verification=True,
        )
    except Exception:
        raise Invalid("This passkey could not be made. Please try again.") from None
    return keep(
        actor,
        challenges.text(fresh.credential_id),
        challenges.text(fresh.credential_public_key),
        fresh.sign_count,
        name,
    )


def proved(site: Site, said: Any, ticket: str, device: Device) -> SignedIn:
    """Sign in. Unauthenticated, in the same words, for whatever does not fit."""
    from webauthn import verify_authentication_response

    challenge = challenges.read("prove", ticket)
    credential = said.get("id") if isinstance(said, dict) else None
    row = db.session.scalar(select(Passkey).where(Passkey.credential == credential)) if _is_plain(credential) else None
    if row is None:
        raise Unauthenticated(WRONG)
    passkey_id, public_key, uses = row.id, challenges.raw(row.public_key), row.uses
    db.session.remove()
    try:
        proof = verify_authentication_response(
            credential=_answer(said),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origins,
            credential_public_key=public_key,
            credential_current_sign_count=uses,
            require_user_verification=True,
        )
    except Exception:
        raise Unauthenticated(WRONG) from None
    if challenges.is_spent(challenge):
        raise Unauthenticated(WRONG)
    return sign_in(passkey_id, proof.new_sign_count, device)


@verb
def keep(tx: Tx, actor: Actor, credential: str, public_key: str, uses: int, name: str) -> int:
    """A new passkey of the actor."""
    name = texts.one_line(name, "name")
    mine = select(func.count()).select_from(Passkey).where(Passkey.user_id == actor.user_id)
    if (tx.scalar(mine) or 0) >= MOST:
        raise Conflict("That is enough passkeys. Please remove one first.")
    if tx.scalar(select(Passkey.id).where(Passkey.credential == credential)):
        raise Conflict("This passkey is known already.")
    row = Passkey(
        user_id=actor.user_id,
        name=name,
        credential=credential,
        public_key=public_key,
        uses=uses,
        created_at=tx.now,
    )
    tx.add(row)
    tx.flush()
    return row.id


@verb
def forget(tx: Tx, actor: Actor, passkey_id: int) -> None:
    """One of the actor's own opens nothing any more. Unknown when it is not his."""
    row = tx.get(Passkey, passkey_id) if is_id(passkey_id) else None
    if row is None or row.user_id != actor.user_id:
        raise Unknown("There is no such passkey.")
    tx.execute(delete(Passkey).where(Passkey.id == passkey_id))


@verb
def sign_in(tx: Tx, passkey_id: int, uses: int, device: Device) -> SignedIn:
    """A new session by a passkey that was proved."""
    row = tx.get(Passkey, passkey_id, with_for_update=True)
    user = tx.get(User, row.user_id) if row is not None else None
    if row is None or user is None or not user.is_active:
        raise Unauthenticated(WRONG)
    row.uses, row.used_at = uses, tx.now
    return accounts.sign_in.within(tx, user.id, device)


def _answer(said: Any) -> dict[str, Any]:
    if not isinstance(said, dict) or len(json.dumps(said)) > LONGEST:
        raise ValueError
    return said


def _is_plain(credential: object) -> bool:
    return isinstance(credential, str) and credential.isascii() and credential.isprintable() and len(credential) < 2_000
