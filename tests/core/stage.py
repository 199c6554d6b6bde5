"""A database with people in one chat, and hands of other processes that write in it."""

import contextlib
import itertools
import json
import sqlite3
import subprocess
import sys
from collections import Counter

import psycopg

from tests.fixtures.server import HOME


class Stage:
    """Everything such a test needs."""

    def __init__(self, world, chat, ann, bob, url, folder):
        self.world, self.chat, self.ann, self.bob, self.url, self.folder = world, chat, ann, bob, url, folder

    @property
    def path(self):
        return self.url.partition(":///")[2]

    def hand(self, name, **more):
        """A process that writes."""
        order = {"url": self.url, "folder": str(self.folder), "chat_id": self.chat.chat_id, "name": name,
                 "user_ids": [self.ann.user_id, self.bob.user_id], "path": self.path} | more  # fmt: skip
        return subprocess.Popen(
            [sys.executable, "-m", "tests.core.hand", json.dumps(order)],
            cwd=HOME, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def rows(self):
        """(id, position, client_id, text) of the whole chat, asked past all of our own code."""
        sql = (
            f"SELECT id, position, client_id, text FROM messages WHERE chat_id = {self.chat.chat_id} ORDER BY position"
        )
        return self.ask(sql)

    def ask(self, sql):
        if self.url.startswith("sqlite"):
            with contextlib.closing(sqlite3.connect(self.path)) as connection:
                return connection.execute(sql).fetchall()
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql).fetchall()

    def check(self):
        """G7, G8 and G5: the file is whole, positions have no gap, nothing is stored twice, in part or half."""
        rows = self.rows()
        assert [row[1] for row in rows] == list(range(1, len(rows) + 1))
        again = [name for name, count in Counter(row[2] for row in rows if row[2]).items() if count > 1]
        assert again == []
        half = [row for row in rows if row[2] and not row[3].startswith(row[2].split("-")[0])]
        assert half == []
        ((position, spoken, revision),) = self.ask(
            f"SELECT position, spoken, revision FROM chats WHERE id = {self.chat.chat_id}"
        )
        assert (position, spoken) == (len(rows), len(rows))
        assert revision >= position
        born = [
            row[0]
            for row in self.ask(f"SELECT born FROM messages WHERE chat_id = {self.chat.chat_id} ORDER BY position")
        ]
        assert all(one < other for one, other in itertools.pairwise(born)), "revisions rise with positions"
        if self.url.startswith("sqlite"):
            assert self.ask("PRAGMA integrity_check") == [("ok",)]
            assert self.ask("PRAGMA foreign_key_check") == []
        return rows


def acknowledged(said):
    """What a hand said was answered with a message; the last line may be cut."""
    lines = [line.split() for line in said.decode().splitlines(keepends=True) if line.endswith("\n")]
    return {client_id: int(word) for client_id, word in lines if word.isdigit()}
