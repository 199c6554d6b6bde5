"""What Slack, Mattermost, Telegram and WhatsApp export, read into people, chats and messages; and what breaks it."""

import json
import random
import re
import shutil
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from messenger.cli.imports import SOURCES, box, slack_text, survey, telegram_text, whatsapp_lines
from messenger.cli.imports.box import Refused
from messenger.cli.imports.foreign import CLOSES, OPENS, Terms, Wrong
from messenger.cli.imports.mattermost import Mattermost
from messenger.cli.imports.slack import Slack
from messenger.cli.imports.telegram import Telegram
from messenger.cli.imports.whatsapp import WhatsApp
from tests.cli.arrivals import SAMPLES, packed, read


def at(*moment, zone=UTC):
    """A moment as the sources give it."""
    return int(datetime(*moment, tzinfo=zone).timestamp()) * 1_000_000


def texts(messages):
    """What they say, with people by their ids in angle brackets."""
    return [message.text.replace(OPENS, "<").replace(CLOSES, ">") for message in messages]


def test_slack_as_a_folder_and_as_a_zip(tmp_path):
    said, people = read(Slack, SAMPLES / "slack")
    zipped, _ = read(Slack, packed(SAMPLES, tmp_path / "slack"))
    assert {name: messages for name, (_, messages) in zipped.items()} == {n: m for n, (_, m) in said.items()}
    assert [(p.name, p.login, p.email, p.is_disabled) for p in people.values()] == [
        ("Ann Archer", "ann", "ann@example.org", False),
        ("Bob Builder", "bob.builder", "bob@example.org", False),
        ("Cid Gone", "cid", None, True),
        ("Weather", "Weather", None, False),
        ("USLACKBOT", "USLACKBOT", None, False),
    ]
    general, messages = said["general"]
    assert (general.about, general.is_public, general.members[0].role) == ("Boats & tides\nEverything", True, "owner")
    assert texts(messages) == [
        "has joined the channel",
        "Hello <U02BOB>, **tides** are in [the table](https://example.org/t?a=1&b=2). 2 < 3 👍",
        "I see @here #general ~~no~~ `a*b*c &`",
        "the plan",
        "Wind 5",
        "",
        "_waves_",
    ]
    joined, first, answer, plan, _, gone, _ = messages
    assert (joined.kind, joined.event) == ("system", {"what": "joined"})
    assert (first.created_at, first.edited_at) == (1704189600000200, 1704189700000000)
    assert first.pinned_at
    assert [(who, sign) for who, sign, _ in first.reactions][:2] == [("U02BOB", "👋"), ("U01ANN", "👍")]
    assert answer.reply_to == first.id
    assert (plan.files[0].name, plan.files[0].path, len(plan.files)) == ("plan.pdf", None, 1)
    assert plan.files[0].url.startswith("https://files.slack.com/")
    assert gone.deleted_at
    assert said["secret-plans"][0].archived_at
    assert texts(said["secret-plans"][1]) == ["```\nx < 1\n```"]
    assert (said["Ann Archer, Bob Builder, Cid Gone"][0].kind, said["D024BE91L"][0].kind) == ("group", "dialog")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("*a* and*b* * c *", "**a** and*b* * c *"),
        ("*b* ~s~ _i_", "**b** ~~s~~ _i_"),
        ("<mailto:a@b.org|a@b.org> <http://x.org>", "a@b.org http://x.org"),
        ("<!subteam^S1|@crew> <!date^1^{date}|today> <@U1|ann>", "@crew today <U1>"),
        ("&lt;@U1&gt; is text", "<@U1> is text"),
        (f"{OPENS}U1{CLOSES}", "U1"),
        ("• one\n• two", "- one\n- two"),
        ("```a *b* &amp;```", "```\na *b* &\n```"),
    ],
)
def test_what_slack_writes_becomes_markdown(theirs, ours):
    assert slack_text.markdown(theirs).replace(OPENS, "<").replace(CLOSES, ">") == ours


def test_mattermost_in_the_order_of_its_moments_with_its_files(tmp_path):
    said, people = read(Mattermost, SAMPLES / "mattermost")
    square, messages = said["Town Square"]
    assert [(m.person_id, m.role) for m in square.members] == [("ann", "admin"), ("bob", "member")]
    assert texts(messages) == ["**first**, <bob>. And @nobody 🎉", "second", "an answer"]
    first, _, answer = messages
    assert [file.path for file in first.files] == ["data/20240301/files/tides.txt", None]
    assert (first.edited_at, first.pinned_at, first.reactions) == (
        1709280001000000, 1709280000000000, [("bob", "👍", 1709280002000000)],
    )  # fmt: skip
    assert answer.reply_to == first.id
    assert said["Crew"][1][0].event == {"what": "joined"}
    assert len({message.id for message in said["direct/ann,bob"][1]}) == 2
    assert people["bob"].name == "Bobby"
    zipped, _ = read(Mattermost, packed(SAMPLES / "mattermost", tmp_path / "mattermost"))
    assert zipped["Town Square"][1] == messages


def test_telegram_of_one_chat(tmp_path):
    said, people = read(Telegram, SAMPLES / "telegram")
    crew, messages = said["Crew"]
    assert (crew.kind, crew.knows_members) == ("group", False)
    assert texts(messages) == [
        "created the group",
        "**Tides**: see [the table](https://example.org/t), <user1002> *now* `x=1`",
        "seen",
        "look",
        "",
        "```python\na\nb\n```\n\n> wise",
        "> news\n> – The Paper",
        "**When?**\n- Now: 1",
        "renamed the group to Crew {two}",
    ]
    answer = messages[2]
    assert (answer.reply_to, answer.edited_at, answer.reactions[0][:2]) == ("2", 1704189900000000, ("user1001", "👍"))
    assert messages[3].files[0].path == "photos/photo_1@02-01-2024.jpg"
    assert (messages[4].files[0].name, messages[4].files[0].path) == ("voice message", None)
    assert people["user1003"].name == "Deleted account"
    alone, _ = read(Telegram, SAMPLES / "telegram" / "result.json")
    assert alone["Crew"][1] == messages


def test_telegram_of_a_whole_account():
    said, people = read(Telegram, SAMPLES / "telegram" / "whole.json")
    kinds = {chat.id: (chat.kind, sorted(m.person_id for m in chat.members)) for chat, _ in said.values()}
    assert kinds["1002"] == ("dialog", ["user1001", "user1002"])
    assert kinds["777"] == ("group", [])
    assert people["user1001"].login == "ann_a"
    found = survey.taken(Telegram(box.opened(SAMPLES / "telegram" / "whole.json"), Terms()), lambda count: None)
    assert [look.messages for look in found.looks] == [2, 1, 1, 1]


def test_telegram_without_seconds_since_1970_is_in_the_time_of_who_exported_it(tmp_path):
    line = {"id": 1, "type": "message", "date": "2024-07-01T12:00:00", "from": "A", "from_id": "user1", "text": "x"}
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"name": "A", "type": "personal_chat", "id": 1, "messages": [line]}))
    said, _ = read(Telegram, path, zone=ZoneInfo("Europe/Berlin"))
    assert said["A"][1][0].created_at == at(2024, 7, 1, 10)


def test_telegram_signs_stand_next_to_their_words():
    parts = [{"type": "bold", "text": " a\nb "}, {"type": "bold", "text": " "}, {"type": "spoiler", "text": "s"}]
    assert telegram_text.markdown(parts) == " **a**\n**b**  s"


def test_whatsapp_of_android():
    said, people = read(WhatsApp, SAMPLES / "whatsapp" / "WhatsApp Chat with Bob.txt", zone=ZoneInfo("Europe/Berlin"))
    chat, messages = said["Bob"]
    assert (chat.kind, list(people)) == ("dialog", ["Ann", "Bob"])
    assert messages[0].kind == "system"
    assert texts(messages[1:]) == [
        "Hello\nsecond line\n\nafter a blank one", "the harbour", "", "10:30 - or 11: both fit", "", "ok", "ok",
    ]  # fmt: skip
    _, hello, photo, left_out, edited, gone, ok, twin = messages
    assert hello.created_at == at(2024, 1, 13, 21, 59, zone=ZoneInfo("Europe/Berlin"))
    assert (photo.files[0].name, left_out.files[0].name) == ("IMG-20240113-WA0001.jpg", "Media omitted")
    assert left_out.created_at == at(2024, 1, 13, 23, 5)
    assert (bool(edited.edited_at), bool(gone.deleted_at), ok.id != twin.id) == (True, True, True)


def test_whatsapp_of_ios_in_a_zip(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(SAMPLES / "whatsapp" / "_chat.txt", folder)
    shutil.copy(SAMPLES / "telegram/photos/photo_1@02-01-2024.jpg", folder / "00000012-PHOTO-2024-03-05.jpg")
    said, people = read(WhatsApp, packed(folder, tmp_path / "WhatsApp Chat - Segelgruppe"))
    chat, messages = said["Segelgruppe"]
    assert (chat.kind, list(people)) == ("group", ["Bob B.", "Ann", "Cid"])
    assert [message.kind for message in messages] == ["system", "system", "text", "text", "text", "text"]
    assert texts(messages)[1:3] == ["hat die Gruppe „Segelgruppe“ erstellt", "Guten Morgen: wie geht's?"]
    assert messages[3].files[0].path == "00000012-PHOTO-2024-03-05.jpg"
    assert messages[4].files[0].path is None
    assert messages[2].created_at == at(2024, 3, 5, 9, 0, 5)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("12/31/23, 11:59 PM - Ann: hi", (2023, 12, 31, 23, 59)),
        ("31/12/2023, 23:59 - Ann: hi", (2023, 12, 31, 23, 59)),
        ("31/12/2023 23:59 - Ann: hi", (2023, 12, 31, 23, 59)),
        ("31/12/2023 à 23:59 - Ann: hi", (2023, 12, 31, 23, 59)),
        ("31/12/23, 11:59 p. m. - Ann: hi", (2023, 12, 31, 23, 59)),
        ("31/12/23, 12:01\u202fa.m. - Ann: hi", (2023, 12, 31, 0, 1)),
        ("31.12.23, 23:59 - Ann: hi", (2023, 12, 31, 23, 59)),
        ("31-12-2023 23:59 - Ann: hi", (2023, 12, 31, 23, 59)),
        ("31/12/23 23.59 - Ann: hi", (2023, 12, 31, 23, 59)),
        ("2023-12-31, 23:59 - Ann: hi", (2023, 12, 31, 23, 59)),
        ("2023/12/31 下午11:59 - Ann: hi", (2023, 12, 31, 23, 59)),
        ("2023. 12. 31. 오후 11:59, Ann : hi", (2023, 12, 31, 23, 59)),
        ("\u200f٣١/١٢/٢٠٢٣, ١١:٥٩ م - Ann: hi", (2023, 12, 31, 23, 59)),
        ("[31/12/2023, 23:59:58] Ann: hi", (2023, 12, 31, 23, 59, 58)),
        ("\u200e[12/31/23, 11:59:58\u202fPM] ~\u202fAnn: hi", (2023, 12, 31, 23, 59, 58)),
        ("[31.12.23, 23:59:58] Ann: hi", (2023, 12, 31, 23, 59, 58)),
        ("[2023-12-31 23:59:58] Ann: hi", (2023, 12, 31, 23, 59, 58)),
    ],
)
def test_whatsapp_dates(line, expected):
    said = whatsapp_lines.begins(line, 1)
    assert (said.author, said.text) == ("Ann", "hi")
    order = whatsapp_lines.order_of([said.stamp])
    assert whatsapp_lines.moment(said, order, UTC) == at(*expected)


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (("1/2/24", "13/2/24"), "dmy"),
        (("1/2/24", "2/13/24"), "mdy"),
        (("1/2/24", "2/2/24", "1/3/24"), "dmy"),
        (("1/12/24", "2/1/24", "3/1/24"), "mdy"),
        (("1.2.24",), "dmy"),
        (("3/3/24",), "dmy"),
        (("1/2/24", "1/3/24"), ""),
        (("13/13/24",), ""),
    ],
)
def test_the_order_of_whatsapp_dates(dates, order):
    stamps = [whatsapp_lines.begins(f"{date}, 10:00 - A: x", 1).stamp for date in dates]
    assert whatsapp_lines.order_of(stamps) == order


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
