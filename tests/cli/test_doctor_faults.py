"""Every fault that settings, rows and files can have is planted once, and found by its name."""

import json
import socket
import threading

import pytest
from sqlalchemy import event

from messenger.cli.doctor import bounds, disk, permissions, sqlite
from tests.cli.patients import DEAD, SECRET, file_of, on_disk, settings_of, with_people


def say(words):
    """A mail server that says one line to whoever comes: its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        line, _ = listener.accept()
        with line, line.makefile("rb") as heard:
            for answer in words:
                line.sendall(answer)
                heard.readline()
        listener.close()

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]


NO_ENTRANCE = (b"220 hello\r\n", b"250-hello\r\n250 AUTH PLAIN\r\n", b"535 no\r\n", b"221 bye\r\n")


def open_secret(folder):
    """The secret, for everybody on the machine to read."""
    file_of(folder, "secret_key", SECRET)
    (folder / "secret_key").chmod(0o644)


def forgetful(app):
    """As if somebody had told SQLite to hurry."""
    writer = app.extensions["writer"].engine
    event.listen(writer, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=NORMAL"))


def mixed_up(app):
    """As if the storage gave back what somebody else had put there."""
    stored = app.extensions["storage"]
    stored.read = lambda key: iter([b"something else"])


def damage(folder):
    path = folder / "messenger.db"
    content = bytearray(path.read_bytes())
    content[8192:24576] = b"\xff" * 16384
    path.write_bytes(content)


def schema_is(revision):
    return f"UPDATE alembic_version SET version_num = '{revision}'"


FAULTS = {
    "secret-weak": settings_of(secret_key="abcabcabcabcabcabcabcabcabcabcabcabc"),
    "jwt-key-weak": settings_of(jwt_key="secret"),
    "secret-readable": on_disk(open_secret),
    "instance-readable": on_disk(lambda folder: folder.chmod(0o755)),
    "schema-missing": on_disk(lambda folder: (folder / "messenger.db").unlink()),
    "schema-newer": with_people(schema_is("9999")),
    "schema-old": with_people(schema_is("0001")),
    "database-silent": settings_of(database_url=f"postgres://ann:sesame@{DEAD}/none"),
    "sqlite-forgets": lambda folder: ({}, forgetful),
    "sqlite-damaged": on_disk(damage),
    "storage-refuses": lambda folder: ({"storage_url": file_of(folder, "no-folder")}, None),
    "storage-differs": lambda folder: ({}, mixed_up),
    "files-missing": with_people("file"),
    "database-wiped": settings_of(platform="Heroku"),
    "uploads-wiped": settings_of(platform="Heroku"),
    "backups-wiped": settings_of(platform="Heroku", backup_every=24),
    "base-url-missing": settings_of(platform="Render"),
    "bus-silent": settings_of(redis_url=f"redis://:sesame@{DEAD}/0"),
    "limits-off": settings_of(limits=False),
    "log-debug": settings_of(log_level="debug", platform="Fly"),
    "ping-slow": settings_of(ping_seconds=50, platform="Railway"),
    "trusted-hosts-exclude": settings_of(trusted_hosts="a.example", base_url=f"http://{DEAD}"),
    "mail-silent": settings_of(smtp_url=f"smtp://ann:sesame@{DEAD}"),
    "mail-refused": lambda folder: ({"smtp_url": f"smtp://ann:sesame@127.0.0.1:{say(NO_ENTRANCE)}"}, None),
    "no-administrator": with_people("UPDATE users SET is_admin = 0"),
    "backup-missing": lambda folder: (
        {"base_url": f"http://{DEAD}"}, with_people("UPDATE users SET created_at = 1")(folder)[1]
    ),
    "backup-late": on_disk(
        lambda folder: ((folder / "backups").mkdir(),
                        file_of(folder / "backups", "messenger-20200101-000000-000000.tar.gz")),
        backup_every=24,
    ),
    "backup-silent": settings_of(backup_to=f"s3://key:sesame@{DEAD}/bucket?tls=off"),
    "replica-silent": settings_of(database_replica_url=f"postgresql+psycopg://ann:sesame@{DEAD}/none"),
    "not-https": settings_of(base_url="http://chat.invalid"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_by_its_name(doctor, healthy, name):
    settings, plant = FAULTS[name](healthy)
    found = doctor(plant, instance_dir=str(healthy), **settings)
    assert name in found
    assert found[name]["cures"], "what cures it is said too"
    assert "sesame" not in json.dumps(found)


def test_settings_that_others_can_read_are_found(doctor, healthy, monkeypatch):
    monkeypatch.setenv("ENV_FILE", file_of(healthy, "settings", "SECRET_KEY=x"))
    (healthy / "settings").chmod(0o640)
    assert "chmod 600" in str(doctor(instance_dir=str(healthy))["env-readable"]["cures"])


def test_what_only_the_machine_can_lack_is_found_too(doctor, healthy, monkeypatch):
    monkeypatch.setattr(bounds.resource, "getrlimit", lambda kind: (256, 256))
    monkeypatch.setattr(sqlite.sqlite3, "sqlite_version_info", (3, 7, 17))
    mounts = healthy / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/export {healthy.resolve()} nfs4 rw 0 0\n")
    monkeypatch.setattr(sqlite, "MOUNTS", mounts)
    real = disk.os.statvfs
    small = type("Small", (), {"f_bavail": 10, "f_frsize": 4096, "f_files": 0, "f_favail": 0})
    monkeypatch.setattr(disk.os, "statvfs", lambda path: small if str(path) == str(healthy) else real(path))
    monkeypatch.setattr(permissions.os, "access", lambda path, how: False)
    found = doctor(instance_dir=str(healthy))
    assert {"open-files", "sqlite-old", "sqlite-far", "disk-nearly-full", "instance-closed"} <= found.keys()
