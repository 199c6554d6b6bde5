"""Whether two databases say the same: the rows of each table, counted and hashed in whatever order they come."""

from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, func, select

AT_ONCE = 1_000
WIDTH = 2**64


class Sum(msgspec.Struct, frozen=True):
    """So many rows, and the sum of their hashes."""

    rows: int
    hash: int

    def __str__(self) -> str:
        return f"{self.rows} rows, {self.hash:016x}"


def summed(connection: Connection, table: Table) -> Sum:
    """The sum over all rows. The same values sum up alike on both databases."""
    encoder = msgspec.json.Encoder(order="deterministic")
    count = total = 0
    for row in connection.execute(select(table).execution_options(yield_per=AT_ONCE)):
        count += 1
        total += int.from_bytes(blake2b(encoder.encode(list(row)), digest_size=8).digest())
    return Sum(count, total % WIDTH)


def counted(connection: Connection, table: Table) -> int:
    """How many rows there are."""
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def moment(connection: Connection, tables: dict[str, Table]) -> list[Any]:
    """What changes with whatever anybody does: unlike at two moments, somebody has written between them."""
    chats, members, sessions, users = (tables[name].c for name in ("chats", "members", "sessions", "users"))
    come = func.sum(members.read_position + members.delivered_position)
    looks = (
        select(func.count(), func.sum(chats.revision), func.max(chats.active_at)),
        select(func.count(), come, func.max(members.changed_at)),
        select(func.count(), func.max(sessions.id), func.max(sessions.ended_at)),
        select(func.count(users.id), func.max(users.updated_at)),
    )
    return [int(value or 0) for look in looks for value in connection.execute(look).one()]
