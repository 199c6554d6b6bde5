"""The pictures of docs/screenshots, taken anew: python -m tests.portraits

A server of its own is filled by `flask demo`; its people sign in with a real browser, which then looks as a laptop and
as a phone, by day and by night. The machine should have a good font and coloured emoji (fonts-noto-core,
fonts-noto-color-emoji).
"""

import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from time import monotonic

from PIL import Image
from playwright.sync_api import expect, sync_playwright

from tests.fixtures.chromium import QUIET, find
from tests.fixtures.server import HOME, Server
from tests.wires import Wire

SHELF = HOME / "docs" / "screenshots"
LAPTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
PICTURES = {
    "desktop-light": ("Autumn regatta", LAPTOP, "light"),
    "desktop-dark": ("Autumn regatta", LAPTOP, "dark"),
    "phone-chat": ("Jonas Weber", PHONE, "light"),
    "phone-list": (None, PHONE, "light"),
}
QUALITY = 90
SHOWN = """() => [...document.images].every(one => {
  const place = one.getBoundingClientRect();
  return one.complete || place.bottom <= 0 || place.top > innerHeight;
})"""


@contextmanager
def demo():
    """The address of a lively server, and its people's password."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "server", LIMITS="off").start()
        try:
            filled = subprocess.run([sys.executable, "-m", "flask", "demo", "--json"], cwd=HOME, check=True,
                                    env=server.environment, capture_output=True, text=True)  # fmt: skip
            yield server.url, json.loads(filled.stdout)["people"][0]["password"]
        finally:
            server.stop()


@contextmanager
def signed_in(browser, url, password, login, **how):
    """A page of this person, on his list of chats."""
    answer = Wire(url).post("/flash-chat/login", {"username": login, "password": password})
    context = browser.new_context(locale="en-GB", **how)
    context.add_cookies([{"name": "sessionToken", "value": answer.body["content"]["token"], "url": url}])
    page = context.new_page()
    page.goto(f"{url}/chats")
    yield page
    context.close()


def taken(page, chat):
    """What stands on the screen when everything has come."""
    if chat:
        page.get_by_role("link", name=chat).first.click()
        expect(page.get_by_role("heading", name=chat).first).to_be_visible()
    until = monotonic() + 30
    while not page.evaluate(SHOWN):
        assert monotonic() < until, "a picture does not come"
        page.wait_for_timeout(100)
    return page.screenshot(animations="disabled")


def keep(name, picture):
    """Small: it goes with every copy of the tree."""
    path = SHELF / f"{name}.webp"
    Image.open(BytesIO(picture)).convert("RGB").save(path, quality=QUALITY, method=6)
    print(path.name, path.stat().st_size)


def main():
    with demo() as (url, password), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find(), args=QUIET)
        with signed_in(browser, url, password, "aylin"), signed_in(browser, url, password, "jonas"):
            for name, (chat, how, scheme) in PICTURES.items():
                with signed_in(browser, url, password, "mira", color_scheme=scheme, **how) as page:
                    keep(name, taken(page, chat))
        browser.close()


if __name__ == "__main__":
    main()
