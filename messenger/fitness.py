"""Whether the database fits: brought up to date, and its connections looked at. Else: one line, an exit code."""

import os

from messenger.core import connections
from messenger.core.connections import Deaf
from messenger.schema import SchemaUnfit, bare, bring_up_to_date
from messenger.serve import leave
from messenger.settings import Settings


def reached(settings: Settings) -> list[str]:
    """With an app that is a database only. What everybody should know of its connections, one sentence each."""
    try:
        bring_up_to_date(bare(settings))
        # A bus that nobody would hear is refused here.
        return connections.warnings(settings)
    except (SchemaUnfit, Deaf) as unfit:
        leave(str(unfit), os.EX_CONFIG)
    except OSError as error:
        leave(f"{error.filename or settings.instance_dir} cannot be used: {error.strerror}.", os.EX_CANTCREAT)
