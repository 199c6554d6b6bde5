"""Pages for administrators: people, groups, invitations, reports, storage, health, settings and the audit trail."""

from messenger.web.admin import groups, invitations, people, reports, state, storage
from messenger.web.admin.desk import pages

__all__ = ["groups", "invitations", "pages", "people", "reports", "state", "storage"]
