"""A Redis that is not there when a server starts, in every form in which it can be named: served all the same."""

import shutil

import pytest

from messenger import create_app
from messenger.live.tallies import open_tallies
from messenger.settings import Settings
from tests.fixtures.apps import leave
from tests.fixtures.valkeys import free_port

FORMS = (
    "redis://127.0.0.1:{0}/0", "redis+cluster://127.0.0.1:{0},127.0.0.1:{0}", "redis+sentinel://127.0.0.1:{0}/one",
    "rediss+cluster://127.0.0.1:{0}", "rediss+sentinel://:secret@127.0.0.1:{0}/one/2?sentinel_password=other",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_server_without_its_redis_serves(form, instance, blank_database):
    settings = Settings.for_tests(instance_dir=str(instance), redis_url=form.format(free_port()))
    shutil.copy(blank_database, settings.sqlite_path)
    app = create_app(settings)
    client = app.test_client()
    assert client.get("/readyz").json["bus"] == {"kind": "redis", "up": False}
    body = {"name": "Ann", "username": "ann", "password": "sesame"}
    assert client.post("/flash-chat/register", json=body).status_code == 200, "what is written is told to nobody else"
    assert client.post("/flash-chat/login", json={**body, "password": "wrong"}).status_code < 500
    assert app.extensions["bus"].standing.dropped > 0
    leave(app)


@pytest.mark.parametrize("form", FORMS)
def test_what_redis_would_count_is_counted_here(form):
    tallies = open_tallies(form.format(free_port()))
    assert [tallies.add("guess", 60), tallies.add("guess", 60)] == [1, 2]
    tallies.hold("guess", 60)
    assert tallies.held("guess") > 0
