"""Indexes over some rows only. Both databases have them, each under a word of its own, and each word loads its dialect:
a server knows only its own database, so the words are said to who compares and makes tables.
"""

from sqlalchemy import Index, MetaData, text

ROWS = "rows"


def partial(name: str, *columns: str, rows: str) -> Index:
    """An index of those rows that fulfil this condition."""
    return Index(name, *columns, info={ROWS: rows})


def say_whole(metadata: MetaData) -> None:
    """Let every index say in both languages which rows it is of."""
    for table in metadata.tables.values():
        for index in table.indexes:
            if rows := index.info.get(ROWS):
                index.dialect_kwargs["sqlite_where"] = text(rows)
                index.dialect_kwargs["postgresql_where"] = text(rows)
