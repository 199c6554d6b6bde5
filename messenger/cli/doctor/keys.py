"""The secrets: whether somebody could guess them."""

import math
from collections import Counter
from collections.abc import Iterator

from messenger.cli.doctor import cures
from messenger.cli.doctor.fault import Fault
from messenger.cli.doctor.patient import Patient
from messenger.settings.checks import MAKE_SECRET

ENOUGH_BITS = 100


def check(patient: Patient) -> Iterator[Fault]:
    """Long is not enough: thirty-two times the same letter is one letter."""
    settings = patient.settings
    if is_weak(settings.secret_key):
        says = "SECRET_KEY can be guessed: it repeats itself. Everybody is signed out when it changes."
        yield Fault("secret-weak", says, [*cures.here(MAKE_SECRET), *cures.setting("SECRET_KEY", "<the line made>")])
    if settings.jwt_key and is_weak(settings.jwt_key):
        says = "JWT_KEY can be guessed, and who guesses it signs in as anybody. Without it, SECRET_KEY does."
        yield Fault("jwt-key-weak", says, [*cures.here(MAKE_SECRET), *cures.setting("JWT_KEY", "<the line made>")])


def is_weak(secret: str) -> bool:
    """Whether there is too little chance in it."""
    size, counts = len(secret), Counter(secret).values()
    return -sum(count * math.log2(count / size) for count in counts) < ENOUGH_BITS if size else True
