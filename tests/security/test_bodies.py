"""Bodies that unfold, multiply or nest beyond reason: each is refused, and what is kept of it meanwhile is bounded."""

import gzip
import io
import json
import re
import subprocess
import sys
import tracemalloc
import zlib
from functools import partial

import brotli
import pytest

from messenger.settings import Settings
from tests.security.addresses import UNSAFE, addresses, register, sign_in

pytestmark = pytest.mark.security("bodies")
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
# What a request may cost beyond the body itself.
MOST_MEMORY = 12 * 1024 * 1024
PART = '--x\r\nContent-Disposition: form-data; name="{}"\r\n{}\r\n{}\r\n'


def parts(number, name="f{}", headers="", value="v"):
    """A form of so many parts."""
    return ("".join(PART.format(name.format(n), headers, value) for n in range(number)) + "--x--\r\n").encode()


def file(name="a", content="x", extra=""):
    """A part that is a file."""
    return (
        f'--x\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n{extra}\r\n{content}\r\n--x--\r\n'
    ).encode()


BOMB = b'{"login": "ann", "password": "' + b"0" * 30_000_000 + b'"}'
MULTIPART = "multipart/form-data; boundary=x"
# Name: (type, body, more headers). All of them are refused by every address that reads a body of that type.
HOSTILE = {
    "gzip": (JSON, gzip.compress(BOMB, 1), {"Content-Encoding": "gzip"}),
    "deflate": (JSON, zlib.compress(BOMB, 1), {"Content-Encoding": "deflate"}),
    "brotli": (JSON, brotli.compress(BOMB, quality=1), {"Content-Encoding": "br"}),
    "gzip in gzip": (JSON, gzip.compress(gzip.compress(BOMB, 1)), {"Content-Encoding": "gzip, gzip"}),
    "a form in gzip": (FORM, gzip.compress(b"login=ann&password=" + b"0" * 9_000_000), {"Content-Encoding": "gzip"}),
    "400,000 fields": (FORM, b"&".join(b"%d=" % n for n in range(400_000)), {}),
    "60,000 fields": (FORM, b"a&" * 60_000, {}),
    "one huge field": (FORM, b"login=" + b"a" * 2_000_000, {}),
    "a field of percent signs": (FORM, b"login=" + b"%41" * 43_000, {}),
    "20,000 keys": (JSON, json.dumps({str(n): 0 for n in range(9_000)}).encode(), {}),
    "keys of one number": (JSON, json.dumps({str(n * 2**61): 0 for n in range(4_000)}).encode(), {}),
    "a huge number": (JSON, b'{"login": ' + b"9" * 120_000 + b"}", {}),
    "a huge exponent": (JSON, b'{"login": 1e999999999}', {}),
    "100,000 deep": (JSON, b"[" * 60_000 + b"]" * 60_000, {}),
    "100,000 deep objects": (JSON, b'{"a":' * 20_000 + b"1" + b"}" * 20_000, {}),
    "a list of a million": (JSON, b"[" + b"0," * 1_000_000 + b"0]", {}),
    "thousands of parts": (MULTIPART, parts(3_000), {}),
    "101 parts": (MULTIPART, parts(101), {}),
    "a huge head of a part": (MULTIPART, parts(1, headers="X: " + "y" * 300_000 + "\r\n"), {}),
    "many lines in a part's head": (MULTIPART, parts(1, headers="X: y\r\n" * 60_000), {}),
    "a huge name of a part": (MULTIPART, parts(1, name="n" * 200_000), {}),
    "no boundary": ("multipart/form-data", parts(3), {}),
    "an empty boundary": ('multipart/form-data; boundary=""', parts(3), {}),
    "a boundary beyond measure": ("multipart/form-data; boundary=" + "x" * 4_000, b"--" + b"x" * 4_000, {}),
    "a boundary that never comes": (MULTIPART, b"y" * 120_000, {}),
    "half a boundary again and again": (MULTIPART, b"\r\n--" * 30_000, {}),
    "a part that never ends": (MULTIPART, file(content="a" * 5_000)[:-9], {}),
    "dashes without end": (MULTIPART, b"--x" + b"-" * 100_000, {}),
}


@pytest.fixture
def settings(instance):
    return Settings.for_tests(instance_dir=str(instance), limits=False)


def spent(deed):
    """What it returned, and how much memory it took at once."""
    tracemalloc.start()
    try:
        return deed(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_no_body_unfolds_beyond_its_bound(app, attack):
    """At a door of every kind, with a session and without one; the one that reads most of it is measured."""
    ann = register(app, "ann")
    by_token = {"Authorization": f"Bearer {ann.token}"}
    places = ["/login", "/dialog/ann", "/upload"]
    for name, (kind, body, more) in HOSTILE.items():
        for path in places:
            headers = {"Content-Type": kind, **more, **({} if path == "/login" else by_token)}
            ask = partial(app.test_client().post, path, data=body, headers=headers)
            answer, most = spent(ask) if path == "/login" else (ask(), 0)
            assert most < len(body) * 4 + MOST_MEMORY, (name, path, most)
            is_a_file = path == "/upload" and "multipart" not in kind
            assert answer.status_code in ((201,) if is_a_file else (400, 401, 413)), (name, path, answer.status_code)
            attack.tried()


def test_unfolded_it_would_be_much_more():
    """So the bound means something."""
    body = HOSTILE["gzip"][1]
    assert len(body) < 1_000_000
    assert spent(lambda: len(gzip.decompress(body)))[1] > MOST_MEMORY + 4 * len(body)


def test_every_address_refuses_a_body_that_is_too_large_unread(app, attack):
    """Said by its length alone; files are let in up to theirs."""
    ann = register(app, "ann")
    asked = [one for one in addresses(app, UNSAFE) if not re.search("logout|destroy|end$|everywhere", one.rule)]
    for one in asked:
        if ann.get("/me").status_code != 200:  # one of the addresses has signed her out
            ann = sign_in(app, "ann")
        answer = ann.open(
            one.path(login="ann"), method=one.method, input_stream=Unread(),
            headers={"Authorization": f"Bearer {ann.token}", "Content-Type": JSON, "Content-Length": str(10**12)},
        )  # fmt: skip
        assert answer.status_code in (400, 401, 403, 404, 413, 200, 303, 204), (one, answer.status_code)
        attack.tried()
    assert sign_in(app, "ann").post("/dialog/ann", json={"text": "x" * 200_000}).status_code == 413


class Unread(io.BytesIO):
    """A body without end: whoever read all of it would never come back."""

    read_so_far = 0

    def read(self, size=-1):
        self.read_so_far += size if size > 0 else 10**12
        assert self.read_so_far < 64 * 1024 * 1024
        return b"x" * max(0, size)


def test_names_of_fields_do_not_collide_on_purpose():
    """Fields are kept by hashes that nobody outside can know: each process draws its own."""
    command = [sys.executable, "-c", "print(hash('login'))"]
    drawn = {subprocess.run(command, capture_output=True, env={}, check=True).stdout for _ in range(2)}
    assert len(drawn) == 2
