"""Every scene of `flask bench`, small: it ends, and all of its figures are figures."""

import pytest
from click.testing import CliRunner

from messenger.cli import bench
from messenger.cli.bench import scenes, writing

SMALL = {
    "writer": lambda seconds: writing.writer(seconds),
    "dialog": lambda seconds: scenes.dialog(seconds, people=4),
    "fan-out": lambda seconds: scenes.fan_out(seconds, people=12),
    "idle": lambda seconds: scenes.idle(seconds, sockets=40),
    "catch-up": lambda seconds: scenes.catch_up(seconds, people=12),
    "history": lambda seconds: scenes.history(seconds, messages=60),
    "pages": scenes.pages,
}


@pytest.mark.parametrize("name", SMALL)
def test_a_scene_gives_its_figures(app, name):
    with app.app_context():
        rows = list(bench._measured(SMALL[name], 0.2))
    assert rows
    for row in rows:
        assert row.figures
        wrong = {name: figure for name, figure in row.figures.items() if not _is_figure(name, figure)}
        assert not wrong, (row.name, wrong)


def test_a_scene_that_fails_takes_nothing_from_the_others(app, monkeypatch):
    def broken(seconds):
        raise ConnectionError("the server closed a connection")

    monkeypatch.setitem(bench.SCENES, "idle", broken)
    monkeypatch.setitem(bench.SCENES, "pages", lambda seconds: iter([scenes.Row("page", {"p50 ms": 1.5})]))
    with app.app_context():
        done = CliRunner().invoke(bench.bench, ["idle", "pages"])
    assert done.exit_code == 1
    assert "1.5" in done.output
    assert "idle: the server closed a connection" in done.output


def _is_figure(name, figure):
    """Memory may go down between two looks, and processor time is counted in hundredths."""
    return isinstance(figure, (int, float)) and (figure > 0 or name in ("KiB/socket", "memory MiB") or "CPU" in name)
