"""Files that wait for their announcement: told at once to everybody but netrox, announced once, repeated as one."""

import pytest

from messenger.core import attachments, messages, uploads
from messenger.core.facts import FileAnnounced, MessageSent
from messenger.core.refusals import Conflict, Reused


def kept(actor, content=b"hello"):
    return attachments.receive(actor, "a.txt", [content]).attachment_id


def test_an_upload_says_that_it_awaits_its_announcement(world, ann, bob):
    said = uploads.store(ann, world.dialog(ann, bob), "look", None, kept(ann))
    (fact,) = world.heard(MessageSent)
    assert (fact.message.message_id, fact.awaits_announcement) == (said.message_id, True)
    messages.announce_file(ann, said.message_id)
    assert len(world.heard(FileAnnounced)) == 1
    with pytest.raises(Conflict):
        messages.announce_file(ann, said.message_id)


def test_a_file_sent_like_any_message_counts_as_announced(world, ann, bob):
    said = messages.send(ann, world.dialog(ann, bob), "look", None, attachment_ids=(kept(ann),))
    (fact,) = world.heard(MessageSent)
    assert fact.awaits_announcement is False
    with pytest.raises(Conflict):
        messages.announce_file(ann, said.message_id)


def test_the_same_bytes_under_the_same_client_id_are_one_upload(world, ann, bob):
    chat = world.dialog(ann, bob)
    first = uploads.store(ann, chat, "look", "one", kept(ann))
    again = uploads.store(ann, chat, "look", "one", kept(ann))
    assert again.message_id == first.message_id
    assert [file.attachment_id for file in again.attachments] == [file.attachment_id for file in first.attachments]
    for text, content in (("look", b"other"), ("other", b"hello")):
        with pytest.raises(Reused):
            uploads.store(ann, chat, text, "one", kept(ann, content))
    assert world.texts(first.chat) == ["look"]
