"""Messages of one chat on their way in, some at a time, with their files."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec

from messenger.cli.imports import texts
from messenger.cli.imports.foreign import Chat, File, Message, Source
from messenger.core import file_names, incoming, markdown
from messenger.core.imports import marks, messages
from messenger.core.imports.messages import Past
from messenger.core.incoming import Arrived
from messenger.core.refusals import Blank, TooLarge
from messenger.core.storage.base import CHUNK


class Done(msgspec.Struct):
    """How far an import has come."""

    people: int = 0
    chats: int = 0
    messages: int = 0
    present: int = 0
    files: int = 0
    refused: list[str] = []


class Carried(Protocol):
    """What is known of the import that the messages belong to: everybody's number and login here, by his id there."""

    source: Source
    ids: dict[str, int]
    logins: dict[str, str]
    done: Done


class Batch:
    """The messages of one chat on their way in."""

    def __init__(self, carry: Carried, chat: Chat) -> None:
        self.carry = carry
        self.chat = chat
        self.authors: dict[str, int] = {}

    def write(self, chat_id: int, batch: Sequence[Message]) -> None:
        """Store those that are not here yet. Their files come first, and go when this fails."""
        for message in batch:
            self.authors[message.id] = self.carry.ids[message.author_id]
        here = messages.known([self._name(message) for message in batch])
        fresh = [message for message in batch if self._name(message) not in here]
        arrived: list[Arrived] = []
        try:
            pasts = [past for message in fresh for past in self._pasts(message, arrived)]
            messages.write(chat_id, pasts)
        except BaseException:
            for one in arrived:
                incoming.drop(one)
            raise
        done = self.carry.done
        done.messages, done.present = done.messages + len(fresh), done.present + len(batch) - len(fresh)
        done.files += len(arrived)

    def _name(self, message: Message) -> messages.Name:
        return self.carry.ids[message.author_id], self._client_id(message.id)

    def _client_id(self, *message_id: object) -> str:
        source = self.carry.source
        return marks.of(source.title, source.key, self.chat.id, *message_id)

    def _pasts(self, message: Message, arrived: list[Arrived]) -> Iterator[Past]:
        """The message, or several where it is longer than one may be: the first is answered, the last has the files."""
        files, absent = self._files(message, arrived)
        text = texts.said(message.text, self.carry.logins)
        words = "" if message.deleted_at else "\n".join(filter(None, (text, texts.absent(absent))))
        if not words.strip() and not files and not message.deleted_at:
            words = "–"
        *before, last = texts.pieces(words)
        for number, piece in enumerate(before):
            name = (message.id, number) if number else (message.id,)
            yield self._past(message, piece, name, ())
        yield self._past(message, last, (message.id, len(before)) if before else (message.id,), files)

    def _past(self, message: Message, text: str, name: tuple[object, ...], files: tuple[Arrived, ...]) -> Past:
        is_first = len(name) == 1
        is_plain = message.kind == "system" or message.deleted_at is not None
        return Past(
            author_id=self.carry.ids[message.author_id],
            client_id=self._client_id(*name),
            text=text,
            html=None if is_plain else markdown.rendered(text),
            created_at=message.created_at,
            kind=message.kind,
            event=message.event,
            edited_at=message.edited_at,
            deleted_at=message.deleted_at,
            pinned_at=message.pinned_at if is_first else None,
            answers=self._answered(message.reply_to) if is_first else None,
            editions=tuple(self._editions(message)) if is_first else (),
            reactions=tuple(self._reactions(message)) if is_first else (),
            files=files,
        )

    def _answered(self, message_id: str | None) -> messages.Name | None:
        if message_id is None or message_id not in self.authors:
            return None
        return self.authors[message_id], self._client_id(message_id)

    def _editions(self, message: Message) -> Iterator[tuple[str, str | None, int]]:
        for text, at in message.editions:
            words = texts.said(text, self.carry.logins)
            yield words, markdown.rendered(words), at

    def _reactions(self, message: Message) -> Iterator[tuple[int, str, int]]:
        for person_id, sign, at in message.reactions:
            if (emoji := texts.emoji(sign)) and not message.deleted_at:
                yield self.carry.ids[person_id], emoji, at

    def _files(self, message: Message, arrived: list[Arrived]) -> tuple[tuple[Arrived, ...], list[File]]:
        taken, absent = [], []
        for file in message.files:
            one = None if message.deleted_at else self.carry_in(file)
            if one is None:
                absent.append(file)
            else:
                taken.append(one)
                arrived.append(one)
        return tuple(taken), absent

    def carry_in(self, file: File) -> Arrived | None:
        """Its bytes into the storage; None when they are not there, or more than this server takes."""
        try:
            return _taken(self.carry.source, file)
        except (TooLarge, Blank) as refusal:
            self.carry.done.refused.append(f"{file.path}: {refusal.message}")
        return None


def _taken(source: Source, file: File) -> Arrived | None:
    try:
        stream = source.box.open(file.path) if file.path else None
    except (KeyError, FileNotFoundError):
        return None
    if stream is None:
        return None
    with stream:
        return incoming.take(file_names.shown(file.name), iter(lambda: stream.read(CHUNK), b""))
