"""Sessions that are taken from a browser only by the cookie that nobody else can set."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.add_column("sessions", sa.Column("bound_at", BIG, nullable=True))


def downgrade():
    op.drop_column("sessions", "bound_at")
