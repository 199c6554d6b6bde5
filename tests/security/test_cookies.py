"""The cookie that says who somebody is: how it is set, that nobody chooses its value for him, and when it is dead."""

import pytest

from messenger import create_app
from messenger.reception import forgery
from messenger.settings import Settings
from tests.security.addresses import PASSWORD, addresses, register, sign_in

COOKIE = "sessionToken"
FORM = {"Accept": "text/html"}
EMPTY = {"csrf_token": ""}
LOGIN = {"login": "ann", "password": PASSWORD}
# How a browser gets its cookie: by each door that sets one.
DOORS = {
    "form": lambda client, **more: client.post("/login", data=LOGIN, **more),
    "flash_chat": lambda client, **more: client.post("/login", json={"username": "ann", "password": PASSWORD}, **more),
    "gmessenger": lambda client, **more: client.post("/login", json=LOGIN, **more),
}


def set_by(answer):
    """The flags of the cookie in this answer, None when it has none."""
    found = [line for line in answer.headers.get_all("Set-Cookie") if line.startswith(f"{COOKIE}=")]
    if not found:
        return None
    (line,) = found
    value, *flags = line.removeprefix(f"{COOKIE}=").split("; ")
    return value, {flag.partition("=")[0]: flag.partition("=")[2] for flag in flags}


@pytest.fixture
def settings(instance):
    return Settings.for_tests(instance_dir=str(instance), limits=False)


@pytest.mark.security("cookies")
@pytest.mark.parametrize("door", DOORS)
def test_it_is_closed_to_scripts_and_other_sites_and_new_at_every_sign_in(app, door, attack):
    register(app, "ann")
    seen = set()
    for base, is_secure in (("http://localhost", False), ("https://localhost", True)):
        for brought in (None, "chosen-by-somebody-else", *list(seen)[:1]):
            client = app.test_client()
            if brought:
                client.set_cookie(COOKIE, brought)
            value, flags = set_by(DOORS[door](client, base_url=base, headers={**FORM, "Origin": base}))
            assert flags["SameSite"] == "Lax"
            assert flags["Path"] == "/"
            assert "HttpOnly" in flags
            assert ("Secure" in flags) is is_secure
            assert "Domain" not in flags
            assert value not in seen | {brought}, "the one brought along is not taken over"
            seen.add(value)
            attack.tried()


@pytest.mark.security("cookies")
def test_behind_a_router_that_ends_tls_it_is_secure_too(instance, blank_database, attack):
    settings = Settings.for_tests(instance_dir=str(instance), base_url="https://chat.example.org")
    settings.sqlite_path.write_bytes(blank_database.read_bytes())
    app = create_app(settings)
    client = app.test_client()
    form = {"login": "ann", "name": "Ann", "password": PASSWORD}
    assert "Secure" in set_by(client.post("/register", data=form, headers=FORM))[1]
    assert "Secure" in set_by(client.post("/logout", data=EMPTY, headers={**FORM, "Origin": "https://localhost"}))[1]
    attack.tried(2)
    app.extensions["writer"].stop()


@pytest.mark.security("forgery")
def test_another_site_signs_nobody_in(app, attack, monkeypatch):
    """A page that signs its visitor in as its own master would read what he writes from then on."""
    register(app, "ann")
    foreign = [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
               {"Origin": "http://localhost:81"}, {"Sec-Fetch-Site": "same-site"}]  # fmt: skip
    for said in foreign:
        for door in ({"data": LOGIN}, {"json": LOGIN}, {"json": {"username": "ann", "password": PASSWORD}}):
            assert set_by(app.test_client().post("/login", headers={**FORM, **said}, **door)) is None, said
            attack.tried()
    for said in ({"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {}):
        assert set_by(app.test_client().post("/login", data=LOGIN, headers={**FORM, **said})), said
    monkeypatch.setattr(forgery, "is_foreign", lambda: False)
    assert set_by(app.test_client().post("/login", data=LOGIN, headers={**FORM, **foreign[0]}))


@pytest.mark.security("sessions")
def test_a_cookie_of_before_the_way_out_opens_no_address(app, attack):
    """Replayed at every address that needs somebody; the same cookie opened them all just before."""
    register(app, "ann")
    for how in ("form", "api"):
        client = sign_in(app, "ann")
        old = client.get_cookie(COOKIE).value
        doors = [one for one in addresses(app, {"GET"}) if not one.is_socket]
        before = {one: client.get(one.path(login="ann", username="ann")).status_code for one in doors}
        if how == "form":
            assert client.post("/logout", data=EMPTY, headers={**FORM, "Origin": "http://localhost"}).status_code == 303
        else:
            assert client.post("/logout", json={}).status_code == 200
        assert client.get_cookie(COOKIE) is None
        nobody = {one: app.test_client().get(one.path(login="ann", username="ann")).status_code for one in doors}
        thief = app.test_client()
        thief.set_cookie(COOKIE, old)
        for one in doors:
            assert thief.get(one.path(login="ann", username="ann")).status_code == nobody[one], one
            attack.tried()
        assert sum(before[one] != nobody[one] for one in doors) > 30, "most addresses tell the two apart"
        for header in (f"Bearer {old}", old):
            assert app.test_client().get("/me", headers={"Authorization": header}).status_code == 401
            attack.tried()


@pytest.mark.security("forgery")
def test_with_an_authorization_header_the_cookie_counts_for_nothing(app, attack):
    """Neither to say who asks, nor to stand in where the header is worth nothing."""
    ann, bob = register(app, "ann"), register(app, "bob")
    worthless = dict.fromkeys(("Bearer x", "", "Basic YTpi", "Bearer"))
    for header, who in ({f"Bearer {bob.token}": "bob", bob.token: "bob"} | worthless).items():
        answer = ann.get("/me", headers={"Authorization": header})
        assert (answer.json.get("login") if answer.status_code == 200 else None) == who, header
        page = ann.get("/settings", headers={"Authorization": header, "Accept": "text/html"})
        assert page.status_code == (200 if who else 303)
        attack.tried(2)
    assert ann.get("/me").json["login"] == "ann"
