"""flask import: what is laid out for who takes it in."""

import os
import shutil
import stat
import zipfile

import pytest

from messenger.cli.imports import box
from tests.cli.arrivals import SAMPLES, typed


def zipped(path, *entries):
    """A zip of these (name, content, mode)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content, mode in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr, entry.compress_type = mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return path


@pytest.mark.security
def test_traps_are_refused(shared, tmp_path):
    plain = stat.S_IFREG | 0o600
    for number, (name, content, mode, says) in enumerate(
        [
            ("../evil.json", "x", plain, "leads out of the export"),
            ("/etc/evil", "x", plain, "leads out of the export"),
            ("a/../../evil", "x", plain, "leads out of the export"),
            ("C:\\evil", "x", plain, "leads out of the export"),
            ("link", "/etc/passwd", stat.S_IFLNK | 0o777, "is a link"),
            ("bomb.json", b"\0" * 40_000_000, plain, "would unpack to"),
            ("nothing.txt", "known to nobody", plain, "does not look like an export of any that is known"),
        ]
    ):
        path = zipped(tmp_path / f"{number}.zip", (name, content, mode))
        refused = typed(shared, "import", path, "--yes", code=1)
        assert says in refused, name
        assert "Nothing was brought in." in refused
    assert "There is no" in typed(shared, "import", tmp_path / "missing", code=1)
    (tmp_path / "cut.zip").write_bytes((tmp_path / "6.zip").read_bytes()[:-10] + b"0" * 10)
    typed(shared, "import", tmp_path / "cut.zip", code=1)


@pytest.mark.security
def test_links_in_a_folder_and_paths_in_the_lines_lead_nowhere(shared, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("not yours")
    folder = tmp_path / "telegram"
    shutil.copytree(SAMPLES / "telegram", folder)
    (folder / "photos" / "photo_1@02-01-2024.jpg").unlink()
    os.symlink(secret, folder / "photos" / "photo_1@02-01-2024.jpg")
    look = typed(shared, "import", folder)
    assert (look["files"], look["missing_files"]) == (0, 2)
    for path in ("../secret.txt", str(secret)):
        text = (SAMPLES / "telegram" / "result.json").read_text()
        (folder / "result.json").write_text(text.replace("photos/photo_1@02-01-2024.jpg", path))
        assert "leads out of the export" in typed(shared, "import", folder, code=1)
    os.symlink(tmp_path, folder / "all")
    assert not any(name.startswith("all") for name in box.opened(folder).names)
