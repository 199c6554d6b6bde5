"""Letters on paper and out of the house: what core has put down is written here and handed to a mail server."""

from messenger.mail.post import deliver

__all__ = ["deliver"]
