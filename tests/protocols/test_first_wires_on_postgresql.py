"""The plays of the first two wires that lean on the database, once more on PostgreSQL."""

from tests.fixtures.server import server_on_postgresql as server
from tests.protocols import test_flash_chat as flash
from tests.protocols import test_websocket_messenger as websocket
from tests.protocols.test_websocket_messenger import nobody, play, troupe

__all__ = ["nobody", "play", "server", "troupe"]

test_the_document = websocket.test_the_document_from_top_to_bottom
test_groups = websocket.test_several_recipients_make_a_group_and_all_of_them_hear
test_pairs = websocket.test_a_pair_that_starts_at_once_gets_one_conversation
test_pushes = websocket.test_every_deed_is_pushed_to_the_others_with_the_full_message_and_not_to_oneself
test_rights = websocket.test_only_members_and_writers_may
test_pages = websocket.test_a_conversation_is_read_in_pages
test_reading = websocket.test_only_the_newest_page_counts_as_read
test_client_ids = websocket.test_a_client_id_makes_a_send_exactly_once
test_public_groups = websocket.test_a_public_group_may_be_read_by_everyone_and_writing_joins_it
test_profiles = websocket.test_a_profile_says_who_is_logged_on_and_when_he_was_here
test_users = flash.test_everybody_is_listed_by_name
test_raw_text = flash.test_raw_text_arrives_as_the_documented_object
test_any_text = flash.test_text_is_text_to_the_last_sign
test_replay = flash.test_nothing_is_replayed_unless_asked_for
