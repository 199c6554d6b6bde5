"""Why something that carries news is lost, in words that hold no address, and so no password."""

import ssl
from collections.abc import Iterator

UNTRUSTED = "its certificate is not trusted"


def reason(error: BaseException) -> str:
    """The kind of error, or what TLS has to say: only people can mend that."""
    for one in _behind(error):
        if isinstance(one, ssl.SSLCertVerificationError):
            return f"{UNTRUSTED}: {one.verify_message.rstrip('.')}"
        if isinstance(one, ssl.SSLError):
            return f"it does not speak TLS as we do: {one.reason or type(one).__name__}"
    return type(error).__name__


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those that led to it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
