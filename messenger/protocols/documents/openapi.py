"""The OpenAPI document of all HTTP calls. What two protocols share at the root is one operation in both their words."""

import inspect
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Flask

from messenger.core.refusals import Refusal
from messenger.extensions import settings
from messenger.protocols import ALL
from messenger.protocols.documents import schemas
from messenger.protocols.documents.routes import SOCKET, Route, about, of
from messenger.reception.described import JSON, Body, Description, description_of
from messenger.version import VERSION

Part = dict[str, Any]

ABOUT = """\
Every HTTP call of the five protocols that this server speaks, at the addresses their clients know. Each of them also
stands under a home of its own, where nothing is shared (`x-also-at`).

Register or log in: the answer's token is good for all of them. The sockets are described at [/api/sockets](sockets).
"""
SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sessionToken"},
}


def document(app: Flask) -> Part:
    """The whole, as a plain value. Needs a request, for the protocols' own words for a refusal."""
    return {
        "openapi": "3.1.0",
        "info": {"title": settings.site_name, "version": VERSION, "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": protocol.name, "description": f"```\n{about(protocol)}\n```"} for protocol in ALL],
        "paths": _paths([route for route in of(app) if route.method != SOCKET]),
        "components": {"securitySchemes": SECURITY},
    }


def _paths(routes: Sequence[Route]) -> Part:
    sharing: dict[tuple[str, str], list[Route]] = {}
    for route in _in_one_spelling(routes):
        sharing.setdefault((route.path, route.method), []).append(route)
    paths: Part = {}
    for (path, method), ones in sharing.items():
        paths.setdefault(path, {})[method.lower()] = _operation(path, method, ones)
    return paths


def _in_one_spelling(routes: Sequence[Route]) -> list[Route]:
    """Two protocols may name the variable of one address differently; in a document it can have only one name."""
    spellings: dict[str, set[str]] = {}
    for route in routes:
        spellings.setdefault(route.skeleton, set()).add(route.path)
    return [route.plain() if len(spellings[route.skeleton]) > 1 else route for route in routes]


def _operation(path: str, method: str, routes: Sequence[Route]) -> Part:
    told = [(route, description_of(route.view) or _untold(route)) for route in routes]
    is_open = any(description.is_open for _, description in told)
    return {
        "tags": [route.protocol.name for route in routes],
        "summary": " · ".join(dict.fromkeys(description.summary for _, description in told)),
        "description": "\n\n".join(dict.fromkeys(inspect.getdoc(route.view) or "" for route in routes)),
        "operationId": method.lower() + re.sub("[^A-Za-z0-9]", "_", path),
        "parameters": _parameters(told),
        **_request(told),
        "responses": {**_responses(told), "default": _refusal(routes)},
        "security": [*([{}] if is_open else []), {"bearer": []}, {"cookie": []}],
        "x-also-at": [route.home_path for route in routes],
    }


def _untold(route: Route) -> Description:
    """A view without words is listed all the same; the tests ask for them."""
    return Description((inspect.getdoc(route.view) or route.address).partition("\n")[0], None, {}, {}, False)


def _parameters(told: Sequence[tuple[Route, Description]]) -> list[Part]:
    variables = dict.fromkeys(told[0][0].variables, "x")
    given = {
        route.names.get(name, name): example
        for route, description in told
        for name, example in description.parameters.items()
    }
    return [
        {
            "name": name,
            "in": "path" if name in variables else "query",
            "required": name in variables,
            "schema": schemas.of_parameter(example),
            "example": example,
        }
        for name, example in {**variables, **given}.items()
    ]


def _request(told: Sequence[tuple[Route, Description]]) -> Part:
    bodies = [(route, description.body) for route, description in told if description.body is not None]
    if not bodies:
        return {}
    kinds = dict.fromkeys(body.kind for _, body in bodies)
    content = {kind: _content([one for one in bodies if one[1].kind == kind]) for kind in kinds}
    return {"requestBody": {"required": len(bodies) == len(told) and _is_needed(bodies), "content": content}}


def _is_needed(bodies: Sequence[tuple[Route, Body]]) -> bool:
    return all(set(body.example) - set(body.optional) for _, body in bodies if isinstance(body.example, dict))


def _content(bodies: Sequence[tuple[Route, Body]]) -> Part:
    drawn = [schemas.of_body(body) for _, body in bodies]
    schema = drawn[0] if len(drawn) == 1 else {"anyOf": drawn}
    return {"schema": schema, "examples": {route.protocol.name: {"value": body.example} for route, body in bodies}}


def _responses(told: Sequence[tuple[Route, Description]]) -> Part:
    statuses = sorted({status for _, description in told for status in description.answers})
    return {str(status): _response(status, told) for status in statuses}


def _response(status: int, told: Sequence[tuple[Route, Description]]) -> Part:
    named = {
        f"{route.protocol.name} {number}": example
        for route, description in told
        for number, example in enumerate(description.answers.get(status, ()), 1)
    }
    return _answer(HTTPStatus(status).phrase, named)


def _refusal(routes: Sequence[Route]) -> Part:
    """How these protocols say no, in their own shape."""
    said = {}
    for route in routes:
        response = route.protocol.answer(Refusal("What is wrong, in one sentence."))
        said[route.protocol.name] = response.get_json(silent=True)
    return _answer("A refusal.", said)


def _answer(words: str, examples: Part) -> Part:
    if not examples:
        return {"description": words}
    schema = schemas.drawn(examples.values())
    shown = {name: {"value": value} for name, value in examples.items()}
    return {"description": words, "content": {JSON: {"schema": schema, "examples": shown}}}
