"""What leaves the server as pages and lines that anybody can read: of one person, of one chat, or of everything.

An export is a sequence of parts, each a path and its bytes as they are made; nothing is held but the part at hand.
"""

from messenger.core.exports.parts import Export, Part, Render
from messenger.core.exports.plan import Plan, of_chat, of_person, of_server

__all__ = ["Export", "Part", "Plan", "Render", "of_chat", "of_person", "of_server"]
