"""How a passkey is made and proved: what the browser is asked, and whether what it answers fits.

What a device must answer (the challenge) is handed out signed, to one session or one browser, and is good for some
minutes; the answer is looked at by py_webauthn, and counts once.
"""

import hashlib
import json
from typing import Any

import msgspec
from sqlalchemy import select

from messenger.core import challenges, passkeys
from messenger.core.models import Passkey, User
from messenger.core.refusals import Invalid, Unauthenticated
from messenger.core.sessions import Device, SignedIn
from messenger.core.snapshots import Actor
from messenger.extensions import db, settings

LONGEST = 16_000
# The longest id that the standard lets a device have.
LONGEST_ID = 1_023
UNMADE = "This passkey could not be made. Please try again."


class Site(msgspec.Struct, frozen=True):
    """Where passkeys belong to: the host alone, and the whole origins of which the browser must name one."""

    host: str
    origins: list[str]


class Asked(msgspec.Struct, frozen=True):
    """What was asked for: the ticket that came with it, and what the browser was given to be known by meanwhile."""

    ticket: str
    browser: str


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
    return json.loads(options_to_json(options)), challenges.written(_making(actor), options.challenge)


def asking(site: Site, browser: str) -> tuple[dict[str, Any], str]:
    """What the browser needs to prove one, of whomever, and the ticket."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import structs

    options = generate_authentication_options(
        rp_id=site.host, user_verification=structs.UserVerificationRequirement.REQUIRED
    )
    return json.loads(options_to_json(options)), challenges.written(_proving(browser), options.challenge)


def made(actor: Actor, site: Site, said: Any, ticket: str, name: str) -> int:
    """Keep what the browser has made. Invalid for anything that does not fit."""
    from webauthn import verify_registration_response

    challenge = challenges.read(_making(actor), ticket)
    try:
        fresh = verify_registration_response(**_expected(site, said, challenge))
        is_usable = _tells_wrong(fresh.credential_public_key) and len(fresh.credential_id) <= LONGEST_ID
    except Exception:
        raise Invalid(UNMADE) from None
    if not is_usable or challenges.is_spent(challenge):
        raise Invalid(UNMADE)
    return passkeys.keep(
        actor,
        challenges.text(fresh.credential_id),
        challenges.text(fresh.credential_public_key),
        fresh.sign_count,
        name,
    )


def proved(site: Site, said: Any, asked: Asked, device: Device) -> SignedIn:
    """Sign in. Unauthenticated, in the same words, for whatever does not fit."""
    from webauthn import verify_authentication_response

    challenge = challenges.read(_proving(asked.browser), asked.ticket)
    credential = said.get("id") if isinstance(said, dict) else None
    row = db.session.scalar(select(Passkey).where(Passkey.credential == credential)) if _is_plain(credential) else None
    if row is None:
        raise Unauthenticated(passkeys.WRONG)
    passkey_id, public_key, uses = row.id, challenges.raw(row.public_key), row.uses
    owner = db.session.scalar(select(User.uid).where(User.id == row.user_id))
    db.session.remove()
    try:
        proof = verify_authentication_response(
            **_expected(site, said, challenge),
            credential_public_key=public_key,
            credential_current_sign_count=uses,
        )
        is_theirs = _names(said, owner)
    except Exception:
        raise Unauthenticated(passkeys.WRONG) from None
    if not is_theirs or challenges.is_spent(challenge):
        raise Unauthenticated(passkeys.WRONG)
    return passkeys.sign_in(passkey_id, proof.new_sign_count, device)


def _making(actor: Actor) -> str:
    return f"make {actor.user_id} {actor.session_id}"


def _proving(browser: str) -> str:
    """The browser's own word is no business of the page's scripts, which carry the ticket."""
    return f"prove {hashlib.sha256(browser.encode('utf-8', 'replace')).hexdigest()}"


def _expected(site: Site, said: Any, challenge: bytes) -> dict[str, Any]:
    """What an answer of either kind is measured by, and the answer."""
    if not isinstance(said, dict) or len(json.dumps(said)) > LONGEST:
        raise ValueError
    return {
        "credential": said,
        "expected_challenge": challenge,
        "expected_rp_id": site.host,
        "expected_origin": site.origins,
        "require_user_verification": True,
    }


def _tells_wrong(public_key: bytes) -> bool:
    """Is it a key that says no to a signature of nobody's? What is none cannot say anything, and raises."""
    from cryptography.exceptions import InvalidSignature
    from webauthn import helpers

    decoded = helpers.decode_credential_public_key(public_key)
    key = helpers.decoded_public_key_to_cryptography(decoded)
    try:
        helpers.verify_signature(public_key=key, signature_alg=decoded.alg, signature=b"", data=b"")
    except InvalidSignature:
        return True
    return False


def _names(said: dict[str, Any], owner: str | None) -> bool:
    """Does the device say that it belongs to whom this passkey belongs to, if it says anything?"""
    handle = said["response"].get("userHandle")
    return not handle or challenges.raw(handle) == str(owner).encode()


def _is_plain(credential: object) -> bool:
    return isinstance(credential, str) and credential.isascii() and credential.isprintable() and len(credential) < 2_000
