"""One server and one browser for all browser tests of a process; people and contexts are fresh for every test."""

import pytest

from tests.browser.desk import Desk
from tests.cast import Person
from tests.fixtures.server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory, blank_database):
    """Without limits: a test is quicker than anybody's fingers."""
    server = Server(tmp_path_factory.mktemp("server"), blank_database, LIMITS="off").start()
    yield server
    server.kill()


@pytest.fixture
def ann(server):
    return Person(server.url, "ann", "Ann Lee")


@pytest.fixture
def bob(server):
    return Person(server.url, "bob", "Bob Stone")


@pytest.fixture
def cid(server):
    return Person(server.url, "cid", "Cid Ray")


@pytest.fixture
def desk(browser):
    """desk(person, **context options) → a Desk; all of them are closed, and what they complained of is looked at."""
    made = []

    def make(person, **options):
        made.append(Desk(browser, person, **options))
        return made[-1]

    yield make
    failures = []
    for one in made:
        try:
            one.close()
        except AssertionError as error:
            failures.append(str(error))
    assert not failures, failures
