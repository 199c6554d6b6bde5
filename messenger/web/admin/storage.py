"""Files: how much there is, who keeps most, and what nobody needs any longer."""

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from messenger.core import audit, figures, register, sweeping
from messenger.core.quota import MIB
from messenger.core.refusals import Conflict
from messenger.core.sweeping import Suspicious
from messenger.extensions import settings
from messenger.web import layout
from messenger.web.admin import desk
from messenger.web.admin.desk import pages


@pages.get("/storage")
def stored() -> Response:
    """The totals; what no row knows is counted only when asked for, since every file is looked at."""
    return desk.page(
        "storage",
        sizes=figures.sizes(),
        holdings=register.largest_holdings(),
        quota=settings.quota_mb * MIB,
        doomed=sweeping.find_doomed(),
        orphans=_orphans() if request.args.get("orphans") else None,
    )


@pages.post("/storage/sweep")
def sweep() -> AnyResponse:
    """Forget what nobody needs."""
    steward = desk.steward()
    try:
        files, orphans = sweeping.sweep_files(), sweeping.sweep_orphans()
    except Suspicious as suspicious:
        raise Conflict(str(suspicious)) from None
    audit.keep(steward, "storage swept", f"{files} files, {orphans} orphans")
    return layout.done(
        "/admin/storage", str(_("Swept: %(files)s files, %(orphans)s orphans.", files=files, orphans=orphans))
    )


def _orphans() -> int | str:
    try:
        return len(sweeping.find_orphans())
    except Suspicious as suspicious:
        return str(suspicious)
