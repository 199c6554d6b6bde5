"""How what was brought in is known again: marks made from where it stood and what it was called there."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import select

from messenger.core.models import Keepsake
from messenger.core.verbs import Tx
from messenger.extensions import db

AT_ONCE = 400


def of(kind: str, *origin: object) -> str:
    """`import/person/…`, the same for the same thing for ever."""
    words = "\n".join(str(part) for part in origin)
    return f"import/{kind}/{hashlib.blake2b(words.encode('utf-8', 'replace'), digest_size=16).hexdigest()}"


def known(wanted: Iterable[str]) -> dict[str, int]:
    """Those of the marks that stand here already, with the number of what bears them."""
    names, found = list(wanted), {}
    for start in range(0, len(names), AT_ONCE):
        rows = select(Keepsake.name, Keepsake.value).where(Keepsake.name.in_(names[start : start + AT_ONCE]))
        found.update({name: int(value) for name, value in db.session.execute(rows)})
    return found


def bearer(tx: Tx, mark: str) -> int | None:
    """The number of what bears this mark."""
    found = tx.get(Keepsake, mark)
    return int(found.value) if found else None


def put(tx: Tx, mark: str, number: int) -> None:
    """From now on this bears the mark."""
    found = tx.get(Keepsake, mark) or Keepsake(name=mark)
    found.value, found.kept_at = str(number), tx.now
    tx.add(found)
