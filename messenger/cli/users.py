"""flask user: the accounts of this server. flask token: a way in for a program."""

import secrets
import sys
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext

from messenger.cli import words
from messenger.core import (
    accounts,
    administration,
    audit,
    factors,
    last_administrator,
    passwords,
    people,
    recovery,
    roll,
    sessions,
)
from messenger.core.accounts import Application
from messenger.core.sessions import Device
from messenger.core.snapshots import Actor
from messenger.extensions import settings

STEWARD = audit.Steward()
commands = AppGroup("user", help="The accounts of this server.")
new_password = click.option("--password", help="The password; without it one is asked for, or read from a pipe.")
made_up = click.option("--generate", "is_made_up", is_flag=True, help="Make a password and print it.")


@commands.command("create")
@click.argument("login")
@click.option("--name", help="The name shown; without it the login.")
@click.option("--email", help="An e-mail to sign in with as well.")
@click.option("--admin", "is_admin", is_flag=True, help="Make an administrator.")
@new_password
@made_up
@words.as_json
@words.politely
def create(login: str, name: str | None, email: str | None, is_admin: bool, is_json: bool, **secret: Any) -> None:
    """Make an account, whatever REGISTRATION says."""
    password = _password(**secret)
    application = accounts.checked(Application(login, password, name, email))
    hashed = passwords.hashed(passwords.checked(password))
    made = administration.make_account(STEWARD, application, hashed, is_admin)
    answer = words.person(made) | {"is_admin": roll.of(made).is_admin}
    words.say(answer | ({"password": password} if secret["is_made_up"] else {}), is_json)


@commands.command("list")
@words.as_json
def list_all(is_json: bool) -> None:
    """Everybody, by login."""
    words.say_all([_row(entry) for entry in roll.everybody()], is_json, "Nobody has registered yet.")


@commands.command("show")
@click.argument("login")
@words.as_json
@words.politely
def show(login: str, is_json: bool) -> None:
    """One person."""
    person = people.by_login(login)
    more = {"last_seen_at": person.last_seen, "sessions": len(sessions.of(Actor(person)))}
    words.say(_row(roll.of(person)) | more, is_json)


@commands.command("password")
@click.argument("login")
@new_password
@made_up
@click.option(
    "--link", "is_link", is_flag=True, help="Print a link instead, by which the person chooses one; good for a day."
)
@words.as_json
@words.politely
def password(login: str, is_link: bool, is_json: bool, **secret: Any) -> None:
    """Give a person another password. All his sessions end."""
    person = people.by_login(login)
    if is_link:
        place = settings.base_url or f"http://{settings.bind}"
        words.say({"login": person.login, "link": place + recovery.link(STEWARD, person.user_id)}, is_json)
        return
    chosen = _password(**secret)
    administration.set_password(STEWARD, person.user_id, passwords.hashed(passwords.checked(chosen)))
    words.say({"login": person.login} | ({"password": chosen} if secret["is_made_up"] else {}), is_json)


@commands.command("disable")
@click.argument("login")
@words.as_json
@words.politely
def disable(login: str, is_json: bool) -> None:
    """Keep a person out. His sessions end; what he wrote stays."""
    words.say(_row(roll.of(administration.disable(STEWARD, people.by_login(login).user_id))), is_json)


@commands.command("enable")
@click.argument("login")
@words.as_json
@words.politely
def enable(login: str, is_json: bool) -> None:
    """Let a disabled person in again."""
    words.say(_row(roll.of(administration.disable(STEWARD, people.by_login(login).user_id, False))), is_json)


@commands.command("promote")
@click.argument("login")
@click.option("--demote", "is_demoted", is_flag=True, help="The other way round.")
@words.as_json
@words.politely
def promote(login: str, is_demoted: bool, is_json: bool) -> None:
    """Make a person an administrator."""
    words.say(_row(roll.of(administration.promote(STEWARD, people.by_login(login).user_id, not is_demoted))), is_json)


@commands.command("delete")
@click.argument("login")
@words.dry_run
@words.assumed_yes
@words.as_json
@words.politely
def delete(login: str, is_dry: bool, is_sure: bool, is_json: bool) -> None:
    """Close an account for good. What the person wrote to others stays, without the name."""
    person = people.by_login(login)
    last_administrator.check(person.user_id)
    if words.is_agreed(f"delete the account of {person.login} ({person.name}) for good", is_sure, is_dry):
        administration.remove_account(STEWARD, person.user_id)
        words.say({"deleted": person.login}, is_json)


@commands.command("second-step")
@click.argument("login")
@click.option("--off", "is_dropped", is_flag=True, help="Ask no code of this person any more.")
@words.as_json
@words.politely
def second_step(login: str, is_dropped: bool, is_json: bool) -> None:
    """Whether a code is asked of a person at sign-in; or an end to it, for who has lost his phone and his codes."""
    person = people.by_login(login)
    if is_dropped:
        administration.drop_factor(STEWARD, person.user_id)
    words.say({"login": person.login, "second_step": factors.is_on(person.user_id)}, is_json)


@commands.command("sessions")
@click.argument("login")
@click.option("--end", "session_id", type=int, help="End the session of this number.")
@click.option("--end-all", "ends_all", is_flag=True, help="End all of them.")
@words.as_json
@words.politely
def show_sessions(login: str, session_id: int | None, ends_all: bool, is_json: bool) -> None:
    """The devices a person is signed in with, or an end to them."""
    person = people.by_login(login)
    if session_id is not None or ends_all:
        words.say(
            {"ended": administration.end_sessions(STEWARD, person.user_id, None if ends_all else session_id)}, is_json
        )
        return
    rows = [
        {"session": s.session_id, "door": s.door, "device": s.user_agent, "address": s.address, "seen_at": s.seen_at}
        for s in sessions.of(Actor(person))
    ]
    words.say_all(rows, is_json, f"{person.login} is signed in nowhere.")


@click.command("token", help="Sign a person in and print the token, for a program that acts as him.")
@click.argument("login")
@click.option(
    "--minutes", type=click.IntRange(1, 525_600), help="How long it lives; without it 90 days from its last use."
)
@words.as_json
@with_appcontext
@words.politely
def token(login: str, minutes: int | None, is_json: bool) -> None:
    """A session of its own, which `flask user sessions` can end."""
    made = accounts.sign_in(people.by_login(login).user_id, Device("command", "flask token", minutes=minutes))
    audit.keep(STEWARD, "token made", f"@{made.actor.login}")
    if is_json:
        words.say({"login": made.actor.login, "session": made.actor.session_id, "token": made.token}, True)
    else:
        click.echo(made.token)


def _row(entry: roll.Entry) -> dict[str, Any]:
    return words.person(entry.person) | {"is_admin": entry.is_admin, "is_disabled": entry.is_disabled}


def _password(password: str | None, is_made_up: bool) -> str:
    if is_made_up:
        return secrets.token_urlsafe(12)
    if password is not None:
        return password
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
