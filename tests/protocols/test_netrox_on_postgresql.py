"""The plays of netrox that lean on the database, once more on PostgreSQL."""

from tests.fixtures.server import server_on_postgresql as server
from tests.protocols import test_netrox as plays
from tests.protocols.test_netrox import play

__all__ = ["play", "server"]

test_the_dialog = plays.test_the_dialog_is_answered_as_the_document_shows
test_threads = plays.test_threads_say_who_wrote_first
test_files = plays.test_a_file_is_uploaded_then_announced_as_the_document_shows
test_announcements = plays.test_a_file_is_announced_once_by_its_sender_only
test_client_ids = plays.test_a_repeated_message_is_one_message
test_repeated_uploads = plays.test_a_repeated_upload_is_one_message
test_oneself = plays.test_what_is_written_to_oneself_is_heard_and_kept
test_other_protocols = plays.test_messages_of_other_protocols_are_heard_and_groups_are_left_out
test_pages = plays.test_limit_gives_the_newest_and_before_the_ones_above
test_states = plays.test_seen_and_deleted_follow
