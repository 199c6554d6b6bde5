"""What strangers reach for: a world of ann's and bob's with one of everything, and the requests that name it.

ROUTES is the table that must name every route: what its address (or its body) can name that belongs to somebody.
"""

import re
import secrets
import sqlite3
import time
from typing import NamedTuple

from tests.promises.company import Ear, group_of, line, people, say, whisper
from tests.protocols.speakers import SPEAKERS

# What only ann and bob know: it stands in everything of theirs.
HUSH = "whisper hush"
NOTHING, PERSON = "nothing", "person"
HOMES = re.compile(r"^/(websocket-messenger|flash-chat|netrox|mvp-messenger|gmessenger)(?=/)")

# NOTHING: no address and no body of it names anything that belongs to somebody. PERSON: people are known to everybody,
# what is asked is one's own dialog with him. Otherwise: what kind of foreign thing it can name.
ROUTES = {
    NOTHING: """
        / /login /login/code /register /logout /founding /chats /chats/read /chats/ws /people /search /me /users
        /users/ /users/list
        /group/new /chats/unread /starred
        /messages/unsent /user /user/login /user/logout /user/<username> /conversation /websocket
        /user/active /user/active/ /user/active/update /user/active/update/ /chat/get-user-threads/ /ws/chat/room/
        /auth/login /auth/sign-up /auth/sing-up /profile/change-password /profile/destroy /profile/update
        /settings /settings/delete /settings/email /settings/export /settings/look /settings/password /settings/privacy
        /settings/sessions /settings/sessions/end /settings/sessions/everywhere /settings/sessions/token
        /settings/blocked /settings/security /settings/security/begin /settings/security/codes /settings/security/off
        /sessions /sessions/logout /blocks /blocks/<login> /reports
        /settings/security/setup /settings/security/passkeys /settings/security/passkeys/options
        /settings/security/passkeys/<int:number>/remove /login/passkey /login/passkey/options /people/<login>/block
        /people/<login>/unblock /people/<login>/report
        /avatar /avatar/<uid> /people/<login> /upload
        /api/ /api/asyncapi.json /api/openapi.json /api/sockets /assets/<digest>/<path:name> /static/<path:filename>
        /forgot /reset /verify /unsubscribe /settings/email/missed /settings/email/verify
        /admin /admin/people /admin/people/<login> /admin/groups /admin/invitations /admin/reports /admin/storage
        /admin/people/<login>/<any(disable, enable, promote, demote, out, factor, link):deed>
        /admin/invitations/<int:number>/revoke
        /admin/groups/<int:number>/<any(close, reopen):deed> /admin/reports/<int:number>/<any(resolve, reopen):deed>
        /admin/storage/sweep /admin/health /admin/settings /admin/trail
        /healthz /healthz/echo /healthz/echo/ws /metrics /readyz /version /help /manifest.webmanifest /offline /sw.js
    """,
    PERSON: """
        /dialog/<login> /dialog/<login>/ws /dialog/<login>/about /dialog/<login>/files /dialog/<login>/pinned
        /chats/<username>
        /dialog/<login>/<any(notify, mute, pin, read):what> /chat/messages/<uid>/ /chat/chat-attachment/ /messages/new
    """,
    "chat": "/message",
    "group": """
        /group /group/<group_id> /group/<group_id>/ws /group/<group_id>/about /group/<group_id>/pinned
        /group/<group_id>/members /group/<group_id>/members/<login>
        /group/<int:chat_id> /group/<int:chat_id>/ws /group/<int:chat_id>/about /group/<int:chat_id>/members
        /group/<int:chat_id>/members/<login> /group/<int:chat_id>/join /group/<int:chat_id>/leave
        /group/<int:chat_id>/settings /group/<int:chat_id>/files
        /group/<int:chat_id>/<any(notify, mute, pin, read):what>
    """,
    "conversation": "/message/<conversation_id>",
    "message": """
        /message/<message_id> /message<message_id> /message/<message_id>/editions /message/<message_id>/pin
        /message/<message_id>/reactions /message/<message_id>/readers
        /message/<int:message_id> /message/<int:message_id>/actions /message/<int:message_id>/delete
        /message/<int:message_id>/edit /message/<int:message_id>/pin /message/<int:message_id>/reactions
        /message/<int:message_id>/readers /message/<int:message_id>/text /message/<int:message_id>/unread
        /message/<int:message_id>/star /message/<message_id>/star
        /message/<int:message_id>/history /message/<int:message_id>/report
    """,
    "file": """
        /file/<int:attachment_id> /file/<int:attachment_id>/<path:name> /file/<int:attachment_id>/thumbnail
        /attachment/<int:attachment_id> /attachment/<int:attachment_id>/thumbnail /upload/<int:attachment_id>
    """,
    "path": "/mediafiles/<path:path>",
    "session": "/settings/sessions/<int:session_id>/end /sessions/<int:session_id>",
}
KIND_OF = {rule: kind for kind, rules in ROUTES.items() for rule in re.split(r"\s+(?=/)", rules.strip())}


class Case(NamedTuple):
    """One request, for a thing that is there and for one that is not."""

    name: str
    method: str
    path: str
    headers: dict
    body: object


class World:
    """Ann and bob have one of everything and listen on every wire; cid is the stranger, dee somebody he may talk to."""

    def __init__(self, server):
        self.server = server
        self.database = sqlite3.connect(server.folder / "messenger.db", timeout=10, check_same_thread=False)
        self.ann, self.bob, self.cid, self.dee = people(server.url, "ann", "bob", "cid", "dee")
        ann, bob, cid = self.ann, self.bob, self.cid
        for _ in range(2):
            say(cid, f"/dialog/{self.dee.login}", "mine")
        own = cid.post("/conversation", {"Recipient": self.dee.login}).body["Data"]
        while say(ann, f"/dialog/{bob.login}", whisper("hush"))["id"] <= int(own):
            pass  # GET /message/<n> asks for conversation n: none of these may be the stranger's own
        self.group = group_of(ann, bob)
        assert ann.ask("PATCH", f"/group/{self.group}", {"name": whisper("hush choir")}).status == 200
        self.said = say(ann, f"/dialog/{bob.login}", whisper("hush in the dialog"))["id"]
        self.other = say(bob, f"/dialog/{ann.login}", whisper("hush answer"))["id"]
        self.inside = say(ann, f"/group/{self.group}", whisper("hush in the group"))["id"]
        ann.put(f"/message/{self.said}", {"text": whisper("hush edited")})
        ann.put(f"/message/{self.inside}/pin")
        bob.post(f"/message/{self.inside}/reactions", {"emoji": "👍"})
        (ahead,) = ann.post("/upload?name=ahead.txt", HUSH.encode()).body
        (sent,) = ann.post("/upload?name=whisper%20hush.txt", HUSH.encode()).body
        self.ahead, self.sent = ahead["id"], sent["id"]
        assert ann.post(f"/dialog/{bob.login}", {"text": "", "attachments": [self.sent]}).status == 201
        self.path = self._signed_path()
        self.dialog = ann.post("/conversation", {"Recipient": bob.login}).body["Data"]
        self.session = self._ask("SELECT max(id) FROM sessions WHERE user_id = ?", ann.id)[0][0]
        self.ears = {speaker.name: speaker.open(bob, ann) for speaker in SPEAKERS}
        paths = ("/chats/ws", f"/group/{self.group}/ws", f"/dialog/{ann.login}/ws?page=1", "/chats/ws?page=1")
        self.ears |= {path: line(bob, path) for path in paths}
        self.ears = {name: Ear(socket) for name, socket in self.ears.items()}
        self.pushed()
        self.before = self.state()

    def _signed_path(self):
        messages = self.bob.get(f"/chat/messages/{self.ann.uid}/").body["entity"]["messages"]
        return next(m["attached_file"] for m in messages if m["attached_file"])

    @property
    def objects(self):
        """Each kind: those that belong to others."""
        return {
            "group": [self.group, self.dialog],
            "conversation": [self.group, self.dialog],
            "message": [self.said, self.inside],
            "file": [self.ahead, self.sent],
            "path": [self.path.partition("?")[0].removeprefix("/mediafiles/")],
            "session": [self.session],
        }

    def state(self):
        """Everything that is ann's and bob's, as the database has it."""
        chats = (int(self.group), int(self.dialog))
        pair = (self.ann.id, self.bob.id)
        return [
            *self._ask("SELECT * FROM chats WHERE id IN (?, ?)", *chats),
            *self._ask("SELECT * FROM members WHERE chat_id IN (?, ?) ORDER BY 1, 2", *chats),
            *self._ask("SELECT * FROM messages WHERE chat_id IN (?, ?) ORDER BY id", *chats),
            *self._ask("SELECT * FROM attachments WHERE owner_id IN (?, ?) ORDER BY id", *pair),
            *self._ask("SELECT message_id, user_id, emoji FROM reactions"),
            *self._ask("SELECT * FROM editions WHERE message_id IN (?, ?)", self.said, self.inside),
            *self._ask("SELECT user_id, message_id FROM stars"),
            *self._ask("SELECT id, ended_at FROM sessions WHERE user_id IN (?, ?) ORDER BY id", *pair),
            *self._ask("SELECT id, name, about, email, avatar_key, is_admin FROM users WHERE id IN (?, ?)", *pair),
        ]

    def is_untouched(self):
        """Nothing of ann's and bob's has changed since the last look."""
        before, self.before = self.before, self.state()
        return self.before == before

    def pushed(self):
        """What bob's sockets heard since the last look that did not come from him and ann."""
        word = "marker-" + secrets.token_hex(4)
        say(self.ann, f"/group/{self.group}", word)
        say(self.ann, f"/dialog/{self.bob.login}", word)
        deadline = time.monotonic() + 10
        while (deaf := self._deaf_to(word)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert deaf == [], "all of them are listening"
        time.sleep(0.5)
        heard = {name: [text for text in ear.heard if not is_our_own(text)] for name, ear in self.ears.items()}
        for ear in self.ears.values():
            ear.heard.clear()
        self.before = self.state()
        return {name: texts for name, texts in heard.items() if texts}

    def _deaf_to(self, word):
        return [name for name, ear in self.ears.items() if not any(word in text for text in ear.heard)]

    def leave(self):
        """Everybody goes home."""
        for ear in self.ears.values():
            ear.socket.inner.shutdown()
        self.database.close()

    def _ask(self, sql, *values):
        return self.database.execute(sql, values).fetchall()


def is_our_own(text):
    """What the words said here make sockets hear: themselves, rows of the list, and that they were read."""
    is_quiet = any(word in text for word in ("chat_updated", "message_status", "user_status", "chat-row", '"status"'))
    return "marker-" in text or (is_quiet and "reached" not in text) or '"cursor"}' in text


def homeless(rule):
    """The same route at the root: the homes of the protocols say the same."""
    return HOMES.sub("", rule)


def fields(world, foreign, message):
    """A body in which every field that any route knows is filled in; ids are foreign."""
    return {
        "text": "reached", "Message": "reached", "content": "reached", "name": "reached", "login": world.cid.login,
        "role": "owner", "emoji": "💥", "private": False, "public": "1", "pinned": True, "notify": "none", "on": "1",
        "hours": "1", "remove": "1", "muted_until": None, "draft": "reached", "read": message, "unread": message,
        "ConversationId": foreign, "MessageId": message,
    }  # fmt: skip


def addressed(rule, foreign, world):
    """The address, its own argument the foreign thing, a login the stranger's own."""
    path = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule)
    named = r"<(int:chat_id|group_id|conversation_id|(int:)?message_id|int:attachment_id|int:session_id|path:path)>"
    path = re.sub(named, str(foreign), path)
    return path.replace("<login>", world.bob.login).replace("<path:name>", "sent.txt")
