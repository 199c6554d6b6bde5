"""The index of words is tidied up little by little, and not all at once in the middle of a conversation."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    _tidy(automerge=8, crisismerge=64)


def downgrade():
    _tidy(automerge=4, crisismerge=16)


def _tidy(**settings):
    if op.get_bind().dialect.name == "sqlite":
        for name, value in settings.items():
            op.execute(f"INSERT INTO found_in_messages (found_in_messages, rank) VALUES ('{name}', {value})")
