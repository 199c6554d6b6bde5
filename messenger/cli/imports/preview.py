"""What an import would do, in words and in JSON: who becomes whom, which chats, what is missing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import click
from sqlalchemy import select

from messenger.cli import words
from messenger.cli.imports.foreign import Chat, Source
from messenger.cli.imports.mapping import Match
from messenger.cli.imports.survey import Look, Survey
from messenger.core.imports import marks
from messenger.core.models import Chat as ChatRow
from messenger.extensions import db, settings

MOST_ROWS = 60


class Preview:
    """The survey and the proposal, told."""

    def __init__(self, source: Source, survey: Survey, matches: Sequence[Match]) -> None:
        self.source = source
        self.survey = survey
        self.matches = matches

    def as_json(self) -> dict[str, Any]:
        """All of it."""
        return {
            "source": self.source.title,
            "people": [self._person(match) for match in self.matches],
            "chats": [self._chat(look) for look in self.survey.looks],
            "messages": self.survey.messages,
            "files": sum(look.files for look in self.survey.looks),
            "missing_files": sum(look.missing for look in self.survey.looks),
            "unclear": len(self.unclear()),
            "warnings": self.warnings(),
        }

    def show(self) -> None:
        """The same for people."""
        told = self.as_json()
        self._table("People", told["people"])
        self._table("Chats", told["chats"])
        counts = Counter(match.how for match in self.matches)
        click.echo(
            f"\n{counts['existing']} people are here already, {counts['new']} are new. {told['messages']} messages,"
            f" {told['files']} files; {told['missing_files']} files are not in the export."
        )
        for warning in told["warnings"]:
            click.echo(f"Note: {warning}")

    def unclear(self) -> list[Match]:
        """Those whom only the map can tell apart."""
        return [match for match in self.matches if match.how == "unclear"]

    def proposal(self) -> list[Mapping[str, str]]:
        """The rows of the map."""
        return [
            {
                "source": match.person.id,
                "name": match.person.name,
                "email": match.person.email or "",
                "how": "" if match.how == "unclear" else match.how,
                "login": match.login,
            }
            for match in self.matches
        ]

    def warnings(self) -> list[str]:
        """What is allowed but should be known."""
        said = []
        behind = [look for look in self.survey.looks if self._here(look.chat)[1]]
        if behind:
            said.append("Where something has been said already, what is brought in stands behind it.")
        if settings.retention_days:
            said.append(f"RETENTION_DAYS is {settings.retention_days}: what is older will be deleted again.")
        return said

    def _person(self, match: Match) -> dict[str, Any]:
        return {
            "source": match.person.id,
            "name": match.person.name,
            "how": match.how,
            "login": match.login or None,
            "why": match.why,
        }

    def _chat(self, look: Look) -> dict[str, Any]:
        number, position = self._here(look.chat)
        return {
            "source": look.chat.id,
            "name": look.chat.name or " · ".join(self._name(member.person_id) for member in look.chat.members),
            "kind": look.chat.kind,
            "messages": look.messages,
            "files": look.files,
            "from_at": look.first_at if look.messages else None,
            "to_at": look.last_at if look.messages else None,
            "here": number,
            "here_messages": position,
        }

    def _here(self, chat: Chat) -> tuple[int | None, int]:
        """The chat as it stands here, found by its mark or by the two people in it."""
        mark = marks.of("chat", self.source.title, self.source.key, chat.id)
        number = marks.known([mark]).get(mark)
        if number is None and chat.kind == "dialog":
            users = {match.person.id: match.user_id for match in self.matches}
            ids = sorted(users.get(member.person_id) or 0 for member in chat.members)
            if ids and ids[0]:
                pair = select(ChatRow.id).where(ChatRow.pair_low == ids[0], ChatRow.pair_high == ids[-1])
                number = db.session.scalar(pair)
        row = db.session.get(ChatRow, number) if number else None
        return (row.id, row.position) if row else (None, 0)

    def _name(self, person_id: str) -> str:
        return self.survey.people[person_id].name if person_id in self.survey.people else person_id

    @staticmethod
    def _table(title: str, rows: Sequence[dict[str, Any]]) -> None:
        click.echo(f"\n{title}")
        words.say_all(rows[:MOST_ROWS], False, "none")
        if len(rows) > MOST_ROWS:
            click.echo(f"… and {len(rows) - MOST_ROWS} more: --json shows all, --write-map the people.")
