"""flask group: the groups of this server."""

from typing import Any

import click
from flask.cli import AppGroup

from messenger.cli import words
from messenger.core import administration, audit, groups, members, people, roll
from messenger.core.refusals import Unknown
from messenger.core.snapshots import Actor

STEWARD = audit.Steward()
commands = AppGroup("group", help="The groups of this server.")


@commands.command("list")
@click.option("--members", "group_id", type=int, help="Who is in the group of this number.")
@words.as_json
@words.politely
def list_all(group_id: int | None, is_json: bool) -> None:
    """All groups, by name."""
    if group_id is not None:
        rows = [{"login": m.person.login, "name": m.person.name, "role": m.role} for m in _members(group_id)]
        words.say_all(rows, is_json, "Nobody is in this group.")
        return
    words.say_all([_row(entry) for entry in roll.groups()], is_json, "There is no group yet.")


@commands.command("create")
@click.argument("name")
@click.option("--owner", required=True, help="Login of whoever shall own it.")
@click.option("--public", "is_public", is_flag=True, help="Everybody may read and join.")
@click.option("--member", "logins", multiple=True, help="Login of a first member; may be given several times.")
@words.as_json
@words.politely
def create(name: str, owner: str, is_public: bool, logins: tuple[str, ...], is_json: bool) -> None:
    """A new group."""
    invited = [people.by_login(login) for login in logins]
    made = groups.create(words.actor_of(owner), name, is_public, invited)
    audit.keep(STEWARD, "group made", f"group {made.chat_id} ({made.name})")
    words.say({"group": made.chat_id, "name": made.name, "is_public": made.is_public}, is_json)


@commands.command("add")
@click.argument("group_id", type=int)
@click.argument("login")
@click.option("--role", type=click.Choice(["owner", "admin", "member"]), default="member", show_default=True)
@words.as_json
@words.politely
def add(group_id: int, login: str, role: str, is_json: bool) -> None:
    """Bring a person in."""
    leader, person = _leader(group_id), people.by_login(login)
    member = groups.add(leader, group_id, person)
    audit.keep(STEWARD, "member added", f"@{person.login} to group {group_id}")
    if role != "member":
        member = groups.appoint(leader, group_id, person, role)
    words.say({"group": group_id, "login": member.person.login, "role": member.role}, is_json)


@commands.command("remove")
@click.argument("group_id", type=int)
@click.argument("login")
@words.dry_run
@words.assumed_yes
@words.as_json
@words.politely
def remove(group_id: int, login: str, is_dry: bool, is_sure: bool, is_json: bool) -> None:
    """Take a person out."""
    leader, person = _leader(group_id), people.by_login(login)
    if person.user_id not in [member.person.user_id for member in members.of(group_id)]:
        raise Unknown("%(name)s is not in this group.", name=person.name)
    if words.is_agreed(f"take {person.login} out of group {group_id}", is_sure, is_dry):
        groups.remove(leader, group_id, person)
        audit.keep(STEWARD, "member removed", f"@{person.login} from group {group_id}")
        words.say({"group": group_id, "removed": person.login}, is_json)


@commands.command("close")
@click.argument("group_id", type=int)
@click.option("--reopen", "is_reopened", is_flag=True, help="The other way round.")
@words.dry_run
@words.assumed_yes
@words.as_json
@words.politely
def close(group_id: int, is_reopened: bool, is_dry: bool, is_sure: bool, is_json: bool) -> None:
    """Archive a group: nobody reads or writes in it any more. Nothing is deleted."""
    deed = "open" if is_reopened else "close"
    if words.is_agreed(f"{deed} group {group_id}", is_sure or is_reopened, is_dry):
        chat = administration.close_group(STEWARD, group_id, not is_reopened)
        words.say({"group": group_id, "name": chat.name, "is_closed": not is_reopened}, is_json)


def _members(group_id: int) -> list[Any]:
    if group_id not in [entry.chat_id for entry in roll.groups()]:
        raise Unknown("There is no such group.")
    return members.of(group_id)


def _leader(group_id: int) -> Actor:
    """What happens to a group is done by somebody in it: by its owner."""
    return next(Actor(member.person) for member in _members(group_id) if member.role == "owner")


def _row(entry: roll.GroupEntry) -> dict[str, Any]:
    return {
        "group": entry.chat_id,
        "name": entry.name,
        "is_public": entry.is_public,
        "members": entry.members,
        "messages": entry.messages,
        "active_at": entry.active_at,
    }
