"""Styles, scripts and pictures under addresses that name their content: a browser keeps them for ever.

There is no build step: the bundles are plain files, joined when the app starts without their comments and indents, and
compressed once.
"""

import gzip
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import brotli
from flask import Blueprint, Flask, Response, abort, current_app, request
from werkzeug.datastructures import Accept

from messenger.extensions import switchboard
from messenger.reception.files import SEALED

pages = Blueprint("assets", __name__)
VENDOR = ("htmx.org-2.0.11/htmx.min.js", "htmx-ext-ws-2.0.4/ws.min.js", "idiomorph-0.8.0/idiomorph.min.js")
SQUEEZABLE = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/manifest+json")
# Not from a list of the machine's, which says this today and that tomorrow.
TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "md": "text/markdown",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain",
}
# More than a page needs: the description of the interfaces brings it, and few ever ask for that.
LARGE = 128 * 1024
# The layers come first; what few people ever see is fetched with their pages.
ALONE = ("css/layers.css", "css/admin.css", "css/api.css")
# Blanks that only make styles legible. No text in them holds such a sign.
BLANKS = re.compile(rb"\s*([{};])\s*|([:,])\s+(?=[^{}]*[;}])")
COMMENT = re.compile(rb"/\*.*\*/")
SQUEEZERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda content: bytes(brotli.compress(content, quality=11)),
    "gzip": lambda content: gzip.compress(content, 9, mtime=0),
}


class Asset:
    """One file as it is served, in each of the forms a browser may ask for. What is large stays where it is."""

    def __init__(self, name: str, kept: bytes | Path) -> None:
        self.name = name
        self.type = TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        self.kept = kept
        self.digest = _digest(kept)[:16]
        self.squeezed: dict[str, bytes] = {}

    @property
    def content(self) -> bytes:
        """Its bytes."""
        return self.kept.read_bytes() if isinstance(self.kept, Path) else self.kept

    def form(self, accepted: Accept) -> tuple[str, bytes]:
        """The smallest form that is accepted; made when it is first asked for."""
        kind = next((kind for kind in SQUEEZERS if accepted[kind]), "")
        if not kind or not self.type.startswith(SQUEEZABLE):
            return "", self.content
        if kind not in self.squeezed:
            # The best form of a bundle takes half a second: too long for the loop, and worth it once.
            self.squeezed[kind] = switchboard.loop.native(SQUEEZERS[kind], self.content)
        return kind, self.squeezed[kind]

    @property
    def inlined(self) -> str:
        """Its content as an address: for what is so small that fetching it would cost more."""
        return f"data:{self.type},{quote(self.content)}"

    @property
    def address(self) -> str:
        """Where it is found."""
        return f"/assets/{self.digest}/{self.name}"


class Assets:
    """Everything below static/."""

    def __init__(self, folder: Path) -> None:
        self.by_name: dict[str, Asset] = {}
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                is_large = file.stat().st_size > LARGE
                self._add(file.relative_to(folder).as_posix(), file if is_large else file.read_bytes())
        self._add("app.css", _tight(_bare(self._joined(["css/layers.css", *self._names("css/")], "{}\n"))))
        self._add("vendor.js", self._joined([f"vendor/{name}" for name in VENDOR], "{};\n"))
        for bundle, parts in (("app.js", "js/elements/"), ("voice.js", "js/voice/"), ("passkeys.js", "js/passkeys/")):
            self._add(bundle, _bare(self._joined(self._names(parts), "{{\n{}\n}}\n")))

    def of(self, name: str) -> Asset:
        """The asset of this name, as a template gives it."""
        return self.by_name[name]

    def _add(self, name: str, kept: bytes | Path) -> None:
        self.by_name[name] = Asset(name, kept)

    def _names(self, folder: str) -> list[str]:
        return [name for name in self.by_name if name.startswith(folder) and name not in ALONE]

    def _joined(self, names: list[str], form: str) -> bytes:
        texts = (self.by_name[name].content.decode() for name in dict.fromkeys(names))
        return "".join(form.format(text) for text in texts).encode()


def _digest(kept: bytes | Path) -> str:
    if isinstance(kept, bytes):
        return hashlib.sha256(kept).hexdigest()
    with kept.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bare(text: bytes) -> bytes:
    """Without what is only for those who read the files: indents, and comments, which are lines of their own."""
    lines = filter(None, (line.strip() for line in text.splitlines()))
    return b"\n".join(one for one in lines if not one.startswith(b"//") and not COMMENT.fullmatch(one))


def _tight(styles: bytes) -> bytes:
    """Styles without the blanks around their signs."""
    return BLANKS.sub(rb"\1\2", styles).replace(b";}", b"}")


def install(app: Flask) -> None:
    """Read the files and let templates name them."""
    assets = app.extensions["assets"] = Assets(Path(app.static_folder or "static"))
    app.jinja_env.globals["asset"] = lambda name: assets.of(name).address
    app.jinja_env.globals["bundle"] = lambda name: assets.of(name).address
    app.jinja_env.globals["inlined"] = lambda name: assets.of(name).inlined
    app.register_blueprint(pages)


@pages.get("/assets/<digest>/<path:name>")
def asset(digest: str, name: str) -> Response:
    """One file, for ever. Under an outdated address it is answered too, but not kept."""
    found: Asset | None = current_app.extensions["assets"].by_name.get(name)
    if found is None:
        abort(404)
    kind, content = found.form(request.accept_encodings)
    response = Response(content, mimetype=found.type)
    if kind:
        response.headers["Content-Encoding"] = kind
    response.vary.add("Accept-Encoding")
    response.set_etag(found.digest)
    is_current = digest == found.digest
    # Shorter than what a page needs, and stricter.
    response.headers["Content-Security-Policy"] = SEALED
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_current else "no-cache"
    response.make_conditional(request)
    return response
