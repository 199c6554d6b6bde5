"""The map of an import: a CSV or JSON in which whoever imports says who is who. Written as a proposal, read when
edited.

CSV: the columns source, name, e-mail, how, login. JSON: {"U123": "ann"} or {"U123": {"how": "new", "login": "ann"}}.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from messenger.core import logins
from messenger.core.refusals import Refusal

COLUMNS = ("source", "name", "email", "how", "login")
HOWS = ("", "existing", "new")


class Told(msgspec.Struct, frozen=True):
    """What the map says of one person."""

    how: str
    login: str
    place: str

    def wrong(self, words: str) -> click.ClickException:
        """What is the matter with it, and where it stands."""
        return click.ClickException(f"{self.place}: {words}.")

    def checked_login(self) -> str:
        """The login, if it can be one."""
        try:
            return logins.checked(self.login)
        except Refusal as refusal:
            raise self.wrong(refusal.message.rstrip(".")) from None


def read(path: Path, people: Mapping[str, Any]) -> dict[str, Told]:
    """Who is who, by the ids of elsewhere."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = list((_from_json if path.suffix.lower() == ".json" else _from_csv)(path, text))
    except (OSError, UnicodeDecodeError, ValueError, csv.Error) as error:
        raise click.ClickException(f"{path.name} cannot be read: {error}") from None
    found: dict[str, Told] = {}
    for person_id, told in rows:
        if person_id not in people:
            raise told.wrong(f"there is no {person_id!r} in the export")
        if person_id in found:
            raise told.wrong(f"{person_id!r} stands twice in it")
        if told.how not in HOWS:
            raise told.wrong(f"{told.how!r} is neither existing nor new")
        if told.how or told.login:
            found[person_id] = told
    return found


def write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """The proposal, to be edited. What is there is not overwritten."""
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            if path.suffix.lower() == ".json":
                known = {row["source"]: {key: row[key] for key in COLUMNS[1:]} for row in rows}
                json.dump(known, file, ensure_ascii=False, indent=2)
                return
            sheet = csv.DictWriter(file, COLUMNS)
            sheet.writeheader()
            sheet.writerows({**row, "name": _cell(row["name"]), "email": _cell(row["email"])} for row in rows)
    except FileExistsError:
        raise click.ClickException(f"{path} exists already.") from None
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error}") from None


def _cell(words: str) -> str:
    """What people are called must not become a formula where the map is edited."""
    return f"'{words}" if words[:1] in ("=", "+", "-", "@") else words


def _from_csv(path: Path, text: str) -> Iterable[tuple[str, Told]]:
    sheet = csv.DictReader(text.splitlines())
    if not {"source", "login"} <= set(sheet.fieldnames or ()):
        raise ValueError("its first line must name the columns source and login")
    for row in sheet:
        how, login = (row.get("how") or "").strip(), (row.get("login") or "").strip()
        yield row["source"], Told(how, login.removeprefix("@"), f"{path.name}, line {sheet.line_num}")


def _from_json(path: Path, text: str) -> Iterable[tuple[str, Told]]:
    rows = json.loads(text)
    if not isinstance(rows, dict):
        raise ValueError("it must be an object")
    for person_id, row in rows.items():
        words = row if isinstance(row, dict) else {"login": row}
        how, login = words.get("how") or "", words.get("login") or ""
        if not isinstance(how, str) or not isinstance(login, str):
            raise ValueError(f"{person_id}: a login is a text")
        yield person_id, Told(how, login.removeprefix("@"), f"{path.name}, {person_id}")
