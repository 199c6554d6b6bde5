"""The figures of every worker of this machine: each pins its own up for the others, and whoever is asked says them all.

They are told apart by the place at the pinboard, which a worker takes over from one that has gone.
"""

import os
from collections.abc import Iterator

import msgspec
from flask import Flask, current_app

from messenger.duty import Round
from messenger.live.pinboard import Place
from messenger.web.readings import Reading, of_process, of_server, of_worker

PINNED_SECONDS = 5.0


class Sheet(msgspec.Struct):
    """What one worker has counted."""

    process: int
    readings: list[Reading]


def begin(app: Flask, place: Place) -> None:
    """Pin them up from now on, if anybody may ask for them."""
    if app.extensions["settings"].metrics == "off":
        return
    app.extensions["pinned"] = place
    with app.app_context():
        pin()
    Round(app, PINNED_SECONDS, pin).start()


def pin() -> None:
    """As they stand now."""
    place: Place = current_app.extensions["pinned"]
    place.pin(msgspec.json.encode(_own()))


def whole() -> Iterator[Reading]:
    """Those of the server, and those of every worker with its number as one label more."""
    yield from of_server()
    yield from _together(_sheets()).values()


def _sheets() -> dict[int, Sheet]:
    place: Place | None = current_app.extensions.get("pinned")
    if place is None:
        return {0: _own()}
    others = {number: msgspec.json.decode(words, type=Sheet) for number, words in place.others()}
    return {place.number: _own()} | others


def _own() -> Sheet:
    return Sheet(os.getpid(), list(of_worker(current_app.extensions)))


def _together(sheets: dict[int, Sheet]) -> dict[str, Reading]:
    found: dict[str, Reading] = {}
    for number, sheet in sorted(sheets.items()):
        for one in (*sheet.readings, *of_process(sheet.process)):
            family = found.setdefault(one.name, one._replace(values=[], labels=[*one.labels, "worker"]))
            family.values.extend(([*labels, str(number + 1)], value) for labels, value in one.values)
    return found
