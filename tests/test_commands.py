"""bin/run, bin/test and .ci/run, as somebody types them, in a copy of the tree."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.fixtures.server import HOME, environment_of

COPIED = (
    "app.py",
    "gunicorn.conf.py",
    "messenger",
    "migrations",
    "templates",
    "static",
    "bin",
    ".ci",
    "pyproject.toml",
)


@pytest.fixture
def copy(tmp_path):
    """The tree without tests, nothing made in it yet."""
    home = tmp_path / "house"
    home.mkdir()
    for name in COPIED:
        source = HOME / name
        if source.is_dir():
            shutil.copytree(source, home / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, home / name)
    return home


@pytest.fixture
def bare(tmp_path):
    """The commands alone, with no requirements: what makes .venv can be tried without any package."""
    home = tmp_path / "bare"
    home.mkdir()
    shutil.copytree(HOME / "bin", home / "bin")
    (home / "requirements.txt").write_text("")
    (home / "gunicorn.py").write_text("import sys\nprint('serving', sys.prefix, sys.argv[1:])\n")
    return home


def typed(home, *words, **environment):
    """The environment and arguments of somebody in that folder who keeps an environment already."""
    clean = {name: value for name, value in environment_of(home / "instance").items() if name != "LOG_FORMAT"}
    return {"args": words, "cwd": home, "env": clean | {"VENV": sys.prefix, "HOME": str(home)} | environment}


def run(home, *words, **environment):
    """The finished process."""
    return subprocess.run(
        **typed(home, *words, **environment), capture_output=True, text=True, timeout=100, check=False
    )


@contextlib.contextmanager
def running(home, *words, **environment):
    """(process, file it writes to) of a command that goes on until the block ends."""
    said = home / "said.txt"
    with said.open("w") as file:
        process = subprocess.Popen(
            **typed(home, *words, **environment), stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield process, said
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def address(process, said, patience=60):
    """What it says to open, once it answers there; the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < patience and process.poll() is None:
        found = re.search(r" is at (http://\S+)", said.read_text())
        with contextlib.suppress(OSError):
            if found and urllib.request.urlopen(found[1] + "/healthz", timeout=5).status == 200:
                return found[1], time.monotonic() - began
        time.sleep(0.02)
    raise AssertionError(said.read_text())


def test_run_serves_and_says_where_and_who_becomes_administrator(copy, record_property):
    for start in ("first", "second"):
        with running(copy, "bin/run") as (process, said):
            _, seconds = address(process, said)
            assert re.search(r"To become its administrator open http://\S+/\?admin=[\w-]{24}\n", said.read_text())
            process.terminate()
            assert process.wait(15) == 0
        record_property(f"{start} start, seconds", round(seconds, 2))
        print(f"{start} start to a served /healthz: {seconds:.2f} s")
    made = {path.name for path in (copy / "instance").iterdir()}
    assert {"secret_key", "messenger.db"} <= made
    assert oct((copy / "instance" / "secret_key").stat().st_mode)[-3:] == "600"


def test_run_keeps_its_secret_and_its_database(copy):
    kept = []
    for _ in range(2):
        with running(copy, "bin/run") as (process, said):
            address(process, said)
        kept.append((copy / "instance" / "secret_key").read_text())
    assert kept[0] == kept[1]


def test_run_takes_port_and_gunicorn_s_arguments(copy):
    port = free_port()
    with running(copy, "bin/run", "--port", str(port), "--name", "a chat") as (process, said):
        assert address(process, said)[0] == f"http://127.0.0.1:{port}"
    port = free_port()
    with running(copy, "bin/run", "--bind", f"127.0.0.1:{port}", PORT="1") as (process, said):
        assert address(process, said)[0] == f"http://127.0.0.1:{port}"


def test_run_reads_the_file_beside_the_app(copy):
    port = free_port()
    (copy / ".env").write_text(
        f'JWT_EXP=60 // jwt expiration time in minutes\nHTTP_HOST=":{port}" // http serving port\n'
    )
    environment = typed(copy)["env"]
    with running(copy, "bin/run", ENV_FILE=".env", PORT="") as (process, said):
        assert address(process, said)[0] == f"http://127.0.0.1:{port}"
    assert environment["PORT"] == "0", "the test's own port is what the file replaced"


def test_run_can_be_typed_from_anywhere(copy, tmp_path):
    given = typed(copy, str(copy / "bin" / "run"), "--port", "wrong") | {"cwd": tmp_path}
    done = subprocess.run(**given, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == os.EX_CONFIG
    assert done.stderr == "The settings do not fit:\n  - PORT: must be a whole number.\n"


def test_a_port_in_use_is_one_clear_line(copy):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run(copy, "bin/run", PORT=str(port))
    assert done.returncode == os.EX_UNAVAILABLE
    assert done.stderr == (
        f"127.0.0.1:{port} is in use by another program. Choose another: bin/run --port 8001\n"
    )  # fmt: skip


def test_an_instance_folder_that_cannot_be_used_is_one_clear_line(copy):
    (copy / "instance").write_text("")
    done = run(copy, "bin/run")
    assert done.returncode == os.EX_CONFIG
    assert len(done.stderr.splitlines()) == 2
    assert "INSTANCE_DIR" in done.stderr


def test_no_python_is_one_clear_line(bare):
    done = run(bare, "bin/run", VENV="", PYTHON="no-such-python")
    assert (done.returncode, done.stderr.count("\n")) == (69, 1)
    assert done.stderr.startswith("Python 3.11 or newer is needed")


def test_an_old_python_is_not_taken(bare, tmp_path):
    script(tmp_path / "old", f'case "$*" in *version_info*) exit 1;; esac\nexec "{sys.executable}" "$@"\n')
    done = run(bare, "bin/run", VENV="", PYTHON=str(tmp_path / "old"))
    assert done.returncode == 69
    assert done.stderr.startswith("Python 3.11 or newer is needed")


def test_a_python_without_venv_is_one_clear_line_and_leaves_nothing(bare, tmp_path):
    script(
        tmp_path / "half",
        f'case "$*" in *venv*) mkdir .venv; echo no ensurepip; exit 1;; esac\nexec "{sys.executable}" "$@"\n',
    )
    done = run(bare, "bin/run", VENV="", PYTHON=str(tmp_path / "half"))
    assert done.returncode == 69
    assert "sudo apt-get install python3-venv" in done.stderr.splitlines()[-1]
    assert not (bare / ".venv").exists()


def test_run_makes_its_environment_once_and_installs_when_requirements_change(bare):
    first = run(bare, "bin/run", "a", "b c", VENV="", PYTHON=sys.executable)
    assert first.returncode == 0, first.stderr
    assert f"serving {bare}/.venv ['a', 'b c']" in first.stdout
    assert "Making .venv" in first.stderr
    assert "Installing" in first.stderr
    second = run(bare, "bin/run", VENV="")
    assert (second.returncode, second.stderr) == (0, "")
    (bare / "requirements.txt").write_text("no-such-package-anywhere==1\n")
    third = run(bare, "bin/run", VENV="", PIP_NO_INDEX="1")
    assert third.returncode == 69
    assert third.stderr.splitlines()[-1].startswith("The packages could not be installed")
    assert "serving" not in third.stdout
    (bare / "requirements.txt").write_text("")
    assert run(bare, "bin/run", VENV="").returncode == 0


def test_a_broken_environment_is_made_anew(bare):
    (bare / ".venv" / "bin").mkdir(parents=True)
    (bare / ".venv" / "bin" / "python").symlink_to("/no/such/python")
    done = run(bare, "bin/run", VENV="", PYTHON=sys.executable)
    assert done.returncode == 0, done.stderr
    assert "Making .venv" in done.stderr


@pytest.mark.parametrize(
    ("body", "code", "closing"),
    [
        ("def test_it():\n    pass\n", 0, "1 passed"),
        ("def test_it():\n    assert 0\n", 1, "1 failed"),
        ("import os, sys\n\n\ndef test_it():\n    pass\n", 1, "1 passed"),
    ],
    ids=["sound", "failing test", "failing lint"],
)
def test_test_ends_with_one_summary_and_its_exit_code(copy, body, code, closing):
    with_tests(copy, body)
    done = run(copy, "bin/test", "tests/test_it.py", "-k", "it", TEST_PROCESSES="1")
    last = done.stdout.splitlines()[-1]
    assert done.returncode == code, done.stdout + done.stderr
    assert re.search(rf"^{closing} in ", last), done.stdout
    if "import os" in body:
        assert "Failed before the tests, see above: ruff check" in done.stdout
        assert "F401" in done.stdout


def test_ci_proves_the_migrations_and_calls_test(copy):
    with_tests(copy, "def test_it():\n    pass\n")
    done = run(copy, ".ci/run", "tests/test_it.py", TEST_PROCESSES="1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No new upgrade operations detected" in done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_ci_names_who_passes_only_when_run_again(copy):
    """And a fault stays a fault."""
    once = "import pathlib\n\n\ndef test_it(pytestconfig):\n    mark = pathlib.Path(pytestconfig.rootpath, 'mark')\n"
    with_tests(copy, once + "    was = mark.exists()\n    mark.touch()\n    assert was\n")
    done = run(copy, ".ci/run", "tests/test_it.py", TEST_PROCESSES="1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "UNSTEADY" in done.stderr
    assert done.stderr.splitlines()[-1] == "tests/test_it.py::test_it"
    (copy / "tests" / "test_it.py").write_text("def test_it():\n    assert 0\n")
    done = run(copy, ".ci/run", "tests/test_it.py", TEST_PROCESSES="1")
    assert done.returncode == 1
    assert "UNSTEADY" not in done.stderr


def test_ci_sees_a_model_without_a_migration(copy):
    models = copy / "messenger" / "core" / "models" / "server.py"
    models.write_text(
        models.read_text() + '\n\nclass Forgotten(Base):\n    __tablename__ = "forgotten"\n\n    id: Mapped[Key]\n'
    )
    with_tests(copy, "def test_it():\n    pass\n")
    done = run(copy, ".ci/run", "tests/test_it.py", TEST_PROCESSES="1")
    assert done.returncode != 0
    assert "forgotten" in done.stdout + done.stderr


def test_the_commands_are_plain_sh():
    for name in ("bin/run", "bin/test", ".ci/run"):
        path = HOME / name
        assert path.read_text().startswith("#!/bin/sh\n")
        assert os.access(path, os.X_OK)
        assert subprocess.run(["sh", "-n", path], check=False, timeout=10).returncode == 0


def test_every_requirement_is_exact():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [line for line in (HOME / name).read_text().splitlines() if line and line[0] not in "#-"]
        assert lines
        for line in lines:
            assert re.fullmatch(r"[\w.-]+(\[[\w,]+\])?==[\w.]+( ; .+)?", line), line


def with_tests(copy, body):
    """A tests folder with one test and what bin/test needs of ours. mypy and djlint have a small house to look at."""
    fixtures = copy / "tests" / "fixtures"
    fixtures.mkdir(parents=True)
    for name in ("chromium.py", "closing.py"):
        shutil.copy(HOME / "tests" / "fixtures" / name, fixtures)
    (copy / "tests" / "conftest.py").write_text('"""Small."""\n\npytest_plugins = ["tests.fixtures.closing"]\n')
    (copy / "tests" / "test_it.py").write_text('"""One test."""\n\n' + body)
    settings = (copy / "pyproject.toml").read_text()
    small = settings.replace('files = ["messenger"]', 'files = ["app.py"]\nfollow_imports = "skip"')
    small = small.replace("extend-exclude = [", 'extend-exclude = ["messenger", "migrations", ')
    (copy / "pyproject.toml").write_text(small)
    shutil.rmtree(copy / "templates")
    (copy / "templates").mkdir()
    (copy / "templates" / "home.html").write_text("<p>Here.</p>\n")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", "."], cwd=copy, check=True, timeout=60)


def script(path, body):
    path.write_text("#!/bin/sh\n" + body)
    path.chmod(0o755)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
