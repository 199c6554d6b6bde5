"""Who of elsewhere is who of here: as the map says, as it was before, by e-mail, login or name, or somebody new."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec
from sqlalchemy import func, or_, select

from messenger.cli.imports.foreign import Person, Source
from messenger.cli.imports.logins import Namer
from messenger.cli.imports.roster import Told
from messenger.core import logins, texts
from messenger.core.imports import marks
from messenger.core.models import User
from messenger.extensions import db

How = Literal["existing", "new", "unclear"]


class Match(msgspec.Struct):
    """One person of elsewhere, and who he is here."""

    person: Person
    mark: str
    how: How
    login: str
    why: str
    user_id: int | None = None


def mark_of(source: Source, person_id: str) -> str:
    """What this person is known by from now on."""
    return marks.of("person", source.title, source.key, person_id)


def matched(source: Source, people: Iterable[Person], told: Mapping[str, Told]) -> list[Match]:
    """A proposal for everybody. What cannot be told apart is unclear, and nothing is done until the map says it."""
    everybody = {mark_of(source, person.id): person for person in people}
    before = marks.known(everybody)
    found = [
        _recognised(person, mark, before[mark], told.get(person.id))
        if mark in before
        else _match(source, person, told.get(person.id))
        for mark, person in everybody.items()
    ]
    _refuse_doubles(found, told)
    namer = Namer(match.login for match in found if match.how == "existing")
    for match in found:
        if match.how == "new":
            match.login = namer.fresh(match.login or match.person.login, match.person.name)
    db.session.remove()
    return found


def _match(source: Source, person: Person, told: Told | None) -> Match:
    mark = mark_of(source, person.id)
    if told is not None:
        return _told(Match(person, mark, "new", told.login, "the map says so"), told)
    candidates = _candidates(source, person)
    if not candidates:
        return Match(person, mark, "new", "", "nobody here is like that")
    users = {user.id: user for users in candidates.values() for user in users}
    reasons = ", ".join(f"same {why}" for why in candidates)
    if len(users) > 1:
        names = ", ".join(sorted(user.login for user in users.values()))
        return Match(person, mark, "unclear", "", f"could be {names}: {reasons}")
    (user,) = users.values()
    return Match(person, mark, "existing", user.login, reasons, user.id)


def _candidates(source: Source, person: Person) -> dict[str, list[User]]:
    """Who it could be, by what they have in common. A name counts only where there is nothing better."""
    sought = {}
    if person.uid:
        sought["identity"] = User.uid == texts.storable(person.uid)
    if person.email:
        sought["e-mail"] = User.email_key == texts.storable(person.email).casefold()
    if person.login:
        sought["login"] = User.login_key == logins.key(person.login)
    if not source.knows_logins:
        name = texts.storable(person.name)
        sought["name"] = or_(func.lower(User.name) == name.lower(), User.login_key == logins.key(name))
    found = {}
    for why, condition in sought.items():
        users = list(db.session.scalars(select(User).where(condition, User.deleted_at.is_(None)).limit(5)))
        if users:
            found[why] = users
        if users and why == "identity":
            break
    return found


def _told(match: Match, told: Told) -> Match:
    user = db.session.scalar(select(User).where(User.login_key == logins.key(told.login))) if told.login else None
    is_here = user is not None and user.deleted_at is None
    if told.how == "existing" or (not told.how and is_here):
        if user is None or not is_here:
            raise told.wrong(f"nobody here is called {told.login!r}")
        match.how, match.login, match.user_id = "existing", user.login, user.id
    elif user is not None:
        raise told.wrong(f"the login {told.login!r} is taken")
    elif told.login:
        match.login = told.checked_login()
    return match


def _recognised(person: Person, mark: str, user_id: int, told: Told | None) -> Match:
    """Who was brought in before stays who he became."""
    user = db.session.get_one(User, user_id)
    if told is not None and told.login and logins.key(told.login) != user.login_key:
        raise told.wrong(f"{person.name} was brought in before, as {user.login}")
    return Match(person, mark, "existing", user.login, "as it was before", user.id)


def _refuse_doubles(found: list[Match], told: Mapping[str, Told]) -> None:
    """Two people of elsewhere become one here only if the map says so."""
    same: dict[int, list[Match]] = defaultdict(list)
    for match in found:
        if match.how == "existing" and match.user_id is not None:
            same[match.user_id].append(match)
    for several in same.values():
        unsure = [match for match in several if match.person.id not in told and match.why != "as it was before"]
        if len(several) > 1 and unsure:
            for match in unsure:
                match.how, match.why = "unclear", f"{len(several)} people would become {match.login}: {match.why}"
