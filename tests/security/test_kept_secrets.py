"""Who gets hold of the database, of a backup or of an export makes no codes of the authenticators in it."""

import io
import tarfile
import zipfile
from base64 import b32decode

import pyotp
import pytest
from sqlalchemy import select

from messenger.core import factors, people, seals
from messenger.core.models import SecondFactor
from messenger.core.verbs import verb
from messenger.extensions import db
from messenger.settings import Settings
from tests.security.addresses import PASSWORD, register
from tests.security.test_second_factor import code, lets_in, native

pytestmark = pytest.mark.security("second factor")
PAGE = {"Origin": "http://localhost", "Accept": "text/html"}


@pytest.fixture
def settings(instance):
    return Settings.for_tests(instance_dir=str(instance), limits=False)


@pytest.fixture
def cast(app):
    """Ann and bob with an authenticator each: who it is, what the app knows, the recovery codes."""
    return {login: armed(app, login) for login in ("ann", "bob")}


def armed(app, login):
    client = register(app, login)
    assert client.post("/settings/security/begin", data={"password": PASSWORD}, headers=PAGE).status_code == 303
    with app.app_context():
        actor = type("Somebody", (), {"user_id": people.by_login(login).user_id, "login": login})
        secret = factors.pending(actor).secret
        actor.recovery = factors.confirm(actor, pyotp.TOTP(secret).now())
        db.session.remove()
    actor.client, actor.secret = client, secret
    return actor


@verb
def put(tx, user_id, kept):
    """As if somebody wrote it into the database himself."""
    tx.get(SecondFactor, user_id).secret = kept


def kept(app):
    """What stands in the table, by person."""
    with app.app_context():
        found = dict(db.session.execute(select(SecondFactor.user_id, SecondFactor.secret)).all())
        db.session.remove()
    return found


def stolen(app, ann, folder):
    """The bytes of the database with all that stands beside it, of a backup, and of what ann takes along."""
    answer = app.test_cli_runner().invoke(args=["backup", "--to", str(folder)])
    assert answer.exit_code == 0, answer.output
    (archive,) = folder.glob("*.tar*")
    with tarfile.open(archive) as packed:
        backup = b"".join(packed.extractfile(one).read() for one in packed if one.isfile())
    export = ann.client.post("/settings/export", data={"csrf_token": ""}, headers=PAGE)
    assert export.status_code == 200
    with zipfile.ZipFile(io.BytesIO(export.data)) as packed:
        own = b"".join(packed.read(name) for name in packed.namelist())
    home = app.extensions["settings"].sqlite_path.parent
    database = b"".join(path.read_bytes() for path in home.glob("*.db*"))
    return {"database": database, "backup": backup, "export": own}


def test_who_reads_everything_cannot_make_codes(app, cast, tmp_path, attack):
    ann = cast["ann"]
    for place, content in stolen(app, ann, tmp_path / "first").items():
        for form in (ann.secret.encode(), b32decode(ann.secret), ann.secret.lower().encode()):
            assert form not in content, place
            attack.tried()
        sealed = kept(app)[ann.user_id].encode()
        assert (sealed in content) is (place != "export"), "the place where it stands was looked at"
    with app.app_context():
        put(ann.user_id, ann.secret)
    found = stolen(app, ann, tmp_path / "second")
    bare = [place for place in found if ann.secret.encode() in found[place]]
    assert bare == ["database", "backup"], "were it not sealed, it would be read there"


def test_what_somebody_wrote_into_the_row_opens_nothing(app, cast, attack):
    ann, bob = cast["ann"], cast["bob"]
    own, other = kept(app)[ann.user_id], kept(app)[bob.user_id]
    assert own != other
    changed = own[:-1] + ("0" if own[-1] != "0" else "1")
    for forged in (other, changed, own[:20], own[:3], own + "00000", "v1:", "v1:\u00e9", "v1: ", seals.MARK + "0" * 60):
        with app.app_context():
            put(ann.user_id, forged)
        for secret in (ann.secret, bob.secret):
            answer = native(app, code(secret))
            assert answer.status_code == 401, (forged, answer.text)
            assert "no longer fits this server" in answer.text
            attack.tried()
    with app.app_context():
        put(ann.user_id, own)
    assert lets_in(native(app, code(ann.secret))), "what this server has sealed for ann does"


def test_what_was_kept_before_seals_is_sealed_when_it_is_used(app, cast, attack):
    ann = cast["ann"]
    with app.app_context():
        put(ann.user_id, ann.secret)
    assert not lets_in(native(app, "000000"))
    assert kept(app)[ann.user_id] == ann.secret
    right = code(ann.secret)
    assert lets_in(native(app, right))
    assert seals.is_sealed(kept(app)[ann.user_id])
    assert not lets_in(native(app, right)), "and the code was taken with that"
    attack.tried(2)


def test_after_another_secret_of_the_server_the_recovery_codes_and_the_command_still_help(app, cast, attack):
    """Who copies the database to a server of his own has another secret, too: no code of his fits there."""
    ann = cast["ann"]
    object.__setattr__(app.extensions["settings"], "secret_key", "another secret of the same server, long enough")
    for given in (code(ann.secret), "000000", ann.recovery[0][:-1]):
        answer = native(app, given)
        assert answer.status_code == 401
        assert "recovery code" in answer.json["message"]
        attack.tried()
    back = native(app, ann.recovery[0])
    assert lets_in(back)
    client = app.test_client()
    client.set_cookie("sessionToken", back.json["content"]["token"])
    assert "no longer fits this server" in client.get("/settings/security", headers=PAGE).text
    for step in ("off", "begin"):
        done = client.post(f"/settings/security/{step}", data={"password": PASSWORD}, headers=PAGE)
        assert done.status_code == 303, done.text
    assert client.get("/settings/security/setup", headers=PAGE).status_code == 200
    answer = app.test_cli_runner().invoke(args=["user", "second-step", "bob", "--off", "--json"])
    assert '"second_step": false' in answer.output
