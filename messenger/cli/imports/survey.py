"""One look over everything that would be brought in, before anything is: what is wrong is found now, not halfway."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from messenger.cli.imports.box import Refused
from messenger.cli.imports.foreign import Chat, Member, Message, Person, Source, Wrong
from messenger.core import texts
from messenger.core.refusals import Refusal

LATEST = 2**52


class Look(msgspec.Struct):
    """One chat, counted."""

    chat: Chat
    messages: int = 0
    files: int = 0
    missing: int = 0
    first_at: int = LATEST
    last_at: int = 0
    authors: dict[str, None] = {}


class Survey(msgspec.Struct):
    """Everything, counted."""

    looks: list[Look]
    people: dict[str, Person]

    @property
    def messages(self) -> int:
        """How many there are."""
        return sum(look.messages for look in self.looks)


def taken(source: Source, on_message: Callable[[int], None]) -> Survey:
    """Read the whole source. Wrong where it is not what it should be."""
    with in_plain_words(lambda: source.place):
        looks = [_looked(source, chat, on_message) for chat in source.chats()]
        people = {person.id: person for person in source.people()}
        for person in people.values():
            _check_person(person, source)
    for look in looks:
        if look.chat.kind == "dialog":
            _pair(look)
        for person_id in (*look.authors, *(member.person_id for member in look.chat.members)):
            people.setdefault(person_id, Person(person_id, person_id, person_id if source.knows_logins else ""))
    return Survey([look for look in looks if look.messages or look.chat.knows_members], people)


@contextmanager
def in_plain_words(place: Callable[[], str]) -> Iterator[None]:
    """Whatever a broken source makes stumble, said with the file in which it stands."""
    try:
        yield
    except (Wrong, Refused, Refusal):
        raise
    except (KeyError, TypeError, AttributeError, ValueError, IndexError, OverflowError, OSError, EOFError) as error:
        raise Wrong(f"something is missing or of another kind: {error!r}", place()) from error
    except Exception as error:  # a zip whose bytes are broken has errors of its own
        raise Wrong(str(error), place()) from error


def _looked(source: Source, chat: Chat, on_message: Callable[[int], None]) -> Look:
    look = Look(chat)
    _check_chat(chat, source)
    for message in source.messages(chat):
        _check(message, chat, source)
        look.messages += 1
        look.first_at, look.last_at = min(look.first_at, message.created_at), max(look.last_at, message.created_at)
        for file in message.files:
            is_here = file.path is not None and _is_in(source, file.path)
            look.files, look.missing = look.files + is_here, look.missing + (not is_here)
        look.authors[message.author_id] = None
        look.authors |= dict.fromkeys(person_id for person_id, _, _ in message.reactions)
        on_message(1)
    return look


def _check(message: Message, chat: Chat, source: Source) -> None:
    """What a source made of odd input must not stumble over itself later."""
    where = f"message {message.id} in {chat.name or chat.id}"
    try:
        msgspec.convert(msgspec.to_builtins(message), Message)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise Wrong(f"{where}: {error}", source.place) from None
    _check_moments(where, source, message.created_at, message.edited_at, message.deleted_at, message.pinned_at,
                   *(at for _, _, at in message.reactions), *(at for _, at in message.editions))  # fmt: skip
    if any(texts.FORBIDDEN.search(name) for name in (message.id, message.author_id)):
        raise Wrong(f"{where} has a name that is no text", source.place)


def _check_chat(chat: Chat, source: Source) -> None:
    plain = [getattr(chat, name) for name in ("id", "name", "about")]
    if not all(isinstance(words, str) for words in plain) or texts.FORBIDDEN.search(chat.id):
        raise Wrong(f"the chat {chat.id!r} has a name that is no text", source.place)
    msgspec.convert(msgspec.to_builtins(chat.members), list[Member])
    moments = [at for member in chat.members for at in (member.joined_at, member.left_at)]
    _check_moments(f"chat {chat.name or chat.id}", source, chat.created_at, chat.archived_at, *moments)


def _check_person(person: Person, source: Source) -> None:
    msgspec.convert(msgspec.to_builtins(person), Person)
    if texts.FORBIDDEN.search(person.id):
        raise Wrong(f"the person {person.id!r} has a name that is no text", source.place)
    _check_moments(person.name, source, person.created_at)


def _check_moments(where: str, source: Source, *moments: int | None) -> None:
    if not all(at is None or 0 <= at < LATEST for at in moments):
        raise Wrong(f"{where}: an impossible moment", source.place)


def _is_in(source: Source, path: str) -> bool:
    try:
        return source.box.size(path) >= 0
    except (KeyError, FileNotFoundError):
        return False


def _pair(look: Look) -> None:
    """A dialog has those who are named, and whoever else wrote in it; with more than two it is none."""
    named = dict.fromkeys(member.person_id for member in look.chat.members) | look.authors
    if len(named) > 2:
        look.chat.kind = "group"
        look.chat.name = look.chat.name or ", ".join(named)
