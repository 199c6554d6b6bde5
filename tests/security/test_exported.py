"""The pages of an export open from a disk, where no header of ours stands by: nothing in them runs either."""

import io
import zipfile
from functools import partial

import pytest

from messenger.core import groups
from messenger.settings import Settings
from tests.security.corpus import PAYLOADS
from tests.security.stage import called, line
from tests.security.test_scripts import Tab

pytestmark = [pytest.mark.browser, pytest.mark.security("scripts"), pytest.mark.timeout(300)]


@pytest.fixture
def settings(instance):
    return Settings.for_tests(instance_dir=str(instance), limits=False)


@pytest.fixture
def pages(app):
    """Every page of what somebody takes along who is in groups with people, all of such names, and writes so."""
    with app.app_context():
        ann = called("ann", "Ann")
        for number, name in enumerate(PAYLOADS[::8]):
            guest = called(f"p{number}", name)
            groups.create(guest.actor, line(name), True, [ann.actor.person])
    client = app.test_client()
    client.set_cookie("sessionToken", ann.token)
    for start in range(0, len(PAYLOADS), 10):
        text = "\n\n".join(PAYLOADS[start : start + 10])
        assert client.post("/dialog/p1", json={"text": text}).status_code == 201
    ours = {"Origin": "http://localhost", "Accept": "text/html"}
    answer = client.post("/settings/export", data={"csrf_token": ""}, headers=ours)
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist() if name.endswith((".html", ".htm"))}


def opened(page, route):
    """As a browser opens a file: without a word of ours about what it may do."""
    route.fulfill(body=page, content_type="text/html")


def test_nothing_in_an_export_runs(browser, pages, attack):
    assert sum(page.count("alarm()") for page in pages.values()) > len(PAYLOADS), "it is all in there"
    tab = Tab(browser, "http://export.example")
    try:
        tab.page.route("**/*", lambda route: route.fulfill(status=404))
        for name, page in pages.items():
            tab.page.route("**/opened", partial(opened, page))
            tab.page.goto("/opened")
            # An export brings styles and scripts of its own; somebody else's script would have called the alarm.
            assert [what for what in tab.look() if not what.startswith(("<style", "<script"))] == [], name
            tab.clear()
    finally:
        tab.context.close()
    attack.tried(len(PAYLOADS) + 2 * len(PAYLOADS[::8]))
