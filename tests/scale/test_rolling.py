"""A new version comes up beside the old one on the same database, and takes over; nobody loses a word."""

import asyncio
import json
import shutil

import pytest
import websockets

from tests.fixtures import loops
from tests.fixtures import server as servers
from tests.fixtures.databases import blank
from tests.fixtures.server import HOME, Server
from tests.promises.company import everything, group_of, people, say, whisper
from tests.promises.lines import Client
from tests.scale.starters import starts

EXPANSION = '''"""A version to come: one more column, which the version before knows nothing of."""

import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("chats", sa.Column("of_tomorrow", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("of_tomorrow", sa.Integer(), nullable=False, server_default="0"))
'''


def test_of_many_that_start_at_once_on_an_empty_database_one_migrates_and_all_may_serve(request, tmp_path, kind):
    url = request.getfixturevalue("postgres").empty() if kind == "postgresql" else f"sqlite:///{tmp_path / 'new.db'}"
    assert starts(url, tmp_path, 8 if kind == "postgresql" else 3).count(True) == 1


@pytest.fixture
def tomorrow(tmp_path):
    """The next version: this one with a migration more, in a folder of its own."""
    home = tmp_path / "tomorrow"
    home.mkdir()
    for name in ("messenger", "migrations"):
        shutil.copytree(HOME / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "templates", "static"):
        (home / name).symlink_to(HOME / name)
    shutil.copy(HOME / "gunicorn.conf.py", home)
    versions = home / "migrations" / "versions"
    head = max(path.name[:4] for path in versions.glob("0*.py"))
    (versions / "9001_tomorrow.py").write_text(EXPANSION.format(head=head))
    return home


@pytest.fixture
def database(request, tmp_path):
    yield from blank(request, tmp_path, "postgresql")


class Mover(Client):
    """A client that comes back to wherever the router sends it, and remembers how its line was closed."""

    def __init__(self, person, group, cursor, move):
        super().__init__(person, group, cursor)
        self.move, self.codes = move, []

    async def follow(self, last):
        while True:
            await self.come()
            try:
                async for frame in self.line:
                    if self.take(json.loads(frame)) == last:
                        await self.line.close()
                        return
            except websockets.ConnectionClosed:
                pass
            self.codes.append(self.line.close_code)
            self.person.base = self.move()


def test_the_next_version_comes_beside_and_takes_over(tomorrow, database, tmp_path, monkeypatch):
    """The old one goes on serving the schema of the new one; then it is ended, and its sockets go over."""
    shared = {"DATABASE_URL": database, "SECRET_KEY": "shared by both, and long enough for that", "LIMITS": "off"}
    old = Server(tmp_path / "old", **shared).start()
    new = Server(tmp_path / "new", **shared)
    try:
        ann, bob = people(old.url, "ann", "bob")
        group = group_of(ann, bob)
        cursor = say(ann, f"/group/{group}", whisper("begin"))["cursor"]
        clients = [Mover(bob, group, cursor, lambda: new.url) for _ in range(5)]
        monkeypatch.setattr(servers, "HOME", tomorrow)
        said = loops.run(taken_over(ann, group, clients, old, new))
    finally:
        for server in (old, new):
            if server.process:
                server.kill()
    wanted = [message["id"] for message in said]
    for client in clients:
        assert client.codes == [1012]
        assert client.told == wanted[-len(client.told) :]
        assert len(client.told) == 31
    print(f"rolling: {len(clients)} sockets told 1012, 31 messages each, lost 0, doubled 0")


async def taken_over(ann, group, clients, old, new):
    place, last = f"/group/{group}", whisper("last")
    following = [asyncio.create_task(client.follow(last)) for client in clients]
    while not all(client.opened for client in clients):
        await asyncio.sleep(0.02)

    async def speak(count):
        for _ in range(count):
            await asyncio.to_thread(say, ann, place, whisper("on the way"))

    await speak(10)
    await asyncio.to_thread(new.start)
    assert (await asyncio.to_thread(old.get, "/readyz"))[0] == 200, "the old version serves the new schema"
    await speak(10)
    assert await asyncio.to_thread(old.stop) == 0
    ann.base = new.url
    await speak(10)
    await asyncio.to_thread(say, ann, place, last)
    await asyncio.wait_for(asyncio.gather(*following), 60)
    return await asyncio.to_thread(everything, ann, place)
