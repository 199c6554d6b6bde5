"""From examples to JSON schemas: what all of the examples fit. Where one of them says null, null may stand."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from messenger.reception.described import ANYTHING, Body, Schema

KINDS: dict[type, str] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def drawn(examples: Iterable[Any]) -> Schema:
    """The schema of these; nothing but null stands for anything."""
    by_kind: dict[str, list[Any]] = {}
    for example in _plain(examples):
        by_kind.setdefault("null" if example is None else KINDS[type(example)], []).append(example)
    has_null = by_kind.pop("null", None) is not None
    schemas = [_of_kind(kind, found) for kind, found in by_kind.items()]
    if not schemas:
        return {}
    if has_null:
        schemas.append({"type": "null"})
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def of_body(body: Body) -> Schema:
    """The schema of what a request carries: that of its example, with the rules it names."""
    schema = drawn([body.example])
    if schema.get("type") != "object":
        return schema
    properties = {name: _ruled(found, body.rules.get(name)) for name, found in schema["properties"].items()}
    properties |= {name: _or_null(properties[name]) for name in body.optional}
    needed = [name for name in properties if name not in body.optional]
    return {"type": "object", "properties": properties, **({"required": needed} if needed else {})}


def of_parameter(example: Any) -> Schema:
    """Numbers are never negative; some wires take none below one, and say so."""
    schema = drawn([example])
    return {**schema, "minimum": 0, "maximum": 2**53 - 1} if schema.get("type") == "integer" else schema


def _of_kind(kind: str, examples: Sequence[Any]) -> Schema:
    if kind == "object":
        return _object(examples)
    if kind == "array":
        items = [item for example in examples for item in example]
        return {"type": "array", "items": drawn(items)}
    return {"type": kind}


def _object(examples: Sequence[Mapping[str, Any]]) -> Schema:
    names = list(dict.fromkeys(name for example in examples for name in example))
    properties = {name: drawn(example[name] for example in examples if name in example) for name in names}
    needed = [name for name in names if all(name in example for example in examples)]
    return {"type": "object", "properties": properties, **({"required": needed} if needed else {})}


def _ruled(schema: Schema, rule: Schema | None) -> Schema:
    if rule is None:
        return schema
    return {**schema, **rule} if rule else ANYTHING


def _or_null(schema: Schema) -> Schema:
    """What may be left out may be null."""
    return {**schema, "type": [schema["type"], "null"]} if isinstance(schema.get("type"), str) else schema


def _plain(examples: Iterable[Any]) -> Iterable[Any]:
    """Tuples and structs as the JSON they become."""
    for example in examples:
        yield list(example) if isinstance(example, tuple) else example
