"""How the server is, with which settings it runs, and what was done on its behalf."""

import platform
import sqlite3
import time
from typing import Any

from flask import Response, current_app

from messenger.core import audit, figures, letters, reports
from messenger.extensions import db, settings, switchboard, writer
from messenger.settings.table import Table
from messenger.version import VERSION
from messenger.web import health
from messenger.web.admin import desk
from messenger.web.admin.desk import pages

BEGUN = time.time_ns() // 1_000


@pages.get("/health")
def state() -> Response:
    """What /readyz knows, and the figures behind it."""
    return desk.page("health", checks=health.checks(), figures=_figures(), versions=_versions(), begun=BEGUN)


@pages.get("/settings")
def configuration() -> Response:
    """Every setting as it is in force; of a secret only whether it is set."""
    groups: dict[str, list[tuple[str, Any, str]]] = {}
    for name, value in settings.spoken():
        if name in Table.__dataclass_fields__:
            about = Table.__dataclass_fields__[name].metadata
            groups.setdefault(about["group"], []).append((name.upper(), value, about["about"]))
    return desk.page("settings", groups=groups, warnings=settings.warnings())


@pages.get("/trail")
def trail() -> Response:
    """Who did what to whom, when, from where."""
    rows = audit.traces(desk.words(), desk.before(), audit.PAGE + 1)
    more = rows[audit.PAGE - 1].entry_id if len(rows) > audit.PAGE else None
    return desk.page("trail", traces=rows[: audit.PAGE], more=more, query=desk.words())


def _figures() -> dict[str, object]:
    people, counters = figures.people(), switchboard.counters
    return {
        "People": people["all"],
        "Here today": people["active_day"],
        "Signed-in devices": people["sessions"],
        "Open sockets of this worker": counters.opened - counters.closed,
        "Sockets turned away": counters.turned_away,
        "Readers that were too slow": counters.laggards,
        "Changes that wait for the writer": writer.queue.qsize() if writer.queue else 0,
        "Commits since the start": writer.commits,
        "Letters that wait": letters.waiting(),
        "Reports that wait": reports.waiting(),
    }


def _versions() -> dict[str, str]:
    is_sqlite = db.engine.dialect.name == "sqlite"
    database = f"SQLite {sqlite3.sqlite_version}" if is_sqlite else _postgresql()
    bus = current_app.extensions["bus"].standing.kind
    return {
        "Messenger": VERSION,
        "Python": platform.python_version(),
        "Database": database,
        "Bus": "within this process" if bus == "none" else bus,
    }


def _postgresql() -> str:
    found = db.session.execute(db.text("SHOW server_version")).scalar()
    return f"PostgreSQL {found}"
