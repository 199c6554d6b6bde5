"""The bus between processes, and the counters of rates that live there too."""

import importlib
from collections.abc import Iterator

from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient

PATIENCE = 5


def check(patient: Patient) -> Iterator[Fault]:
    """Redis, where one is named."""
    url = patient.settings.redis_url
    if not url:
        return
    redis = importlib.import_module("redis")
    try:
        line = redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
        line.ping()
        line.close()
    except (redis.RedisError, OSError) as error:
        says = f"Redis does not answer ({type(error).__name__}): workers hear of each other late, rates are not shared."
        yield Fault("bus-silent", says, cures.setting("REDIS_URL", "redis://…"))
