"""Pages that are the same for everybody: help, the offline page, and what makes the site an app on a phone."""

import hashlib
import json

from flask import Blueprint, Response, current_app, render_template
from werkzeug.wrappers import Response as AnyResponse

from messenger.reception import identity
from messenger.web import layout

pages = Blueprint("paper", __name__)
KEPT = ("app.css", "vendor.js", "app.js", "img/icons.svg", "img/favicon.svg", "js/outbox/kept-files.js")


@pages.get("/help")
def help_page() -> AnyResponse:
    """The keys, and where to read more."""
    identity.who()
    return layout.page("help.html")


@pages.get("/offline")
def offline() -> str:
    """What an installed app shows without a network."""
    return render_template("offline.html")


@pages.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a phone needs to know to install the app."""
    return Response(render_template("manifest.webmanifest"), mimetype="application/manifest+json")


@pages.get("/sw.js")
def service_worker() -> Response:
    """The service worker, told what to keep. Its address is the root's, because it looks after all pages."""
    assets = current_app.extensions["assets"]
    kept = json.dumps([*(assets.of(name).address for name in KEPT), "/offline"])
    version = json.dumps(hashlib.sha256(kept.encode()).hexdigest()[:16])
    script = assets.of("js/sw.js").content.decode().replace('"PRECACHE"', kept).replace('"VERSION"', version)
    headers = {"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"}
    return Response(script, mimetype="text/javascript", headers=headers)
