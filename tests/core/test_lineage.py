"""Which shapes of the database this version knows."""

from pathlib import Path

from alembic.script import ScriptDirectory

from messenger import schema


def test_the_migrations_are_known_without_loading_their_library(app):
    scripts = ScriptDirectory(str(Path(app.root_path) / "migrations"))
    assert schema.newest(app) == scripts.get_current_head()
    lineage = {script.revision: script.down_revision for script in scripts.walk_revisions()}
    assert schema._lineage(app) == lineage
    for revision in (*lineage, None):
        assert schema.is_known(app, revision)
    assert not schema.is_known(app, "9999")
