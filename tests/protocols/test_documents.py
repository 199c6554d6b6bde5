"""The living documentation: valid, complete, true to the seeds, offline."""

import json
import re

import jsonschema
import pytest
from openapi_spec_validator import validate

from messenger.protocols import ALL
from messenger.protocols.documents import routes, schemas
from messenger.protocols.mvp_messenger import examples as mvp
from messenger.protocols.netrox import examples as netrox
from messenger.reception.described import conversation_of, description_of


@pytest.fixture
def openapi(client):
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200
    return answer.get_json()


@pytest.fixture
def asyncapi(client):
    return client.get("/api/asyncapi.json").get_json()


def operations(document):
    return [(path, method, one) for path, ones in document["paths"].items() for method, one in ones.items()]


def test_the_document_is_valid_openapi(openapi):
    validate(openapi)
    assert openapi["openapi"] == "3.1.0"


def test_every_route_of_every_protocol_is_in_it(app, openapi, asyncapi):
    known = {(re.sub(r"\{[^}]+\}", "{}", path), method) for path, method, _ in operations(openapi)}
    homes = {home for _, _, one in operations(openapi) for home in one["x-also-at"]}
    channels = {channel["address"] for channel in asyncapi["channels"].values()}
    rules = [rule for rule in app.url_map.iter_rules() for protocol in ALL if protocol.owns(rule.endpoint)]
    assert len(rules) > 100
    for rule in rules:
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        at_home = next((protocol.home for protocol in ALL if rule.rule.startswith(protocol.home + "/")), "")
        if rule.websocket:
            assert path.removeprefix(at_home) in channels, rule
            continue
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            skeleton = re.sub(r"\{[^}]+\}", "{}", path.removeprefix(at_home))
            assert (skeleton, method.lower()) in known, rule
        assert not at_home or path in homes, rule


def test_every_address_in_it_is_served(client, openapi):
    for path, method, one in operations(openapi):
        for address in (path, *one["x-also-at"]):
            answer = client.open(re.sub(r"\{[^}]+\}", "1", address), method=method.upper(), json={})
            assert answer.status_code not in (404, 405), (method, address, answer.data)


def test_every_view_and_socket_is_described(app):
    for route in routes.of(app):
        told = conversation_of(route.view) if route.method == routes.SOCKET else description_of(route.view)
        assert told is not None, route
        assert told.summary.endswith((".", "?")), route
        if route.method == routes.SOCKET:
            assert told.hears, route
            assert told.speaks, route


def test_no_two_paths_differ_only_in_the_name_of_a_variable(openapi):
    paths = list(openapi["paths"])
    assert len({re.sub(r"\{[^}]+\}", "{}", path) for path in paths}) == len(paths)
    for path, method, one in operations(openapi):
        said = [parameter["name"] for parameter in one["parameters"] if parameter["in"] == "path"]
        assert re.findall(r"\{([^}]+)\}", path) == said, (path, method)


def test_operations_are_grouped_by_protocol(openapi):
    names = [protocol.name for protocol in ALL]
    assert [tag["name"] for tag in openapi["tags"]] == names
    assert {name for _, _, one in operations(openapi) for name in one["tags"]} == set(names)


def test_what_two_protocols_share_is_one_operation_in_both_their_words(openapi):
    login = openapi["paths"]["/login"]["post"]
    assert login["tags"] == ["flash_chat", "gmessenger"]
    shown = login["requestBody"]["content"]["application/json"]["examples"]
    assert "username" in shown["flash_chat"]["value"]
    assert "login" in shown["gmessenger"]["value"]


@pytest.mark.parametrize(
    ("path", "method", "status", "example"),
    [
        ("/chat/messages/{uid}/", "get", "200", netrox.MESSAGES),
        ("/chat/messages/{uid}/", "get", "404", netrox.INVALID),
        ("/chat/get-user-threads/", "get", "200", netrox.THREADS),
        ("/chat/chat-attachment/", "post", "201", netrox.UPLOADED),
        ("/auth/sing-up", "post", "201", "User registered!"),
        ("/auth/login", "post", "404", "No such user exists or wrong password"),
    ],
)
def test_answers_are_shown_as_the_seeds_have_them(openapi, path, method, status, example):
    content = openapi["paths"][path][method]["responses"][status]["content"]["application/json"]
    assert example in [one["value"] for one in content["examples"].values()]


def test_every_frame_of_the_seeds_is_in_the_other_document(asyncapi):
    payloads = [
        example["payload"]
        for channel in asyncapi["channels"].values()
        for message in channel["messages"].values()
        for example in message["examples"]
    ]
    for frame in (netrox.SENT, netrox.HEARD, netrox.ANNOUNCED, netrox.HEARD_FILE, mvp.PUSH, mvp.ERROR):
        assert frame in payloads
    for kind, (params, answer) in mvp.ASKED.items():
        assert {"type": kind, "params": params} in payloads
        assert answer in payloads


def test_every_example_fits_its_own_schema(openapi, asyncapi):
    seen = 0
    for path, method, one in operations(openapi):
        bodies = [one["requestBody"]] if "requestBody" in one else []
        for part in [*bodies, *one["responses"].values()]:
            for content in part.get("content", {}).values():
                for example in content["examples"].values():
                    jsonschema.validate(example["value"], content["schema"])
                    seen += 1
        assert one["responses"].get("default"), (path, method)
    for channel in asyncapi["channels"].values():
        for message in channel["messages"].values():
            for example in message["examples"]:
                jsonschema.validate(example["payload"], message["payload"])
                seen += 1
    assert seen > 250


def test_the_sockets_document_holds_together(asyncapi):
    assert asyncapi["asyncapi"] == "3.0.0"
    for operation in asyncapi["operations"].values():
        name = operation["channel"]["$ref"].removeprefix("#/channels/")
        messages = asyncapi["channels"][name]["messages"]
        assert operation["action"] in ("send", "receive")
        assert operation["messages"]
        for message in operation["messages"]:
            assert message["$ref"].removeprefix(f"#/channels/{name}/messages/") in messages


def test_the_readable_page_names_every_socket(client, asyncapi):
    page = client.get("/api/sockets").text
    for name, channel in asyncapi["channels"].items():
        assert f'id="{name}"' in page
        assert channel["address"] in page
    assert "websocat" in page
    assert "curl -s -X POST http://localhost/register" in page


def test_the_page_of_calls_asks_nobody_else(client):
    page = client.get("/api/").text
    assert re.findall(r'(?:src|href)="([^"]*)"', page)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    for address in re.findall(r'(?:src|href)="(/[^"]*)"', page):
        assert client.get(address).status_code == 200, address


def test_schemas_are_what_all_examples_fit():
    assert schemas.drawn([1, None]) == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert schemas.drawn([None]) == {}
    assert schemas.drawn([[]]) == {"type": "array", "items": {}}
    assert schemas.drawn([{"a": 1}, {"a": "x", "b": True}]) == {
        "type": "object",
        "properties": {"a": {"anyOf": [{"type": "integer"}, {"type": "string"}]}, "b": {"type": "boolean"}},
        "required": ["a"],
    }


def test_the_command_prints_every_address(app):
    runner = app.test_cli_runner()
    printed = runner.invoke(args=["protocols"]).output
    for route in routes.of(app):
        assert route.path in printed
        assert route.home_path in printed
    named = runner.invoke(args=["protocols", "netrox", "--json"]).output
    assert {"method": "socket", "address": "/ws/chat/room/", "home": "/netrox/ws/chat/room/"} in json.loads(named)[
        "netrox"
    ]
    wrong = runner.invoke(args=["protocols", "nope"])
    assert wrong.exit_code == 2
    assert "There is no protocol 'nope'" in wrong.output
