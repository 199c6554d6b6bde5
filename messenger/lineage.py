"""Which shapes the database ever had, read from the migrations without running them, and which of them a file has.

So light that a server can look before it loads what knows the database.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

# How a migration says which it is and which stands before it.
NAMED = re.compile(r"""^(revision|down_revision) = ["'](\w+)["']$""", re.MULTILINE)


def known(home: Path) -> dict[str, str | None]:
    """Every migration of the version that lies there, and which stands before it."""
    files = home.glob("migrations/versions/*.py")
    named = (dict(NAMED.findall(file.read_text("utf-8"))) for file in files)
    return {names["revision"]: names.get("down_revision") for names in named}


def newest(home: Path) -> str | None:
    """The shape this version needs: the one that stands before no other."""
    lineage = known(home)
    return next((revision for revision in lineage if revision not in lineage.values()), None)


def of_file(path: Path) -> str | None:
    """The shape of a SQLite file; None when it has none, or cannot be asked by somebody who only reads."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as file:
            (found,) = file.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.Error, TypeError):
        return None
    return str(found)
