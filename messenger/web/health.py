"""Whether this process lives (/healthz), whether it can serve (/readyz), and which release it is (/version)."""

from collections.abc import Callable
from time import monotonic
from typing import Any

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
# Seconds for which a verdict holds.
FRESH = 1.5
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
    found = checks()
    well = all(verdict == "ok" for verdict in found.values())
    return {"status": "ready" if well else "not ready", "checks": found, **_bus()}, 200 if well else 503


@pages.get("/version")
@limiter.exempt
def version() -> Answer:
    """The release."""
    return {"name": "messenger", "version": VERSION}, 200


@pages.record_once
def _own_checks(state: BlueprintSetupState) -> None:
    """What every server needs; parts that only some have add theirs themselves."""
    add_check(state.app, "database", lambda: db.session.execute(text("SELECT 1")))
    add_check(state.app, "schema", lambda: schema.check_still(current_app))
    add_check(state.app, "storage", lambda: storage.check())


def checks() -> dict[str, str]:
    """Every part by name: ok, or failed."""
    return _verdicts(current_app.extensions.get("checks", {}))


def _bus() -> dict[str, object]:
    """Which bus there is between workers. One that is lost keeps nobody from serving: news only come later."""
    standing = current_app.extensions["bus"].standing
    return {} if standing.kind == "none" else {"bus": {"kind": standing.kind, "up": standing.is_up}}


def _verdicts(checks: dict[str, Check]) -> dict[str, str]:
    """What every check says, or said a moment ago: a flood of questions costs one look."""
    kept: dict[str, Any] = current_app.extensions.setdefault("readiness", {})
    if monotonic() < kept.get("until", 0) and kept["found"].keys() == checks.keys():
        return dict(kept["found"])
    kept["until"] = monotonic() + FRESH if "found" in kept else 0
    kept["found"] = {name: "ok" if _passes(name, check) else "failed" for name, check in checks.items()}
    kept["until"] = monotonic() + FRESH
    return dict(kept["found"])


def _passes(name: str, check: Check) -> bool:
    try:
        check()
    except Exception as error:
        log.warning("not ready", check=name, exc_info=error)
        return False
    return True
