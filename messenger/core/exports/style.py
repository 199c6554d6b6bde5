"""The look of an export: the server's own colours and letters, and a sheet of its own, in one file beside the pages."""

from messenger.settings.whole import HOME

SHEETS = ("layers", "reset", "tokens", "scale", "base", "avatar", "message", "message-text", "quote", "reaction",
          "attachment")  # fmt: skip


def sheet() -> bytes:
    """The whole of it, in the order in which the server's own pages have it."""
    folder = HOME / "static"
    paths = [*(folder / "css" / f"{name}.css" for name in SHEETS), folder / "export" / "export.css"]
    return b"\n".join(path.read_bytes() for path in paths)
