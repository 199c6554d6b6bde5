"""The OpenAPI document against the real server by schemathesis: what the document allows, and what it does not.

The short form is the same in every run. The long one (`-m long`) invents more, and prints its seed:
`SCHEMATHESIS_SEED=7 pytest -m long tests/protocols/test_schemathesis.py` repeats it.
"""

import os
import secrets
import subprocess
import sys

import pytest

from tests.cast import Person
from tests.fixtures.server import Server

# A text that the schema allows may still be refused in the protocol's own words (a login that is taken, a message of
# nothing but spaces). Pages stand at some of the same addresses: they bring methods of their own.
CONFIG = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "3xx", "400", "401", "403", "404", "409", "413", "429"]
allow_header_conformance.enabled = false

[[operations]]
include-path = ["/message/{message_id}/pin", "/message/{message_id}/star", "/login", "/register"]
checks.unsupported_method.enabled = false
"""
# These end the session by which they are called.
ENDING = "(logout|destroy|change-password|/sessions/.*)$"


@pytest.fixture(scope="module")
def server(tmp_path_factory, blank_database):
    server = Server(tmp_path_factory.mktemp("schemathesis"), blank_database, LIMITS="off").start()
    yield server
    server.kill()


def attack(server, *options):
    """Run it with a fresh person's token; nothing may be wrong, and nothing may surprise the server."""
    person = Person(server.url, "sch")
    config = server.folder / "schemathesis.toml"
    config.write_text(CONFIG)
    script = "from schemathesis.cli import schemathesis; schemathesis()"
    done = subprocess.run(
        [
            sys.executable, "-c", script, "--config-file", config, "run", f"{server.url}/api/openapi.json",
            "-H", f"Authorization: Bearer {person.token}", "--workers", "2", "--no-color", *options,
        ],
        capture_output=True, text=True, cwd=server.folder, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
    assert "unexpected error" not in server.log
    assert "Traceback" not in server.log
    return done.stdout


@pytest.mark.timeout(400)
def test_every_call_keeps_what_the_document_says(server):
    said = attack(server, "--phases", "examples,coverage", "--generation-deterministic", "--exclude-path-regex", ENDING)
    assert "Coverage" in said


def test_calls_that_end_a_session_keep_it_too(server):
    attack(server, "--phases", "examples,coverage", "--generation-deterministic", "--include-path-regex", ENDING)


@pytest.mark.long
@pytest.mark.timeout(1_000)
def test_every_call_withstands_what_nobody_thought_of(server):
    seed = os.environ.get("SCHEMATHESIS_SEED") or str(secrets.randbelow(10**9))
    print(f"SCHEMATHESIS_SEED={seed}")
    options = ("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "100", "--seed", seed)
    attack(server, *options, "--exclude-path-regex", ENDING)
