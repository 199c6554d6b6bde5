"""Security headers stand on every answer: pages, errors, files, whatever the server says."""

import pytest

from messenger import create_app
from messenger.settings import Settings
from messenger.web.headers import ALWAYS, CSP

pytestmark = pytest.mark.security("headers")


def paths(app):
    """One address per kind of answer: a route, nothing, a wrong method, a file, a fault."""

    @app.get("/fault")
    def fault():
        raise RuntimeError("sesame")

    return [
        ("GET", "/healthz"),
        ("GET", "/nothing"),
        ("POST", "/healthz"),
        ("GET", "/static/img/favicon.svg"),
        ("GET", "/fault"),
    ]


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_every_kind_of_answer_carries_them(app, client, accept):
    kinds = []
    for method, path in paths(app):
        answer = client.open(path, method=method, headers={"Accept": accept})
        kinds.append(answer.status_code)
        for name, value in ALWAYS.items():
            if name != "Cache-Control":
                assert answer.headers.get_all(name) == [value], (path, name)
        assert "Access-Control-Allow-Origin" not in answer.headers, path
    assert kinds == [200, 404, 405, 200, 500]


def test_the_policy_is_the_one_htmx_and_sockets_work_under():
    assert CSP == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
        "base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )


def test_an_answer_may_be_stricter_itself(app, client):
    @app.get("/file")
    def file():
        return "x", {"Content-Security-Policy": "sandbox; default-src 'none'", "Cache-Control": "private, max-age=60"}

    answer = client.get("/file")
    assert answer.headers.get_all("Content-Security-Policy") == ["sandbox; default-src 'none'"]
    assert answer.headers["Cache-Control"] == "private, max-age=60"


def test_answers_are_not_stored_but_files_are(client):
    assert client.get("/version").headers["Cache-Control"] == "no-store"
    assert "max-age" in client.get("/static/img/favicon.svg").headers["Cache-Control"]


def test_https_is_remembered_only_over_https(client):
    assert "Strict-Transport-Security" not in client.get("/healthz").headers
    answer = client.get("/healthz", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize(("hops", "remembered"), [(0, False), (1, True)])
def test_a_forwarded_scheme_counts_only_from_a_proxy_of_ours(instance, hops, remembered):
    client = create_app(Settings.for_tests(instance_dir=str(instance), trusted_proxies=hops)).test_client()
    answer = client.get("/healthz", headers={"X-Forwarded-Proto": "https"})
    assert ("Strict-Transport-Security" in answer.headers) is remembered


def test_a_stranger_s_host_name_is_refused_when_ours_are_known(instance):
    client = create_app(Settings.for_tests(instance_dir=str(instance), trusted_hosts="chat.example.org")).test_client()
    assert client.get("/version", base_url="http://chat.example.org").status_code == 200
    answer = client.get("/version", base_url="http://evil.example")
    assert answer.status_code == 400
    assert answer.headers["Content-Security-Policy"] == CSP


def test_a_real_server_says_neither_version_nor_trace(server):
    status, headers, body = server.get("/nothing", Accept="text/html")
    assert status == 404
    assert headers["Content-Security-Policy"] == CSP
    assert not any(character.isdigit() for character in headers["Server"])
    assert b"Traceback" not in body
