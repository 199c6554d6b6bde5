"""The lines of a WhatsApp export: moments in the many ways in which phones write them, and what stands behind them."""

import re
from collections.abc import Iterable
from datetime import datetime, tzinfo
from typing import NamedTuple

from messenger.core import clock

# Marks of direction, and the blanks that are none.
MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
BLANKS = str.maketrans({"\u202f": " ", "\u00a0": " ", "\u2009": " "})
MORNING = ("am", "a.m.", "a. m.", "午前", "上午", "오전", "ص", "vorm.", "π.μ.")
EVENING = ("pm", "p.m.", "p. m.", "午後", "下午", "오후", "م", "nachm.", "μ.μ.")
HALVES = "|".join(re.escape(word) for word in sorted((*MORNING, *EVENING), key=len, reverse=True))
DATE = r"(?P<one>\d{1,4})(?P<between>[./-])\s?(?P<two>\d{1,2})[./-]\s?(?P<three>\d{1,4})\.?"
CLOCK = r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d))?"
TIME = rf"(?:(?P<before>{HALVES})\s?)?{CLOCK}(?:\s?(?P<after>{HALVES}))?"
MOMENT = rf"{DATE}(?:,|\s(?:à|às|alle|kl\.?|um|в|a las))?\s{{1,2}}{TIME}(?:\sUhr)?"
FORMS = (re.compile(rf"\[{MOMENT}\]\s?(?P<rest>.*)", re.IGNORECASE | re.DOTALL),
         re.compile(rf"{MOMENT}\s[-–]\s(?P<rest>.*)", re.IGNORECASE | re.DOTALL),
         re.compile(rf"{MOMENT},\s(?P<rest>[^:]+\s:\s.*)", re.IGNORECASE | re.DOTALL))  # fmt: skip
AUTHOR = re.compile(r"(?P<author>[^:]{1,100}?)\s?: ?(?P<text>.*)", re.DOTALL)
# What the phone says about names in quotes is not said by somebody.
QUOTED = re.compile('[“”„«»"]')
ORDERS = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}


class Stamp(NamedTuple):
    """A moment as it was written: three numbers of a date, in an order yet to be known."""

    numbers: tuple[int, int, int]
    hour: int
    minute: int
    second: int
    between: str


class Said(NamedTuple):
    """One message; `is_marked` when a mark of direction stands before its words, as only the phone itself writes it;
    `is_bracketed` in the form of iOS."""

    stamp: Stamp
    author: str
    text: str
    is_marked: bool
    is_bracketed: bool
    line: int


def begins(line: str, number: int) -> Said | None:
    """What this line begins, or None when it goes on with the message before."""
    bare = MARKS.sub("", line).translate(BLANKS)
    for form in FORMS:
        found = form.match(bare)
        if found:
            break
    else:
        return None
    stamp = _stamp(found)
    if stamp is None:
        return None
    named = AUTHOR.fullmatch(found["rest"])
    is_marked = _is_marked(line, found["rest"])
    if named is None or QUOTED.search(named["author"]):
        return Said(stamp, "", found["rest"], is_marked, form is FORMS[0], number)
    return Said(
        stamp, named["author"].strip().removeprefix("~").strip(), named["text"], is_marked, form is FORMS[0], number
    )


def _is_marked(line: str, rest: str) -> bool:
    """Does a mark of direction stand right before the words?"""
    words = rest.partition(": ")[2] or rest
    place = line.translate(BLANKS).find(words[:12]) if words else -1
    return place > 0 and bool(MARKS.match(line[place - 1]))


def order_of(stamps: Iterable[Stamp]) -> str:
    """How the dates are to be read: as what is possible, then so that they never go back; "" when both readings do."""
    left, last = set(ORDERS), dict.fromkeys(ORDERS, (0, 0, 0))
    back = dict.fromkeys(ORDERS, 0)
    is_sure = True
    for stamp in stamps:
        is_sure &= stamp.between != "/" or stamp.numbers[0] == stamp.numbers[1]
        for order in tuple(left):
            year, month, day = (stamp.numbers[place] for place in ORDERS[order])
            if not (1 <= month <= 12 and 1 <= day <= 31 and (order == "ymd") == (stamp.numbers[0] > 31)):
                left.discard(order)
            back[order] += (year, month, day) < last[order]
            last[order] = (year, month, day)
    if len(left) > 1 and not is_sure and back["dmy"] == back["mdy"]:
        return ""
    return min(left, key=lambda order: (back[order], order), default="")


def moment(said: Said, order: str, zone: tzinfo) -> int:
    """The moment, in microseconds. ValueError when there is none."""
    year, month, day = (said.stamp.numbers[place] for place in ORDERS[order])
    year += 2000 if year < 100 else 0
    try:
        found = datetime(year, month, day, said.stamp.hour, said.stamp.minute, said.stamp.second, tzinfo=zone)
        return int(found.timestamp()) * clock.SECOND
    except (ValueError, OverflowError):
        raise ValueError(f"there is no such day, read as {order}; --date-order says how") from None


def _stamp(found: re.Match[str]) -> Stamp | None:
    half = (found["before"] or found["after"] or "").lower()
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    if half:
        hour = hour % 12 + (12 if half in EVENING else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return Stamp((int(found["one"]), int(found["two"]), int(found["three"])), hour, minute, second, found["between"])
