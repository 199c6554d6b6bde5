"""The papers keep their word: every command in them is run, or is one of a platform that is known by name."""

import re
import shlex
import subprocess
import sys

import pytest

from messenger.cli import PLACES
from tests import test_commands
from tests.fixtures.server import HOME

# Typed in a copy of the tree by another test, which serves, waits and stops.
PROVEN = {
    "bin/run": "test_run_serves_and_says_where_and_who_becomes_administrator",
    "bin/run --port 9000": "test_run_takes_port_and_gunicorn_s_arguments",
    "bin/run --host 0.0.0.0": "test_run_takes_port_and_gunicorn_s_arguments",
    "bin/test": "test_test_ends_with_one_summary_and_its_exit_code",
    "bin/test tests/core -k send": "test_test_ends_with_one_summary_and_its_exit_code",
}
# Programs of platforms and systems: what of them is named, by their own manuals.
PLATFORMS = {
    "docker": {"build", "run", "logs", "compose up", "compose logs"},
    "heroku": {"create", "addons:create", "config:set", "logs"},
    "dokku": {"apps:create", "storage:ensure-directory", "storage:mount", "config:set", "letsencrypt:enable"},
    "fly": {"launch", "volumes create", "secrets set", "deploy", "logs"},
    "git": {"push", "pull"},
    "apt-get": {"install"},
    "useradd": {"--system"},
    "sudo": {"-u"},
    "systemctl": {"daemon-reload", "enable"},
    "journalctl": {"--unit"},
}


def commands(name):
    """What is to be typed in a paper, line by line: fences without a language, but for the files shown in such."""
    found, language = [], None
    for line in (HOME / name).read_text().splitlines():
        if line.startswith("```"):
            language = line[3:] if language is None else None
        elif language == "" and line.strip() and not line.startswith((" ", "}")) and not line.endswith("{"):
            found.append(line)
    return found


def flask_commands(name):
    return [line.partition("flask ")[2] for line in commands(name) if re.match(r"(\.venv/bin/)?flask ", line)]


def is_known(line):
    """A command of a platform, with a verb of it that is listed."""
    program, *words = shlex.split(line.partition(">>")[0])
    said = " ".join(words)
    return any(said == verb or said.startswith(f"{verb} ") for verb in PLATFORMS.get(program, ()))


def test_every_command_of_the_readme_is_accounted_for():
    found = commands("README.md")
    assert {line for line in found if line.startswith("bin/")} == set(PROVEN)
    for name in PROVEN.values():
        assert callable(getattr(test_commands, name)), name
    rest = [line for line in found if not line.startswith(("bin/", ".venv/bin/flask "))]
    assert [line for line in rest if not is_known(line)] == []
    assert len(flask_commands("README.md")) > 5


def test_every_flask_command_of_the_readme_runs(app):
    runner = app.test_cli_runner()
    for line in flask_commands("README.md"):
        done = runner.invoke(args=shlex.split(line))
        said = (line, done.output, done.exception)
        # A doctor who finds something says so: here that nobody serves.
        assert done.exit_code == 0 or line == "doctor", said
        assert done.exception is None or isinstance(done.exception, SystemExit), said
        assert done.output.strip(), line


def test_every_command_of_the_way_to_deploy_is_known():
    names = {*PLACES}
    for line in commands("docs/deploy.md"):
        if line.startswith("python3 -c "):
            words = shlex.split(line.partition(" >>")[0])
            made = subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True, timeout=60, check=True)
            assert re.fullmatch(r"(\w+=[0-9a-f]{64}\n){3}", made.stdout)
        elif line.startswith("flask "):
            assert line.split()[1] in names, line
        elif not line.startswith("bin/"):
            assert is_known(line), line


def test_a_command_that_nobody_listed_is_seen():
    assert is_known("docker run -d x")
    assert not is_known("docker rm x")
    assert not is_known("curl https://example.org")


@pytest.mark.parametrize("name", ["README.md", "docs/deploy.md", "docs/development.md"])
def test_what_a_paper_points_to_is_there(name):
    text, folder = (HOME / name).read_text(), (HOME / name).parent
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (folder / target).exists(), target


def test_the_readme_names_real_settings_and_folders():
    text = (HOME / "README.md").read_text()
    table = text.partition("## Set it")[2].partition("## Keep it")[0]
    known = (HOME / "docs" / "settings.md").read_text()
    for name in re.findall(r"`([A-Z][A-Z_]+)`", table):
        assert f"| `{name}` |" in known, name
    for folder in re.findall(r"^\| `([a-z/]+/)`", text, re.MULTILINE):
        assert (HOME / folder).is_dir(), folder
