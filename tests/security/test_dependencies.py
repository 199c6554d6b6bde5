"""No library below the version that mended what is known of it: pinned so, and installed so."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.version import Version

pytestmark = pytest.mark.security("dependencies")
HOME = Path(__file__).resolve().parents[2]
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[\w,]+\])?==([^\s;]+)", re.MULTILINE)
# The least that may be pinned, and why not less.
FLOORS = {
    "Flask": ("3.1.3", "answers that look at the session only by its keys said no Vary: Cookie"),
    "Werkzeug": ("3.1.4", "device names of Windows in safe_join; before 3.0.6 forms that ate memory"),
    "Jinja2": ("3.1.6", "ways out of the sandbox; attributes by xmlattr"),
    "gunicorn": ("23.0.0", "requests smuggled by Transfer-Encoding"),
    "gevent": ("23.9.0", "a way up through its WSGI server"),
    "PyJWT": ("2.15", "algorithms that do not fit the key; issuers compared in part"),
    "urllib3": ("2.6.3", "answers that unfold without an end; redirects followed where they should not"),
    "pillow": ("12.1.1", "writing past the end for PSD pictures; before 11.3 for DDS, before 10.3 for C code of ICC"),
    "markdown-it-py": ("4.0", "input that never ends"),
    "nh3": ("0.2.18", "mutations that survive the cleaning"),
    "Mako": ("1.2.2", "input that never ends"),
    "SQLAlchemy": ("2.0", "statements without bound parameters are errors"),
    "psycopg": ("3.2", "pool and pipeline modes that lose errors"),
    "redis": ("4.5.4", "answers given to somebody else after a cancelled command"),
    "idna": ("3.7", "names that cost quadratic time"),
    "dnspython": ("2.6.1", "an answer that stops the looking up"),
    "h11": ("0.16.0", "chunks ended by anything"),
    "brotli": ("1.2.0", "input that unfolds without a bound"),
    "Pygments": ("2.15.1", "input that costs exponential time"),
    "websockets": ("13.0", "compressed frames that unfold beyond the limit"),
    "marshmallow": ("4.1.2", "errors of many items that cost quadratic time"),
    "python-dotenv": ("1.0", "lines that are read as others"),
    "click": ("8.1", "prompts that show what is hidden"),
    "itsdangerous": ("2.1", "keys that are turned over"),
    "MarkupSafe": ("2.1", "formats that forget to escape"),
    "moto": ("5.0", "only for tests; keeps up with boto3"),
    "requests": ("2.32.4", "secrets of .netrc given to others"),
    "cryptography": ("46.0.5", "points that are not on the curve; before 44.0.1 an OpenSSL that could be led astray"),
    "certifi": ("2024.7.4", "roots that are trusted no more"),
    "lxml": ("5.0", "where something brings it along"),
}


def pins(*papers):
    """Name and version of everything these files pin."""
    return {name.lower(): found for paper in papers for name, found in PIN.findall((HOME / paper).read_text())}


def below(pinned, floors=FLOORS):
    """What is pinned below its floor."""
    return {
        name: f"{pinned[name.lower()]} < {least}: {why}"
        for name, (least, why) in floors.items()
        if name.lower() in pinned and Version(pinned[name.lower()]) < Version(least)
    }


def test_nothing_is_pinned_below_its_floor(attack):
    pinned = pins("requirements.txt", "requirements-dev.txt")
    assert below(pinned) == {}
    assert sum(name.lower() in pinned for name in FLOORS) > 20
    attack.tried(len(FLOORS))


def test_everything_is_pinned_exactly_and_installed_as_pinned(attack):
    lines = [
        line.partition("#")[0].strip()
        for paper in ("requirements.txt", "requirements-dev.txt")
        for line in (HOME / paper).read_text().splitlines()
    ]
    assert [line for line in lines if line and not line.startswith("-r ") and not PIN.match(line)] == []
    assert {name: version(name) for name in FLOORS if name.lower() in pins("requirements.txt")} == {
        name: pins("requirements.txt")[name.lower()] for name in FLOORS if name.lower() in pins("requirements.txt")
    }
    attack.tried(len(lines))


def test_a_version_of_yesterday_would_be_found():
    assert list(below({"flask": "3.1.2", "pyjwt": "2.16.0", "pillow": "9.0"})) == ["Flask", "pillow"]
