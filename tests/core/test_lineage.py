"""Which shapes of the database this version knows."""

from pathlib import Path

from alembic.script import ScriptDirectory

from messenger import lineage, schema


def test_the_migrations_are_known_without_loading_their_library(app):
    scripts = ScriptDirectory(str(Path(app.root_path) / "migrations"))
    assert schema.newest(app) == scripts.get_current_head()
    written = {script.revision: script.down_revision for script in scripts.walk_revisions()}
    assert lineage.known(Path(app.root_path)) == written
    for revision in (*written, None):
        assert schema.is_known(app, revision)
    assert not schema.is_known(app, "9999")


def test_a_file_says_which_shape_it_has_without_what_knows_the_database(app, tmp_path):
    path = app.extensions["settings"].sqlite_path
    assert lineage.of_file(path) == schema.newest(app)
    (tmp_path / "something else").write_bytes(b"no database")
    for other in ("something else", "nowhere"):
        assert lineage.of_file(tmp_path / other) is None
    assert not (tmp_path / "nowhere").exists()
