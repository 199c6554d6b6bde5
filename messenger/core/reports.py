"""Reports: somebody tells the administrators about a message or a person, and hears no more of it."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from messenger.core import audit, history, loading, people, texts
from messenger.core.audit import Steward
from messenger.core.facts import Reported
from messenger.core.models import Message, Report, User
from messenger.core.numbers import is_id, place
from messenger.core.refusals import Invalid, TooMany, Unknown
from messenger.core.snapshots import Actor, MessageSnapshot, Person
from messenger.core.verbs import Tx, verb
from messenger.extensions import db

LIMIT = 1_000
PAGE = 50
LONGEST_PAGE = 500
MOST_OPEN = 20


class ReportSnapshot(msgspec.Struct, frozen=True):
    """A report as administrators see it. `message` is None where it is about a person, or the message is gone."""

    report_id: int
    reporter: Person
    about: Person | None
    message: MessageSnapshot | None
    reason: str
    created_at: int
    closed_at: int | None
    closed_by: Person | None
    resolution: str


@verb
def report_message(tx: Tx, actor: Actor, message_id: int, reason: str) -> int:
    """Tell of a message that the actor may read. Unknown for another; the same one twice is one report."""
    row = tx.get(Message, message_id) if is_id(message_id) else None
    if row is None or row.deleted_at is not None or not history.may_read(tx, actor.user_id, row.chat_id):
        raise Unknown("There is no such message.")
    if row.author_id == actor.user_id:
        raise Invalid("This is your own message.")
    return _keep(tx, actor, row.author_id, row.id, reason)


@verb
def report_person(tx: Tx, actor: Actor, person: Person, reason: str) -> int:
    """Tell of somebody."""
    if person.user_id == actor.user_id:
        raise Invalid("This is you.")
    return _keep(tx, actor, person.user_id, None, reason)


@verb
def resolve(tx: Tx, steward: Steward, report_id: int, resolution: str, is_closed: bool = True) -> None:
    """Close a report with a word on what was done, or open it again."""
    audit.authorised(tx, steward)
    report = tx.get(Report, report_id) if is_id(report_id) else None
    if report is None:
        raise Unknown("There is no such report.")
    report.resolution = texts.paragraph(resolution, "resolution", LIMIT)
    report.closed_at = tx.now if is_closed else None
    report.closed_by = steward.actor.user_id if steward.actor and is_closed else None
    tx.announce(Reported(report.id, not is_closed))
    audit.note(tx, steward, "report resolved" if is_closed else "report reopened", f"report {report.id}")


def listed(is_open: bool = True, before: int | None = None, limit: int = PAGE) -> list[ReportSnapshot]:
    """The reports that wait, or those that are done with; newest first."""
    reporter, about, closer = aliased(User), aliased(User), aliased(User)
    rows = (
        select(Report, reporter, about, closer, Message)
        .join(reporter, reporter.id == Report.reporter_id)
        .outerjoin(about, about.id == Report.about_user_id)
        .outerjoin(closer, closer.id == Report.closed_by)
        .outerjoin(Message, Message.id == Report.message_id)
        .where(Report.closed_at.is_(None) if is_open else Report.closed_at.is_not(None))
        .order_by(Report.id.desc())
        .limit(max(1, min(limit, LONGEST_PAGE)))
    )
    if before is not None:
        rows = rows.where(Report.id < place(before))
    found = db.session.execute(rows).all()
    messages = {m.message_id: m for m in loading.load(db.session, [row[4] for row in found if row[4] is not None])}
    return [_snapshot(report, users, messages.get(report.message_id or 0)) for report, *users, _ in found]


def waiting() -> int:
    """How many reports nobody has closed yet."""
    return db.session.scalar(select(func.count()).select_from(Report).where(Report.closed_at.is_(None))) or 0


def _snapshot(report: Report, users: Sequence[User | None], message: MessageSnapshot | None) -> ReportSnapshot:
    reporter, about, closed_by = (people.snapshot(user) if user else None for user in users)
    assert reporter is not None
    return ReportSnapshot(
        report_id=report.id,
        reporter=reporter,
        about=about,
        message=message,
        reason=report.reason,
        created_at=report.created_at,
        closed_at=report.closed_at,
        closed_by=closed_by,
        resolution=report.resolution,
    )


def _keep(tx: Tx, actor: Actor, about_id: int, message_id: int | None, reason: str) -> int:
    reason = texts.paragraph(reason, "reason", LIMIT)
    if texts.is_blank(reason):
        raise Invalid("Say in a few words what is wrong.", field="reason")
    mine = select(Report).where(Report.reporter_id == actor.user_id, Report.closed_at.is_(None))
    same = mine.where(Report.about_user_id == about_id, Report.message_id.is_not_distinct_from(message_id))
    report = tx.scalar(same.limit(1))
    if report is not None:
        report.reason = reason
        return report.id
    if (tx.scalar(select(func.count()).select_from(mine.subquery())) or 0) >= MOST_OPEN:
        raise TooMany("You have reported a lot. Please wait until somebody has looked at it.", retry_after=3600)
    report = Report(
        reporter_id=actor.user_id, about_user_id=about_id, message_id=message_id, reason=reason, created_at=tx.now
    )
    tx.add(report)
    tx.flush()
    tx.announce(Reported(report.id, True))
    return report.id
