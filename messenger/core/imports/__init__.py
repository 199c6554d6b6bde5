"""Bringing in what was said elsewhere: people, chats and messages of the past, written in batches, told to nobody.

Everything remembers where it came from, so that bringing it in again changes nothing.
"""
