"""Work that one process of all does once in a while: whoever comes first when it is due may do it."""

from messenger.core import clock
from messenger.core.models import Keepsake
from messenger.core.verbs import Tx, verb


@verb
def claim(tx: Tx, name: str, seconds: int) -> bool:
    """Is it due, and is it mine? Then for so many seconds it is nobody else's."""
    kept = tx.get(Keepsake, _named(name), with_for_update=True)
    if kept is None:
        tx.add(Keepsake(name=_named(name), value=str(tx.now), kept_at=tx.now))
        return True
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
