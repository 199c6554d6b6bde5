"""Another site, as an attacker has it: on another port of our host, on another host, and in a sandboxed frame.

The browser is a careless one: it sends the cookie along wherever it is asked to, as browsers did for years. So it is
our own defence that is seen at work, not the browser's.
"""

import http.server
import json
import threading
from contextlib import contextmanager
from urllib.parse import urlsplit

PAGE = b"""<!doctype html><meta charset=utf-8><title>a nice page</title>
<iframe sandbox="allow-scripts allow-forms" srcdoc="<!doctype html><title>null</title>"></iframe>"""
CARELESS = {"profile": {"block_third_party_cookies": False, "cookie_controls_mode": 0}}
EVERYWHERE = {"sameSite": "None", "secure": True}


class Quiet(http.server.BaseHTTPRequestHandler):
    """Answers every address with the page."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_):
        """Says nothing."""


@contextmanager
def site():
    """The port on which it is open."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    server.handle_error = lambda *_: None  # a tab that was closed
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def careless(browser_type, launch, folder):
    """A browser that keeps nothing to itself."""
    (folder / "Default").mkdir(parents=True)
    (folder / "Default" / "Preferences").write_text(json.dumps(CARELESS))
    launch = {**launch, "args": [*launch["args"], "--disable-features=TrackingProtection3pcd"]}
    context = browser_type.launch_persistent_context(str(folder), **launch)
    try:
        yield context
    finally:
        context.close()


def sign_in(context, base, token, **more):
    """From now on this browser is somebody's at `base`."""
    context.clear_cookies()
    cookie = {"name": "sessionToken", "value": token, "domain": urlsplit(base).hostname, "path": "/", "httpOnly": True}
    context.add_cookies([{**cookie, **EVERYWHERE, **more}])


@contextmanager
def places(context, port):
    """The attacker's places in this browser: name and the frame to act in."""
    near, far = context.new_page(), context.new_page()
    near.goto(f"http://127.0.0.1:{port}/")
    far.goto(f"http://localhost:{port}/")
    null = far.wait_for_selector("iframe").content_frame()
    yield {"another port": near.main_frame, "another host": far.main_frame, "null": null}
    near.close()
    far.close()
