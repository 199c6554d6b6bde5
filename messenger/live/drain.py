"""Leaving politely: on SIGTERM every socket is told 1012, so that its client comes back, before the worker ends."""

import signal
from time import monotonic, sleep
from typing import Any

from messenger.live.switchboard import Switchboard

SIGNALS = (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT)


def install(worker: Any, switchboard: Switchboard) -> None:
    """For gunicorn's post_worker_init: the goodbye begins with the signal, not when gunicorn next looks up."""
    for number in SIGNALS:
        signal.signal(number, _then_drain(signal.getsignal(number), switchboard))
    switchboard.loop.later(0.5, _watch, worker, switchboard)


def _then_drain(before: Any, switchboard: Switchboard) -> Any:
    def leave(number: int, frame: Any) -> None:
        switchboard.loop.soon(switchboard.drain)
        if callable(before):
            before(number, frame)

    return leave


def _watch(worker: Any, switchboard: Switchboard) -> None:
    """A worker may also stop without a signal: after max_requests, or when its parent is gone."""
    if worker.alive:
        switchboard.loop.later(0.5, _watch, worker, switchboard)
    else:
        switchboard.drain()


def finish(switchboard: Switchboard, patience: float = 4.0) -> None:
    """For gunicorn's worker_exit: wait until the goodbyes have been said and answered, or for so many seconds."""
    switchboard.loop.soon(switchboard.drain)
    end = monotonic() + patience
    sleep(0.05)
    while switchboard.mailboxes and monotonic() < end:
        sleep(0.05)
