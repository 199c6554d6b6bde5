"""The pages and files under /api/. Everything they load comes from this server."""

import json
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from messenger.protocols.documents import asyncapi, openapi
from messenger.protocols.documents.copying import samples
from messenger.reception.answers import answer

pages = Blueprint("documents", __name__)


@pages.get("/api/", strict_slashes=False)
def swagger() -> str:
    """Swagger UI over all HTTP calls."""
    return render_template("api/calls.html")


@pages.get("/api/openapi.json")
def openapi_json() -> Response:
    """What Swagger UI reads."""
    return answer(_made_once("openapi", lambda: openapi.document(current_app)))


@pages.get("/api/asyncapi.json")
def asyncapi_json() -> Response:
    """The sockets, for machines."""
    return answer(asyncapi.document(current_app, request.host, request.is_secure))


@pages.get("/api/sockets")
def sockets() -> str:
    """The sockets, for people."""
    origin = f"{'wss' if request.is_secure else 'ws'}://{request.host}"
    told = [
        {
            "name": asyncapi.channel_name(route),
            "route": route,
            "told": conversation,
            "samples": samples(route, conversation, origin),
            "hears": [(name, _written(frame)) for name, frame in conversation.hears.items()],
            "speaks": [(name, _written(frame)) for name, frame in conversation.speaks.items()],
        }
        for route, conversation in asyncapi.sockets(current_app)
    ]
    return render_template("api/sockets.html", sockets=told, origin=origin)


def _made_once(name: str, make: Any) -> Any:
    kept: dict[str, Any] = current_app.extensions.setdefault("documents", {})
    if name not in kept:
        kept[name] = make()
    return kept[name]


def _written(frame: Any) -> str:
    return frame if isinstance(frame, str) else json.dumps(frame, indent=2, ensure_ascii=False)
