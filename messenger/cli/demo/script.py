"""What is said in the demo, where and when: one line a message, oldest first in each chat.

The moments are minutes before now. `edited`, `answers` (the number of the line in the same chat, from 0), `reactions`
(emoji → logins), `files` (names of pictures) and `pinned` say what became of it.
"""

from typing import Any

import msgspec

HOUR, DAY = 60, 24 * 60


class Line(msgspec.Struct, frozen=True):
    """One message."""

    ago: int
    author: str
    text: str
    edited: str = ""
    answers: int | None = None
    reactions: dict[str, str] = {}
    files: tuple[str, ...] = ()
    is_pinned: bool = False
    is_deleted: bool = False


class Scene(msgspec.Struct, frozen=True):
    """One chat. Two people are a dialog; `unread`: how many of the last lines the first of them has not read."""

    people: tuple[str, ...]
    lines: tuple[Line, ...]
    name: str = ""
    is_public: bool = False
    unread: int = 0
    is_on_top: bool = False
    is_muted: bool = False
    draft: str = ""


def said(ago: int, author: str, text: str = "", **more: Any) -> Line:
    """A line."""
    return Line(ago, author, text, **more)


REGATTA = Scene(
    ("mira", "jonas", "aylin", "tomas", "priya", "lea", "sam", "noor"),
    (
        said(3 * DAY, "mira", "Welcome aboard! This is where we plan **the autumn regatta**. Keep receipts, "
             "keep it friendly ⛵",
             is_pinned=True, reactions={"⛵": "jonas aylin lea", "❤️": "tomas"}),
        said(3 * DAY - 4, "priya", "I have put the tides into a chart. High water on Saturday is at 11:42, so "
             "the start should be *before* noon.",
             files=("tides.png",), reactions={"👍": "mira jonas sam", "🤓": "noor"}),
        said(3 * DAY - 9, "sam", "So the van has to be at the slip by nine. Noted."),
        said(3 * DAY - 10, "sam", "Grumbling, but noted.", reactions={"😂": "mira tomas lea noor"}),
        said(2 * DAY - 200, "jonas", "The jury boat is dry again. New planks, same old leak."),
        said(2 * DAY - 202, "jonas", "Kidding. No leak.", edited="Kidding. No leak. "
             "*Probably.*", reactions={"😮": "priya"}),
        said(2 * DAY - 210, "aylin", "Please keep the fleet south of the eelgrass this year:\n\n- buoys 3 to 5 "
             "stay out\n- anchors only in the sand\n- seals have right of way",
             reactions={"👍": "mira priya jonas", "🦭": "lea noor"}),
        said(2 * DAY - 215, "noor", "Seals have right of way is the best rule we ever had", answers=6),
        said(DAY - 30, "noor", "وهذه مسودة الملصق، الألوان من صورة ليا"),
        said(DAY - 31, "noor", "And in English: the poster draft is ready, the colours come from Léa's "
             "photograph.", reactions={"🎨": "lea mira"}),
        said(DAY - 40, "lea", "From this one, Tuesday, just before the "
             "rain:", files=("harbour.jpg",), reactions={"😍": "mira noor aylin", "❤️": "tomas"}),
        said(200, "tomas", "Menu is fixed: soup, bread, more soup. Vegetarian unless somebody catches "
             "something.", reactions={"🍲": "mira sam"}),
        said(196, "mira", "I bake. @sam can you fetch 20 kg of flour on Friday?"),
        said(190, "sam", "Can I? Yes. Will I be early? `false`", answers=12, reactions={"😂": "mira"}),
        said(42, "priya", "Start list so far:\n```\nPetrel   Tomás, Mira\nTern     Jonas, Noor\nAuk      Aylin, "
             "Léa\n```"),
        said(35, "jonas", "Tern is ready to embarrass the Petrel."),
        said(33, "tomas", "The Petrel does not read this group.", reactions={"😂": "jonas noor lea", "🔥": "sam"}),
        said(12, "lea", "Light is lovely out there right now", files=("evening.jpg",)),
        said(6, "aylin", "@mira the permit came through! We may use the north pier.", reactions={"🎉": "jonas priya"}),
    ),
    name="Autumn regatta", is_public=True, is_on_top=True,
)  # fmt: skip

JONAS = Scene(
    ("mira", "jonas"),
    (
        said(2 * DAY, "jonas", "Do you still have my plane? The small one"),
        said(2 * DAY - 3, "mira", "It is on the shelf behind the flour. Do not ask."),
        said(2 * DAY - 5, "jonas", "I am asking", reactions={"😂": "mira"}),
        said(DAY, "mira", "Look what the morning did up at the pass", files=("hills.jpg",), reactions={"😍": "jonas"}),
        said(DAY - 6, "jonas", "Oh, that goes on the wall."),
        said(95, "jonas", "Can you look over the rigging list before tonight?"),
        said(90, "mira", "Yes, after four. Leave it on the bench?", answers=5),
        said(88, "jonas", "On the bench, under the coffee cup. 👍"),
        said(20, "mira", "Done, two small notes in pencil."),
    ),
)
AYLIN = Scene(
    ("mira", "aylin"),
    (
        said(DAY + 90, "aylin", "The seal count is in: **41**. Last year it was 33.", reactions={"🦭": "mira"}),
        said(DAY + 80, "mira", "That is wonderful. Do they know they are being counted?"),
        said(30, "aylin", "They pose."),
        said(18, "aylin", "Are you at the office? I have the signed permit here"),
        said(5, "aylin", "I could be there in ten minutes ☕"),
    ),
    unread=3,
)
LEA = Scene(
    ("mira", "lea"),
    (
        said(5 * HOUR, "lea", "Which of the two for the poster?", files=("harbour.jpg", "evening.jpg")),
        said(5 * HOUR - 8, "mira", "The second. No, the first. Ask Noor."),
        said(4 * HOUR, "lea", "Noor said “the second, no, the first”.", reactions={"😂": "mira"}),
    ),
    draft="Then it is settled: the ",
)
KITCHEN = Scene(
    ("tomas", "mira", "sam"),
    (
        said(2 * DAY, "tomas", "Who took the good knife?"),
        said(2 * DAY - 30, "sam", "this was about fishing line", is_deleted=True),
        said(2 * DAY - 31, "sam", "It is in the van. It is clean. I am sorry."),
        said(DAY, "tomas", "Forgiven. Soup at seven."),
    ),
    name="Galley", is_muted=True,
)  # fmt: skip
PRIYA = Scene(
    ("mira", "priya"),
    (
        said(3 * DAY, "priya", "https://example.org/tides has the long table, if you need it."),
        said(3 * DAY - 5, "mira", "🙏"),
    ),
)
SAM = Scene(
    ("mira", "sam"),
    (said(2 * DAY, "mira", "Friday, 20 kg, the mill closes at five."), said(2 * DAY - 60, "sam", "👍👍")),
)
SCENES = (PRIYA, SAM, KITCHEN, REGATTA, LEA, JONAS, AYLIN)
