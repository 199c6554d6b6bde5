"""Passkeys on the pages: made in one's settings, proved at the door. The browser's own part is a script's."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from messenger.core import ceremonies, challenges, entrance, passkeys, throttle
from messenger.core.ceremonies import Asked, Site
from messenger.extensions import settings
from messenger.reception import answers, body, device, identity, jar
from messenger.web import entering, layout

pages = Blueprint("passkeys", __name__)
HOME = "/settings/security"
COOKIE = "passkeyTry"


@pages.post(f"{HOME}/passkeys/options")
def making() -> Response:
    """What the browser needs to make one, for who says his password again."""
    actor = identity.who()
    entrance.confirm(actor, body.text_of(body.json_object(), "password"))
    return _asked(ceremonies.making(actor, _site()))


@pages.post(f"{HOME}/passkeys")
def made() -> Response:
    """Keep what it has made."""
    actor, given = identity.who(), body.json_object()
    ticket, name = body.text_of(given, "ticket"), body.text_of(given, "name")
    ceremonies.made(actor, _site(), given.get("answer"), ticket, name)
    return answers.answer({"next": HOME}, 201)


@pages.post(f"{HOME}/passkeys/<int:number>/remove")
def remove(number: int) -> Response:
    """It opens nothing any more."""
    passkeys.forget(identity.who(), number)
    return layout.done(HOME)


@pages.post("/login/passkey/options")
def asking() -> Response:
    """What the browser needs to prove one; only the same browser can bring the proof."""
    browser = jar.given(COOKIE) or secrets.token_urlsafe(16)
    response = _asked(ceremonies.asking(_site(), browser))
    jar.put(response, COOKIE, browser, challenges.SECONDS, strict=True)
    return response


@pages.post("/login/passkey")
def proved() -> Response:
    """Come in by it."""
    given, here = body.json_object(), device.of_request("browser")
    knock = throttle.knocking(here.address)
    throttle.enter(knock)
    asked = Asked(body.text_of(given, "ticket"), jar.given(COOKIE))
    signed_in = ceremonies.proved(_site(), given.get("answer"), asked, here)
    throttle.passed(knock)
    response = answers.answer({"next": entering.safe(body.text_of(given, "next", "")) or "/"})
    return device.recognise(device.remember(response, signed_in), signed_in)


def _asked(made: tuple[dict[str, Any], str]) -> Response:
    options, ticket = made
    return answers.answer({"options": options, "ticket": ticket})


def _site() -> Site:
    """This server, as the browser calls it. Behind a router that ends TLS the request alone does not tell."""
    origins = {request.host_url.rstrip("/"), settings.base_url.rstrip("/")} - {""}
    if settings.is_https:
        origins.add(f"https://{request.host}")
    return Site(urlsplit(request.host_url).hostname or "", sorted(origins))
