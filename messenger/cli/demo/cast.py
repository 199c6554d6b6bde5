"""The eight people of the demo, and how they get their accounts and faces."""

import msgspec

from messenger.cli.demo import pictures
from messenger.core import accounts, attachments, avatars, passwords, people, profiles
from messenger.core.accounts import Application
from messenger.core.refusals import Unknown
from messenger.core.snapshots import Actor


class Role(msgspec.Struct, frozen=True):
    """One of the cast. `face` is the hue of the picture, None for initials only."""

    login: str
    name: str
    about: str
    face: int | None = None


CAST = (
    Role("mira", "Mira Okafor", "Boats, bread and bad puns. Harbour office, mornings.", 200),
    Role("jonas", "Jonas Weber", "Builds small wooden things that float.", 30),
    Role("aylin", "Aylin Demir", "Marine biologist. Ask me about eelgrass.", 330),
    Role("tomas", "Tomás Rey", "Cook on the Petrel. Coffee first."),
    Role("priya", "Priya Nair", "Maps, tides, spreadsheets.", 265),
    Role("lea", "Léa Fontaine", "Photographs, mostly of weather.", 110),
    Role("sam", "Sam Whitlock", "The one with the van."),
    Role("noor", "نور حداد", "Design, type, and the occasional regatta.", 165),
)


def gathered(password: str) -> tuple[dict[str, Actor], set[str]]:
    """Everybody by login, and the logins that were there before."""
    everybody, known = {}, set()
    for role in CAST:
        try:
            everybody[role.login] = Actor(people.by_login(role.login))
            known.add(role.login)
        except Unknown:
            everybody[role.login] = _arrived(role, password)
    return everybody, known


def _arrived(role: Role, password: str) -> Actor:
    application = accounts.checked(Application(role.login, passwords.checked(password), role.name))
    actor = accounts.create(application, passwords.hashed(password)).actor
    profiles.describe(actor, role.name, role.about)
    if role.face is not None:
        avatars.choose(actor, attachments.receive(actor, f"{role.login}.png", [pictures.face(role.face)]))
    return actor
