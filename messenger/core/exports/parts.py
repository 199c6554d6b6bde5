"""The parts of an export, in their order: the lines for programs, the pages for people, the bytes of the files."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import select

from messenger.core import clock
from messenger.core.exports import lines, names, profile, style
from messenger.core.exports.paper import Paper, Render
from messenger.core.exports.plan import Plan, in_batches
from messenger.core.models import Keepsake, User
from messenger.core.storage import Missing
from messenger.core.verbs import Tx, verb
from messenger.extensions import db, settings, storage
from messenger.version import VERSION as RELEASE

FORM, VERSION = "messenger-export", 1
SERVER = "server_uid"

__all__ = ["FORM", "VERSION", "Export", "Part", "Render"]


class Part(NamedTuple):
    """One file of the export. `size` is known for what was a file before; such bytes are not worth packing."""

    path: str
    chunks: Iterator[bytes]
    size: int | None = None


class Export:
    """One export being made. `on_step` hears how many steps of `steps` were just done."""

    def __init__(self, plan: Plan, render: Render) -> None:
        self.plan = plan
        self.made_at = clock.now()
        self.messages = plan.messages()
        self.files, self.bytes = plan.files()
        self.steps = 2 * self.messages + self.files
        self.missing: list[str] = []
        self.on_step: Callable[[int], None] = _nobody_counts
        self.paper = Paper(plan, render, self.made_at, self._step)
        db.session.remove()

    def parts(self) -> Iterator[Part]:
        """All of it, one after the other; each must be read to its end before the next is asked for."""
        plan = self.plan
        yield Part("export.json", iter([msgspec.json.format(msgspec.json.encode(self._head()), indent=2)]))
        yield Part("people.jsonl", _encoded(lines.people(plan)))
        yield Part("chats.jsonl", _encoded(lines.chats(plan)))
        yield Part("members.jsonl", _encoded(lines.members(plan)))
        yield Part("messages.jsonl", self._messages())
        if plan.person is not None:
            mine = profile.of(plan.person)
            yield Part("profile.json", iter([msgspec.json.format(msgspec.json.encode(mine), indent=2)]))
        yield Part("style.css", iter([style.sheet()]))
        for path, chunks in self.paper.pages():
            yield Part(path, chunks)
        yield from self._pictures()
        yield from self._files()
        if self.missing:
            yield Part("missing.txt", iter(["".join(f"{path}\n" for path in self.missing).encode()]))

    def _head(self) -> dict[str, Any]:
        person = self.plan.person
        return {
            "form": FORM,
            "version": VERSION,
            "scope": self.plan.scope,
            "person": person.login if person else None,
            "server": server_uid(),
            "server_name": settings.site_name,
            "made_at": self.made_at,
            "made_by": RELEASE,
            "chats": len(self.plan.stretches),
            "messages": self.messages,
            "files": self.files,
        }

    def _messages(self) -> Iterator[bytes]:
        for stretch in self.plan.stretches:
            for rows in lines.pages(stretch):
                yield b"".join(map(_line, lines.messages(stretch, rows)))
                self._step(len(rows))

    def _pictures(self) -> Iterator[Part]:
        for ids in in_batches(self.plan.user_ids()):
            worn = select(User.uid, User.avatar_key).where(User.id.in_(ids), User.avatar_key.is_not(None))
            found = db.session.execute(worn.order_by(User.id)).all()
            db.session.remove()
            for uid, key in found:
                yield from self._stored(names.of_picture(uid), key or "", None)

    def _files(self) -> Iterator[Part]:
        for rows in self.plan.attachments():
            for row in rows:
                yield from self._stored(names.of_file(row.id, row.name), row.key, row.size)
                self._step(1)

    def _stored(self, path: str, key: str, size: int | None) -> Iterator[Part]:
        """What is no longer in the storage is named at the end instead of ending the export."""
        try:
            reading = storage.read(key)
        except Missing:
            self.missing.append(path)
            return
        yield Part(path, iter(reading), size)

    def _step(self, count: int) -> None:
        self.on_step(count)


def server_uid() -> str:
    """The name of this server among all servers, so that what comes from it twice is known again."""
    return known_uid() or name_server()


def known_uid() -> str | None:
    """The same, if it was ever asked for."""
    found = db.session.get(Keepsake, SERVER)
    db.session.remove()
    return found.value if found else None


@verb
def name_server(tx: Tx) -> str:
    """Give this server its name, once."""
    found = tx.get(Keepsake, SERVER)
    if found is None:
        found = Keepsake(name=SERVER, value=str(uuid.uuid4()), kept_at=tx.now)
        tx.add(found)
    return found.value


def _encoded(rows: Iterable[lines.Line]) -> Iterator[bytes]:
    return map(_line, rows)


def _line(row: lines.Line) -> bytes:
    return msgspec.json.encode(row) + b"\n"


def _nobody_counts(count: int) -> None:
    """The steps of an export that nobody watches."""
