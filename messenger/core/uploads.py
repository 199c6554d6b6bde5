"""A message with a file that stands at once; the other one's netrox hears of it only when its writer announces it."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import select

from messenger.core import messages
from messenger.core.delivery import Delivery
from messenger.core.models import Attachment
from messenger.core.sends import Sending
from messenger.core.snapshots import Actor, ChatSnapshot, MessageSnapshot
from messenger.core.verbs import Tx, grouped
from messenger.extensions import db


def prepare(actor: Actor, chat: ChatSnapshot, text: str, client_id: str | None, attachment_id: int) -> Sending:
    """As for any message; under a client id the same bytes are the same upload, however often they were sent."""
    sending = messages.prepare(actor, chat, text, client_id, attachment_ids=(attachment_id,))
    sending.awaits_announcement = True
    if client_id is not None:
        digest = db.session.scalar(select(Attachment.sha256).where(Attachment.id == attachment_id))
        plain = messages.prepare(actor, chat, text or ".", client_id).fingerprint
        sending.fingerprint = hashlib.blake2b(f"{plain}\n{digest}".encode(), digest_size=16).hexdigest()
    return sending


@grouped(prepare)
def store(tx: Tx, sendings: Sequence[Sending]) -> list[MessageSnapshot | Exception]:
    """Store it. Refused like any message; Reused for a client id with something else in it."""
    return Delivery(tx, sendings).run()
