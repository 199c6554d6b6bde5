"""The index of words: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade():
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE found_in_messages USING fts5(text, tokenize = 'unicode61 remove_diacritics 2')")
        return
    op.execute(
        "CREATE TABLE found_in_messages ("
        "message_id bigint CONSTRAINT pk_found_in_messages PRIMARY KEY "
        "CONSTRAINT fk_found_in_messages_message_id_messages REFERENCES messages (id) ON DELETE CASCADE, "
        "words tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_found_in_messages_words ON found_in_messages USING gin (words)")


def downgrade():
    op.execute("DROP TABLE found_in_messages")
