"""Every address of every protocol, read from the routes themselves: at the root, and under the protocol's home."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import msgspec
from flask import Flask
from werkzeug.routing import Rule

from messenger.protocols import ALL
from messenger.protocols.protocol import Protocol

SOCKET = "SOCKET"
UNSAID = {"HEAD", "OPTIONS"}
VARIABLE = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


class Route(msgspec.Struct, frozen=True):
    """One way to call one view. `home` is the second address of the same thing, where nothing is shared."""

    protocol: Protocol
    method: str
    address: str
    home: str
    view: Callable[..., Any]

    @property
    def path(self) -> str:
        """The address as the documents write it: `/dialog/{login}`."""
        return VARIABLE.sub(r"{\1}", self.address)

    @property
    def home_path(self) -> str:
        """The same under the protocol's home."""
        return VARIABLE.sub(r"{\1}", self.home)

    @property
    def skeleton(self) -> str:
        """The address without the names of its variables: what tells one route from another."""
        return VARIABLE.sub("{}", self.address)

    def plain(self) -> "Route":
        """The same with `id` for its variable, whatever its view calls it."""
        return msgspec.structs.replace(self, address=VARIABLE.sub("<id>", self.address))

    @property
    def names(self) -> dict[str, str]:
        """What the view calls its variables, and what they are called here."""
        return dict(zip(VARIABLE.findall(self.home), self.variables, strict=True))

    @property
    def variables(self) -> list[str]:
        """The names of what stands in the address."""
        return VARIABLE.findall(self.address)


def of(app: Flask) -> list[Route]:
    """All of them, protocol by protocol, by address."""
    found = [route for protocol in ALL for route in _of_protocol(app, protocol)]
    return sorted(found, key=lambda route: (ALL.index(route.protocol), route.address, route.method))


def about(protocol: Protocol) -> str:
    """What the protocol's module says of it."""
    return (import_module(f"messenger.protocols.{protocol.name}").__doc__ or "").strip()


def _of_protocol(app: Flask, protocol: Protocol) -> Iterator[Route]:
    """Everything stands under the home; what stands there alone is led there from the root by doors.py."""
    for rule in app.url_map.iter_rules():
        if protocol.owns(rule.endpoint) and rule.rule.startswith(protocol.home + "/"):
            address = rule.rule.removeprefix(protocol.home)
            for method in _methods(rule):
                yield Route(protocol, method, address, rule.rule, app.view_functions[rule.endpoint])


def _methods(rule: Rule) -> list[str]:
    return [SOCKET] if rule.websocket else sorted((rule.methods or set()) - UNSAID)
