"""How news travels: sockets, mailboxes, the bus. Knows people and chats by id; no table, no Flask request."""
