"""The index of words: which messages it has, and how it catches up with those written since."""

from sqlalchemy import select, text

from messenger.core.models import Keepsake, Message
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

# Small bites: the messages that wait behind one shall not notice.
AT_ONCE = 300
# Several processes number messages before they commit them: one may appear behind the place the index has reached.
LOOK_BACK = 5_000
PLACE = "search_index"

ADD_SQLITE = """
    INSERT INTO found_in_messages (rowid, text) SELECT id, text FROM messages
    WHERE id > :past AND id <= :end AND deleted_at IS NULL AND kind = 'text'
    AND id NOT IN (SELECT rowid FROM found_in_messages WHERE rowid > :past AND rowid <= :end)
"""
ADD_POSTGRESQL = """
    INSERT INTO found_in_messages (message_id, words) SELECT id, to_tsvector('simple', text) FROM messages
    WHERE id > :past AND id <= :end AND deleted_at IS NULL AND kind = 'text' ON CONFLICT (message_id) DO NOTHING
"""


def catch_up_wholly() -> None:
    """Wait until everything written so far can be found."""
    is_behind = _is_behind()
    while is_behind:
        is_behind = catch_up()


@verb
def catch_up(tx: Tx) -> bool:
    """Take in the next messages; are there more?"""
    keepsake = tx.get(Keepsake, PLACE, with_for_update=True) or Keepsake(name=PLACE, value="0", kept_at=tx.now)
    reached = int(keepsake.value)
    ids = list(tx.scalars(select(Message.id).where(Message.id > reached).order_by(Message.id).limit(AT_ONCE)))
    if not ids:
        return False
    is_sqlite = tx.get_bind().dialect.name == "sqlite"
    past = reached if is_sqlite else max(0, reached - LOOK_BACK)
    tx.execute(text(ADD_SQLITE if is_sqlite else ADD_POSTGRESQL), {"past": past, "end": ids[-1]})
    keepsake.value, keepsake.kept_at = str(ids[-1]), tx.now
    tx.add(keepsake)
    return len(ids) == AT_ONCE


def forget(tx: Tx, message_id: int) -> None:
    """These words are no longer found."""
    column = "rowid" if tx.get_bind().dialect.name == "sqlite" else "message_id"
    tx.execute(text(f"DELETE FROM found_in_messages WHERE {column} = :id"), {"id": message_id})  # noqa: S608 one of two words


def replace(tx: Tx, message_id: int) -> None:
    """The message says something else; before the index has come so far, it will find that by itself."""
    forget(tx, message_id)
    keepsake = tx.get(Keepsake, PLACE)
    if keepsake is not None and message_id <= int(keepsake.value):
        is_sqlite = tx.get_bind().dialect.name == "sqlite"
        tx.execute(text(ADD_SQLITE if is_sqlite else ADD_POSTGRESQL), {"past": message_id - 1, "end": message_id})


def _is_behind() -> bool:
    reached = db.session.scalar(select(Keepsake.value).where(Keepsake.name == PLACE)) or "0"
    last = db.session.scalar(select(Message.id).order_by(Message.id.desc()).limit(1)) or 0
    return last > int(reached)
