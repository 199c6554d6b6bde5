"""The image, made without Docker: its instructions are carried out in a folder, and what is in it then serves."""

import contextlib
import fnmatch
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.cast import Person
from tests.fixtures.server import HOME

IGNORED = [line for line in (HOME / ".dockerignore").read_text().splitlines() if line.startswith("**/")]
# The user is whoever runs the test: making another one needs root.
MAKE_USER = re.compile(r"useradd [^&]*&& ")
OWNED = re.compile(r" -[og] messenger\b")


class Image:
    """What stands at / in the image stands in this folder. A stage begins empty; the one before lies beside it."""

    def __init__(self, root):
        self.root, self.before = root, root.with_name("before")
        self.workdir = root
        self.environment = {"PATH": f"{sys.base_prefix}/bin:/usr/bin:/bin", "HOME": str(root)}
        self.command = self.check = None

    def build(self, text):
        for line in re.sub(r"\\\n\s*", "", text).splitlines():
            word, _, rest = line.partition(" ")
            if word and not word.startswith("#"):
                getattr(self, f"on_{word.lower()}", lambda rest: None)(rest)
        return self

    def inside(self, words):
        """The same words with every absolute path led into the folder."""
        return re.sub(r"(?<![\w./])/(?=\w)", f"{self.root}/", words)

    def on_from(self, rest):
        if self.root.exists():
            self.root.rename(self.before)
        (self.root / "tmp").mkdir(parents=True)
        self.workdir = self.root

    def on_workdir(self, rest):
        self.workdir = Path(self.inside(rest))
        self.workdir.mkdir()

    def on_copy(self, rest):
        source, *words = rest.split()
        if source.startswith("--from="):
            shutil.move(self.before / words[0].lstrip("/"), self.inside(words[1]))
            return
        *names, target = source, *words
        place = self.workdir / self.inside(target)
        for name in names:
            if (HOME / name).is_dir():
                unwanted = [pattern.rpartition("/")[2] for pattern in IGNORED]
                shutil.copytree(HOME / name, place, ignore=shutil.ignore_patterns(*unwanted))
            else:
                shutil.copy(HOME / name, place / name)

    def on_run(self, rest):
        line = self.inside(OWNED.sub("", MAKE_USER.sub("", rest)))
        done = subprocess.run(["sh", "-c", line], cwd=self.workdir, env=self.environment | certificates(),
                              capture_output=True, text=True, timeout=600)  # fmt: skip
        assert done.returncode == 0, done.stderr

    def on_env(self, rest):
        for pair in shlex.split(rest):
            name, _, value = pair.partition("=")
            self.environment[name] = self.inside(value.replace("$PATH", self.environment["PATH"]))

    def on_cmd(self, rest):
        self.command = json.loads(rest)

    def on_healthcheck(self, rest):
        self.check = json.loads(rest.partition("CMD ")[2])

    def files(self):
        """Everything under /app with its size."""
        app = self.root / "app"
        return {path.relative_to(app): path.stat().st_size for path in app.rglob("*") if path.is_file()}


def certificates():
    """How this machine reaches a package index."""
    return {name: value for name, value in os.environ.items() if fnmatch.fnmatch(name, "PIP_*") or "CERT" in name}


@contextlib.contextmanager
def container(image):
    """Its command, until the block ends: the process and what it says."""
    log = image.root.with_name("log.txt")
    with log.open("w") as said:
        process = subprocess.Popen(image.command, cwd=image.workdir, env=image.environment, stdout=said, stderr=said,
                                   start_new_session=True, executable=shutil.which(image.command[0],
                                   path=image.environment["PATH"]))  # fmt: skip
    try:
        yield process, log
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_what_the_dockerfile_makes_serves_is_healthy_writes_only_to_its_volume_and_leaves(tmp_path):
    image = Image(tmp_path / "image").build((HOME / "Dockerfile").read_text())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    image.environment |= {"PORT": port, "REGISTRATIONS_PER_HOUR": "1000"}
    url, before = f"http://127.0.0.1:{port}", image.files()
    with container(image) as (process, log):
        end = time.monotonic() + 60
        while time.monotonic() < end and process.poll() is None:
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(f"{url}/readyz", timeout=5).status == 200:
                    break
            time.sleep(0.1)
        else:
            raise AssertionError(log.read_text())
        python = shutil.which(image.check[0], path=image.environment["PATH"])
        assert subprocess.run([python, *image.check[1:]], env=image.environment, timeout=30).returncode == 0
        ann, bob = Person(url, "ann"), Person(url, "bob")
        with bob.socket(f"/dialog/{ann.login}/ws") as line:
            assert ann.post(f"/dialog/{bob.login}", {"text": "from a container"}).status == 201
            heard = line.hear_until(lambda frame: frame["type"] == "new_message")
            assert heard["payload"]["text"] == "from a container"
        flask = [f"{image.root}/packages/bin/flask", "stats", "--json"]
        counted = subprocess.run(flask, cwd=image.workdir, env=image.environment, capture_output=True, timeout=60)
        assert json.loads(counted.stdout)["sizes"]["messages"] == 1
        process.terminate()
        assert process.wait(30) == 0
    assert image.files() == before
    assert (image.root / "data" / "messenger.db").exists()
    assert (image.root / "data").stat().st_mode & 0o777 == 0o700
