"""flask invite: codes that open the door of a server with REGISTRATION=invite."""

from typing import Any

import click
from flask.cli import AppGroup

from messenger.cli import words
from messenger.core import administration, invitations
from messenger.core.administration import Offer
from messenger.core.audit import Steward
from messenger.extensions import settings

STEWARD = Steward()
commands = AppGroup("invite", help="Codes that let people register.")


@commands.command("create")
@click.option("--uses", type=click.IntRange(1, 10_000), default=1, show_default=True, help="How many may come with it.")
@click.option(
    "--days", type=click.IntRange(0, 3_650), default=7, show_default=True, help="How long it opens; 0 for ever."
)
@click.option("--note", default="", help="What it is for; shown in the list.")
@click.option("--group", "group_id", type=int, help="The number of a group that who comes with it joins at once.")
@words.as_json
@words.politely
def create(uses: int, days: int, note: str, group_id: int | None, is_json: bool) -> None:
    """A new code. It is shown only now."""
    code = administration.invite(STEWARD, Offer(uses, days or None, note, group_id))
    answer: dict[str, Any] = {"code": code, "uses": uses, "days": days or None}
    if settings.base_url:
        answer["address"] = f"{settings.base_url}/register?invitation={code}"
    words.say(answer, is_json)


@commands.command("list")
@words.as_json
def list_all(is_json: bool) -> None:
    """All that were made, newest first; not the codes themselves."""
    rows = [
        {
            "invitation": row.invitation_id,
            "note": row.note,
            "group": row.group,
            "made_by": row.made_by,
            "uses_left": row.uses_left,
            "created_at": row.created_at,
            "expires_at": row.expires_at,
            "is_valid": row.is_valid,
        }
        for row in invitations.every()
    ]
    words.say_all(rows, is_json, "Nobody was invited yet.")


@commands.command("revoke")
@click.argument("invitation_id", type=int)
@words.dry_run
@words.as_json
@words.politely
def revoke(invitation_id: int, is_dry: bool, is_json: bool) -> None:
    """From now on it opens nothing."""
    if words.is_agreed(f"revoke invitation {invitation_id}", True, is_dry):
        administration.revoke(STEWARD, invitation_id)
        words.say({"revoked": invitation_id}, is_json)
