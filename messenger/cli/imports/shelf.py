"""Messages that do not stand together in their source, put in order by chat and moment without being held in memory."""

import sqlite3
import tempfile
from collections.abc import Iterator

import msgspec

from messenger.cli.imports.foreign import Message

MAKE = "CREATE TABLE said (chat TEXT, at INTEGER, number INTEGER PRIMARY KEY, body BLOB)"
ADD = "INSERT INTO said (chat, at, body) VALUES (?, ?, ?)"
ORDER = "CREATE INDEX by_chat ON said (chat, at, number)"


class Shelf:
    """A file of its own that is gone when nobody needs it any more."""

    def __init__(self) -> None:
        self.file = tempfile.NamedTemporaryFile(prefix="messenger-import-")  # noqa: SIM115 it lives as long as the shelf
        self.database = sqlite3.connect(self.file.name, isolation_level=None)
        self.database.execute("PRAGMA journal_mode=OFF")
        self.database.execute("PRAGMA synchronous=OFF")
        self.database.execute(MAKE)
        self.database.execute("BEGIN")

    def put(self, chat_id: str, message: Message) -> None:
        """Keep one."""
        packed = msgspec.msgpack.encode(message)
        self.database.execute(
            "INSERT INTO said (chat, at, body) VALUES (?, ?, ?)", (chat_id, message.created_at, packed)
        )

    def close(self) -> None:
        """Nothing more will come."""
        self.database.execute(ORDER)
        self.database.execute("COMMIT")

    def of(self, chat_id: str) -> Iterator[Message]:
        """Those of one chat, in order; of the same moment in the order in which they came."""
        rows = self.database.execute("SELECT body FROM said WHERE chat = ? ORDER BY at, number", (chat_id,))
        for (packed,) in rows:
            yield msgspec.msgpack.decode(packed, type=Message)
