"""Every call and every frame that docs/protocols promises has a play: a test in tests/protocols that names it."""

import re
from functools import cache
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
PAPERS = sorted((HOME / "docs" / "protocols").glob("*.md"))
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# Heads of tables whose first column names frames; of those that name calls.
FRAMES = {"type", "the client says", "the server says", "pushed as"}
CALLS = {"call"}
# Plays of several wires.
SHARED = ("speakers", "test_matrix", "test_first_clients", "test_second_clients")


def tables(text):
    """Each table of a page: its head, and the cells of its first column."""
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        head, _, *rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in block.splitlines()]
        yield head[0], [row[0] for row in rows]


def calls_of(text):
    """(method, path) of every documented call; `PUT`, `DELETE /x` names two."""
    for head, cells in tables(text):
        for cell in cells if head in CALLS else ():
            waiting: list[str] = []
            for word in re.findall(r"(?:<[^>]*>|[^\s`,])+", cell):
                if word in METHODS:
                    waiting.append(word)
                elif word.startswith("/"):
                    yield from ((method, word) for method in waiting)
                    waiting = []


def frames_of(text):
    """Every documented type of frame."""
    for head, cells in tables(text):
        if head in FRAMES:
            for cell in cells:
                yield from re.findall(r"`([^`]+)`", cell)
    yield from re.findall(r'"Message": "([A-Z][\w ]+)"', text.partition("## The websocket")[2])


@cache
def plays(wire):
    """The source of the plays of this wire, and of those of all wires together."""
    folder = HOME / "tests" / "protocols"
    names = [name for name in folder.glob("*.py") if wire in name.stem or name.stem in SHARED]
    return "\n".join(name.read_text() for name in names)


def play_of(method, path):
    """A call in the source of a play: `.get("/x/…`, or `"GET", f"/x/…` as in a table, or built from a place."""
    words = "".join(r"[^\"/?]*" if re.match(r"[{<]", part) else re.escape(part)
                    for part in re.split(r"(\{\w+\}|<[\w ]+>)", path.rstrip("/")))  # fmt: skip
    asked = rf'f?"(?:/{{\w+}})?(?:/[\w-]+)?{words}/?(?:\?[^"]*)?"'
    upgrade = [r"(?:socket|line)\((?:\w+, )?"] if method == "GET" else []
    verbs = "|".join([rf"\.{method.lower()}\(\s*", rf'"{method}",\s*', rf'"{method}", *\(?', *upgrade])
    return re.compile(rf"(?:{verbs}){asked}")


PLACES = {"/dialog/{login}": "place", "/group/{id}": "place"}


def is_played(wire, method, path):
    """Is the call made in a play? Helpers that are given a place make some of them."""
    source = plays(wire)
    if play_of(method, path).search(source):
        return True
    if re.search(rf'parametrize\("path".*"{re.escape(path)}"', source) and f".{method.lower()}(path" in source:
        return True
    for address, name in PLACES.items():
        if path.startswith(address):
            rest = re.escape(path.removeprefix(address)).replace(r"\{login\}", '[^"]*')
            found = rf'(?:\.{method.lower()}\(|"{method}",)\s*(?:{name}\b(?!\()|f"\{{{name}\}}{rest})'
            if re.search(found, source) and (rest == "" or re.search(rest, source)):
                return True
    return False


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.stem)
def test_every_documented_call_has_a_play(paper):
    calls = sorted(set(calls_of(paper.read_text())))
    assert len(calls) >= 3
    missing = [call for call in calls if not is_played(paper.stem, *call)]
    assert missing == [], f"documented in {paper.name}, asked for by no test"
    print(f"{paper.stem}: {len(calls)} documented calls, {len(missing)} without a play")


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.stem)
def test_every_documented_frame_has_a_play(paper):
    frames = sorted(set(frames_of(paper.read_text())))
    assert frames or paper.stem == "flash_chat", "flash_chat's frames are plain text"
    missing = [name for name in frames if f'"{name}"' not in plays(paper.stem)]
    assert missing == [], f"documented in {paper.name}, spoken and heard by no test"
    print(f"{paper.stem}: {len(frames)} documented frames, {len(missing)} without a play")


def test_a_call_without_a_play_is_noticed():
    assert not play_of("GET", "/message/{id}/nothing").search(plays("gmessenger"))
    assert play_of("GET", "/me").search(plays("gmessenger"))
    table = "| call | a |\n|---|---|\n| `PUT`, `DELETE /x/{id}` | |\n| `PATCH` or `PUT /a`, `GET /b` | |\n"
    found = [("PUT", "/x/{id}"), ("DELETE", "/x/{id}"), ("PATCH", "/a"), ("PUT", "/a"), ("GET", "/b")]
    assert list(calls_of(table)) == found
