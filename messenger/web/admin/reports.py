"""What people have reported: read, answered with a word, closed or opened again."""

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from messenger.core import reports
from messenger.web import layout
from messenger.web.admin import desk
from messenger.web.admin.desk import pages


@pages.get("/reports")
def reported() -> Response:
    """Those that wait, or those that are done with."""
    is_open = request.args.get("closed") != "1"
    rows = reports.listed(is_open, desk.before(), reports.PAGE + 1)
    more = rows[reports.PAGE - 1].report_id if len(rows) > reports.PAGE else None
    return desk.page("reports", reports=rows[: reports.PAGE], more=more, is_open=is_open)


@pages.post("/reports/<int:number>/<any(resolve, reopen):deed>")
def resolve(number: int, deed: str) -> AnyResponse:
    """Close it with a word on what was done, or open it again."""
    reports.resolve(desk.steward(), number, request.form.get("resolution", ""), deed == "resolve")
    return layout.done("/admin/reports", str(_("Done.")))
