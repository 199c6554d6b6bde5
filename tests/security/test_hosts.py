"""What a request says of whom it was for, and what proxies say of where it came from."""

import pytest
from flask import request

from messenger import create_app
from messenger.settings import Settings
from tests.fixtures.apps import leave

pytestmark = pytest.mark.security("hosts and proxies")
OURS = ["chat.example.org", "chat.example.org:8443"]
FOREIGN = [
    "evil.example", "chat.example.org.evil.example", "evil.example:80", "xchat.example.org", "127.0.0.1", "localhost",
    "chat.example.org@evil.example", "chat.example.org#evil.example", "chat.example.org/evil.example", "[::1]",
    "chat.example.org evil.example", "chat.example.org,evil.example", "evil.example?chat.example.org", "",
    "chat.example.org\\evil.example", "chat.example.org:evil",
]  # fmt: skip


@pytest.fixture
def make(tmp_path, blank_database):
    """Apps with other settings."""
    made = []

    def app(**more):
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(create_app(Settings.for_tests(instance_dir=str(folder), **more)))
        made[-1].extensions["settings"].sqlite_path.write_bytes(blank_database.read_bytes())
        return made[-1]

    yield app
    for one in made:
        leave(one)


def test_only_our_own_names_are_answered(make, attack):
    client = make(trusted_hosts="chat.example.org").test_client()
    anybody = make().test_client()
    for path in ("/", "/version", "/login", "/api/asyncapi.json", "/nothing", "/chats/ws"):
        for host in FOREIGN:
            answer = client.get(path, headers={"Accept": "text/html"}, environ_overrides={"HTTP_HOST": host})
            assert answer.status_code == 400, (path, host)
            assert "evil" not in answer.text
            assert "evil" not in answer.headers.get("Location", "")
            attack.tried()
        for host in OURS:
            assert client.get(path, environ_overrides={"HTTP_HOST": host}).status_code != 400, (path, host)
        assert anybody.get(path, environ_overrides={"HTTP_HOST": FOREIGN[0]}).status_code != 400, "unset: any name"


def test_a_name_in_a_forwarded_header_is_no_better(make, attack):
    for hops in (0, 1):
        client = make(trusted_hosts="chat.example.org", trusted_proxies=hops).test_client()
        for host in FOREIGN[:4]:
            given = {"X-Forwarded-Host": host, "Forwarded": f"host={host}", "X-Host": host, "X-Original-URL": "/chats"}
            answer = client.get("/version", base_url="http://chat.example.org", headers=given)
            assert answer.status_code == (400 if hops else 200), (hops, host)
            attack.tried()


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_an_address_counts_only_from_so_many_proxies(make, hops, attack):
    """Every proxy appends whom it heard; what stands further left was said by whoever asked."""
    app = make(trusted_proxies=hops)
    seen = []

    @app.get("/whence")
    def whence():

        seen.append((request.remote_addr, request.scheme, request.host))
        return ""

    chain = ["6.6.6.6", "10.0.0.2", "10.0.0.1"]
    app.test_client().get("/whence", headers={
        "X-Forwarded-For": ", ".join(chain), "X-Forwarded-Proto": "https, http, https",
        "X-Forwarded-Host": "evil.example, middle.example, near.example", "X-Real-IP": "6.6.6.6",
        "Forwarded": "for=6.6.6.6;proto=https;host=evil.example", "Client-IP": "6.6.6.6",
    })  # fmt: skip
    wanted = {
        0: ("127.0.0.1", "http", "localhost"),
        1: ("10.0.0.1", "https", "near.example"),
        2: ("10.0.0.2", "http", "middle.example"),
    }
    assert seen == [wanted[hops]]
    attack.tried(3)
