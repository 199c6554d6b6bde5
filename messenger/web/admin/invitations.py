"""Invitations: made, shown once, revoked."""

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from messenger.core import administration, invitations
from messenger.core.administration import Offer
from messenger.core.refusals import Refusal
from messenger.extensions import settings
from messenger.web import layout
from messenger.web.admin import desk
from messenger.web.admin.desk import pages

DAYS = (1, 7, 30, 365)


@pages.get("/invitations")
def invited() -> Response:
    """All that were made."""
    return _shown()


@pages.post("/invitations")
def invite() -> Response:
    """Make one. Its link is shown only now: what is kept is a hash."""
    form = request.form
    try:
        offer = Offer(_number(form.get("uses", "")), _number(form.get("days", "")) or None, form.get("note", ""))
        code = administration.invite(desk.steward(), offer)
    except Refusal as refusal:
        return _shown(refusal)
    place = settings.base_url or request.host_url.rstrip("/")
    return _shown(link=f"{place}/?tab=register&invitation={code}")


@pages.post("/invitations/<int:number>/revoke")
def revoke(number: int) -> AnyResponse:
    """From now on it opens nothing."""
    administration.revoke(desk.steward(), number)
    return layout.done("/admin/invitations", str(_("Done.")))


def _shown(refusal: Refusal | None = None, link: str = "") -> Response:
    form = layout.form_values("note", uses="1", days="7") if refusal else {"note": "", "uses": "1", "days": "7"}
    return desk.page("invitations", refusal, invitations=invitations.every(), form=form, days=DAYS, link=link)


def _number(said: str) -> int:
    said = said.strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0
