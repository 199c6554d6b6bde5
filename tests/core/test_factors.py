"""Second steps and passkeys below the pages: each code once, each key its person's own, nothing harmful taken."""

import json

import pyotp
import pytest

from messenger.core import accounts, administration, ceremonies, challenges, clock, factors, passkeys
from messenger.core.audit import Steward
from messenger.core.ceremonies import Asked, Site
from messenger.core.refusals import Conflict, Forbidden, Invalid, Unauthenticated, Unknown
from messenger.core.sessions import Device
from tests.core.world import HERE

SITE = Site("localhost", ["http://localhost"])


@pytest.fixture
def armed(world, ann):
    """Ann with an authenticator, and her recovery codes."""
    setup = factors.begin(ann)
    app = pyotp.TOTP(setup.secret)
    return app, factors.confirm(ann, app.at(clock.now() // clock.SECOND))


def code_at(app, half_minutes):
    return app.at(clock.now() // clock.SECOND + 30 * half_minutes)


def test_the_same_code_at_the_same_moment_opens_once(world, ann, armed):
    app, codes = armed
    for code in (code_at(app, 1), codes[0]):
        outcomes = world.at_once([(factors.sign_in, (ann.user_id, code, HERE))] * 5)
        assert [isinstance(outcome, Unauthenticated) for outcome in outcomes].count(False) == 1


@pytest.mark.parametrize("code", ["", "12345", "1234567", "абвгде", "\ud800", "0" * 9999, None, 7, "١٢٣٤٥٦"])
def test_what_is_no_code_opens_nothing(world, ann, armed, code):
    with pytest.raises(Unauthenticated):
        factors.sign_in(ann.user_id, code, HERE)


def test_old_and_early_codes_open_nothing(world, ann, armed):
    app, _ = armed
    for half_minutes in (-3, -2, 3):
        with pytest.raises(Unauthenticated):
            factors.sign_in(ann.user_id, code_at(app, half_minutes), HERE)


def test_an_administrator_ends_it_for_who_has_lost_everything_and_a_closed_account_keeps_none(world, ann, bob, armed):
    with pytest.raises(Conflict):
        factors.begin(ann)
    with pytest.raises(Forbidden):
        administration.drop_factor(Steward(bob, "x"), ann.user_id)
    assert administration.drop_factor(Steward(), ann.user_id) is True
    world.look()
    assert not factors.is_on(ann.user_id)
    assert factors.codes_left(ann.user_id) == 0
    factors.begin(bob)
    passkeys.keep(bob, "credential of bob", "key", 0, "phone")
    accounts.remove(bob.user_id)
    world.look()
    assert factors.pending(bob) is None
    assert passkeys.of(bob) == []


def test_a_passkey_is_its_person_s_own(world, ann, bob):
    number = passkeys.keep(ann, f"credential {ann.login}", "key", 0, " Phone ")
    world.look()
    assert [key.name for key in passkeys.of(ann)] == ["Phone"]
    with pytest.raises(Unknown):
        passkeys.forget(bob, number)
    with pytest.raises(Conflict):
        passkeys.keep(bob, f"credential {ann.login}", "key", 0, "Mine, too")
    assert passkeys.sign_in(number, 5, Device("test")).actor.user_id == ann.user_id
    for uses in (5, 4, 0):
        with pytest.raises(Unauthenticated):
            passkeys.sign_in(number, uses, Device("test"))
    accounts.disable(ann.user_id)
    with pytest.raises(Unauthenticated):
        passkeys.sign_in(number, 6, Device("test"))
    accounts.disable(ann.user_id, False)
    passkeys.forget(ann, number)
    with pytest.raises(Unauthenticated):
        passkeys.sign_in(number, 7, Device("test"))


@pytest.mark.parametrize(
    "said", [None, 7, [], {}, {"id": None}, {"id": "\ud800"}, {"id": "x" * 9999}, {"id": "é"}, {"id": "known"},
             {"id": "known", "rawId": "known", "type": "public-key", "response": {"clientDataJSON": "e30"}}]
)  # fmt: skip
def test_answers_that_prove_nothing_are_refused_alike(world, ann, said):
    if not passkeys.of(ann):
        passkeys.keep(ann, f"known-{ann.login}", "key", 0, "phone")
    if isinstance(said, dict) and said.get("id") == "known":
        said = json.loads(json.dumps(said).replace("known", f"known-{ann.login}"))
    _, ticket = ceremonies.asking(SITE, "a browser")
    with pytest.raises(Unauthenticated):
        ceremonies.proved(SITE, said, Asked(ticket, "a browser"), HERE)
    _, ticket = ceremonies.making(ann, SITE)
    with pytest.raises(Invalid):
        ceremonies.made(ann, SITE, said, ticket, "phone")


def test_a_ticket_is_for_its_purpose_its_person_and_its_time(world, ann, bob):
    _, asked = ceremonies.asking(SITE, "a browser")
    _, making = ceremonies.making(ann, SITE)
    for ticket in (asked, "", "x", "\ud800", "a.b.c"):
        with pytest.raises(Unauthenticated):
            ceremonies.made(ann, SITE, {}, ticket, "phone")
    with pytest.raises(Unauthenticated):
        ceremonies.made(bob, SITE, {}, making, "phone")
    for ticket, browser in ((making, "a browser"), (asked, "another"), (asked, ""), (asked, "\ud800")):
        with pytest.raises(Unauthenticated, match="too long"):
            ceremonies.proved(SITE, {}, Asked(ticket, browser), HERE)
    again = Asked(asked, "a browser")
    with pytest.raises(Unauthenticated, match="does not fit"):
        ceremonies.proved(SITE, {}, again, HERE)
    assert challenges.raw(challenges.text(b"\x00\xff\x10")) == b"\x00\xff\x10"
