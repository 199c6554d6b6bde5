"""How the core says no: politely, in one sentence, with what the asker can do about it.

Refusal
├── Invalid 400            a field is missing, malformed, too short …
│   ├── Blank              nothing was written
│   └── TooLong            more than fits
├── Unauthenticated 401    nobody, or not the one he says
├── Forbidden 403          known, but may not
│   └── CodeNeeded         the password is right, a second step is to come
├── Unknown 404            there is no such thing, or none that the asker may know of
├── Conflict 409           it stands already
│   ├── Taken              the name belongs to somebody else
│   └── Reused             the same client id with something else in it
├── TooLarge 413           the file or the body is bigger than the server takes
├── TooMany 429            slower, please; says when
├── Overloaded 503         the server has more to write than it can; says when
└── NoSpace 507            the disk is full

`text` is a plain sentence with named gaps, so that a page can translate it before filling it.
"""


class Refusal(Exception):
    """A polite no. `field` names the input that it is about, where there is one."""

    status = 400
    text = "That is not possible."

    def __init__(self, text: str | None = None, *, field: str | None = None, **gaps: str | int) -> None:
        self.text = text if text is not None else self.text
        self.field = field
        self.gaps = gaps
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The whole sentence, in English."""
        return self.text % self.gaps if self.gaps else self.text


class Invalid(Refusal):
    """A field is missing or malformed."""


class Blank(Invalid):
    """Nothing was written."""

    text = "Write something first."


class TooLong(Invalid):
    """More than fits."""

    text = "That is too long: %(limit)s characters at most."


class Unauthenticated(Refusal):
    """Nobody, or not the one he says."""

    status = 401
    text = "Please sign in."


class Forbidden(Refusal):
    """Known, but may not."""

    status = 403
    text = "You may not do that."


class CodeNeeded(Forbidden):
    """The password is right; this account asks for a second step, which not every door knows."""

    text = (
        "This account signs in with two steps. Sign in on the web page, or use a token made there "
        "under Settings, Devices."
    )

    def __init__(self, text: str | None = None, *, user_id: int = 0) -> None:
        super().__init__(text)
        self.user_id = user_id


class Unknown(Refusal):
    """There is no such thing, or none that the asker may know of."""

    status = 404
    text = "There is nothing here."


class Conflict(Refusal):
    """It stands already."""

    status = 409
    text = "That exists already."


class Taken(Conflict):
    """The name belongs to somebody else."""


class Reused(Conflict):
    """The same client id with something else in it."""

    text = "This client id was used for another message."


class TooLarge(Refusal):
    """Bigger than the server takes."""

    status = 413
    text = "That is too large."


class _Later(Refusal):
    """A no that turns into a yes by waiting."""

    def __init__(self, text: str | None = None, *, retry_after: float = 1, **gaps: str | int) -> None:
        super().__init__(text, field=None, **gaps)
        self.retry_after = retry_after


class TooMany(_Later):
    """Slower, please."""

    status = 429
    text = "That is too fast. Please wait a moment."


class Overloaded(_Later):
    """More to write than the server can."""

    status = 503
    text = "The server is busy. Please try again in a moment."


class NoSpace(_Later):
    """The disk is full."""

    status = 507
    text = "The server has no space left. Nothing was stored."
