"""Several servers on one database, as several workers are, but each with a port of its own, so that one can choose."""

import asyncio
import copy
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

from tests.fixtures import loops
from tests.fixtures.server import Server
from tests.promises.company import everything, group_of, people, say, whisper
from tests.promises.lines import Client

PATIENCE = 30


class Workers:
    """`workers[0]` is a server; `bus` is what REDIS_URL says, nothing for PostgreSQL alone."""

    def __init__(self, folder, database, count=2, bus="", **environment):
        shared = {"DATABASE_URL": database, "SECRET_KEY": secrets.token_hex(20), "WEB_CONCURRENCY": 1, **environment}
        self.servers = [Server(folder / f"worker-{n}", **{**shared, "REDIS_URL": bus}) for n in range(count)]
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(Server.start, self.servers))

    def __getitem__(self, number):
        return self.servers[number]

    def __len__(self):
        return len(self.servers)

    def people(self, *roles):
        """Registered at the first."""
        return people(self[0].url, *roles)

    def bus(self, number):
        """What a worker says of its bus."""
        return json.loads(self[number].get("/readyz")[2])["bus"]

    def wait(self, up=True):
        """Until the bus is up, or lost, at all of them."""
        for number in range(len(self)):
            wait(lambda n=number: self.bus(n)["up"] is up, f"worker {number}: the bus is up: {not up}")

    def kill(self):
        for server in self.servers:
            if server.process is not None:
                server.kill()


def wait(fits, words, patience=PATIENCE):
    """Until it is so."""
    deadline = time.monotonic() + patience
    while not fits():
        assert time.monotonic() < deadline, words
        time.sleep(0.05)


def next_message(socket):
    """The text of the next message that is told there."""
    while (frame := socket.hear(PATIENCE))["type"] != "new_message":
        pass
    return frame["payload"]["text"]


def at(person, server):
    """The same person, at another worker."""
    other = copy.copy(person)
    other.base = server.url
    return other


class Choir:
    """A group whose members sit at all the workers: each reads at one of them, and may write at any."""

    def __init__(self, workers, readers):
        self.workers = workers
        self.owner, *self.members = workers.people(*(f"p{n}" for n in range(4)))
        self.group = group_of(self.owner, *self.members)
        cursor = say(self.owner, f"/group/{self.group}", whisper("begin"))["cursor"]
        self.clients = [Client(self.reader(n), self.group, cursor) for n in range(readers)]

    def reader(self, number):
        return at(self.members[number % len(self.members)], self.workers[number % len(self.workers)])

    def writer(self, number):
        return at(self.members[number % len(self.members)], self.workers[number % len(self.workers)])

    def listen(self, work):
        """Everybody follows while `work()`, a coroutine, runs; then until a last message. Then all is compared."""
        loops.run(self._listen(work))
        wanted = [message["id"] for message in everything(self.owner, f"/group/{self.group}")]
        wanted = wanted[wanted.index(min(client.told[0] for client in self.clients)) :]
        gaps = sum(len(set(wanted) - set(client.told)) for client in self.clients)
        doubles = sum(len(client.told) - len(set(client.told)) for client in self.clients)
        assert (gaps, doubles) == (0, 0)
        assert all(client.told == wanted for client in self.clients), "one order for all"
        return len(wanted)

    async def _listen(self, work):
        last = whisper("last")
        following = [asyncio.create_task(client.follow(last)) for client in self.clients]
        while not all(client.opened for client in self.clients):
            await asyncio.sleep(0.02)
        await work()
        await asyncio.to_thread(say, self.writer(0), f"/group/{self.group}", last)
        await asyncio.wait_for(asyncio.gather(*following), 60)
