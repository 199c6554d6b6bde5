"""Which part of a file a request wants (RFC 9110): the whole, one range, nothing because it is known, or too much."""

from typing import NamedTuple

from flask import Request
from werkzeug.datastructures import Range


class Part(NamedTuple):
    """From `start` up to `stop`."""

    start: int
    stop: int
    is_partial: bool = False
    is_known: bool = False
    is_beyond: bool = False


def asked(request: Request, size: int, mark: str) -> Part:
    """The part of a file of this size and ETag. Several ranges, and what is no range at all, mean the whole."""
    whole = Part(0, size)
    if request.if_none_match.contains_weak(mark):
        return whole._replace(is_known=True)
    wanted = request.range
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1 or not _is_same(request, mark):
        return whole
    return _one(wanted, size)


def _is_same(request: Request, mark: str) -> bool:
    """If-Range: the part is of use only to who has the rest of the same file. We give no dates, so none can match."""
    if "If-Range" not in request.headers:
        return True
    return request.headers["If-Range"].strip() == f'"{mark}"'


def _one(wanted: Range, size: int) -> Part:
    start, stop = wanted.ranges[0]
    if start < 0:
        start, stop = max(0, size + start), size
    stop = size if stop is None else min(stop, size)
    if start >= stop:
        return Part(0, 0, is_beyond=True)
    return Part(start, stop, is_partial=True)
