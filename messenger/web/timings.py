"""How long requests take, by the kind of address: a few numbers that are added to, and read when somebody asks."""

from bisect import bisect_left
from time import monotonic

from flask import Flask, Response, current_app, request

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
NOWHERE = "nowhere"
APART = {
    "files": "files",
    "gallery": "files",
    "assets": "files",
    "health": "health",
    "echo": "health",
    "metrics": "health",
}


class Timings:
    """One per app."""

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = {}
        self.seconds: dict[str, float] = {}
        self.answers: dict[tuple[str, int], int] = {}
        self._kinds: dict[str | None, str] = {None: NOWHERE}

    def note(self, endpoint: str | None, status: int, seconds: float) -> None:
        """One answer."""
        kind = self._kinds.get(endpoint) or self._learn(endpoint)
        counts = self.counts.get(kind)
        if counts is None:
            counts = self.counts[kind] = [0] * (len(BOUNDS) + 1)
            self.seconds[kind] = 0.0
        counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds[kind] += seconds
        self.answers[kind, status] = self.answers.get((kind, status), 0) + 1

    def _learn(self, endpoint: str | None) -> str:
        """Pages are one kind, each protocol is one; files and what only machines ask stand apart."""
        view = current_app.view_functions.get(endpoint or "")
        parts = getattr(view, "__module__", "").split(".")
        kind = "pages"
        if parts[1:2] == ["protocols"]:
            kind = parts[2]
        elif parts[:2] != ["messenger", "web"]:
            kind = "files" if endpoint == "static" else "documents"
        else:
            kind = APART.get(parts[2], kind)
        self._kinds[endpoint] = kind
        return kind


def install(app: Flask) -> None:
    """Let every answer be noted."""
    timings = app.extensions["timings"] = Timings()

    @app.after_request
    def noted(response: Response) -> Response:
        began = request.environ.get("messenger.began")
        if began is not None and response.status_code != 101:
            timings.note(request.endpoint, response.status_code, monotonic() - began)
        return response
