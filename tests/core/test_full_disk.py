"""A full disk refuses and heals by itself (G6)."""

import contextlib
import json
import sqlite3

import pytest

from tests.fixtures.disks import can_mount, small_disk


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_full_disk_refuses_and_heals_by_itself(stage):
    """G6, by the one limit that needs no rights: no file of the process may grow beyond so much."""
    stage.world.writer.stop()
    stage.world.look()
    heals(stage, stage.hand("disk", disk=True, grow=300_000), "file size limit")


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("where", ["/dev/shm"] if not can_mount() else ["tmpfs"])
def test_a_full_disk_of_its_own_refuses_and_heals_by_itself(stage, where, tmp_path):
    """G6, on a small file system of its own where one can be had; else by a smaller limit once more."""
    if where != "tmpfs":
        heals(stage, stage.hand("disk", disk=True, grow=50_000), "smaller file size limit")
        return
    stage.world.writer.stop()
    stage.world.look()
    with small_disk(tmp_path / "disk", 4) as folder:
        ballast = folder / "ballast"
        path = folder / "messenger.db"
        with contextlib.closing(sqlite3.connect(stage.path)) as old, contextlib.closing(sqlite3.connect(path)) as new:
            old.backup(new)
        ballast.write_bytes(b"\0" * 1_000_000)
        stage.url = f"sqlite:///{path}"
        heals(stage, stage.hand("disk", disk=True, ballast=str(ballast)), "4 MB tmpfs")


def heals(stage, hand, how):
    said, complaints = hand.communicate(timeout=60)
    assert hand.returncode == 0, complaints.decode()[:6_000]
    said = json.loads(said)
    assert said["before"] > 0
    assert set(said["refused"]) == {507}
    assert said["readable"] == min(50, said["before"] + 1)
    assert said["after"] == 20
    rows = stage.rows()
    assert [row[1] for row in rows] == list(range(1, len(rows) + 1))
    assert len(rows) == 1 + said["before"] + 20
    assert all(len(row[3]) >= 7_000 for row in rows[1 : 1 + said["before"]])
    assert stage.ask("PRAGMA integrity_check") == [("ok",)]
    print(f"G6 ({how}): {said['before']} stored, {len(said['refused'])} refused with 507, reads went on, "
          "20 of 20 stored when there was room again, without a restart; G7: ok")  # fmt: skip
