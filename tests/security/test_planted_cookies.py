"""A real browser over https, and another server under the same domain that gives it cookies for ours."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from tests.fixtures.proxy import GOOD
from tests.security.addresses import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.security("cookies"), pytest.mark.timeout(180)]
OURS, NEIGHBOUR = "chat.home.test", "https://evil.home.test"
OPEN = "[...document.querySelectorAll('live-socket')].some(one => one.socket?.readyState === 1)"


@pytest.fixture
def home(serve, proxied, self_signed):
    """The address of a server behind a router that ends TLS. That one is made where no browser is waited for."""
    port = serve(TRUSTED_PROXIES="1", LIMITS="off").port
    with ThreadPoolExecutor(1) as aside:
        says = GOOD | {"X-Forwarded-Proto": "https"}
        router = aside.submit(proxied, port, says, certificate=self_signed).result()
    return f"https://{OURS}:{router.port}"


@pytest.fixture
def browser(browser_type, browser_type_launch_args):
    """Finds our server under its name, and believes it."""
    args = [*browser_type_launch_args.get("args", ()), f"--host-resolver-rules=MAP {OURS} 127.0.0.1"]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": args})
    yield browser
    browser.close()


def signed_in(browser, home, login):
    """A tab of somebody who has just made an account, and what his browser knows him by."""
    context = browser.new_context(base_url=home, ignore_https_errors=True)
    context.set_default_timeout(60_000)
    context.route(f"{NEIGHBOUR}/**", lambda route: route.fulfill(body="<title>nice</title>", content_type="text/html"))
    page = context.new_page()
    page.goto("/?tab=register")
    for name, words in (("login", login), ("name", login.capitalize()), ("password", PASSWORD)):
        page.locator(f"form[action='/register'] [name={name}]").fill(words)
    page.locator("form[action='/register'] button").last.click()
    expect(page.locator(f"body[data-viewer='{login}']")).to_be_attached(timeout=60_000)
    return page, {cookie["name"]: cookie["value"] for cookie in context.cookies() if cookie["domain"] == OURS}


def plant(page, value):
    """All that the neighbour may say about cookies."""
    page.goto(f"{NEIGHBOUR}/")
    for name in ("sessionToken", "__Host-sessionToken", "__host-sessionToken"):
        for path in ("/", "/settings"):
            page.evaluate(f"document.cookie = '{name}={value}; Domain=home.test; Path={path}; Secure; SameSite=None'")
    page.evaluate(f"document.cookie = '__Host-sessionToken={value}; Path=/; Secure'")
    page.evaluate(f"document.cookie = '=__Host-sessionToken={value}; Domain=home.test; Path=/; Secure'")


def test_what_a_neighbour_plants_changes_nobody(browser, home, attack):
    _, mallory = signed_in(browser, home, "mallory")
    page, ann = signed_in(browser, home, "ann")
    assert mallory["__Host-sessionToken"] != ann["__Host-sessionToken"]
    plant(page, mallory["__Host-sessionToken"])
    for address in ("/settings", "/chats"):
        with page.expect_request(f"{home}{address}") as asked:
            page.goto(address)
        assert f"sessionToken={mallory['sessionToken']}" in asked.value.all_headers()["cookie"], "it came along"
        expect(page.locator("body[data-viewer='ann']")).to_be_attached()
        attack.tried()
    while not page.evaluate(OPEN):
        page.wait_for_timeout(20)
    page.goto("/settings")
    page.locator("form[action='/logout'] button").first.click()
    expect(page.locator("form[action='/login']")).to_be_attached()
    plant(page, mallory["__Host-sessionToken"])
    for address in ("/settings", "/"):
        page.goto(address)
        expect(page.locator("form[action='/login']")).to_be_attached()
        attack.tried()
    for context in browser.contexts:
        context.close()
