"""Groups: looked up, closed, opened again."""

from flask import Response
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from messenger.core import administration, register
from messenger.web import layout
from messenger.web.admin import desk
from messenger.web.admin.desk import pages


@pages.get("/groups")
def groups() -> Response:
    """All of them, newest first."""
    rows = register.groups_page(desk.words(), desk.before(), register.PAGE + 1)
    more = rows[register.PAGE - 1].chat_id if len(rows) > register.PAGE else None
    return desk.page("groups", groups=rows[: register.PAGE], more=more, query=desk.words())


@pages.post("/groups/<int:number>/<any(close, reopen):deed>")
def close_group(number: int, deed: str) -> AnyResponse:
    """Nobody reads or writes in it any more; or everything is as it was."""
    administration.close_group(desk.steward(), number, deed == "close")
    return layout.done("/admin/groups", str(_("Done.")))
