"""Secrets a local server makes at its first start and keeps in its instance folder, readable by its owner only."""

import os
import secrets
from pathlib import Path


def kept(folder: Path, name: str) -> str:
    """The secret of this name: made once, the same ever after, also when two processes ask at the same moment."""
    path = folder / name
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make(path)
    return path.read_text(encoding="ascii").strip()


def _make(path: Path) -> None:
    """Writes a fresh secret beside the path and links it there: nobody ever reads half of one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its secret is the one that counts
    finally:
        draft.unlink()
