"""What a browser or a program sees when something went wrong outside any protocol: a page or JSON, never a trace."""

from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from messenger.core.refusals import Refusal

log = structlog.get_logger(__name__)
WORDS = {
    400: "That request could not be understood.",
    401: "Please sign in first.",
    403: "That is not open to you.",
    404: "There is nothing at this address.",
    405: "That cannot be done at this address.",
    408: "That took too long to arrive.",
    413: "That is too large.",
    429: "That was a little too fast. Please try again in a moment.",
    500: "Something went wrong on our side. It has been noted.",
    503: "The server is very busy. Please try again in a moment.",
}
NOT_KEPT = {"content-type", "content-length"}


def install(app: Flask) -> None:
    """Answers every error that no protocol has answered in its own words."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(Exception, _fault)


def answer(status: int, words: str, headers: Any = ()) -> Response:
    """A note for htmx, a page for who asks for text/html by name, JSON for everybody else."""
    if request.headers.get("HX-Request") == "true":
        response = make_response(render_template("_toast.html", text=words, kind="error"), status)
    elif _wants_page():
        response = make_response(_page(status, words), status)
    else:
        response = make_response({"code": str(status), "message": words, "content": None}, status)
    response.headers.extend(headers)
    response.vary.update(("Accept", "HX-Request"))
    return response


def _page(status: int, words: str) -> str | Response:
    """The page, or the bare sentence if even the page fails."""
    headline = HTTPStatus(status).phrase
    try:
        return render_template("error.html", code=status, headline=headline, advice=words)
    except Exception as error:
        log.error("the error page failed", exc_info=error)
        return Response(words + "\n", mimetype="text/plain")


def _wants_page() -> bool:
    """`*/*` counts as HTML in Werkzeug; here only the name does."""
    return any(kind in ("text/html", "application/xhtml+xml") for kind, _ in request.accept_mimetypes)


def _http(error: HTTPException) -> Response:
    """Keeps what belongs to the status (Allow, Location, Retry-After) and says it in our words."""
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    kept = [(name, value) for name, value in error.get_headers() if name.lower() not in NOT_KEPT]
    return answer(error.code, WORDS.get(error.code) or f"{HTTPStatus(error.code).phrase}.", kept)


def _refused(error: Refusal) -> Response:
    wait = getattr(error, "retry_after", None)
    return answer(error.status, error.message, [("Retry-After", str(max(1, round(wait))))] if wait is not None else ())


def _fault(error: Exception) -> Response:
    """The trace goes to the log; the reader gets a sentence."""
    log.error("unexpected error", path=request.path, exc_info=error)
    return answer(500, WORDS[500])
