from gevent import monkey

monkey.patch_all()

# The line above comes before every other import: what is imported earlier keeps blocking calls. Below: how gunicorn
# serves, from the settings alone. No secrets here. Wrong settings leave with exit code 78 before anything listens.
# This is read by the master, which does not load the application: its worker does, and what it does with it stands in
# messenger/service.py.
import gc
import importlib
import os
import sys

import gevent
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger

from messenger import greeting, logs, serve
from messenger.live.pinboard import Pinboard
from messenger.settings import SettingsWrong, load

try:
    settings = load()
except SettingsWrong as wrong:
    sys.stderr.write(f"{wrong}\n")
    sys.exit(os.EX_CONFIG)

# A worker that finds its app unfit leaves with 78; gunicorn shall then stop with 78 too, not start it again for ever.
Arbiter.APP_LOAD_ERROR = os.EX_CONFIG


class QuietLogger(Logger):
    """Our own line per request has an id and no query string; gunicorn's has tokens in it."""

    def access(self, *_):
        """Says nothing."""

    def warning(self, msg, *args, **kwargs):
        """Without the bytes of a request that is none."""
        super().warning(logs.unquoted(msg), *args, **kwargs)


wsgi_app = "app:app"
bind = settings.bind
chdir = os.path.dirname(os.path.abspath(__file__))
# Said explicitly: gunicorn reads WEB_CONCURRENCY by itself, and a second worker needs more than a number.
workers = settings.web_concurrency
worker_class = "gevent"
# Connections that speak HTTP at the same moment. An open websocket is handed to the loop and holds none of them.
worker_connections = 4000
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 a heartbeat must survive a full disk
preload_app = False
control_socket_disable = True
graceful_timeout = 8
keepalive = settings.head_seconds
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190
# Who is asked for and by which scheme is decided in one place, by TRUSTED_PROXIES.
secure_scheme_headers: dict[str, str] = {}
forwarded_allow_ips = ""
logger_class = QuietLogger
loglevel = settings.log_level
logconfig_dict = logs.dictionary(settings)


def on_starting(server):
    """The database is brought up to date once, before there is any worker. An inherited socket is taken as it is."""
    if not {"GUNICORN_FD", "LISTEN_FDS"} & os.environ.keys():
        for address in server.cfg.address:
            serve.check_port(address)
    server.pinboard = Pinboard()
    server.known = [*settings.warnings(), *serve.made_fit(settings)]
    if settings.web_concurrency > 1:
        # Several workers share what they are made of, which is more than the master then holds beside them.
        for part in ("application", "service"):
            importlib.import_module(f"messenger.{part}")


def when_ready(server):
    """Says where the server is, for people who started it by hand, and what everybody should know."""
    for warning in server.known:
        server.log.warning(warning)
    if settings.log_format == "console":
        greeting.say(settings, [listener.sock.getsockname() for listener in server.LISTENERS])


def pre_fork(server, worker):
    """A place to pin its figures up. What both are made of is shared for as long as neither looks through it."""
    worker.place = server.pinboard.place([other.place for other in server.WORKERS.values()])
    gc.collect()
    gc.freeze()


def child_exit(server, worker):
    """Of who has gone nothing is told any more."""
    worker.place.clear()


def pre_request(worker, request):
    """A busy keep-alive connection would never let others have their turn."""
    gevent.sleep(0)


def post_worker_init(worker):
    """The worker has its app, and takes up service."""
    importlib.import_module("messenger.service").begin(worker)


def worker_exit(server, worker):
    """A worker that took up service leaves it politely."""
    if service := sys.modules.get("messenger.service"):
        service.end(worker)
