"""The bare reference: flask-sock as it comes. It answers what it hears, to one or to everybody, and stores nothing."""

from typing import Any

from flask import Flask
from flask_sock import Sock

app = Flask(__name__)
sock = Sock(app)
everybody: set[Any] = set()
pairs: dict[int, set[Any]] = {}


@app.get("/healthz")
def healthz() -> str:
    """So that one knows when it is up."""
    return "ok"


@sock.route("/pair/<int:number>")  # type: ignore[untyped-decorator]
def pair(ws: Any, number: int) -> None:
    """Two connections of one number: what one says goes to both."""
    _talk(ws, pairs.setdefault(number, set()))


@sock.route("/all")  # type: ignore[untyped-decorator]
def all_of_them(ws: Any) -> None:
    """What one says goes to everybody."""
    _talk(ws, everybody)


def _talk(ws: Any, room: set[Any]) -> None:
    room.add(ws)
    try:
        while True:
            heard = ws.receive()
            for other in list(room):
                other.send(heard)
    finally:
        room.discard(ws)
