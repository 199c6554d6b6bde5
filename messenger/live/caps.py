"""How many sockets there may be: in all, per address, per person. Counted here and nowhere else."""

from collections import Counter
from collections.abc import Callable

from messenger.live.opening import Crowded
from messenger.live.terms import Terms


class Caps:
    """The counts. LIMITS=off lifts the caps, but still counts."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self.total = 0
        self.addresses: Counter[str] = Counter()
        self.users: Counter[int] = Counter()
        # Of the same people in other processes, and whom to tell of ours.
        self.elsewhere: Counter[int] = Counter()
        self.note: Callable[[int, int | None], None] | None = None

    def check(self, address: str) -> None:
        """Before anything is asked of the database. Raises Crowded."""
        if not self._terms.limits:
            return
        if self.total >= self._terms.sockets_total:
            raise Crowded("The server has too many connections. Please try again soon.")
        if self.addresses[address] >= self._terms.sockets_per_address:
            raise Crowded("Too many connections from this address. Please try again soon.")

    def check_user(self, user_id: int) -> None:
        """When it is known who it is. Raises Crowded."""
        self._check_user(user_id, self.users[user_id] + 1)

    def check_again(self, user_id: int) -> None:
        """When he has been let in, and the sockets he opened elsewhere meanwhile are known. Raises Crowded."""
        self._check_user(user_id, self.users[user_id])

    def _check_user(self, user_id: int, here: int) -> None:
        if self._terms.limits and here + self.elsewhere[user_id] > self._terms.sockets_per_user:
            raise Crowded("Too many connections of this person. Please close another one first.")

    def enter(self, address: str) -> None:
        """One more socket."""
        self.total += 1
        self.addresses[address] += 1

    def go(self, address: str) -> None:
        """One fewer."""
        self.total -= 1
        _less(self.addresses, address)

    def enter_user(self, user_id: int) -> None:
        """One more socket of this person."""
        self.users[user_id] += 1
        if self.note is not None:
            self.note(user_id, self.users[user_id])

    def go_user(self, user_id: int) -> None:
        """One fewer."""
        _less(self.users, user_id)
        if self.note is not None:
            self.note(user_id, self.users[user_id] or None)


def _less(counts: "Counter[str] | Counter[int]", key: str | int) -> None:
    counts[key] -= 1  # type: ignore[index]
    if counts[key] <= 0:  # type: ignore[index]
        del counts[key]
