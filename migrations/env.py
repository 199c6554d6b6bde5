"""How Alembic reaches the database: by an engine of its own that may write, since the app's only reads; or inside a
transaction of somebody else, who commits it or takes it back."""

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, pool

import messenger.core.models  # noqa: F401 the tables must be known
from messenger.core.models.partial import say_whole
from messenger.extensions import Base

say_whole(Base.metadata)


def run(connection):
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        include_object=is_ours,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def is_ours(thing, name, kind, reflected, compare_to):
    """The search index is made by hand in its migration; no model describes it."""
    return not (kind == "table" and reflected and name.startswith("found_in"))


def run_online():
    within = current_app.extensions.get("migrated within")
    if within is not None:
        run(within)
        return
    engine = create_engine(current_app.extensions["settings"].database_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        run(connection)


if context.is_offline_mode():
    context.configure(
        url=current_app.extensions["settings"].database_url,
        target_metadata=Base.metadata,
        literal_binds=True,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()
else:
    run_online()
