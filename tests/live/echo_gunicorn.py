"""How the tests run gunicorn: as the real server does, with one gevent worker."""

from gevent import monkey

monkey.patch_all()

worker_class = "gevent"
workers = 1
worker_connections = 4000
control_socket_disable = True
graceful_timeout = 10


def post_worker_init(worker):
    from tests.live.echo_app import drain

    drain.install(worker, worker.app.callable.extensions["switchboard"])


def worker_exit(server, worker):
    from tests.live.echo_app import drain

    drain.finish(worker.app.callable.extensions["switchboard"])
