"""`python -m messenger.settings docs` writes the papers; `check` only says what does not fit (exit code 78)."""

import os
import sys

from messenger.settings import SettingsWrong, load, paper
from messenger.settings.whole import HOME


def main(wish: str) -> None:
    """Does the one thing asked for."""
    if wish == "docs":
        (HOME / "docs" / "settings.md").write_text(paper.page(), encoding="utf-8")
        (HOME / ".env.example").write_text(paper.example(), encoding="utf-8")
        return
    try:
        load()
    except SettingsWrong as wrong:
        sys.stderr.write(f"{wrong}\n")
        sys.exit(os.EX_CONFIG)


if __name__ == "__main__":
    main(*sys.argv[1:2] or ["check"])
