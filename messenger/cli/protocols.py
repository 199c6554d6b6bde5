"""flask protocols: every address of every protocol, as the routes have them."""

import json
from itertools import groupby

import click
from flask import current_app
from flask.cli import with_appcontext

from messenger.protocols.documents.routes import SOCKET, Route, of


@click.command("protocols", help="Print every address of every protocol.")
@click.argument("names", nargs=-1)
@click.option("--json", "is_json", is_flag=True, help="Answer with one JSON object.")
@with_appcontext
def command(names: tuple[str, ...], is_json: bool) -> None:
    """All of them, or those of the protocols that are named."""
    by_name = {name: list(routes) for name, routes in groupby(of(current_app), lambda route: route.protocol.name)}
    for name in names:
        if name not in by_name:
            raise click.UsageError(f"There is no protocol {name!r}, only {', '.join(by_name)}.")
    chosen = {name: routes for name, routes in by_name.items() if not names or name in names}
    if is_json:
        click.echo(json.dumps({name: [_plain(route) for route in routes] for name, routes in chosen.items()}, indent=2))
    else:
        click.echo("\n\n".join(_block(name, routes) for name, routes in chosen.items()))


def _block(name: str, routes: list[Route]) -> str:
    lines = [f"  {_method(route):7} {route.path:{_width(routes)}} {route.home_path}" for route in routes]
    return "\n".join([name, *lines])


def _width(routes: list[Route]) -> int:
    return max(len(route.path) for route in routes)


def _plain(route: Route) -> dict[str, str]:
    return {"method": _method(route), "address": route.path, "home": route.home_path}


def _method(route: Route) -> str:
    return "socket" if route.method == SOCKET else route.method
