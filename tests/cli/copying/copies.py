"""What the tests of flask copy-db share: a lively database, what stands in one, and that it goes on."""

from sqlalchemy import create_engine, inspect, pool, text

from messenger import schema
from messenger.core import changes, chats, groups, history, messages, people, reactions, receipts, search
from messenger.core.snapshots import Actor
from tests.core.world import World


def busy(world, ann, bob):
    """A group in which everything happens once."""
    team = world.group(ann, bob, name="Näme; DROP TABLE 'x'")
    first = world.say(ann, team, "**bold** and <b>not</b>, @" + bob.login)
    answer = world.say(bob, team, "yes", reply_to_id=first.message_id)
    messages.edit(bob, answer.message_id, "no")
    messages.pin(ann, answer.message_id)
    reactions.react(bob, first.message_id, "👍")
    messages.delete(ann, world.say(ann, team, "taken back").message_id)
    groups.rename(ann, team.chat_id, "another name")
    receipts.read(bob, team, 3)
    groups.remove(ann, team.chat_id, bob.person)


SELDOM = (
    "INSERT INTO attachments (owner_id, message_id, chat_id, place, key, name, size, type, sha256, width, height,"
    " seconds, created_at) VALUES (1, 1, 1, 0, 'k', 'ä b.png', 9007199254740993, 'image/png', 'x', 1, 2, 0.1, 3)",
    "INSERT INTO audit_entries (actor_id, deed, object, details, created_at)"
    " VALUES (1, 'd', 'o', '{\"a\": [1, null, \"\\u00fc\", 1.5, true]}', 5)",
    "INSERT INTO blocks (user_id, blocked_id, created_at) VALUES (3, 1, 7)",
    "INSERT INTO stars (user_id, message_id, created_at, note) VALUES (1, 1, 9007199254740993, '')",
)


def everything(url):
    """All rows of all tables as the driver gives them, in an order of ours."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(text(f"SELECT * FROM {name}"))))
            for name in inspect(connection).get_table_names()
            if not name.startswith("found_in") and name != "sqlite_sequence"
        }


def goes_on(url, folder, chat_id, login, last_id):
    """Reading, catching up, searching and writing work on the copy, behind what was there."""
    with World(url, folder) as world:
        schema.check(world.app)
        ann = Actor(people.by_login(login))
        chat = chats.visible(ann, chat_id)
        row = world.row(chat)
        stood = (row.position, row.revision)
        assert len(search.messages(ann, "pomegranate")) == 50
        assert history.newest(chat)[-1].text == "pomegranate 89"
        assert [f.message.position for f in changes.since(chat, stood[1] - 1).facts] == [stood[0]]
        again = world.say(ann, chat, "pomegranate 89", "c89")
        assert again.position == stood[0], "a client id is known on the copy"
        said = world.say(ann, chat, "on the copy")
        assert said.position == stood[0] + 1
        assert said.message_id > last_id, "ids are never given a second time"
        new = world.person("newcomer")
        assert new.user_id > ann.user_id
        world.look()
        assert [m.text for m in search.messages(ann, "copy")] == ["on the copy"]


def do(url, line):
    with create_engine(url, poolclass=pool.NullPool).begin() as connection:
        connection.execute(text(line))
