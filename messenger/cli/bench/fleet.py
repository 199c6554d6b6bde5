"""One worker against two, on PostgreSQL: what the second one adds."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from messenger.cli.bench import stage
from messenger.cli.bench.line import closing
from messenger.cli.bench.scenes import Row, measured, pairs, said
from messenger.cli.bench.talk import Talk
from messenger.extensions import settings

NEEDED = "one worker and two: needs PostgreSQL in DATABASE_URL"


def workers(seconds: float, people: int = 100) -> Iterator[Row]:
    """Pairs of people talk; with two workers, half of the pairs sit at different ones. News goes over PostgreSQL."""
    if settings.is_sqlite:
        yield Row(NEEDED, {})
        return
    before = 0.0
    for count in (1, 2):
        with (
            _database() as url,
            stage.messenger(people, database=url, workers=count) as ours,
            closing(pairs(ours)) as lines,
        ):
            talk = Talk(lines, lines, said)
            talk.run(1.0, window=1)
            figures = measured(ours, partial(talk.run, seconds, window=8))
        if before:
            figures["ratio"] = round(float(figures["messages/s"]) / before, 2)
        before = before or float(figures["messages/s"])
        yield Row(f"{count} worker{'s' if count > 1 else ''} on PostgreSQL", figures)


@contextmanager
def _database() -> Iterator[str]:
    """An empty database beside the server's own, gone afterwards."""
    ours, name = make_url(settings.database_url), f"bench_{secrets.token_hex(4)}"
    engine = create_engine(ours, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            yield ours.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
