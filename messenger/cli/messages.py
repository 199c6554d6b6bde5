"""flask message: say something as a person of this server, and read along."""

import sys
import time
from typing import Any

import click
from flask.cli import AppGroup

from messenger.cli import words
from messenger.core import chats, history, messages
from messenger.core.refusals import Blank
from messenger.core.snapshots import Actor, ChatSnapshot, MessageSnapshot
from messenger.extensions import db

commands = AppGroup("message", help="Say something, and read along.")


@commands.command("send")
@click.argument("sender")
@click.argument("place", metavar="LOGIN|#GROUP")
@click.argument("text", required=False)
@click.option("--client-id", help="Sent again under the same id, it is still one message.")
@words.as_json
@words.politely
def send(sender: str, place: str, text: str | None, client_id: str | None, is_json: bool) -> None:
    """Say TEXT as SENDER; without TEXT what comes from a pipe."""
    if text is None:
        if sys.stdin.isatty():
            raise Blank()
        text = sys.stdin.read().rstrip("\n")
    actor = words.actor_of(sender)
    words.say(_row(messages.send(actor, _chat(actor, place), text, client_id)), is_json)


@commands.command("tail")
@click.argument("reader")
@click.argument("place", metavar="LOGIN|#GROUP")
@click.option("-n", "count", type=click.IntRange(1, 200), default=20, show_default=True, help="How many.")
@click.option("--follow", "-f", "is_following", is_flag=True, help="Wait for more, until Ctrl+C.")
@words.as_json
@words.politely
def tail(reader: str, place: str, count: int, is_following: bool, is_json: bool) -> None:
    """The last messages of a chat, as READER may see them."""
    actor = words.actor_of(reader)
    chat = _chat(actor, place)
    found = history.newest(chat, count) if chat.chat_id else []
    while True:
        for message in found:
            _print(message, is_json)
        if not is_following:
            return
        last = found[-1].position if found else 0
        while not (found := _newer(actor, place, last)):
            time.sleep(1)


def _newer(actor: Actor, place: str, position: int) -> list[MessageSnapshot]:
    db.session.remove()
    chat = _chat(actor, place)
    return history.after(chat, position) if chat.chat_id else []


def _chat(actor: Actor, place: str) -> ChatSnapshot:
    if place.startswith("#") and place[1:].isdecimal():
        return chats.group(actor, int(place[1:]))
    return chats.dialog(actor, place)


def _row(message: MessageSnapshot) -> dict[str, Any]:
    return {
        "message": message.message_id,
        "position": message.position,
        "author": message.author.login,
        "text": message.text,
        "created_at": message.created_at,
    }


def _print(message: MessageSnapshot, is_json: bool) -> None:
    if is_json:
        words.say(_row(message), True)
        return
    text = "(deleted)" if message.deleted_at else message.text
    words.say_line(message.created_at, message.author.login, text)
