"""What stands between people and the server: each way of setting it up badly is planted once."""

import time
from email.utils import formatdate

import pytest

from messenger import create_app
from messenger.settings import Settings
from tests.cli.patients import DEAD, SECRET
from tests.fixtures.apps import leave
from tests.fixtures.proxy import GOOD
from tests.fixtures.server import Server


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An instance folder as it should be."""
    folder = tmp_path_factory.mktemp("well") / "instance"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture(scope="module")
def served(folder, blank_database):
    """The port of a server in that folder."""
    server = Server(folder, blank_database, SECRET_KEY=SECRET, TRUSTED_PROXIES="1").start()
    yield server.port
    server.kill()


def test_nothing_is_said_when_all_is_well(doctor, folder, served, proxied):
    good = proxied(served)
    settings = {"instance_dir": str(folder), "port": served, "trusted_proxies": 1, "base_url": good.url}
    assert doctor(**settings) == {}
    app = create_app(Settings.for_tests(secret_key=SECRET, **settings))
    result = app.test_cli_runner().invoke(args=["doctor"])
    leave(app)
    assert (result.exit_code, result.stdout) == (0, "")


IN_FRONT = {
    "proxy-for-missing": {"adds": {"X-Forwarded-Proto": "http"}},
    "proxy-count": {"adds": GOOD | {"X-Forwarded-For": "10.0.0.1, 127.0.0.1"}},
    "proxy-host": {"adds": GOOD | {"Host": "backend.internal"}},
    "proxy-body": {"largest": 1024 * 1024},
    "websocket-blocked": {"drops": ("upgrade", "connection")},
    "clock-off": {"says": {"Date": formatdate(time.time() - 3600, usegmt=True)}},
}


@pytest.mark.parametrize("name", IN_FRONT)
def test_a_proxy_that_is_set_up_badly_is_found_and_cured(doctor, folder, served, proxied, name):
    bad = proxied(served, **IN_FRONT[name])
    found = doctor(instance_dir=str(folder), port=served, trusted_proxies=1, base_url=bad.url)
    assert name in found
    assert found[name]["cures"]


def test_https_that_the_server_does_not_hear_of_is_found(doctor, folder, served, proxied, self_signed):
    silent = proxied(served, adds={"X-Forwarded-For": "127.0.0.1"}, certificate=self_signed)
    found = doctor(instance_dir=str(folder), port=served, trusted_proxies=1, base_url=silent.url)
    assert {"proxy-scheme", "certificate"} <= found.keys()
    assert "self-signed" in found["certificate"]["says"]
    nginx = next(cure["lines"] for cure in found["proxy-scheme"]["cures"] if cure["place"] == "nginx")
    assert "    proxy_set_header X-Forwarded-Proto $scheme;" in nginx
    safe = proxied(served, adds=GOOD | {"X-Forwarded-Proto": "https"})
    found = doctor(instance_dir=str(folder), port=served, trusted_proxies=1, base_url=safe.url)
    assert "cookie-not-secure" in found


def test_a_server_on_which_no_websocket_opens_is_found(doctor, folder, served, proxied):
    lame = proxied(served, drops=("upgrade", "connection"))
    assert "websocket-dead" in doctor(instance_dir=str(folder), port=lame.port)


def test_who_answers_may_be_nobody_or_somebody_else(doctor, folder, served, healthy):
    assert "server-silent" in doctor(instance_dir=str(healthy), port=1)
    assert "base-url-silent" in doctor(instance_dir=str(healthy), base_url=f"http://{DEAD}")
    other = {"instance_dir": str(healthy), "secret_key": SECRET[::-1]}
    found = doctor(port=served, base_url=f"http://127.0.0.1:{served}", **other)
    assert {"port-taken", "base-url-elsewhere"} <= found.keys()
    assert "port-open" in doctor(instance_dir=str(folder), port=served, host="0.0.0.0", trusted_proxies=1)
