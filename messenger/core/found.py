"""The index of words: which messages it has, and how it catches up with those written since."""

from time import sleep

from sqlalchemy import select, text

from messenger.core.models import Keepsake, Message
from messenger.core.rows import is_sqlite
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

# Small bites: the messages that wait behind one shall not notice.
AT_ONCE = 150
# Several processes number messages before they commit them: one may appear behind the place the index has reached.
LOOK_BACK = 5_000
PLACE = "search_index"
PAUSE = 0.01
REACHED = select(Keepsake.value).where(Keepsake.name == PLACE)

# One row each: on SQLite every further one would give the interpreter's lock away, and wait to get it back.
HOLD = text(
    "INSERT INTO keepsakes (name, value, kept_at) VALUES (:name, '0', :now)"
    " ON CONFLICT (name) DO UPDATE SET kept_at = excluded.kept_at RETURNING value"
)
BITE = text("SELECT COUNT(*), MAX(id) FROM (SELECT id FROM messages WHERE id > :past ORDER BY id LIMIT :most) AS bite")
REACH = text("UPDATE keepsakes SET value = :value WHERE name = :name")
ADD_SQLITE = text("""
    INSERT INTO found_in_messages (rowid, text) SELECT id, text FROM messages
    WHERE id > :past AND id <= :end AND deleted_at IS NULL AND kind = 'text'
    AND id NOT IN (SELECT rowid FROM found_in_messages WHERE rowid > :past AND rowid <= :end)
""")
# A few pages with each bite: left to itself SQLite tidies up thousands of them in one commit.
TIDY_SQLITE = text("INSERT INTO found_in_messages (found_in_messages, rank) VALUES ('merge', 8)")
ADD_POSTGRESQL = text("""
    INSERT INTO found_in_messages (message_id, words) SELECT id, to_tsvector('simple', text) FROM messages
    WHERE id > :past AND id <= :end AND deleted_at IS NULL AND kind = 'text' ON CONFLICT (message_id) DO NOTHING
""")


def catch_up_wholly(pause: float = 0) -> None:
    """Wait until everything written so far can be found. Who is in no hurry pauses after each bite."""
    is_behind = _is_behind()
    while is_behind:
        is_behind = catch_up()
        sleep(pause)


def follow() -> None:
    """The same at leisure: between two bites others have the writer for themselves."""
    catch_up_wholly(PAUSE)


@verb
def catch_up(tx: Tx) -> bool:
    """Take in the next messages; are there more?"""
    reached = int(tx.execute(HOLD, {"name": PLACE, "now": tx.now}).scalar_one())
    count, end = tx.execute(BITE, {"past": reached, "most": AT_ONCE}).one()
    if not count:
        return False
    if is_sqlite(tx):
        tx.execute(ADD_SQLITE, {"past": reached, "end": end})
        tx.execute(TIDY_SQLITE)
    else:
        tx.execute(ADD_POSTGRESQL, {"past": max(0, reached - LOOK_BACK), "end": end})
    tx.execute(REACH, {"name": PLACE, "value": str(end)})
    return bool(count == AT_ONCE)


def forget(tx: Tx, message_id: int) -> None:
    """These words are no longer found."""
    column = "rowid" if is_sqlite(tx) else "message_id"
    tx.execute(text(f"DELETE FROM found_in_messages WHERE {column} = :id"), {"id": message_id})  # noqa: S608 one of two words


def replace(tx: Tx, message_id: int) -> None:
    """The message says something else; before the index has come so far, it will find that by itself."""
    forget(tx, message_id)
    if message_id <= int(tx.scalar(REACHED) or 0):
        tx.execute(ADD_SQLITE if is_sqlite(tx) else ADD_POSTGRESQL, {"past": message_id - 1, "end": message_id})


def _is_behind() -> bool:
    reached = db.session.scalar(REACHED) or 0
    last = db.session.scalar(select(Message.id).order_by(Message.id.desc()).limit(1)) or 0
    return last > int(reached)
