"""Every table: columns, relations and yes/no questions about a row. What may be done to them stands in the verbs."""

from messenger.core.models.chats import Chat, Member
from messenger.core.models.factors import RecoveryCode, SecondFactor
from messenger.core.models.files import Attachment
from messenger.core.models.mail import Letter, Mailing
from messenger.core.models.messages import Edition, Mention, Message, Reaction, Star
from messenger.core.models.passkeys import Passkey
from messenger.core.models.people import Block, Invitation, PushSubscription, Session, User
from messenger.core.models.server import AuditEntry, Keepsake, Report

__all__ = [
    "Attachment",
    "AuditEntry",
    "Block",
    "Chat",
    "Edition",
    "Invitation",
    "Keepsake",
    "Letter",
    "Mailing",
    "Member",
    "Mention",
    "Message",
    "Passkey",
    "PushSubscription",
    "Reaction",
    "RecoveryCode",
    "Report",
    "SecondFactor",
    "Session",
    "Star",
    "User",
]
