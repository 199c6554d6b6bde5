"""What every page shares: the words templates may use, who looks, in which language and light."""

from typing import Any

import msgspec
from babel import Locale
from flask import Flask, has_request_context, request
from flask_babel import format_date, get_locale
from markupsafe import Markup

from messenger.core import clock
from messenger.core.attachments import size_words
from messenger.core.snapshots import AttachmentSnapshot, Person
from messenger.extensions import presence, settings
from messenger.reception import forgery, identity
from messenger.web import gist

LANGUAGES = ("en",)
HUES = 12
# The room a picture or a film takes in a message at most, in CSS pixels; one of unknown shape takes a wide screen.
WIDEST, HIGHEST, NARROWEST, UNKNOWN = 480, 360, 64, (480, 270)
# Whose lines begin at the right: languages, and scripts where one is named.
FROM_RIGHT = {
    "apc", "ar", "bal", "bgn", "ckb", "dv", "fa", "he", "ks", "lrc", "mzn",
    "nqo", "ps", "rhg", "sd", "sdh", "skr", "syr", "trw", "ug", "ur", "yi",
}  # fmt: skip
FROM_RIGHT_SCRIPTS = {"Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"}
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"


def install(app: Flask) -> None:
    """Teach the templates."""
    chosen = app.extensions["settings"]
    app.jinja_env.filters |= {
        "initials": initials,
        "hue": lambda uid: int(uid[:8], 16) % HUES,
        "iso": lambda moment: clock.moment(moment).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ms": lambda moment: moment // 1_000,
        "clock": lambda moment: clock.moment(moment).strftime("%H:%M"),
        "day": lambda moment: format_date(clock.moment(moment).date(), "long"),
        "size": size_words,
        "shown_size": shown_size,
        "gist": gist.gist,
        "minutes": lambda seconds: f"{int(seconds) // 60}:{int(seconds) % 60:02}",
        "here": is_here,
    }
    app.jinja_env.globals |= {
        "server_name": chosen.site_name,
        "registration": chosen.registration,
        "has_mail": bool(chosen.smtp_url),
        "csrf_token": forgery.word,
    }
    app.jinja_env.tests["voice"] = gist.is_voice
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(look)


def look() -> dict[str, Any]:
    """Who looks, and how. The theme is kept in a cookie of its own, so that the welcome page has it too."""
    locale = get_locale() or Locale("en")
    theme = request.cookies.get(THEME_COOKIE, "auto")
    return {
        "viewer": identity.who_if_anyone(),
        "locale": str(locale).replace("_", "-"),
        "direction": direction(locale),
        "theme": theme if theme in THEMES else "auto",
        # The form library has put its own here, which any page of ours would do for.
        "csrf_token": forgery.word,
    }


def direction(locale: Locale) -> str:
    """Where its lines begin. Babel would say so, too, but keeps for it all it knows of all languages: 4 MiB."""
    is_from_right = locale.script in FROM_RIGHT_SCRIPTS if locale.script else locale.language in FROM_RIGHT
    return "rtl" if is_from_right else "ltr"


def choose_language() -> str:
    """The first of ours that the browser asks for."""
    if not has_request_context():  # a fragment for a socket is rendered once for all its readers
        return str(settings.default_language)
    return request.accept_languages.best_match(LANGUAGES) or str(settings.default_language)


def initials(name: str) -> str:
    """At most two letters that stand for a name."""
    words = [word for word in name.split() if word[0].isalnum()] or [name or "?"]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def shown_size(file: AttachmentSnapshot) -> Markup:
    """The place that a picture or a film keeps in the page before it is there."""
    width, height = (file.width, file.height) if file.width and file.height else UNKNOWN
    scale = min(1, WIDEST / width, HIGHEST / height)
    shown = max(NARROWEST, round(width * scale)), max(NARROWEST // 2, round(height * scale))
    return Markup('width="{}" height="{}"').format(*shown)


def seen(person: Person, viewer_id: int) -> Person:
    """The same person as he stands now for this viewer: here, or last seen then."""
    return msgspec.structs.replace(person, last_seen=presence.last_seen(person, viewer_id))


def is_here(person: Person) -> bool:
    """Does who looks see him as here?"""
    viewer = identity.who_if_anyone() if has_request_context() else None
    return person.last_seen is not None and bool(presence.is_online(person.user_id, viewer and viewer.user_id))
