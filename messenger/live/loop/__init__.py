"""The loop behind two drivers: gevent's hub under gunicorn, a thread of its own everywhere else."""

from messenger.live.loop.base import Loop, Timer, Watcher
from messenger.live.loop.on_gevent import GeventLoop
from messenger.live.loop.on_threads import ThreadLoop

__all__ = ["GeventLoop", "Loop", "ThreadLoop", "Timer", "Watcher"]
