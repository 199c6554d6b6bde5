"""The addresses of an app. Of hundreds a page names a dozen: each is made ready for that when it is first named."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class Address(Rule):
    """A rule that compiles what puts values into it at the first time, not when the app starts."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        return _build_unknown if append_unknown else _build

    def compile_builder(self, append_unknown: bool) -> Builder:
        """What puts values into this one, ready to be called."""
        compiled: Builder = super()._compile_builder(append_unknown).__get__(self, None)
        return compiled


def _build(address: "Address", /, **values: Any) -> tuple[str, str]:
    build = address._build = address.compile_builder(False)
    built: tuple[str, str] = build(**values)
    return built


def _build_unknown(address: "Address", /, **values: Any) -> tuple[str, str]:
    build = address._build_unknown = address.compile_builder(True)
    built: tuple[str, str] = build(**values)
    return built
