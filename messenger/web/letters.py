"""What one's own settings say about mail: is the address proven, and shall missed messages be told there?"""

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from messenger.core import mailing
from messenger.core.refusals import Unknown
from messenger.extensions import settings
from messenger.reception import identity
from messenger.web import layout

pages = Blueprint("letters", __name__, url_prefix="/settings/email")


@pages.post("/verify")
def verify() -> Response:
    """Send a link that proves the address."""
    if not settings.smtp_url:
        raise Unknown()
    mailing.ask_to_verify(identity.who())
    return layout.done("/settings/email", str(_("A letter is on its way.")))


@pages.post("/missed")
def missed() -> Response:
    """On or off."""
    mailing.wish(identity.who(), request.form.get("missed") == "1")
    return layout.done("/settings/email", str(_("Saved.")))
