"""What Telegram exports, of one chat and of a whole account."""

import json
from zoneinfo import ZoneInfo

from messenger.cli.imports import box, survey, telegram_text
from messenger.cli.imports.foreign import Terms
from messenger.cli.imports.telegram import Telegram
from tests.cli.arrivals import SAMPLES, at, read, texts


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
