"""A process of its own that writes: what the durability tests start by the dozen and kill in the middle of a word.

It says one line for every acknowledged message, after the acknowledgement and never before: `client_id message_id`.
    python -m tests.core.hand '{"url": …, "folder": …, "chat_id": 1, "user_ids": [1, 2], "count": 1000, "name": "a"}'
"""

import json
import os
import resource
import sys
import threading

from messenger.core import chats, database, history, messages, people
from messenger.core.refusals import Refusal
from messenger.core.snapshots import Actor
from tests.core.world import World


class Hand:
    """Keeps `window` sends waiting at a time until `count` are answered; without a count, until it is killed."""

    def __init__(self, world, order):
        self.world, self.order = world, order
        self.actors = [Actor(people.by_id(user_id)) for user_id in order["user_ids"]]
        self.chat = chats.visible(self.actors[0], order["chat_id"])
        self.room = threading.Semaphore(order.get("window", 200))
        self.left = threading.Semaphore(0)

    def work(self):
        count = self.order.get("count")
        number = 0
        while count is None or number < count:
            self.room.acquire()
            client_id = f"{self.order['name']}-{number}"
            text = f"{client_id} " + "x" * self.order.get("length", 40)
            messages.send.submit(
                self.actors[number % len(self.actors)], self.chat, text, client_id,
                then=lambda outcome, client_id=client_id: self.answered(client_id, outcome),
            )  # fmt: skip
            number += 1
        for _ in range(number):
            self.left.acquire()

    def answered(self, client_id, outcome):
        word = outcome.message_id if not isinstance(outcome, Exception) else type(outcome).__name__
        os.write(1, f"{client_id} {word}\n".encode())
        self.room.release()
        self.left.release()


def disk(world, order):
    """Messages until the disk is full, a look at the chat meanwhile, and messages again when there is room."""
    hand = Hand(world, order)
    said = {"before": 0, "refused": [], "after": 0}
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    grow = order.get("grow")
    if grow:
        largest = max(os.path.getsize(order["path"] + end) for end in ("", "-wal"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + grow, limit[1]))
    while len(said["refused"]) < 20:
        try:
            messages.send(hand.actors[0], hand.chat, f"{said['before']} " + "y" * 7_000, f"d{said['before']}")
            said["before"] += 1
        except Refusal as refused:
            said["refused"].append(refused.status)
    said["readable"] = len(history.newest(hand.chat, 50))
    if grow:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    else:
        os.unlink(order["ballast"])
    for n in range(20):
        messages.send(hand.actors[0], hand.chat, f"after {n}", f"after{n}")
        said["after"] += 1
    os.write(1, json.dumps(said).encode())


def main():
    order = json.loads(sys.argv[1])
    with World(order["url"], order["folder"]) as world:
        database.check_durable(world.writer.engine)
        if order.get("disk"):
            disk(world, order)
        else:
            Hand(world, order).work()


if __name__ == "__main__":
    main()
