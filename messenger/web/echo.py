"""What this server hears of a request that comes the way people come. Asked by `flask doctor`, who holds the secret."""

from typing import Any

from flask import Blueprint, request

from messenger.core import clock, signed
from messenger.extensions import limiter, switchboard
from messenger.live.dialect import Dialect
from messenger.live.mailbox import Mailbox
from messenger.live.opening import Opening
from messenger.live.sock import SafeSock

pages = Blueprint("echo", __name__)
sock = SafeSock()

ADDRESS, SOCKET = "/healthz/echo", "/healthz/echo/ws"
# A body larger than what proxies let through unasked, and small enough for us.
LARGEST = 4 * 1024 * 1024


class Echo(Dialect):
    """Says one word, so that who asked knows that frames come through too."""

    name = "echo"

    def opened(self, mailbox: Mailbox) -> None:
        """The word, and goodbye."""
        mailbox.write("heard")
        mailbox.close(1000)


@pages.route(ADDRESS, methods=["GET", "POST"])
@limiter.exempt
def echo() -> dict[str, Any]:
    """Who asks without a signature of ours finds nothing here."""
    signed.check(ADDRESS, request.args)
    request.max_content_length = LARGEST
    before = request.environ.get("werkzeug.proxy_fix.orig", {})
    return {
        "scheme": request.scheme,
        "host": request.host,
        "address": request.remote_addr,
        "peer": before.get("REMOTE_ADDR", request.remote_addr),
        "hops": len([name for name in request.headers.get("X-Forwarded-For", "").split(",") if name.strip()]),
        "said_scheme": request.headers.get("X-Forwarded-Proto", ""),
        "body": len(request.get_data(cache=False)),
        "now": clock.now(),
        "sockets": switchboard.caps.total,
    }


@sock.route(SOCKET, bp=pages, dialect=Echo())
def echo_socket() -> Opening:
    """The same door for a socket."""
    signed.check(SOCKET, request.args)
    return Opening()
