"""A server without doors: an app on a database of either kind, people in it, and an ear on its bus."""

import itertools
import threading
from contextlib import contextmanager

from sqlalchemy import event, text

from messenger import create_app, engine
from messenger.core import accounts, chats, groups, history, messages
from messenger.core.accounts import Application
from messenger.core.models import Chat
from messenger.core.sessions import Device
from messenger.core.verbs import verb
from messenger.extensions import db
from messenger.settings import Settings
from tests.fixtures.apps import leave

NUMBER = itertools.count(1)
HERE = Device("test")


class World:
    """Used as a context: inside it, verbs and reads work on this app."""

    def __init__(self, url, folder, **settings):
        self.settings = Settings.for_tests(database_url=url, instance_dir=str(folder), **settings)
        self.app = create_app(self.settings)
        if "writer" not in self.app.extensions:
            engine.install(self.app, self.settings)
        self.writer = self.app.extensions["writer"]
        self.loop = self.app.extensions["switchboard"].loop
        self.told = []
        self.app.extensions["switchboard"].bus.listeners.append(self.told.append)

    def __enter__(self):
        self._context = self.app.app_context()
        self._context.push()
        return self

    def __exit__(self, *error):
        db.session.remove()
        self._context.pop()
        leave(self.app)

    def person(self, role="ann", **more):
        """A new person, signed in. His password is never asked for, so none is hashed."""
        application = Application(f"{role}{next(NUMBER)}", "secret", role.capitalize(), **more)
        return accounts.create(application, "no password opens this", HERE).actor

    def people(self, count, role="person"):
        """Many at once: submitted together, so that they share a few commits."""
        applications = [Application(f"{role}{next(NUMBER)}", "secret", role.capitalize()) for _ in range(count)]
        return [made.actor for made in self.together(accounts.create, [(a, "none", HERE) for a in applications])]

    def dialog(self, one, other):
        """The chat of two people, begun if it has not."""
        return chats.with_person(one, other.person)

    def group(self, owner, *others, name="Team", is_public=False):
        """A group, as its members see it."""
        return groups.create(owner, name, is_public, [other.person for other in others])

    def crowd(self, group, count):
        """So many members more, put there without a word; their user ids."""
        return _crowd(group.chat_id, count, next(NUMBER))

    def say(self, actor, chat, text="hello", client_id=None, **more):
        """One message in this chat."""
        return messages.send(actor, chat, text, client_id, **more)

    def texts(self, chat):
        """What stands in the chat, oldest first."""
        self.look()
        return [message.text for message in history.newest(chat, 200)]

    def look(self):
        """Look at the database anew: what was read before is forgotten."""
        db.session.remove()

    def row(self, chat):
        """The chat's own row."""
        self.look()
        return db.session.get(Chat, chat.chat_id)

    def again(self, actor):
        """The same actor through another device."""
        return accounts.sign_in(actor.user_id, HERE).actor

    def token(self, actor):
        """A session of this actor and the token that proves it."""
        return accounts.sign_in(actor.user_id, HERE)

    def heard(self, *kinds):
        """The facts of these kinds told so far, and silence from here on."""
        self.quiet()
        found = [fact for fact in self.told if not kinds or isinstance(fact, kinds)]
        self.told.clear()
        return found

    def quiet(self):
        """Wait until everything that was answered has been told as well."""
        passed = threading.Event()
        self.loop.soon(passed.set)
        assert passed.wait(5)

    def together(self, verb, arguments):
        """Submit all of these at once and wait; outcomes in their order."""
        outcomes = self.outcomes([(verb, given) for given in arguments])
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        return outcomes

    def outcomes(self, calls):
        """The same for any mixture of verbs; a refusal or an error is an outcome too, also before it is queued."""
        return self.submitted(calls)()

    def submitted(self, calls):
        """Submit, and return a function that waits for the outcomes."""
        outcomes, left = [None] * len(calls), threading.Semaphore(0)

        def then(place, outcome):
            outcomes[place] = outcome
            left.release()

        for place, (wanted, given) in enumerate(calls):
            try:
                wanted.submit(*given, then=lambda outcome, place=place: then(place, outcome))
            except Exception as refused:
                then(place, refused)

        def wait():
            for _ in calls:
                assert left.acquire(timeout=60)
            self.look()
            return outcomes

        return wait

    def at_once(self, calls):
        """The same, all of them in one group of the writer."""
        with self.held():
            wait = self.submitted(calls)
        return wait()

    def held(self):
        """Hold the writer inside the block: what is submitted meanwhile waits and then goes together."""
        return _Held()

    @contextmanager
    def statements(self):
        """The SQL of everything written inside the block."""
        said = []

        def note(connection, cursor, statement, *more):
            said.append(" ".join(statement.split()))

        event.listen(self.writer.engine, "before_cursor_execute", note)
        try:
            yield said
        finally:
            event.remove(self.writer.engine, "before_cursor_execute", note)

    @contextmanager
    def queries(self):
        """The SQL of everything read inside the block."""
        self.look()
        said = []

        def note(connection, cursor, statement, *more):
            said.append(" ".join(statement.split()))

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield said
        finally:
            event.remove(db.engine, "before_cursor_execute", note)


@verb
def _crowd(tx, chat_id, count, number):
    rows = [{"n": f"crowd-{number}-{n}", "now": tx.now, "chat": chat_id} for n in range(count)]
    tx.execute(USER, rows)
    tx.execute(MEMBER, rows)
    return list(
        tx.scalars(text("SELECT user_id FROM members WHERE chat_id = :chat AND born = 0 AND role = 'member'"), rows[0])
    )


USER = text(
    "INSERT INTO users (uid, login, login_key, name, about, is_admin, shows_receipts, shows_presence, preferences,"
    " created_at, updated_at) VALUES (:n, :n, :n, :n, '', false, true, true, '{}', :now, :now)"
)
MEMBER = text(
    "INSERT INTO members (chat_id, user_id, role, joined_at, delivered_position, read_position, read_spoken, born,"
    " revision, changed_at, notify, draft) SELECT :chat, id, 'member', :now, 0, 0, 0, 0, 0, :now, 'all', ''"
    " FROM users WHERE login_key = :n"
)


class _Held:
    """A verb of the test's own stands still in the writer."""

    def __enter__(self):
        self.inside, self.go, self.done = threading.Event(), threading.Event(), threading.Event()
        verb(self._stand).submit(then=lambda outcome: self.done.set())
        assert self.inside.wait(10)

    def _stand(self, tx):
        self.inside.set()
        self.go.wait(30)

    def __exit__(self, *error):
        self.go.set()
        assert self.done.wait(10)
