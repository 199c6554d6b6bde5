"""Plays the script by the same verbs as people do, then sets the clocks back to when it is said to have happened."""

from collections.abc import Callable, Iterator

from sqlalchemy import select

from messenger.cli.demo import past, pictures, script
from messenger.cli.demo.script import Line, Scene
from messenger.core import attachments, chats, groups, messages, reactions, receipts, wishes
from messenger.core.models import Message
from messenger.core.receipts import Receipt
from messenger.core.snapshots import Actor, ChatSnapshot, MessageSnapshot
from messenger.extensions import db

FOR_EVER = 2**52
People = dict[str, Actor]
DRAWN: dict[str, Callable[[], bytes]] = {
    "tides.png": pictures.tides,
    "hills.jpg": pictures.hills,
    "harbour.jpg": lambda: pictures.harbour(0.35),
    "evening.jpg": lambda: pictures.harbour(0.95),
}


def play(people: People) -> int:
    """All scenes that have not been played here before; how many messages were added."""
    return sum(_play(people, scene, f"demo-{number}") for number, scene in enumerate(script.SCENES))


def _play(people: People, scene: Scene, name: str) -> int:
    if _was_said(people[scene.lines[0].author], f"{name}-0"):
        return 0
    chat = _place(people, scene)
    said: list[MessageSnapshot] = []
    for number, line in enumerate(scene.lines):
        answered = said[line.answers].message_id if line.answers is not None else None
        said.append(_say(people, chat, line, (f"{name}-{number}", answered)))
    chat = said[0].chat
    for message, line in zip(said, scene.lines, strict=True):
        _happen(people, message, line)
    assert chat.chat_id is not None
    past.move(chat.chat_id, {m.message_id: line.ago for m, line in zip(said, scene.lines, strict=True)})
    _read(people, scene, chat, said)
    _wish(people["mira"], scene, chat)
    return len(said)


def _was_said(author: Actor, client_id: str) -> bool:
    found = select(Message.id).where(Message.author_id == author.user_id, Message.client_id == client_id)
    return db.session.scalar(found) is not None


def _place(people: People, scene: Scene) -> ChatSnapshot:
    first, *others = (people[login] for login in scene.people)
    if not scene.name:
        return chats.with_person(first, others[0].person)
    return groups.create(first, scene.name, scene.is_public, [actor.person for actor in others])


def _say(people: People, chat: ChatSnapshot, line: Line, marks: tuple[str, int | None]) -> MessageSnapshot:
    author = people[line.author]
    files = tuple(attachments.receive(author, name, [DRAWN[name]()]).attachment_id for name in line.files)
    return messages.send(author, chat, line.text, marks[0], reply_to_id=marks[1], attachment_ids=files)


def _happen(people: People, message: MessageSnapshot, line: Line) -> None:
    """What became of a message."""
    author = people[line.author]
    for actor, emoji in _reactions(people, line):
        reactions.react(actor, message.message_id, emoji)
    if line.edited:
        messages.edit(author, message.message_id, line.edited)
    if line.is_pinned:
        messages.pin(author, message.message_id)
    if line.is_deleted:
        messages.delete(author, message.message_id)


def _reactions(people: People, line: Line) -> Iterator[tuple[Actor, str]]:
    for emoji, logins in line.reactions.items():
        for login in logins.split():
            yield people[login], emoji


def _read(people: People, scene: Scene, chat: ChatSnapshot, said: list[MessageSnapshot]) -> None:
    """The first has read all but so many; the others have, all but the last who has only received."""
    assert chat.chat_id is not None
    end = said[-1].position
    reads = dict.fromkeys(scene.people, end)
    reads[scene.people[0]] = said[-scene.unread - 1].position
    if len(scene.people) > 2:
        reads[scene.people[-1]] = said[len(said) * 2 // 3].position
    receipts.note([Receipt(chat.chat_id, people[login].user_id, end, read) for login, read in reads.items()])


def _wish(mira: Actor, scene: Scene, chat: ChatSnapshot) -> None:
    """How she, whom one signs in as, likes this chat."""
    assert chat.chat_id is not None
    if scene.is_on_top:
        wishes.pin(mira, chat.chat_id, True)
    if scene.is_muted:
        wishes.mute(mira, chat.chat_id, FOR_EVER)
    if scene.draft:
        wishes.draft(mira, chat.chat_id, scene.draft)
