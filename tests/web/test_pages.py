"""The pages by their plain forms, as a browser without JavaScript sends them."""

import html
import io
import re

import pytest

from messenger.core import founding
from tests.fixtures.pictures import picture

OURS = {"Origin": "http://localhost", "Accept": "text/html"}
HTMX = {**OURS, "HX-Request": "true"}


class Visitor:
    """One browser of one person: forms go out with what a browser says of itself, answers are followed by hand."""

    def __init__(self, app, login="", name=""):
        self.client, self.login = app.test_client(), login
        if login:
            made = self.post("/register", login=login, name=name or login.capitalize(), password="correct horse")
            assert (made.status_code, made.location) == (303, "/")

    def get(self, path, status=200, **headers):
        answer = self.client.get(path, headers={"Accept": "text/html", **headers})
        assert answer.status_code == status, (path, answer.status_code, answer.text[:300])
        return html.unescape(answer.text)

    def post(self, path, headers=OURS, **fields):
        return self.client.post(path, data={"csrf_token": "", **fields}, headers=headers)

    def led(self, path):
        """Where a page leads."""
        return self.client.get(path, headers={"Accept": "text/html"}).location

    def done(self, path, **fields):
        """A form that does its work; where it leads."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, (path, answer.status_code, answer.text[:500])
        return answer.location

    def say(self, place, text, **more):
        """The id of what was said."""
        return int(self.done(place, text=text, **more).rpartition("#message-")[2])


@pytest.fixture
def ann(app):
    return Visitor(app, "ann", "Ann Lee")


@pytest.fixture
def bob(app, ann):
    return Visitor(app, "bob", "Bob Stone")


def test_the_first_visitor_is_told_how_to_look_after_the_server(app):
    with app.app_context():
        key = founding.token()
    assert "open the address that it printed" in Visitor(app).get("/")
    assert "This server is yours" not in Visitor(app).get("/?admin=x")
    card = Visitor(app).get(f"/?admin={key}")
    assert "This server is yours" in card
    assert f'name="admin" value="{key}"' in card
    Visitor(app, "ann")
    assert "that it printed" not in Visitor(app).get("/")


def test_who_has_an_account_already_becomes_the_first_administrator_by_the_same_address(app, ann, bob):
    with app.app_context():
        key = founding.token()
    assert f'value="/?admin={key}"' in Visitor(app).get(f"/?tab=login&admin={key}")
    assert "Become the administrator" in ann.get(f"/?admin={key}")
    assert bob.post("/founding", admin="x" * 24).status_code == 403
    assert ann.post("/founding", admin=key).status_code == 303
    assert bob.post("/founding", admin=key).status_code == 403
    assert "Become the administrator" not in bob.get(f"/?admin={key}")
    assert "makes nobody an administrator any more" in Visitor(app).get(f"/?admin={key}")


def test_what_was_wrong_stands_beside_its_field_and_what_was_typed_is_kept(app, ann):
    nobody = Visitor(app)
    for fields, status, words in (
        ({"login": "ann", "name": "Me Again", "password": "correct horse"}, 409, "already taken"),
        ({"login": "a b", "name": "Me Again", "password": "correct horse"}, 400, "login"),
        ({"login": "eve", "name": "Me Again", "password": "short"}, 400, "8"),
    ):
        answer = nobody.post("/register", **fields)
        assert answer.status_code == status, fields
        assert words in answer.text
        assert 'value="Me Again"' in answer.text
        assert f'value="{fields["login"]}"' in answer.text
        assert fields["password"] not in answer.text
    answer = nobody.post("/login", login="ann", password="wrong one")
    assert answer.status_code == 401
    assert "wrong" in answer.text
    assert 'value="ann"' in answer.text


def test_signing_in_and_out(app, ann):
    again = Visitor(app)
    assert again.done("/login", login="ANN", password="correct horse") == "/"
    assert "Chats" in again.get("/")
    assert again.done("/logout") == "/"
    assert "Password" in again.get("/")
    assert again.client.get("/chats", headers={"Accept": "text/html"}).status_code == 303
    assert "Chats" in ann.get("/chats")


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example/x",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/a\n/b",
        "evil.example",
    ],
)
def test_who_signs_in_is_never_sent_elsewhere(app, ann, wanted):
    assert Visitor(app).done("/login", login="ann", password="correct horse", next=wanted) == "/"
    assert wanted not in Visitor(app).client.get("/login", query_string={"next": wanted}).text


def test_who_signs_in_comes_to_where_he_wanted_to_go(app, ann, bob):
    nobody = Visitor(app)
    led = nobody.led("/dialog/bob?around=3")
    assert led == "/login?next=%2Fdialog%2Fbob%3Faround%3D3"
    assert 'value="/dialog/bob?around=3"' in nobody.get(led)
    assert (
        nobody.done("/login", login="ann", password="correct horse", next="/dialog/bob?around=3")
        == "/dialog/bob?around=3"
    )


def test_forms_of_another_site_do_nothing(app, ann, bob):
    for headers in ({"Origin": "https://evil.example"}, {}, {"Sec-Fetch-Site": "cross-site"}):
        answer = ann.post("/dialog/bob", headers={**headers, "Accept": "text/html"}, text="forged")
        assert answer.status_code == 403, headers
    assert "forged" not in ann.get("/dialog/bob")
    assert ann.post("/logout", headers={}).status_code == 403
    token = re.search(r'name="csrf_token" value="([^"]+)"', ann.get("/dialog/bob"))[1]
    assert ann.post("/dialog/bob", headers={}, text="with the token", csrf_token=token).status_code == 303


def test_a_message_is_sent_read_edited_and_deleted(ann, bob):
    number = ann.say("/dialog/bob", "hello **bob**")
    assert "<strong>bob</strong>" in bob.get("/dialog/ann")
    assert "hello bob" in bob.get("/chats")
    assert bob.post(f"/message/{number}/edit", text="forged").status_code == 403
    assert ann.done(f"/message/{number}/edit", text="hello again").endswith(f"#message-{number}")
    page = bob.get("/dialog/ann")
    assert "hello again" in page
    assert "hello bob" not in page
    assert "hello **bob**" in bob.get(f"/message/{number}/history")
    assert bob.get(f"/message/{number}/text") == "hello again"
    assert bob.post(f"/message/{number}/delete").status_code == 403
    ann.done(f"/message/{number}/delete")
    page = bob.get("/dialog/ann")
    assert "message deleted" in page
    assert "hello again" not in page


def test_a_message_belongs_to_who_is_in_its_chat(app, ann, bob):
    number, cid = ann.say("/dialog/bob", "between us"), Visitor(app, "cid")
    for address in ("", "/actions", "/text", "/history", "/readers"):
        bob.get(f"/message/{number}{address}", 303 if address == "" else 200)
        cid.get(f"/message/{number}{address}", 404)
    for deed in ("edit", "delete", "reactions", "pin", "unread"):
        assert cid.post(f"/message/{number}/{deed}", text="x", emoji="👍", on="1").status_code == 404, deed
    assert "between us" not in cid.get("/search?q=between")


def test_reacting_again_takes_it_back(ann, bob):
    number = ann.say("/dialog/bob", "good?")
    bob.done(f"/message/{number}/reactions", emoji="👍")
    assert 'data-emoji="👍" data-logins="bob"' in ann.get("/dialog/bob")
    bob.done(f"/message/{number}/reactions", emoji="👍")
    assert "data-emoji" not in ann.get("/dialog/bob").partition('id="messages"')[2].partition("</message-groups>")[0]
    assert bob.post(f"/message/{number}/reactions", emoji="not an emoji").status_code == 400


def test_pins_and_answers_stand_in_the_page(ann, bob):
    number = ann.say("/dialog/bob", "the address is 4 Pier Road")
    bob.done(f"/message/{number}/pin", on="1")
    assert 'id="pinned"' in ann.get("/dialog/bob")
    assert "4 Pier Road" in bob.get(f"/dialog/ann?reply={number}").partition('id="composer"')[2]
    bob.say("/dialog/ann", "thanks", reply_to=number)
    assert f'class="quote" href="/message/{number}"' in ann.get("/dialog/bob")
    bob.done(f"/message/{number}/pin", on="0")
    assert 'id="pinned"' not in ann.get("/dialog/bob")


def test_files_go_with_a_message_and_come_back_as_they_were(ann, bob, app):
    files = [(io.BytesIO(picture("PNG", (80, 60))), "a.png"), (io.BytesIO(b"a note"), "note.txt")]
    ann.say("/dialog/bob", "two files", files=files)
    page = bob.get("/dialog/ann")
    assert 'width="80" height="60"' in page
    address = re.search(r'href="(/attachment/\d+)\?download=1"', page)[1]
    assert bob.client.get(address).data == b"a note"
    assert Visitor(app, "cid").client.get(address).status_code == 404
    assert "note.txt" in bob.get("/dialog/ann/about")


def test_what_is_quoted_listed_and_pinned_stands_there_without_its_dress(ann, bob):
    number = ann.say("/dialog/bob", "**bold** and `code` & more")
    bob.done(f"/message/{number}/pin", on="1")
    bob.say("/dialog/ann", "yes", reply_to=number)
    ann.say("/dialog/bob", "", files=[(io.BytesIO(b"a note"), "note.txt"), (io.BytesIO(b"b"), "b.txt")])
    page = bob.get("/dialog/ann")
    assert page.count("bold and code & more") == 2
    assert "note.txt +1" in page.partition('id="rows"')[2].partition("</chat-list>")[0]


def test_stars_are_found_again_on_a_page_of_their_own(ann, bob):
    number = ann.say("/dialog/bob", "the address of the harbour")
    assert "harbour" not in bob.get("/starred").partition("<main")[2]
    bob.done(f"/message/{number}/star", on="1")
    assert "harbour" in bob.get("/starred").partition("<main")[2]
    assert f'data-ids="{number}"' in bob.get("/dialog/ann")
    assert (
        "Take the star away"
        in bob.get(f"/message/{number}/actions").partition('class="page one-message"')[2].partition("</main>")[0]
    )
    bob.done(f"/message/{number}/star", on="0")
    assert "harbour" not in bob.get("/starred").partition("<main")[2]


def test_all_read_can_be_undone_and_one_chat_read_by_a_form(ann, bob):
    for text in ("one", "two"):
        ann.say("/dialog/bob", text)
    bob.done("/chats/read")
    page = bob.get("/chats")
    assert 'data-unread="0"' in page
    places = re.search(r'name="places" value="([^"]+)"', page)[1]
    bob.done("/chats/unread", places=places)
    assert 'data-unread="2"' in bob.get("/chats")
    bob.done("/chats/unread", places="nonsense 9:9 1:0 77777:1")
    page = bob.get("/dialog/ann")
    position = re.search(r'name="position" value="(\d+)"', page)[1]
    bob.done("/dialog/ann/read", position=position)
    assert 'data-unread="0"' in bob.get("/chats")
    assert "Mark as read up to here" not in bob.get("/dialog/ann")


def test_the_pane_beside_the_list_knows_whether_there_are_chats(ann, bob):
    bare = {"HX-Request": "true", "HX-Target": "main"}
    assert "Say hello" in ann.get("/chats", **bare)
    ann.say("/dialog/bob", "hello")
    page = ann.get("/chats", **bare)
    assert "Pick up where you left off" in page
    assert "chat-row" not in page


def test_a_picture_keeps_the_place_in_which_it_will_be_shown(ann, bob):
    for size, place in (((1920, 1080), (480, 270)), ((900, 2000), (162, 360)), ((3, 2), (64, 32))):
        ann.say("/dialog/bob", "", files=[(io.BytesIO(picture("PNG", size)), "a.png")])
        assert 'width="{}" height="{}"'.format(*place) in ann.get("/dialog/bob")


def test_what_cannot_be_sent_stays_in_the_field(ann, bob):
    answer = ann.post("/dialog/bob", text="x" * 20_000)
    assert answer.status_code in (400, 413)
    assert "x" * 20_000 in answer.text
    assert ann.post("/dialog/bob", text=" ").status_code == 400
    assert ann.post("/dialog/nobody-here", text="hello").status_code == 404


def test_the_same_send_twice_is_one_message(ann, bob):
    assert ann.say("/dialog/bob", "once", client_id="c1") == ann.say("/dialog/bob", "once", client_id="c1")
    assert ann.post("/dialog/bob", text="other", client_id="c1").status_code == 409


def test_pages_lead_to_older_ones_and_a_link_to_its_place(ann, bob):
    ids = [ann.say("/dialog/bob", f"number {n}.") for n in range(70)]
    page = ann.get("/dialog/bob")
    assert "number 69." in page
    assert "number 0." not in page
    older = re.search(r'id="older" href="([^"]+)"', page)[1]
    assert "number 0." in ann.get(older)
    at = ann.led(f"/message/{ids[5]}")
    assert at.endswith(f"#message-{ids[5]}")
    assert "number 5." in ann.get(at.partition("#")[0])


def test_search_finds_what_one_may_see(ann, bob):
    number = ann.say("/dialog/bob", "the lighthouse keeper")
    for visitor in (ann, bob):
        assert f'href="/message/{number}"' in visitor.get("/search?q=lighthouse").partition('class="page search"')[2]
    assert "Nothing found" in ann.get("/search?q=submarine")
    assert 'value="light' in ann.get("/search?q=light%20house")
    assert "Bob Stone" in ann.get("/chats?q=stone")
    assert "Nobody and nothing" in ann.get("/chats?q=zzz")


def test_groups_are_made_joined_led_and_left(app, ann, bob):
    place = ann.done("/group/new", name="Sailors", public="1", members=["bob"])
    assert "2 members" in bob.get(place)
    cid = Visitor(app, "cid")
    assert "Join" in cid.get(f"{place}/about")
    assert cid.done(f"{place}/join") == place
    assert cid.post(f"{place}/settings", name="Mine").status_code == 403
    ann.done(f"{place}/settings", name="Rowers")
    assert "Rowers" in bob.get(place)
    ann.done(f"{place}/members/bob", role="admin")
    bob.done(f"{place}/members/cid", remove="1")
    cid.get(place, 403)
    bob.done(f"{place}/members", login="cid")
    assert "3 members" in cid.get(place)
    assert cid.done(f"{place}/leave") == "/chats"
    cid.get(place, 403)
    wrong = ann.post("/group/new", name="", members=["bob"])
    assert wrong.status_code == 400
    assert "field-wrong" in wrong.text


def test_how_one_wants_a_chat(ann, bob):
    ann.say("/dialog/bob", "hello")
    ann.done("/dialog/bob/mute", hours="8")
    ann.done("/dialog/bob/pin", on="1")
    ann.done("/dialog/bob/notify", notify="mentions")
    row = ann.get("/chats").partition('class="chat-row"')[2].partition("</a>")[0]
    assert "data-muted" in row
    assert "data-pinned" in row
    assert '<option value="mentions" selected>' in ann.get("/dialog/bob/about")
    assert ann.post("/dialog/bob/notify", notify="shout").status_code == 400


def test_unread_is_counted_and_can_be_called_read(ann, bob):
    for n in range(3):
        ann.say("/dialog/bob", f"number {n}")
    assert 'data-unread="3"' in bob.get("/chats")
    bob.done("/chats/read")
    assert 'data-unread="0"' in bob.get("/chats")
    last = ann.say("/dialog/bob", "one more")
    bob.done("/chats/read")
    assert bob.done(f"/message/{last}/unread") == "/chats"
    assert 'data-unread="1"' in bob.get("/chats")


def test_one_s_own_settings(app, ann, bob):
    ann.done("/settings", name="Ann of the Sea", about="Boats.")
    assert "Saved." in ann.get("/settings")
    page = bob.get("/people/ann")
    assert "Ann of the Sea" in page
    assert "Boats." in page
    assert ann.post("/settings", name=" ").status_code == 400
    ann.done("/settings", picture=(io.BytesIO(picture("PNG", (300, 300))), "me.png"))
    face = re.search(r'<img src="(/avatar/[^"]+|[^"]*avatar[^"]*)"', bob.get("/people/ann"))[1]
    assert bob.client.get(face).status_code == 200
    ann.done("/settings/privacy", presence="1")
    assert 'name="receipts" value="1">' in ann.get("/settings/privacy")
    ann.done("/settings/look", theme="dark")
    assert 'data-theme="dark"' in ann.get("/chats")
    assert ann.post("/settings/email", email="ann@example.org", password="no").status_code == 403
    ann.done("/settings/email", email="ann@example.org", password="correct horse")
    assert Visitor(app).done("/login", login="ann@example.org", password="correct horse") == "/"


def test_another_password_ends_the_other_devices(app, ann):
    other = Visitor(app)
    other.done("/login", login="ann", password="correct horse")
    assert ann.get("/settings/sessions").count('class="session"') == 2
    for fields, words in (
        ({"current": "wrong", "password": "battery staple", "repeat": "battery staple"}, "wrong"),
        ({"current": "correct horse", "password": "battery staple", "repeat": "battery"}, "not the same"),
        ({"current": "correct horse", "password": "short", "repeat": "short"}, "8"),
    ):
        assert words in ann.post("/settings/password", **fields).text
    ann.done("/settings/password", current="correct horse", password="battery staple", repeat="battery staple")
    assert other.client.get("/chats", headers={"Accept": "text/html"}).status_code == 303
    assert "Chats" in ann.get("/chats")
    assert Visitor(app).post("/login", login="ann", password="correct horse").status_code == 401


def test_devices_are_ended_one_by_one_and_all_at_once(app, ann, bob):
    others = [Visitor(app) for _ in range(2)]
    for other in others:
        other.done("/login", login="ann", password="correct horse")
    number = re.search(r"/settings/sessions/(\d+)/end", ann.get("/settings/sessions"))[1]
    assert bob.post(f"/settings/sessions/{number}/end").status_code == 404
    ann.done(f"/settings/sessions/{number}/end")
    assert [o.client.get("/chats", headers={"Accept": "text/html"}).status_code for o in others].count(200) == 1
    ann.done("/settings/sessions/end")
    assert ann.get("/settings/sessions").count('class="session"') == 1


def test_an_account_is_closed_for_good(app, ann, bob):
    ann.say("/dialog/bob", "what I wrote stays")
    assert ann.post("/settings/delete", password="no").status_code == 403
    assert ann.done("/settings/delete", password="correct horse") == "/"
    assert Visitor(app).post("/login", login="ann", password="correct horse").status_code == 401
    assert "what I wrote stays" in bob.get("/chats")
    assert Visitor(app).post("/register", login="ann", name="x", password="correct horse").status_code == 409


def test_errors_are_pages_with_a_way_back_and_notes_for_htmx(ann, bob):
    page = ann.get("/nowhere", 404)
    assert "To the chats" in page
    assert "There is nothing at this address" in page
    answer = ann.post("/message/999/delete", headers=HTMX)
    assert answer.status_code == 404
    assert answer.text.startswith('<p class="toast toast-error">')
    answer = ann.post("/dialog/bob", headers=HTMX, text="")
    assert "toast-error" in answer.text


def test_htmx_gets_the_pane_alone_and_the_message_it_sent(ann, bob):
    bare = ann.get("/dialog/bob", **{"HX-Request": "true", "HX-Target": "main"})
    assert bare.lstrip().startswith("<title>")
    assert 'id="side"' not in bare
    whole = ann.get("/dialog/bob", **{"HX-Request": "true", "HX-Target": "main", "HX-History-Restore-Request": "true"})
    assert 'id="side"' in whole
    answer = ann.post("/dialog/bob", headers=HTMX, text="hello", client_id="c-7")
    assert answer.status_code == 201
    assert 'data-client-id="c-7"' in answer.text


def test_every_page_needs_a_session_and_none_is_kept_by_a_cache(app, ann, bob):
    nobody = Visitor(app)
    for address in (
        "/chats",
        "/dialog/bob",
        "/group/new",
        "/settings",
        "/settings/sessions",
        "/search",
        "/help",
        "/people/bob",
    ):
        assert nobody.client.get(address, headers={"Accept": "text/html"}).status_code == 303, address
        answer = ann.client.get(address, headers={"Accept": "text/html"})
        assert answer.status_code == 200, address
        assert "no-store" in answer.headers["Cache-Control"]
        assert "HX-Request" in answer.headers["Vary"]
