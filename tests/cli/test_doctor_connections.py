"""Redis and PostgreSQL as the doctor finds them."""

from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from messenger.cli.doctor import postgresql
from messenger.core import connections
from tests.cli.patients import DEAD
from tests.fixtures.databases import name_of
from tests.fixtures.poolers import Rotating
from tests.fixtures.proxy import certificate


@pytest.mark.parametrize("form", ["redis+sentinel://{0}/one", "rediss+cluster://{0},{0}"])
def test_a_silent_redis_is_found_in_every_form(doctor, healthy, form):
    assert "bus-silent" in doctor(instance_dir=str(healthy), redis_url=form.format(DEAD))


def test_a_redis_whose_certificate_is_not_trusted_is_found(doctor, healthy, valkey, tunnelled, self_signed, tmp_path):
    address = tunnelled(valkey.port, certificate=self_signed).redis_url
    elsewhere = certificate(tmp_path / "elsewhere.pem")

    def found(asked):
        return doctor(instance_dir=str(healthy), redis_url=address + asked).keys() & {"bus-silent", "bus-certificate"}

    assert found(f"?ssl_ca_certs={elsewhere}") == {"bus-certificate"}
    assert found("") == set(), "platforms sign theirs themselves"


def test_postgresql_that_forgets_is_old_and_has_too_little_room_is_found(doctor, postgres, monkeypatch):
    monkeypatch.setattr(postgresql, "OLDEST", 10**9)
    url = postgres.blank().replace("postgresql://", "postgresql+psycopg://")
    found = doctor(database_url=url, database_pool=200)
    assert {"postgresql-forgets", "postgresql-old", "database-connections"} <= found.keys()
    assert "DATABASE_CONNECTIONS=97" in str(found["database-connections"]["cures"])
    assert "database-connections" not in doctor(database_url=url, database_pool=200, database_connections=97)


def test_a_pooler_that_lets_no_news_through_is_found(doctor, postgres, monkeypatch):
    monkeypatch.setattr(connections, "HEARING_SECONDS", 0.5)
    url = postgres.blank()
    with closing(Rotating(SimpleNamespace(folder=Path(postgres.server.pgdata)), name=name_of(url))) as pooler:
        several = {"web_concurrency": 2, "database_url": pooler.url.replace("postgresql://", "postgresql+psycopg://")}
        found = doctor(**several)
        assert "REDIS_URL=redis://…" in str(found["pooler-deaf"]["cures"])
        assert "pooler-deaf" not in doctor(redis_url=f"redis://{DEAD}", **several)
    straight = url.replace("postgresql://", "postgresql+psycopg://")
    monkeypatch.setattr(connections, "HEARING_SECONDS", 20)
    assert "pooler-deaf" not in doctor(web_concurrency=2, database_url=straight)
