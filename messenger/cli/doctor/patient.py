"""What is looked at: the settings, and the server as it answers here and where people reach it. Each is asked once."""

import os
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from messenger import schema
from messenger.cli import knock
from messenger.cli.knock import Answer, Silent
from messenger.settings import Settings


class Patient:
    """One server."""

    def __init__(self, app: Any, environ: Mapping[str, str] = os.environ) -> None:
        self.app = app
        self.settings: Settings = app.extensions["settings"]
        self.environ = environ

    @property
    def is_asked_here(self) -> bool:
        """Whether a server could answer on this machine; on a platform the command runs in a machine of its own."""
        return bool(self.settings.port) and not self.settings.platform

    @cached_property
    def here(self) -> Answer | Silent:
        """The answer of the server on this machine."""
        return _asked(knock.local_url(self.settings))

    @cached_property
    def outside(self) -> Answer | Silent:
        """The answer where people reach it."""
        return _asked(self.settings.base_url)

    @cached_property
    def heard(self) -> dict[str, Any] | None:
        """What our server heard of a request that came the way people come; None when it cannot be asked so."""
        if not self.settings.base_url or isinstance(self.outside, Silent):
            return None
        return self.outside.heard()

    @cached_property
    def fits(self) -> bool:
        """Whether the database can be read by this version."""
        path = self.settings.sqlite_path
        if path is not None and not path.exists():
            return False
        try:
            schema.check(self.app)
        except schema.SchemaUnfit:
            return False
        return True


def _asked(url: str) -> Answer | Silent:
    try:
        return knock.ask(url, knock.echo_path())
    except Silent as silent:
        return silent
