"""Clients of one group's sockets that are cut off and come back, many at a time, in one loop."""

import asyncio
import json
import time

import websockets
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus


class Client:
    """Reads a group with `?since=`, and remembers each message that it was told, and how far it came."""

    def __init__(self, person, group, cursor):
        self.person, self.group, self.cursor = person, group, cursor
        self.told, self.reloads, self.opened, self.turned_away, self.slowest = [], 0, 0, 0, 0.0
        self.line = None

    async def come(self):
        """Open the socket; as often as the server asks to come back later."""
        url = f"{self.person.base.replace('http', 'ws', 1)}/group/{self.group}/ws?since={self.cursor}"
        headers = {"Authorization": f"Bearer {self.person.token}"}
        opened = self.opened
        while self.opened == opened:
            began, later = time.monotonic(), 0.0
            try:
                self.line = await connect(
                    url, additional_headers=headers, compression=None, ping_interval=None, max_queue=None,
                    proxy=None, open_timeout=60, close_timeout=1,
                )  # fmt: skip
                self.opened += 1
            except InvalidStatus as refused:
                later = float(refused.response.headers["Retry-After"])
                self.turned_away += 1
            self.slowest = max(self.slowest, time.monotonic() - began)
            await asyncio.sleep(later)

    def drop(self):
        """As when a train goes into a tunnel: nothing is said, the connection is gone."""
        self.line.transport.abort()

    async def follow(self, last):
        """Listen until the last message is told, coming back whenever the line is cut."""
        while True:
            await self.come()
            try:
                async for frame in self.line:
                    if self.take(json.loads(frame)) == last:
                        await self.line.close()
                        return
            except websockets.ConnectionClosed:
                continue

    def take(self, frame):
        """Note a frame; the text, if it is a message."""
        payload = frame["payload"]
        self.reloads += frame["type"] == "reload"
        self.cursor = payload.get("cursor", self.cursor)
        if frame["type"] != "new_message":
            return None
        self.told.append(payload["id"])
        return payload["text"]


async def writing(person, group, texts, per_second):
    """Say these at this pace on one socket."""
    url = f"{person.base.replace('http', 'ws', 1)}/group/{group}/ws"
    headers = {"Authorization": f"Bearer {person.token}"}
    began = time.monotonic()
    async with connect(url, additional_headers=headers, compression=None, ping_interval=None, proxy=None) as line:
        listening = asyncio.create_task(_heard(line, texts[-1]))
        for number, text in enumerate(texts):
            await line.send(json.dumps({"type": "send_message", "payload": {"text": text}}))
            await asyncio.sleep(max(0, began + number / per_second - time.monotonic()))
        await listening
    return len(texts) / (time.monotonic() - began)


async def _heard(line, last):
    async for frame in line:
        if json.loads(frame)["payload"].get("text") == last:
            return
