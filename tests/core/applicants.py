"""Who asks to be let in."""

from messenger.core import accounts
from messenger.core.accounts import Application
from tests.core.world import HERE, NUMBER


def register(login, password="secret", **more):
    """An account made, and signed in."""
    return accounts.register(Application(login, password, **more), HERE)


def fresh(role="ann"):
    """A login that nobody has."""
    return f"{role}{next(NUMBER)}"
