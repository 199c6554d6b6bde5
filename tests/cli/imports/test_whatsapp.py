"""What WhatsApp exports, on every telephone and in every order of dates."""

import shutil
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from messenger.cli.imports import whatsapp_lines
from messenger.cli.imports.whatsapp import WhatsApp
from tests.cli.arrivals import SAMPLES, at, packed, read, texts


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
