"""Which numbers can be ids or places at all: a client may name any, and a database chokes on those beyond its own."""

LONGEST_ID = 2**53


def is_id(number: int) -> bool:
    """Can there be a row of this number?"""
    return 0 < number < LONGEST_ID


def place(number: int) -> int:
    """The same place in a chat; one beyond every chat's end or beginning is as good as any other there."""
    return max(-1, min(number, LONGEST_ID))
