"""Blocking by plain forms, and the list of whom one has blocked."""

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from messenger.core import blocks, people
from messenger.reception import identity
from messenger.web import entering, layout

pages = Blueprint("blocks", __name__)


@pages.get("/settings/blocked")
def listed() -> Response:
    """Whom one has blocked."""
    return layout.page("settings_blocked.html", people=blocks.of(identity.who()), errors={})


@pages.post("/people/<login>/block")
def block(login: str) -> Response:
    """Keep this person away."""
    person = people.by_login(login)
    blocks.block(identity.who(), person)
    return _back(login, _("You have blocked %(name)s.", name=person.name))


@pages.post("/people/<login>/unblock")
def unblock(login: str) -> Response:
    """Let him near again."""
    person = people.by_login(login)
    blocks.unblock(identity.who(), person)
    return _back(login, _("%(name)s is no longer blocked.", name=person.name))


def _back(login: str, words: str) -> Response:
    return layout.done(entering.safe(request.form.get("next", "")) or f"/people/{login}", str(words))
