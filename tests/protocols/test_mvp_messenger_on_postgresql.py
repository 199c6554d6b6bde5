"""The plays of mvp_messenger that lean on the database, once more on PostgreSQL."""

from tests.fixtures.server import server_on_postgresql as server
from tests.protocols import test_mvp_messenger as plays
from tests.protocols.test_mvp_messenger import play

__all__ = ["play", "server"]

test_emails = plays.test_an_email_registers_once_in_whatever_case
test_logins = plays.test_logins_are_made_from_the_local_part_and_unique
test_profiles = plays.test_changing_names_and_email
test_passwords = plays.test_changing_the_password_ends_the_other_sessions
test_destroying = plays.test_destroying_the_account
test_messages = plays.test_a_private_message
test_lists = plays.test_the_list_of_last_messages
test_dialogs = plays.test_pages_of_a_dialog
test_groups = plays.test_the_life_of_a_group
test_rights = plays.test_foreign_and_unknown_groups_are_alike
test_client_ids = plays.test_a_repeated_message_is_one_message
test_order = plays.test_answers_come_in_the_order_of_the_requests_the_refused_ones_too
