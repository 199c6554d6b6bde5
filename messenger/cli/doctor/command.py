"""flask doctor: every check, one after the other, and what they found."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click
import msgspec
from flask import current_app
from flask.cli import with_appcontext

from messenger.cli import words
from messenger.cli.doctor import (
    address,
    bounds,
    bus,
    clocks,
    cookies,
    copies,
    cures,
    database,
    disk,
    files,
    keys,
    mail,
    people,
    permissions,
    postgresql,
    proxy,
    sockets,
    sqlite,
)
from messenger.cli.doctor.fault import Cure, Fault
from messenger.cli.doctor.patient import Patient
from messenger.extensions import db

CHECKS = (
    keys, permissions, database, sqlite, postgresql, files, disk, bus, bounds, people, copies, mail,
    address, proxy, sockets, cookies, clocks,
)  # fmt: skip


@click.command(
    "doctor", help="Look at the real path and say what is wrong, and what cures it. Says nothing when all is well."
)
@click.option("--for", "places", multiple=True, type=click.Choice([*cures.PLACES, "all"], case_sensitive=False),
              help="Cures for this proxy or platform; without it for where we are.")  # fmt: skip
@words.as_json
@with_appcontext
@words.politely
def command(places: tuple[str, ...], is_json: bool) -> None:
    """Exit code 1 when something is wrong."""
    patient = Patient(current_app._get_current_object())  # type: ignore[attr-defined]
    faults = [fault for check in CHECKS for fault in _found(check, patient)]
    if is_json:
        click.echo(json.dumps({"is_well": not faults, "faults": msgspec.to_builtins(faults)}))
    else:
        for fault in faults:
            _print(fault, {place.lower() for place in places} or _ours(patient))
    sys.exit(1 if faults else 0)


def _found(check: Any, patient: Patient) -> Iterator[Fault]:
    """A check that stumbles says so, and the others go on."""
    look: Callable[[Patient], Iterator[Fault]] = check.check
    try:
        yield from look(patient)
    except Exception as error:
        db.session.remove()
        name = check.__name__.rpartition(".")[2]
        yield Fault(f"{name}-unclear", f"This could not be looked at ({type(error).__name__}).")


def _ours(patient: Patient) -> set[str]:
    platform = patient.settings.platform
    return {platform.lower()} if platform in cures.PLATFORMS else {"here", "nginx", "caddy"}


def _print(fault: Fault, places: set[str]) -> None:
    click.echo(f"{click.style(fault.name, bold=True)}: {fault.says}")
    fitting = [cure for cure in fault.cures if cure.place.lower() in places or "all" in places] or fault.cures[:1]
    for cure in fitting:
        _print_cure(cure)
    click.echo("")


def _print_cure(cure: Cure) -> None:
    if cure.place != cures.HERE:
        click.echo(f"    {cure.place}")
    for line in cure.lines:
        click.echo(f"    {'' if cure.place == cures.HERE else '  '}{line}")
