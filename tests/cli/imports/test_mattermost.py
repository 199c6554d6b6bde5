"""What Mattermost exports, read into people, chats and messages."""

from messenger.cli.imports.mattermost import Mattermost
from tests.cli.arrivals import SAMPLES, packed, read, texts


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
