"""Browser tests drive a Chromium or fail with what to type; they are never skipped."""

import os
import subprocess
import sys

import pytest

from tests.fixtures import chromium
from tests.fixtures.server import HOME


@pytest.mark.browser
def test_a_page_opens_in_a_real_browser(page, server):
    page.goto(server.url + "/version")
    assert "messenger" in page.content()


def test_without_any_chromium_a_browser_test_fails_with_the_line_to_type(tmp_path):
    (tmp_path / "test_page.py").write_text("def test_it(page):\n    pass\n")
    (tmp_path / "conftest.py").write_text("pytest_plugins = ['tests.fixtures.chromium']\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", tmp_path, tmp_path],
        cwd=tmp_path, env={"PATH": "/nowhere", "HOME": str(tmp_path), "PYTHONPATH": str(HOME)},
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert chromium.ADVICE in done.stdout
    assert "skipped" not in done.stdout


def test_a_named_chromium_comes_first(monkeypatch, tmp_path):
    mine = tmp_path / "mine"
    mine.write_text("#!/bin/sh\n")
    mine.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(mine))
    assert chromium.find() == str(mine)


def test_playwright_s_own_is_found_where_the_machine_has_none(monkeypatch, tmp_path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    assert chromium.find() is None
    for own in ("chromium-1200/chrome-linux/chrome", "chromium_headless_shell-1200/chrome-linux/headless_shell"):
        (tmp_path / own).parent.mkdir(parents=True)
        (tmp_path / own).write_text("")
        assert chromium.find() == str(tmp_path / own)
