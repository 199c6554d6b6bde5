"""A file that waited long for its message: the sweep and the message meet, and never both have it."""

import threading
import time

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from messenger.core import attachments, extras, messages, sweeping
from messenger.core.refusals import Unknown
from messenger.core.verbs import Tx
from messenger.extensions import db
from tests.core.files import make_old, row

PATIENCE = 30
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_sweep_waits_for_the_message_that_takes_a_file(empty_world):
    world = empty_world
    ann, bob = world.person("ann"), world.person("bob")
    chat = world.dialog(ann, bob)
    said = world.say(ann, chat)
    kept = attachments.receive(ann, "late.txt", iter([b"late"]))
    make_old(kept.attachment_id)
    sending = messages.prepare(ann, said.chat, "late", None, attachment_ids=(kept.attachment_id,))
    sending.chat_id = said.chat.chat_id
    db.session.remove()
    # A second writer, as another worker has one.
    other = create_engine(world.app.extensions["settings"].database_url, poolclass=NullPool)
    with other.connect() as connection, Tx(bind=connection, expire_on_commit=False) as tx:
        assert extras.refusal(tx, sending) is None
        sweep = threading.Thread(target=swept, args=(world,))
        sweep.start()
        meets(sweep)
        extras.attach(tx, sending, said)
        tx.commit()
    sweep.join(PATIENCE)
    file = row(kept.attachment_id)
    assert (file.message_id, file.removed_at) == (said.message_id, None)


@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_file_that_the_sweep_has_taken_is_refused(empty_world):
    ann, bob = empty_world.person("ann"), empty_world.person("bob")
    kept = attachments.receive(ann, "late.txt", iter([b"late"]))
    make_old(kept.attachment_id)
    sweeping.give_up_strays()
    with pytest.raises(Unknown):
        empty_world.say(ann, empty_world.dialog(ann, bob), "late", attachment_ids=(kept.attachment_id,))


def swept(world):
    with world.app.app_context():
        sweeping.give_up_strays()


def meets(sweep):
    """It stands before the row that is held; or it is over, which is what must not be."""
    deadline = time.monotonic() + PATIENCE
    with db.engine.connect() as eye:
        while sweep.is_alive() and not eye.execute(text(WAITING)).scalar():
            eye.rollback()
            assert time.monotonic() < deadline
            time.sleep(0.02)
