"""What no field of no body and no frame may be harmed by; used by the plays of all protocols."""

import json

# As a JSON value in the place of any field.
VALUES = [
    ("null", "null"),
    ("a number", "17"),
    ("a huge number", "9" * 400),
    ("a negative number", "-1"),
    ("beyond 2^63", "9223372036854775808"),
    ("a fraction", "1.5"),
    ("true", "true"),
    ("a list", "[]"),
    ("a list in a list", "[[1]]"),
    ("an object", "{}"),
    ("nothing", '""'),
    ("only space", '" \\t\\n"'),
    ("an invisible sign", '"\\u200b"'),
    ("NUL", '"a\\u0000b"'),
    ("a lone surrogate", '"\\ud800"'),
    ("a control code", '"\\u001b[2J"'),
    ("too long", json.dumps("x" * 8_001)),
    ("deep", "[" * 20_000 + "]" * 20_000),
]

# As a whole body or frame.
WHOLE = {
    "empty": b"",
    "not JSON": b"{",
    "plain words": b"hello",
    "a number": b"17",
    "a list": b"[]",
    "null": b"null",
    "NaN": b"NaN",
    "a text": b'"text"',
    "an empty object": b"{}",
    "100,000 deep": b"[" * 30_000 + b"]" * 30_000,
    "100,000 deep in an object": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "not UTF-8": b'{"Message": "\xff\xfe"}',
    "binary": bytes(range(256)),
    "NUL": b"\x00",
}

# As an id in a path.
IDS = ["0", "-1", "999999999", "9223372036854775808", "1e3", "abc", "%00", "%F0%9F%92%A9", "1.0", "%20", "null"]


def bodies(example, needed):
    """Every hostile body made from a good one: each needed field left out, and each field as each hostile value."""
    for name in needed:
        yield f"{name} left out", json.dumps({key: value for key, value in example.items() if key != name})
    for name in example:
        for words, value in VALUES:
            good = json.dumps({**example, name: "HERE"})
            yield f"{name} is {words}", good.replace('"HERE"', value)
