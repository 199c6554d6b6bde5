"""A person at a real browser: a context of his own, signed in by the cookie, with everything the page complained of.

ann = desk(person); ann.open("/dialog/bob"); ann.say("hello"); ann.message("hello")
"""

import re
import time
from urllib.parse import urlencode

from playwright.sync_api import expect

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
# Seconds that a condition may take on a machine that is busy with other things; nobody waits for what is there.
PATIENCE = 20
expect.set_options(timeout=PATIENCE * 1000)
LINES = "[...document.querySelectorAll('live-socket')]"
WATCH = """
window.__shift = 0;
document.addEventListener('securitypolicyviolation', e =>
  console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI));
try {
  new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) window.__shift += e.value; }))
    .observe({ type: 'layout-shift', buffered: true });
} catch {}
"""
# What a browser writes about a line that a test has cut, or an answer that nobody waits for, is no fault of the page.
LINE_TROUBLE = re.compile(
    r"ERR_|^htmx:(afterRequest|sendAbort)|^\[object Event\]$|WebSocket connection to|Failed to load resource"
)


class Desk:
    """One person, one browser context, one tab."""

    def __init__(self, browser, person, token=None, **options):
        self.person, self.base, self.complaints = person, person.base, []
        self.context = browser.new_context(base_url=self.base, **options)
        self.context.add_cookies([{"name": "sessionToken", "value": token or person.token, "url": self.base}])
        if options.get("java_script_enabled", True):
            self.context.add_init_script(WATCH)
        self.context.set_default_timeout(PATIENCE * 1000)
        self.page = self.tab()

    def tab(self):
        """Another tab of the same browser."""
        page = self.context.new_page()
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _note(self, message):
        if message.type == "error" and not LINE_TROUBLE.search(message.text):
            self.complaints.append(message.text)

    def open(self, place):
        """Go there, and wait until the page's sockets are open."""
        self.page.goto(place)
        self.listens()
        return self

    def listens(self):
        """Both lines stand."""
        self.until(f"{LINES}.length > 0 && {LINES}.every(s => s.socket?.readyState === 1)")

    def until(self, script, patience=PATIENCE):
        """Wait until it is true on the page. Playwright's own way of waiting needs eval, which the pages forbid."""
        deadline = time.monotonic() + patience
        while not self.page.evaluate(script):
            assert time.monotonic() < deadline, f"never came true: {script}"
            self.page.wait_for_timeout(20)

    def reconnects(self):
        """As a browser that comes back online, without waiting for the next try."""
        self.page.evaluate("document.dispatchEvent(new CustomEvent('tab:awake', { detail: { slept: true } }))")
        self.listens()

    def hangs_up(self):
        """The sockets break, as when a line is lost, and stay so."""
        self.page.evaluate(f"for (const s of {LINES}) s.socket.close(4000)")

    @property
    def field(self):
        return self.page.locator("#text")

    def say(self, text):
        """Write and press Enter."""
        self.field.fill(text)
        self.field.press("Enter")
        return self.message(text)

    def message(self, text):
        """The message with this text in the stream, wherever it stands."""
        return self.page.locator("message-list .message").filter(has_text=text)

    def texts(self):
        """All texts in their order."""
        return [text.strip() for text in self.page.locator("message-list .message .message-text").all_inner_texts()]

    def choose(self, text, act):
        """An entry of a message's menu."""
        message = self.message(text).first
        message.hover()
        message.locator(".message-more").click()
        self.page.locator(f"#message-menu [data-act={act}]").click()

    def row(self, place):
        """A row of the list."""
        return self.page.locator(f'chat-list .chat-row[href="{place}"]')

    def close(self):
        """Away; what the page complained of fails the test."""
        self.context.close()
        assert not self.complaints, "\n".join(self.complaints)


def dialog(person):
    """Where one writes to him."""
    return f"/dialog/{person.login}"


def told(person, place, text, **fields):
    """The person says something without a browser; the id of the message."""
    body = urlencode({"text": text, **fields})
    answer = person.post(place, body, headers={**FORM, "HX-Request": "true"})
    assert answer.status == 201, answer
    return int(re.search(r'id="message-(\d+)"', answer.body)[1])


def done(person, path, **fields):
    """Another form, sent without a browser."""
    answer = person.post(path, urlencode(fields, doseq=True), headers=FORM)
    assert answer.status == 303, answer
    return answer.headers["Location"]


def sent_files(person, place, *files, text=""):
    """Files with a message, without a browser: (name, bytes) each."""
    parts = [("text", (None, text)), *(("files", file) for file in files)]
    answer = person.post(place, None, files=parts, headers={"HX-Request": "true"})
    assert answer.status == 201, answer
    return int(re.search(r'id="message-(\d+)"', answer.body)[1])


def group(owner, name, *others, public=0):
    """A new group; its address."""
    return done(owner, "/group/new", name=name, public=public, members=[person.login for person in others])


def has_status(message, status):
    """Its ticks say so."""
    expect(message.locator(".message-meta .receipt")).to_have_attribute("data-status", status)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
