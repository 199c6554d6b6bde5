"""gunicorn.conf.py with a defence taken away, so that an attack on it can be seen to succeed. OPEN names which.

Used by `-c`, as in GUNICORN_CMD_ARGS; never by anything but the tests.
"""

import os
import runpy

from messenger.reception import forgery

globals().update(runpy.run_path("gunicorn.conf.py"))


def forgeries():
    """Whoever asks, it is one of our pages."""
    forgery.check = lambda: None
    forgery._is_ours = lambda origin: True


{"forgery": forgeries}[os.environ["OPEN"]]()
