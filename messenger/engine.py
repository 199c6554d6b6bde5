"""The engine room of one app: the loop and its bus, the writer, the storage of files, and who is here."""

from pathlib import Path

from flask import Flask

from messenger.core import database
from messenger.core.blocks import Blocked
from messenger.core.facts.written import Written
from messenger.core.heads import Heads
from messenger.core.presence import Presence
from messenger.core.receipts import Receipts
from messenger.core.replays import Replays
from messenger.core.replica import Replica
from messenger.core.roster import roster
from messenger.core.storage import open_storage
from messenger.core.throttle import Throttle
from messenger.core.writer import Writer
from messenger.extensions import db
from messenger.live.between import choice
from messenger.live.between.post import Post
from messenger.live.switchboard import Switchboard
from messenger.live.tallies import ToldTallies, open_tallies
from messenger.settings import Settings


def install(app: Flask, settings: Settings) -> None:
    """Make the parts and introduce them to each other. Nothing runs before it is needed."""
    with app.app_context():
        database.keep_reading_only(db.engine)
    switchboard = Switchboard(app, settings)
    writer = Writer(database.open_for_writing(settings.database_url), switchboard.loop, switchboard.bus.tell)
    writer.context = app.app_context
    writer.group, writer.limit = settings.writer_group, settings.writer_queue
    app.extensions["switchboard"] = switchboard
    app.extensions["writer"] = writer
    app.extensions["replays"] = Replays()
    app.extensions["replica"] = Replica(settings.database_replica_url, settings.reading_connections)
    app.extensions["throttle"] = Throttle(open_tallies(settings.redis_url, settings.mark), settings.limits)
    app.extensions["storage"] = open_storage(
        settings.storage_url, Path(settings.instance_dir) / "incoming", switchboard.loop.native
    )
    app.extensions["receipts"] = Receipts(switchboard.loop)
    _introduce_presence(app, switchboard)
    _introduce_bus(app, switchboard, settings)


def _introduce_presence(app: Flask, switchboard: Switchboard) -> None:
    """Each process tells its own sockets who is here, from what it sees and what the others say."""
    bus = switchboard.bus
    presence = Presence(switchboard.loop, bus.deliver, lambda user_id: bool(switchboard.by_user.get(user_id)))
    blocked = app.extensions["blocked"] = Blocked()
    bus.listeners.append(blocked.heed)
    presence.is_hidden = blocked.between
    bus.listeners.append(presence.heed)
    app.extensions["presence"] = presence


def _introduce_bus(app: Flask, switchboard: Switchboard, settings: Settings) -> None:
    between = choice.between(switchboard, settings, Heads(), Written())
    if isinstance(between, Post):
        between.company.add(roster(app.extensions["presence"]))
        tallies = app.extensions["throttle"].tallies
        if isinstance(tallies, ToldTallies):
            between.company.count(tallies)
    switchboard.bus.between = app.extensions["bus"] = between
