"""Archives that are broken, unfinished or from elsewhere: refused, and nothing is changed."""

import json

from tests.cli.archives import refused, repacked, rows


def with_manifest(**changes):
    """Another manifest."""
    return lambda entries: (
        entries | {"manifest.json": json.dumps(json.loads(entries["manifest.json"]) | changes).encode()}
    )


def without(part):
    """Without the first entry of that beginning."""
    return lambda entries: {
        name: content for name, content in entries.items()
        if name != next(name for name in entries if name.startswith(part))
    }  # fmt: skip


def other_bytes(part):
    """One byte is another."""
    return lambda entries: {
        name: b"?" + content[1:] if name.startswith(part) else content for name, content in entries.items()
    }


UNFIT = {
    "a part is missing": (without("rows/messages"), "lacks rows/messages"),
    "a file is missing": (without("files/"), "lacks files/"),
    "a byte is another": (other_bytes("files/attachments"), "its hash differs"),
    "never finished": (without("manifest.json"), "was never finished"),
    "from the future": (with_manifest(schema="9999"), "made by a newer version"),
    "another form": (with_manifest(format=99), "whose form is unknown"),
    "no manifest at all": (lambda entries: entries | {"manifest.json": b"{"}, "cannot be read"),
    "more than it says": (lambda entries: {"files/x/y.txt": b"x"} | entries, "more than its manifest says"),
    "fewer rows than counted": (with_manifest(counts={"users": 99}), "99 were there"),
}


def test_what_does_not_fit_is_refused_and_nothing_is_changed(archive, there):
    before = rows(there.settings.database_url)
    for why, (change, words) in UNFIT.items():
        assert words in refused(there, "restore", repacked(archive, change)), why
        assert rows(there.settings.database_url) == before, why
    broken = archive.with_name("broken.tar.gz")
    broken.write_bytes(archive.read_bytes()[:-2000])
    assert "cannot be read to its end" in refused(there, "restore", str(broken))
    assert "There is no archive" in refused(there, "restore", "messenger-20260101-000000-000000.tar.gz")
    assert not list((there.settings.sqlite_path.parent).glob(".*restoring*"))
