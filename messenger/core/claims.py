"""Work that one process of all does once in a while: whoever comes first when it is due may do it."""

from sqlalchemy import text

from messenger.core import clock
from messenger.core.models import Keepsake
from messenger.core.verbs import Tx, verb

# Of several who are the first, one writes it, and the others wait for him.
BEGUN = text("INSERT INTO keepsakes (name, value, kept_at) VALUES (:name, '0', :now) ON CONFLICT (name) DO NOTHING")


@verb
def claim(tx: Tx, name: str, seconds: int) -> bool:
    """Is it due, and is it mine? Then for so many seconds it is nobody else's."""
    tx.execute(BEGUN, {"name": _named(name), "now": tx.now})
    kept = tx.get_one(Keepsake, _named(name), with_for_update=True)
    if tx.now < int(kept.value) + seconds * clock.SECOND:
        return False
    kept.value, kept.kept_at = str(tx.now), tx.now
    return True


@verb
def put_off(tx: Tx, name: str, seconds: int, every: int) -> None:
    """It did not work out: due again in so many seconds."""
    kept = tx.get(Keepsake, _named(name), with_for_update=True)
    if kept is not None:
        kept.value = str(tx.now + (seconds - every) * clock.SECOND)


def _named(name: str) -> str:
    return f"claim:{name}"
