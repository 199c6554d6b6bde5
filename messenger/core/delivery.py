"""Many sends at once: refused, answered again or numbered and stored, in a few statements whatever their number."""

from collections.abc import Sequence
from functools import partial

import msgspec
from sqlalchemy import select

from messenger.core import chats, extras, groups, levels, loading, rows, sends
from messenger.core.facts import ChatOpened, MessageSent
from messenger.core.models import Message
from messenger.core.refusals import Reused, Unknown
from messenger.core.rows import Row
from messenger.core.sends import Sending
from messenger.core.snapshots import ChatSnapshot, MessageSnapshot
from messenger.core.verbs import Tx
from messenger.extensions import receipts

Outcome = MessageSnapshot | Exception
MANY = 16


class Delivery:
    """One group of sends. `outcomes` fills up from step to step; what has none yet goes on to the next.

    Nearly nothing is ever sent twice. A group that `trusts` in that does not look for earlier twins; if the database
    finds one, it is all done again by a group that looks.
    """

    def __init__(self, tx: Tx, sendings: Sequence[Sending], *, trusts: bool = False) -> None:
        self.tx = tx
        self.trusts = trusts
        self.sendings = list(sendings)
        self.outcomes: list[Outcome | None] = [None] * len(sendings)
        self.twins: dict[int, int] = {}
        self.places: dict[tuple[int, int], Row] = {}
        self.made: set[int] = set()

    def run(self) -> list[Outcome]:
        """All steps, in order."""
        self.find_chats()
        self.answer_repeats()
        self.find_places()
        self.refuse()
        self.store()
        self.answer_twins()
        return [outcome if outcome is not None else Unknown() for outcome in self.outcomes]

    def left(self) -> list[tuple[int, Sending]]:
        """What has no outcome yet, with its place in the group."""
        return [
            (n, sending) for n, sending in enumerate(self.sendings) if self.outcomes[n] is None and n not in self.twins
        ]

    def find_chats(self) -> None:
        """The first message of a dialog makes it. In one order everywhere: two workers that begin the same dialogs at
        the same moment wait for each other once, not crosswise.
        """
        unbegun = [(n, sending.chat) for n, sending in enumerate(self.sendings) if sending.chat.chat_id is None]
        for n, begun in sorted(unbegun, key=lambda one: _pair(one[1])):
            told = len(self.tx.facts)
            # On a copy: if all this is rolled back and done again, the dialog must be made again.
            chat = msgspec.structs.replace(begun, chat_id=chats.open_dialog(self.tx, begun))
            self.sendings[n] = msgspec.structs.replace(self.sendings[n], chat=chat)
            if len(self.tx.facts) > told:
                self.made.add(chat.chat_id or 0)
        for sending in self.sendings:
            sending.chat_id = sending.chat.chat_id or 0

    def answer_repeats(self) -> None:
        """The same thing again under the same client id gets the first result; another thing is refused."""
        first: dict[tuple[int, str], int] = {}
        for n, sending in enumerate(self.sendings):
            if sending.client_id is not None:
                twin = first.setdefault((sending.actor.user_id, sending.client_id), n)
                if twin != n:
                    self.twins[n] = twin
        if first and not self.trusts:
            for author_id, client_id, message_id, mark in sends.REPEATED.fetch(self.tx, wanted=list(first)):
                n = first[author_id, client_id]
                first_said = self.sendings[n]
                is_same = mark == first_said.fingerprint
                self.outcomes[n] = self._stored(first_said, message_id) if is_same else Reused()

    def find_places(self) -> None:
        """How each chat and author stand. Who writes in a public group joins it."""
        wanted = {(sending.chat_id, sending.actor.user_id): sending for _, sending in self.left()}
        if not wanted:
            return
        self.places = self._fetch_places(list(wanted))
        strangers = [key for key, row in self.places.items() if row[7] is None and row[6] and row[5] is None]
        for key in strangers:
            groups.enter(self.tx, wanted[key].actor, key[0])
        if strangers:
            self.places = self._fetch_places(list(wanted))

    def refuse(self) -> None:
        """Those that may not write here, or carry what they may not."""
        for n, sending in self.left():
            refusal = sends.refusal(self.places.get((sending.chat_id, sending.actor.user_id)))
            if refusal is None and sending.has_extras:
                refusal = extras.refusal(self.tx, sending)
            self.outcomes[n] = refusal
        self.close_unbegun()

    def close_unbegun(self) -> None:
        """A dialog that was made for a message which is refused was never made."""
        unbegun = self.made and self.made - {sending.chat_id for _, sending in self.left()}
        for chat_id in unbegun:
            told = [fact for fact in self.tx.facts if isinstance(fact, ChatOpened) and fact.chat.chat_id == chat_id]
            self.tx.facts.remove(told[0])
            chats.close_unbegun(self.tx, chat_id)

    def store(self) -> None:
        """Number, write and announce what is left."""
        fresh = self.left()
        if not fresh:
            return
        ids = rows.take_ids(self.tx, "messages", len(fresh))
        counters: dict[int, sends.Counter] = {}
        stored, read, behind = [], {}, set()
        for (n, sending), message_id in zip(fresh, ids, strict=True):
            key = (sending.chat_id, sending.actor.user_id)
            place = self.places[key]
            counter = counters.get(key[0]) or counters.setdefault(key[0], sends.Counter(*place[2:5]))
            if sends.may_raise(place, counter.position):
                behind.add(key[0])
            counter.step()
            stored.append(sends.row(sending, message_id, counter, self.tx.now))
            read[key] = [*key, counter.position, counter.spoken]
            self.outcomes[n] = sends.snapshot(sending, message_id, counter, self.tx.now)
        sends.STORE.run(self.tx, stored)
        counted = [[chat_id, c.position, c.spoken, c.revision] for chat_id, c in counters.items()]
        sends.COUNT_ON.run(self.tx, counted=counted, now=self.tx.now)
        sends.READ_ON.run(self.tx, moved=list(read.values()))
        self._announce(fresh)
        if len(fresh) < MANY:
            levels.rise(self.tx, behind)
        elif behind:
            # Who writes has read what stood there. Where so much is going on, all that is looked at together, soon.
            self.tx.afterwards(partial(receipts.look, behind))

    def answer_twins(self) -> None:
        """Two of the same in one group: the second gets what the first got."""
        for n, first in self.twins.items():
            same = self.sendings[n].fingerprint == self.sendings[first].fingerprint
            self.outcomes[n] = self.outcomes[first] if same else Reused()

    def _announce(self, fresh: Sequence[tuple[int, Sending]]) -> None:
        for n, sending in fresh:
            message = self.outcomes[n]
            assert isinstance(message, MessageSnapshot)
            if sending.has_extras:
                extras.attach(self.tx, sending, message)
                message = self.outcomes[n] = self._stored(sending, message.message_id)
            fact = MessageSent(sending.chat_id, message.revision, message, sending.client_id, sending.actor.session_id)
            if sending.awaits_announcement:
                fact = msgspec.structs.replace(fact, awaits_announcement=True)
            self.tx.announce(fact)

    def _fetch_places(self, keys: list[tuple[int, int]]) -> dict[tuple[int, int], Row]:
        rows.hold(self.tx, {chat_id for chat_id, _ in keys})
        return {(row[0], row[1]): row for row in sends.PLACES.fetch(self.tx, wanted=keys)}

    def _stored(self, sending: Sending, message_id: int) -> MessageSnapshot:
        here = select(Message).where(Message.chat_id == sending.chat_id, Message.id == message_id)
        return loading.load(self.tx, [self.tx.scalars(here, execution_options={"populate_existing": True}).one()])[0]


def _pair(chat: ChatSnapshot) -> tuple[int, int]:
    assert chat.pair is not None
    return chat.pair[0].user_id, chat.pair[1].user_id
