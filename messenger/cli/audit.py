"""flask audit: who changed what on behalf of the server. flask report: what people tell the administrators."""

import click
from flask.cli import AppGroup, with_appcontext

from messenger.cli import words
from messenger.core import audit, reports

STEWARD = audit.Steward()
commands = AppGroup("report", help="What people reported.")


@click.command("audit", help="Who changed what on behalf of the server, newest first.")
@click.argument("words_", metavar="[WORDS]", default="")
@click.option("-n", "limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many lines.")
@click.option("--before", type=int, help="Older than the entry of this number.")
@words.as_json
@with_appcontext
@words.politely
def trail(words_: str, limit: int, before: int | None, is_json: bool) -> None:
    """Those in which WORDS stand: a deed, a login, a group."""
    rows = [
        {
            "entry": trace.entry_id,
            "made_at": trace.created_at,
            "who": trace.person.login if trace.person else None,
            "address": trace.address,
            "deed": trace.deed,
            "whom": trace.object,
        }
        for trace in audit.traces(words_, before, limit)
    ]
    words.say_all(rows, is_json, "Nothing was changed yet.")


@commands.command("list")
@click.option("--closed", "is_closed", is_flag=True, help="Those that are done with.")
@click.option("--before", type=int, help="Older than the report of this number.")
@words.as_json
@words.politely
def list_all(is_closed: bool, before: int | None, is_json: bool) -> None:
    """The reports that wait, newest first."""
    rows = [
        {
            "report": row.report_id,
            "made_at": row.created_at,
            "from": row.reporter.login,
            "about": row.about.login if row.about else None,
            "message": row.message.text if row.message else None,
            "reason": row.reason,
            "resolution": row.resolution or None,
        }
        for row in reports.listed(not is_closed, before)
    ]
    words.say_all(rows, is_json, "There is no report.")


@commands.command("resolve")
@click.argument("report_id", type=int)
@click.argument("resolution", default="")
@words.as_json
@words.politely
def resolve(report_id: int, resolution: str, is_json: bool) -> None:
    """Close a report, with a word on what was done."""
    reports.resolve(STEWARD, report_id, resolution)
    words.say({"resolved": report_id}, is_json)
