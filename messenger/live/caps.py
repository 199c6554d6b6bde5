"""How many sockets there may be: in all, per address, per person. Counted here and nowhere else."""

from collections import Counter

from messenger.live.opening import Crowded
from messenger.live.terms import Terms


class Caps:
    """The counts. LIMITS=off lifts the caps, but still counts."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self.total = 0
        self.addresses: Counter[str] = Counter()
        self.users: Counter[int] = Counter()

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
        if self._terms.limits and self.users[user_id] >= self._terms.sockets_per_user:
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

    def go_user(self, user_id: int) -> None:
        """One fewer."""
        _less(self.users, user_id)


def _less(counts: "Counter[str] | Counter[int]", key: str | int) -> None:
    counts[key] -= 1  # type: ignore[index]
    if counts[key] <= 0:  # type: ignore[index]
        del counts[key]
