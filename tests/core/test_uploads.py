"""Files that wait for their announcement: told at once to everybody but netrox, announced once, repeated as one."""

import pytest

from messenger.core import attachments, chats, messages, reactions, uploads
from messenger.core.facts import FileAnnounced, MessageSent
from messenger.core.heads import Heads
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


def test_what_the_bus_lost_is_made_from_the_rows_as_it_was_told(world, ann, bob):
    """A file that waits does so at every worker, and its announcement is not lost."""
    chat = world.dialog(ann, bob)
    said = uploads.store(ann, chat, "look", None, kept(ann))
    messages.send(ann, chat, "and", None, attachment_ids=(kept(ann),))
    head, chat_id = chats.revision_of(said.chat.chat_id), said.chat.chat_id

    def mended(since, held=()):
        world.look()
        return [(type(fact).__name__, fact.message.text, getattr(fact, "awaits_announcement", None))
                for fact in Heads().mend(chat_id, since, held).facts if hasattr(fact, "message")]  # fmt: skip

    sent = [("MessageSent", "look", True), ("MessageSent", "and", False)]
    assert mended(0) == sent
    reactions.react(bob, said.message_id, "👍")
    assert mended(head) == [("ReactionsChanged", "look", None)]
    world.heard()
    messages.announce_file(ann, said.message_id)
    (announced,) = world.heard(FileAnnounced)
    assert mended(head) == [("FileAnnounced", "look", None), ("ReactionsChanged", "look", None)]
    assert mended(head, [announced]) == [("FileAnnounced", "look", None)]
    assert mended(0) == [("MessageSent", "look", False), sent[1]], "told with the message itself"


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
