"""A person as others see him."""

from flask import Blueprint, Response

from messenger.core import blocks, people, threads
from messenger.reception import identity
from messenger.web import layout, shell

pages = Blueprint("profile", __name__)


@pages.get("/people/<login>")
def profile(login: str) -> Response:
    """His name, his words about himself, the groups one shares with him."""
    actor = identity.who()
    person = people.by_login(login)
    return layout.page(
        "profile.html",
        person=shell.seen(person, actor.user_id),
        groups=threads.shared_groups(actor, person),
        blocks=blocks.has_blocked(actor, person),
        is_me=person.user_id == actor.user_id,
    )
