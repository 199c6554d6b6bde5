"""`flask db`: the migrations, one by one, for who makes or runs them by hand."""

from flask_migrate.cli import db

__all__ = ["db"]
