"""People: found, kept out, let in, made administrators, signed out, helped with a password."""

from urllib.parse import quote

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from messenger.core import administration, factors, recovery, register, sessions
from messenger.core.refusals import Refusal
from messenger.core.snapshots import Actor
from messenger.extensions import settings
from messenger.web import layout
from messenger.web.admin import desk
from messenger.web.admin.desk import pages


@pages.get("")
def home() -> AnyResponse:
    """The first of the pages."""
    return everybody()


@pages.get("/people")
def everybody() -> Response:
    """All of them, by login."""
    kind = request.args.get("kind", "all")
    kind = kind if kind in register.KINDS else "all"
    rows = register.people_page(desk.words(), kind, request.args.get("after", ""), register.PAGE + 1)
    more = rows[register.PAGE - 1].person.login if len(rows) > register.PAGE else ""
    return desk.page("people", people=rows[: register.PAGE], more=more, query=desk.words(), kind=kind)


@pages.get("/people/<login>")
def one(login: str) -> Response:
    """One of them, and what may be done."""
    return _shown(login)


@pages.post("/people/<login>/<any(disable, enable, promote, demote, out, factor, link):deed>")
def act(login: str, deed: str) -> AnyResponse:
    """Do it."""
    steward, user_id = desk.steward(), register.one(login).person.user_id
    try:
        if deed == "link":
            path = recovery.link(steward, user_id)
            return _shown(login, link=(settings.base_url or request.host_url.rstrip("/")) + path)
        if deed in ("disable", "enable"):
            administration.disable(steward, user_id, deed == "disable")
        elif deed in ("promote", "demote"):
            administration.promote(steward, user_id, deed == "promote")
        elif deed == "factor":
            administration.drop_factor(steward, user_id)
        else:
            administration.end_sessions(steward, user_id)
    except Refusal as refusal:
        return _shown(login, refusal)
    return layout.done(f"/admin/people/{quote(login, safe='')}", str(_("Done.")))


def _shown(login: str, refusal: Refusal | None = None, link: str = "") -> Response:
    row = register.one(login)
    more = {"devices": sessions.of(Actor(row.person)), "has_factor": factors.is_on(row.person.user_id)}
    return desk.page("person", refusal, row=row, link=link, **more)
