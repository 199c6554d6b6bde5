"""The shape of the database: migrated with messages in it, refused with what to type, and read by its indexes."""

import re

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, event, inspect, pool, text

from messenger import schema
from messenger.core import changes, chats, gallery, history, messages, people, receipts, sessions, standings, wishes
from messenger.extensions import Base, db
from messenger.schema import SchemaUnfit
from messenger.settings import Settings
from tests.core.world import World

FILL = """
INSERT INTO messages (chat_id, position, spoken, born, revision, author_id, kind, text, created_at, updated_at,
 client_id)
SELECT :chat, n, n, n, n, :author, 'text', 'message ' || n, n, n, 'fill-' || :chat || '-' || n
FROM {numbers} WHERE n > :had
"""
NUMBERS = {
    "sqlite": "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < :count) SELECT n FROM c)",
    "postgresql": "(SELECT n FROM generate_series(1, :count) n) c",
}
GROW = "UPDATE chats SET position = :count, spoken = :count, revision = :count WHERE id = :chat"


def fill(world, kind, count, several=10):
    """So many messages in some chats of one person; the first chat has half of them."""
    ann = world.person()
    friends = world.people(several, "friend")
    made = [world.say(ann, world.dialog(ann, friend)).chat for friend in friends]
    world.writer.stop()
    engine = create_engine(world.settings.database_url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        for number, chat in enumerate(made):
            share = count // 2 if number == 0 else count // 2 // (several - 1)
            given = {"chat": chat.chat_id, "author": ann.user_id, "count": share, "had": 1}
            connection.execute(text(FILL.format(numbers=NUMBERS[kind])), given)
            connection.execute(text(GROW), given)
        connection.execute(text("ANALYZE"))
    world.look()
    return ann, world.dialog(ann, friends[0])


def plans(world, kind, deed):
    """(statement, plan) of every query that a deed makes, read or written."""
    said = []

    def note(connection, cursor, statement, parameters, context, many):
        if re.match(r"\s*(SELECT|UPDATE|INSERT|WITH)", statement) and not many:
            said.append((connection.engine, statement, parameters))

    engines = (db.engine, world.writer.engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        world.look()
        deed()
        world.look()
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
    engine = create_engine(world.settings.database_url, poolclass=pool.NullPool)
    explain = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}[kind]
    with engine.connect() as connection:
        if (
            kind == "postgresql"
        ):  # small tables are read through for good reasons; what has an index must be able to use it
            connection.exec_driver_sql("SET enable_seqscan = off")
        for _, statement, parameters in said:
            rows = connection.exec_driver_sql(explain + statement, parameters).all()
            yield statement, "\n".join(str(row[-1]) for row in rows)


SCAN = {
    "sqlite": re.compile(r"SCAN (messages|members|m|r|message\w*|members_1)\b(?! USING (COVERING )?INDEX)"),
    "postgresql": re.compile(r"Seq Scan on (messages|members)\b"),
}


# The range by which a page is cut out of its chat, and that it comes in order without being sorted.
RANGES = {
    "older page": (r"position<\?", r'"position" <'),
    "newer page": (r"position>\?", r'"position" >'),
    "catch-up": (r"(position|revision)>\?", r'("position"|revision) >'),
}


def misses_range(kind, name, statement, plan):
    """Does this page of messages read more of its chat than it shows?"""
    if name not in RANGES or not re.search(r"FROM messages\s+WHERE messages.chat_id = \S+ AND", statement):
        return False
    wanted = RANGES[name][kind == "postgresql"]
    return "ORDER BY" in statement and (not re.search(wanted, plan) or "TEMP B-TREE" in plan or "Sort Key" in plan)


def every_page(world, kind, count):
    ann, chat = fill(world, kind, count)
    middle = count // 4
    message_id = history.after(chat, middle, 1)[0].message_id
    bob = people.by_login(chat.other(ann.user_id).login)
    deeds = {
        "the list": lambda: standings.of(ann),
        "one row of the list": lambda: standings.one(ann, chat.chat_id),
        "one row of everybody's list": lambda: standings.together({(chat.chat_id, one.user_id) for one in (ann, bob)}),
        "public groups": lambda: standings.public_groups(ann),
        "all unread": lambda: standings.unread_total(ann),
        "newest page": lambda: history.newest(chat),
        "older page": lambda: history.before(chat, middle),
        "newer page": lambda: history.after(chat, middle),
        "around": lambda: history.around(chat, middle),
        "a message's place": lambda: history.position_of(chat, message_id),
        "one message": lambda: history.one(ann, message_id),
        "its readers": lambda: history.readers(ann, message_id),
        "pinned": lambda: history.pinned(chat),
        "files": lambda: gallery.few(chat),
        "catch-up": lambda: changes.since(chat, count // 2 - 100),
        "too much to catch up": lambda: changes.since(chat, 5),
        "revision at a message": lambda: changes.revision_at(chat, message_id),
        "the chat": lambda: chats.visible(ann, chat.chat_id),
        "the dialog": lambda: chats.with_person(ann, bob),
        "my chats": lambda: chats.ids_of(ann.user_id),
        "my sessions": lambda: sessions.of(ann),
        "sending": lambda: messages.send(ann, chat, "planned", "planned"),
        "sending again": lambda: messages.send(ann, chat, "planned", "planned"),
        "editing": lambda: messages.edit(ann, message_id, "planned"),
        "reading": lambda: receipts.read(ann, chat, count // 2 - 5),
        "marking unread": lambda: wishes.mark_unread(ann, chat.chat_id, middle),
        "deleting": lambda: messages.delete(ann, message_id),
    }
    seen, bad = 0, []
    for name, deed in deeds.items():
        for statement, plan in plans(world, kind, deed):
            seen += 1
            if SCAN[kind].search(plan) or misses_range(kind, name, statement, plan):
                bad.append(f"{name}:\n{statement}\n{plan}")
    assert not bad, "\n\n".join(bad)
    print(
        f"plans: {seen} queries of {len(deeds)} deeds on {count:,} messages, {kind}: "
        "none reads a table of messages or members through"
    )
    assert seen > 60


def test_every_query_of_a_page_uses_an_index(world, kind):
    every_page(world, kind, 20_000)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_every_query_of_a_page_uses_an_index_on_a_million_messages(world, kind):
    every_page(world, kind, 1_000_000)


@pytest.fixture
def empty_url(request, tmp_path, kind):
    """The address of a database without a table."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    postgres = request.getfixturevalue("postgres")
    url = postgres.empty()
    yield url
    postgres.drop(url)


def migrate_with_messages(empty_url, tmp_path, kind, count):
    """G34: the first shape, filled, brought up to date; the messages stand as they stood."""
    with World(empty_url, tmp_path) as world:
        upgrade(revision="0001")
        head = schema.newest(world.app)
        if head == "0001":
            fill(world, kind, count)
            before = counted(empty_url)
            schema.bring_up_to_date(world.app)
        else:
            before = fill_first_shape(empty_url, kind, count)
            schema.bring_up_to_date(world.app)
        assert counted(empty_url) == before
        assert before[0] >= count
        schema.check(world.app)
    print(f"G34: {before[0]:,} messages brought from 0001 to {head} on {kind}, positions 1…n in every chat")


def fill_first_shape(url, kind, count):
    """By plain SQL: today's code does not know the first shape."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        for line in (
            "INSERT INTO users (id, uid, login, login_key, name, about, is_admin, shows_receipts, shows_presence,"
            " preferences, created_at, updated_at)"
            " VALUES (1, 'u', 'ann', 'ann', 'Ann', '', false, true, true, '{}', 1, 1)",
            "INSERT INTO chats (id, kind, name, about, is_public, pair_low, pair_high, position, spoken, revision,"
            " changed, delivered_level, read_level,"
            " leveled, created_at, active_at)"
            " VALUES (1, 'dialog', '', '', false, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1)",
        ):
            connection.exec_driver_sql(line)
        given = {"chat": 1, "author": 1, "count": count, "had": 0}
        connection.execute(text(FILL.format(numbers=NUMBERS[kind])), given)
        connection.execute(text(GROW), given)
    return counted(url)


def counted(url):
    """(messages, chats whose positions have a gap or a double)."""
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        total = connection.scalar(text("SELECT count(*) FROM messages"))
        gaps = connection.scalar(text(
            "SELECT count(*) FROM (SELECT chat_id FROM messages GROUP BY chat_id"
            " HAVING count(*) <> max(position) OR min(position) <> 1) g"
        ))  # fmt: skip
    assert gaps == 0
    return total, gaps


def test_migrations_keep_the_messages(empty_url, tmp_path, kind):
    """G34, quick form."""
    migrate_with_messages(empty_url, tmp_path, kind, 2_000)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_migrations_keep_a_hundred_thousand_messages(empty_url, tmp_path, kind):
    """G34."""
    migrate_with_messages(empty_url, tmp_path, kind, 100_000)


def test_an_unknown_schema_is_refused_with_what_to_type(empty_url, tmp_path, kind):
    with World(empty_url, tmp_path) as world:
        with pytest.raises(SchemaUnfit, match="flask db upgrade"):
            schema.check(world.app)
        schema.bring_up_to_date(world.app)
        schema.check(world.app)
        engine = create_engine(empty_url, poolclass=pool.NullPool)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        for refused in (schema.check, schema.bring_up_to_date):
            with pytest.raises(SchemaUnfit, match=r"newer version.*9999.*flask restore") as error:
                refused(world.app)
        print(f"G34: {error.value}")


def test_a_database_that_cannot_be_opened_is_said_so(tmp_path):
    settings = Settings.for_tests(instance_dir=str(tmp_path), database_url=f"sqlite:///{tmp_path}/no/such/folder.db")
    with World(settings.database_url, tmp_path) as world, pytest.raises(SchemaUnfit, match="cannot be opened"):
        schema.check(world.app)


def test_the_migrations_go_down_as_they_came_up(empty_url, tmp_path, kind):
    with World(empty_url, tmp_path):
        upgrade()
        downgrade(revision="base")
        engine = create_engine(empty_url, poolclass=pool.NullPool)
        assert set(inspect(engine).get_table_names()) <= {"alembic_version", "sqlite_sequence"}
        upgrade()


def test_the_migrations_make_what_the_models_say(world, kind):
    engine = create_engine(world.settings.database_url, poolclass=pool.NullPool)
    found = inspect(engine)
    for table in Base.metadata.sorted_tables:
        assert {c["name"] for c in found.get_columns(table.name)} == set(table.columns.keys()), table.name
        assert {i["name"] for i in found.get_indexes(table.name)} >= {i.name for i in table.indexes}, table.name
        for index in table.indexes:
            if rows := index.info.get("rows"):
                (made,) = [one for one in found.get_indexes(table.name) if one["name"] == index.name]
                assert str(made["dialect_options"][f"{kind}_where"]).strip("()") == rows
                # What makes and compares tables is told in both languages.
                assert {str(index.dialect_options[name]["where"]) for name in ("sqlite", "postgresql")} == {rows}
