"""Which bus a server has: Redis when it is told of one, else PostgreSQL when that is its database, else none."""

import importlib
from typing import Any

from sqlalchemy.engine import make_url

from messenger.live.between.alone import Alone
from messenger.live.between.order import Source
from messenger.live.between.post import Post
from messenger.live.between.sender import Codec
from messenger.live.between.transport import Transport
from messenger.live.loop import Loop
from messenger.live.switchboard import Switchboard
from messenger.settings import Settings


def between(switchboard: Switchboard, settings: Settings, source: Source, codec: Codec) -> Alone:
    """What this server's settings name, not yet connected to anything."""
    transport = _transport(settings, switchboard.loop)
    if transport is None:
        return Alone(switchboard.loop, switchboard.bus, source)
    post = Post(switchboard.loop, switchboard.bus, source, transport, codec)
    post.company.share(switchboard.caps, switchboard.rates)
    return post


def _transport(settings: Settings, loop: Loop) -> Transport | None:
    if settings.redis_url:
        servers = _loaded("redis_servers").servers(settings.redis_url)
        return _loaded("redis").Redis(servers, settings.mark, loop.spawn)  # type: ignore[no-any-return]
    if settings.is_sqlite:
        return None
    address = make_url(settings.database_url).set(drivername="postgresql")
    url = address.render_as_string(hide_password=False)
    return _loaded("postgres").Postgres(url, settings.mark, loop.spawn)  # type: ignore[no-any-return]


def _loaded(name: str) -> Any:
    """Their libraries are large, and a server needs one of them at most."""
    return importlib.import_module(f"messenger.live.between.{name}")
