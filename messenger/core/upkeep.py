"""What a server does for itself once in a while: it prunes, and it makes a backup. One process of all does it."""

import json
import logging
import os
import subprocess
import sys

from messenger.core import claims, pruning
from messenger.extensions import settings
from messenger.settings.whole import HOME

log = logging.getLogger("messenger.upkeep")

HOUR = 3600
PRUNED_EVERY = 6 * HOUR
AGAIN = HOUR // 2
# A server with so much to pack that it takes longer has other means.
PATIENCE = 12 * HOUR


def look() -> None:
    """Whether something is due."""
    every = settings.backup_every * HOUR
    if every and claims.claim("backup", every) and not back_up():
        claims.put_off("backup", AGAIN, every)
    if claims.claim("prune", PRUNED_EVERY):
        done = pruning.wholly(settings.retention_days)
        if any((done.messages, done.revisions, done.sessions, done.invitations)):
            log.info(
                "pruned %d messages, %d revisions, %d sessions, %d invitations",
                done.messages, done.revisions, done.sessions, done.invitations,
            )  # fmt: skip


def back_up() -> bool:
    """In a process of its own, which gives way to this one: packing computes for long, and the loop shall not wait."""
    command = [sys.executable, "-m", "flask", "backup", "--json"]
    try:
        done = subprocess.run(  # noqa: S603 our own words
            command, cwd=HOME, capture_output=True, text=True, timeout=PATIENCE, preexec_fn=_give_way
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.error("the backup could not be made: %s", type(error).__name__)
        return False
    if done.returncode:
        log.error("the backup could not be made: %s", done.stderr.strip().rpartition("\n")[2])
        return False
    made = json.loads(done.stdout)
    log.info("backup made: %s, %d messages, %d files", made["archive"], made["messages"], made["files"])
    if made["missing"] or made["damaged"]:
        log.warning("%d files of the backup were missing, %d damaged", len(made["missing"]), len(made["damaged"]))
    return True


def _give_way() -> None:
    os.nice(10)
