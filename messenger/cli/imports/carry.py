"""Carrying it out: people first, then each chat with its messages, a batch at a time. What is there already is left
alone, so that an import that was stopped goes on where it was."""

from collections.abc import Callable, Sequence
from itertools import islice

import msgspec

from messenger.cli.imports import people, texts
from messenger.cli.imports.batch import Batch, Done
from messenger.cli.imports.foreign import Chat, Source
from messenger.cli.imports.mapping import Match
from messenger.cli.imports.survey import Look, Survey, in_plain_words
from messenger.core import clock
from messenger.core.imports import chats, marks
from messenger.core.imports.chats import PastChat, PastMember

BATCH = 200
Counts = Callable[[int], None]


class Carry:
    """One import on its way in."""

    def __init__(
        self, source: Source, survey: Survey, matches: Sequence[Match], on_message: Callable[[int], None]
    ) -> None:
        self.source = source
        self.survey = survey
        self.matches = matches
        self.on_message = on_message
        self.logins = {match.person.id: match.login for match in matches}
        self.ids: dict[str, int] = {}
        self.done = Done()

    def run(self, is_enabled: bool) -> None:
        """All of it."""
        known = {match.person.id for match in self.matches if match.how == "existing"}
        self.ids = people.brought_in(self.source, self.matches, is_enabled)
        self.done.people = len(self.ids) - len(known)
        looks = {look.chat.id: look for look in self.survey.looks}
        with in_plain_words(lambda: self.source.place):
            for chat in self.source.chats():
                if chat.id in looks:
                    self._chat(looks[chat.id], chat)

    def _chat(self, look: Look, fresh: Chat) -> None:
        chat = look.chat
        chat_id = chats.stand(self._past_chat(look))
        said = Batch(self, chat)
        walk = self.source.messages(fresh)
        while batch := list(islice(walk, BATCH)):
            said.write(chat_id, batch)
            self.on_message(len(batch))
        if chat.archived_at is not None:
            chats.close(chat_id, chat.archived_at)
        self.done.chats += 1

    def _past_chat(self, look: Look) -> PastChat:
        chat = look.chat
        named = {member.person_id: member for member in chat.members}
        inside = [
            PastMember(self.ids[one], member.role, member.joined_at, member.left_at) for one, member in named.items()
        ]
        if not chat.knows_members or chat.kind == "dialog":
            inside += [PastMember(self.ids[one]) for one in look.authors if one not in named]
        inside = list({member.user_id: member for member in inside}.values())
        began = chat.created_at or (look.first_at if look.messages else clock.now())
        return PastChat(
            mark=marks.of("chat", self.source.title, self.source.key, chat.id),
            kind=chat.kind,
            created_at=began,
            members=tuple(self._with_owner(chat, inside) if chat.kind == "group" else inside),
            name=texts.line(chat.name, "Group") if chat.kind == "group" else "",
            about=texts.said(chat.about, self.logins)[:500],
            is_public=chat.is_public,
        )

    def _with_owner(self, chat: Chat, inside: list[PastMember]) -> list[PastMember]:
        """A group that lives needs somebody who leads it: best somebody who can sign in."""
        here = [member for member in inside if member.left_at is None]
        if not here or chat.archived_at is not None or any(member.role == "owner" for member in here):
            return inside
        existing = {match.user_id for match in self.matches if match.how == "existing"}
        first = min(here, key=lambda m: (m.role != "admin", m.user_id not in existing))
        return [msgspec.structs.replace(m, role="owner") if m is first else m for m in inside]
