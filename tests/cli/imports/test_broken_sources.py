"""Exports that are broken: each is read as far as it goes, or refused in plain words."""

import json
import random
import re
import shutil

import pytest

from messenger.cli.imports import SOURCES, box, slack_text, survey, telegram_text
from messenger.cli.imports.box import Refused
from messenger.cli.imports.foreign import Terms, Wrong
from messenger.cli.imports.mattermost import Mattermost
from messenger.cli.imports.slack import Slack
from messenger.cli.imports.telegram import Telegram
from messenger.cli.imports.whatsapp import WhatsApp
from tests.cli.arrivals import SAMPLES, read


def slack_without(tmp_path, name, content):
    """A copy of the sample with something else in one file."""
    folder = tmp_path / "slack"
    shutil.copytree(SAMPLES / "slack", folder, dirs_exist_ok=True)
    (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("general/2024-01-02.json", b'[{"type": "message"', r"general/2024-01-02.json: .*truncated"),
        ("general/2024-01-02.json", b"{}", r"general/2024-01-02.json: Expected `array`"),
        ("general/2024-01-02.json", b'[{"ts": "yesterday", "user": "U"}]', "'yesterday' is no moment"),
        (
            "general/2024-01-02.json",
            b'[{"ts": "1.2", "user": "U", "reactions": [3]}]',
            "02.json: something",
        ),
        ("general/2024-01-02.json", b"[" * 100_000, "general/2024-01-02.json"),
        ("users.json", b"\xff\xfe", "users.json"),
        ("dms.json", b'[{"id": "D1", "members": []}]', "not of two people"),
    ],
)
def test_broken_slack_is_named(tmp_path, name, content, says):
    with pytest.raises(Wrong, match=says):
        survey.taken(Slack(box.opened(slack_without(tmp_path, name, content)), Terms()), lambda count: None)


@pytest.mark.parametrize(
    ("source", "name", "content", "says"),
    [
        (Mattermost, "a.jsonl", '{"type": "version", "version": 1}\n{"type": "post"}', "a.jsonl, line 2"),
        (Mattermost, "a.jsonl", '{"type": "version", "version": 1}\n{"type":', "a.jsonl, line 2"),
        (Mattermost, "a.jsonl", '{"type": "version", "version": 2}', "must name version 1"),
        (Mattermost, "a.jsonl", '{"type": "version", "version": 1}\n{"type": "post", "post": {"team": "t", "channel":'
         ' "c", "user": "a", "message": "", "create_at": 1}}', "no channel t/c"),
        (Telegram, "result.json", '{"messages": 3}', "result.json"),
        (Telegram, "result.json", '{"about": "x"}', "no chats"),
        (Telegram, "result.json", '{"id": 1, "type": "x", "name": "N", "messages": [{"type": "message"}]}', "1 of 'N'"),
        (WhatsApp, "a.txt", "1/2/24, 10:00 - A: x\n", "two ways"),
        (WhatsApp, "a.txt", "31.4.24, 10:00 - A: x\n", "a.txt, line 1: there is no such day"),
        (WhatsApp, "a.txt", "1.2.24, 10:00 - only the phone says\n", "nobody wrote"),
    ],
)  # fmt: skip
def test_other_broken_sources_are_named(tmp_path, source, name, content, says):
    (tmp_path / name).write_text(content)
    with pytest.raises(Wrong, match=re.escape(says)):
        survey.taken(source(box.opened(tmp_path / name), Terms()), lambda count: None)


ODD = (
    None,
    0,
    -1,
    10**30,
    1.5,
    float("inf"),
    True,
    "",
    "x",
    "\x00",
    [],
    [[]],
    {},
    {"id": []},
    "../../x",
    "user",
    "9" * 400,
)


def spoiled(value, chance):
    """The same with something else in one of its places."""
    spots = [(value, key) for key in (value if isinstance(value, dict) else range(len(value)))]
    while True:
        holder, key = chance.choice(spots)
        inner = holder[key]
        if isinstance(inner, (dict, list)) and inner and chance.random() < 0.85:
            spots = [(inner, one) for one in (inner if isinstance(inner, dict) else range(len(inner)))]
            continue
        if chance.random() < 0.2 and isinstance(holder, dict):
            del holder[key]
        else:
            holder[key] = chance.choice(ODD)
        return value


def test_whatever_stands_in_a_source_it_is_read_or_refused_in_plain_words(tmp_path):
    chance = random.Random(20240102)
    slack = [f"slack/{name}" for name in ("users.json", "channels.json", "dms.json", "general/2024-01-02.json")]
    shutil.copytree(SAMPLES, tmp_path / "in")
    refused = 0
    for name in [*slack, "telegram/result.json", "telegram/whole.json", "mattermost/import.jsonl"] * 20:
        path, whole = tmp_path / "in" / name, (SAMPLES / name).read_text()
        lines = whole.splitlines() if name.endswith("jsonl") else [whole]
        at_line = chance.randrange(len(lines))
        lines[at_line] = json.dumps(spoiled(json.loads(lines[at_line]), chance))
        path.write_text("\n".join(lines))
        where = path if name.endswith("whole.json") else tmp_path / "in" / name.partition("/")[0]
        try:
            with survey.in_plain_words(lambda path=path: path.name):
                source = SOURCES[name.partition("/")[0]](box.opened(where), Terms())
            survey.taken(source, lambda count: None)
        except (Wrong, Refused):
            refused += 1
        path.write_text(whole)
    assert 10 < refused < 130


def test_no_text_is_so_odd_that_reading_it_takes_for_ever(tmp_path):
    """Each of these took minutes, or would, where a pattern tries every way of being wrong."""
    for text in ("<" * 50_000, " " * 50_000 + "<", "a.b (" * 10_000, "x <a: " * 10_000, "*a" * 25_001, "```a" * 12_501):
        (tmp_path / "a.txt").write_text(f"1.2.24, 10:00 - A: {text}\n")
        assert read(WhatsApp, tmp_path / "a.txt")[1]
        slack_text.markdown(text)
        telegram_text.markdown([{"type": "bold", "text": text}])
