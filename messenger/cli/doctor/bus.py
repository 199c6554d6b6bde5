"""The bus between processes, and the counters of rates that live there too."""

import importlib
from collections.abc import Iterator

from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient
from messenger.live.between.reasons import UNTRUSTED, reason

ANYWHERE = "doctor"


def check(patient: Patient) -> Iterator[Fault]:
    """Redis, where one is named."""
    url = patient.settings.redis_url
    if not url:
        return
    redis_servers = importlib.import_module("messenger.live.between.redis_servers")
    try:
        servers = redis_servers.servers(url)
        servers.look()
        servers.client(servers.place_of(ANYWHERE)).ping()
    except Exception as error:
        why = reason(error)
        says = f"Redis does not answer ({why}): workers hear of each other late, rates are not shared."
        if why.startswith(UNTRUSTED):
            named = cures.setting("REDIS_URL", "rediss://…?ssl_ca_certs=/path/of/the/authority.pem")
            yield Fault("bus-certificate", says, named)
        else:
            yield Fault("bus-silent", says, cures.setting("REDIS_URL", "redis://…"))
