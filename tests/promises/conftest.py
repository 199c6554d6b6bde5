"""One real server for the promises of a test process, without limits; when all is over its log is read for secrets."""

import pytest

from tests.fixtures.server import Server
from tests.promises.company import secrets_in


@pytest.fixture(scope="session")
def stand(tmp_path_factory, blank_database):
    """The server. What happens to it in one test must not show in another: it never failed, and it kept its mouth."""
    server = Server(tmp_path_factory.mktemp("promises"), blank_database, LIMITS="off").start()
    yield server
    assert server.process.poll() is None, "the server has left"
    assert server.get("/healthz")[0] == 200
    server.kill()
    check_log(server.log)


@pytest.fixture
def guarded(serve):
    """Servers of one's own, whose logs are read in the same way."""
    made = []

    def make(**environment):
        made.append(serve(LIMITS="off", **environment))
        return made[-1]

    yield make
    for server in made:
        check_log(server.log)


def check_log(log):
    """G32, and no surprise in it."""
    assert secrets_in(log) == []
    assert "Traceback" not in log
    assert "unexpected error" not in log
    assert "dialect failed" not in log
