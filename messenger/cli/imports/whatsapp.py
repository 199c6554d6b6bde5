"""WhatsApp's export of one chat: a text, alone or in a zip with the files that were sent."""

import codecs
import hashlib
from collections import Counter
from collections.abc import Iterator

from messenger.cli.imports import box, foreign, whatsapp_lines
from messenger.cli.imports.foreign import Chat, File, Member, Message, Person, Wrong
from messenger.cli.imports.whatsapp_lines import Said
from messenger.cli.imports.whatsapp_words import ATTACHED, DELETED, EDITED, GROUP, LEFT_OUT, SENT, SENT_SAYS, TITLE


class WhatsApp:
    """One chat."""

    title = "whatsapp"
    knows_logins = False

    def __init__(self, outer: box.Box, terms: foreign.Terms) -> None:
        name = _text_in(outer)
        assert name is not None
        folder, slash, short = name.rpartition("/")
        self.box = box.Inner(outer, folder + slash) if slash else outer
        self.place, self.zone, self.order = short, terms.zone, terms.date_order
        self.key = self.name = self._title(short, outer)
        self.authors: Counter[str] = Counter()
        self.is_group = False
        self._look()

    @staticmethod
    def fits(outer: box.Box) -> bool:
        """Does it look like one?"""
        return _text_in(outer) is not None

    def people(self) -> list[Person]:
        """Whoever wrote."""
        return [Person(name, name) for name in self.authors]

    def chats(self) -> list[Chat]:
        """The one."""
        is_dialog = (
            not self.is_group and len(self.authors) <= 2 and (self.name in self.authors or len(self.authors) == 2)
        )
        members = [Member(name) for name in self.authors]
        return [Chat(self.name, "dialog" if is_dialog else "group", self.name, members=members, knows_members=False)]

    def messages(self, chat: Chat) -> Iterator[Message]:
        """In the order of the text."""
        seen: Counter[str] = Counter()
        for said in self._said():
            try:
                at = whatsapp_lines.moment(said, self.order, self.zone)
            except ValueError as error:
                raise Wrong(str(error), self.place, said.line) from None
            mark = hashlib.blake2b(f"{at}\n{said.author}\n{said.text}".encode(), digest_size=12).hexdigest()
            seen[mark] += 1
            yield self._message(said, at, f"{mark}-{seen[mark]}")

    def _look(self) -> None:
        """Once over all of it: who writes, and in which order the dates are written."""
        stamps: list[whatsapp_lines.Stamp] = []
        for said in self._said():
            if not stamps and said.author and _is_phones(said) and not _names_itself(said):
                self.key = self.name = said.author
            stamps.append(said.stamp)
            if self._is_system(said):
                self.is_group |= bool(GROUP.search(said.text))
            else:
                self.authors[said.author] += 1
        if not stamps:
            raise Wrong("no line of it begins like a message", self.place)
        if not self.authors:
            raise Wrong("nobody wrote anything in it", self.place)
        self.order = self.order or whatsapp_lines.order_of(stamps)
        if not self.order:
            raise Wrong("its dates can be read in two ways; say which: --date-order dmy or mdy", self.place)

    def _said(self) -> Iterator[Said]:
        """The messages, those of several lines put together."""
        held: Said | None = None
        for number, line in self._lines():
            begun = whatsapp_lines.begins(line, number)
            if begun is not None:
                if held is not None:
                    yield held
                held = begun
            elif held is not None:
                held = held._replace(text=f"{held.text}\n{whatsapp_lines.MARKS.sub('', line)}")
            elif line.strip():
                raise Wrong("no message begins here", self.place, number)
        if held is not None:
            yield held

    def _lines(self) -> Iterator[tuple[int, str]]:
        decode = codecs.getdecoder("utf-8-sig")
        for number, line in box.lines_of(self.box, self.place):
            try:
                yield number, decode(line)[0].rstrip("\r\n")
            except UnicodeDecodeError:
                raise Wrong("this is not UTF-8", self.place, number) from None

    def _is_system(self, said: Said) -> bool:
        """What the phone says itself: without a name, or, on iOS, in the name of the chat or of whoever did it."""
        return not said.author or (_is_phones(said) and (said.author == self.name or _names_itself(said)))

    def _message(self, said: Said, at: int, name: str) -> Message:
        if self._is_system(said):
            first = next(iter(self.authors))
            actor = next((one for one in self.authors if said.text.startswith(f"{one} ")), first)
            return Message(name, actor, said.text.removeprefix(f"{actor} ").strip() or "–", at, kind="system")
        text = foreign.plain(said.text)
        message = Message(name, said.author, text, at)
        if EDITED.search(text):
            message.text, message.edited_at = EDITED.sub("", text).rstrip(), at
        if DELETED.fullmatch(message.text.strip()):
            message.text, message.deleted_at = "", at
        else:
            self._take_files(message)
        return message

    def _take_files(self, message: Message) -> None:
        """A file stands as a line of its own, by its name; one that was left out only by a word."""
        text = message.text.strip()
        for form in (SENT, ATTACHED):
            found = form.fullmatch(text)
            name = found["name"].strip() if found else ""
            is_here = bool(name) and self._has(name)
            if found and (is_here or form is ATTACHED or SENT_SAYS.fullmatch(found["how"])):
                message.files = [File(name, name if is_here else None)]
                message.text = (found["words"] or "").strip()
                return
        if LEFT_OUT.fullmatch(text):
            message.text, message.files = "", [File(text.strip("<> "))]

    def _has(self, name: str) -> bool:
        try:
            return self.box.size(name) >= 0
        except (KeyError, OSError):
            return False

    @staticmethod
    def _title(short: str, outer: box.Box) -> str:
        stem = short.rpartition(".")[0]
        if stem == "_chat":
            stem = outer.path.stem if outer.path.is_file() else outer.path.name
        found = TITLE.fullmatch(stem)
        return (found["name"] if found else stem).strip()


def _is_phones(said: Said) -> bool:
    """Could these be words of the phone, written in somebody's name?"""
    text = said.text.strip()
    is_said = any(form.fullmatch(text) for form in (ATTACHED, LEFT_OUT, DELETED))
    return said.is_marked and said.is_bracketed and not is_said


def _names_itself(said: Said) -> bool:
    return said.text.startswith(f"{said.author} ")


def _text_in(outer: box.Box) -> str | None:
    """The text whose first line begins like a message."""
    for name in outer.names:
        if name.lower().endswith(".txt") and name.count("/") <= 1:
            with outer.open(name) as file:
                head = file.readline(4096).decode("utf-8-sig", "replace")
            if whatsapp_lines.begins(head.rstrip("\r\n"), 1):
                return name
    return None
