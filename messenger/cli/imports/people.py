"""People on their way in: those who are here are remembered, all others become placeholders."""

from collections.abc import Sequence

from messenger.cli.imports import texts
from messenger.cli.imports.foreign import Source
from messenger.cli.imports.mapping import Match
from messenger.core import clock, incoming, profiles
from messenger.core.imports import people
from messenger.core.imports.people import Newcomer
from messenger.core.incoming import Arrived
from messenger.core.refusals import Refusal
from messenger.core.storage.base import CHUNK

AT_ONCE = 50


def brought_in(source: Source, matches: Sequence[Match], is_enabled: bool) -> dict[str, int]:
    """Everybody's number here, by his id there."""
    known = {match.mark: match.user_id for match in matches if match.how == "existing" and match.user_id is not None}
    people.remember(known)
    found: dict[str, int] = dict(known)
    fresh = [match for match in matches if match.how == "new"]
    for start in range(0, len(fresh), AT_ONCE):
        found |= _taken_in(source, fresh[start : start + AT_ONCE], is_enabled)
    return {match.person.id: found[match.mark] for match in matches}


def _taken_in(source: Source, matches: Sequence[Match], is_enabled: bool) -> dict[str, int]:
    newcomers = [_newcomer(source, match, is_enabled) for match in matches]
    try:
        return people.take_in(newcomers)
    except BaseException:
        for newcomer in newcomers:
            if newcomer.picture is not None:
                incoming.drop(newcomer.picture)
        raise


def _newcomer(source: Source, match: Match, is_enabled: bool) -> Newcomer:
    person = match.person
    return Newcomer(
        mark=match.mark,
        login=match.login,
        name=texts.line(person.name, match.login),
        created_at=person.created_at or clock.now(),
        first_name=texts.line(person.first_name or "", "") or None,
        last_name=texts.line(person.last_name or "", "") or None,
        email=_email(person.email),
        about=texts.said(person.about, {}),
        uid=person.uid,
        picture=_picture(source, person.picture) if person.picture else None,
        is_disabled=person.is_disabled or not is_enabled,
        is_deleted=person.is_deleted,
    )


def _email(email: str | None) -> str | None:
    try:
        return profiles.checked_email(email) if email else None
    except Refusal:
        return None


def _picture(source: Source, path: str) -> Arrived | None:
    """His picture, if it is one."""
    try:
        with source.box.open(path) as file:
            arrived = incoming.take("picture.webp", iter(lambda: file.read(CHUNK), b""))
    except (KeyError, FileNotFoundError, Refusal):
        return None
    if arrived.width is None:
        incoming.drop(arrived)
        return None
    return arrived
