"""Whether this process lives (/healthz), whether it can serve (/readyz), and which release it is (/version)."""

from collections.abc import Callable

import structlog
from flask import Blueprint, current_app
from flask.sansio.app import App
from flask.sansio.blueprints import BlueprintSetupState
from sqlalchemy import text

from messenger import schema
from messenger.extensions import db, limiter, storage
from messenger.version import VERSION

log = structlog.get_logger(__name__)
Check = Callable[[], object]
Answer = tuple[dict[str, object], int]
pages = Blueprint("health", __name__)


def add_check(app: App, name: str, check: Check) -> None:
    """The server is ready when `check` returns; it raises when the part it looks at cannot serve."""
    app.extensions.setdefault("checks", {})[name] = check


@pages.get("/healthz")
@limiter.exempt
def healthz() -> Answer:
    """The process answers. Looks at nothing else, so that a slow database never gets it killed."""
    return {"status": "ok"}, 200


@pages.get("/readyz")
@limiter.exempt
def readyz() -> Answer:
    """Every part can serve, or which cannot. Why stands in the log, not here."""
    checks: dict[str, Check] = current_app.extensions.get("checks", {})
    found = {name: "ok" if _passes(name, check) else "failed" for name, check in checks.items()}
    well = all(verdict == "ok" for verdict in found.values())
    return {"status": "ready" if well else "not ready", "checks": found}, 200 if well else 503


@pages.get("/version")
@limiter.exempt
def version() -> Answer:
    """The release."""
    return {"name": "messenger", "version": VERSION}, 200


@pages.record_once
def _own_checks(state: BlueprintSetupState) -> None:
    """What every server needs; parts that only some have add theirs themselves."""
    add_check(state.app, "database", lambda: db.session.execute(text("SELECT 1")))
    add_check(state.app, "schema", lambda: schema.check(current_app))
    add_check(state.app, "storage", lambda: storage.check())


def _passes(name: str, check: Check) -> bool:
    try:
        check()
    except Exception as error:
        log.warning("not ready", check=name, exc_info=error)
        return False
    return True
