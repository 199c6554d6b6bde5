"""What is answered to bytes that are no request: no application has seen them, the headers stand on it all the same."""

from http import HTTPStatus
from socket import socket

from gunicorn.util import http_date, write_nonblock
from werkzeug.datastructures import Headers

from messenger.web import headers
from messenger.web.errors import WORDS


def answer(connection: socket, status: int, reason: str, _message: str) -> None:
    """In place of gunicorn's own note, which says what the parser thinks of every byte."""
    words = WORDS.get(status) or f"{HTTPStatus(status).phrase}."
    given = Headers({"Date": http_date(), "Connection": "close", "Content-Type": "text/plain; charset=utf-8"})
    given["Content-Length"] = str(len(words) + 1)
    headers.dress(given)
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in given)]
    write_nonblock(connection, "\r\n".join([*lines, "", f"{words}\n"]).encode("latin-1"))
