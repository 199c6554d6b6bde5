"""Redis by TLS: carried when the certificate is trusted or nobody asks, refused in plain words when it is not."""

import socket
import ssl
import threading
from queue import SimpleQueue

import pytest
from redis import SSLConnection

from messenger.live.between.ear import Ear
from messenger.live.between.redis import Redis
from messenger.live.between.redis_servers import servers
from messenger.live.loop import Loop
from messenger.live.tallies import SharedTallies
from tests.fixtures.proxy import certificate
from tests.fixtures.valkeys import Valkey, wait

PATIENCE = 30


@pytest.fixture
def address(valkey, tunnelled, self_signed):
    """Of a Valkey behind a certificate that it signed itself, as hosting platforms do."""
    return tunnelled(valkey.port, certificate=self_signed).redis_url


@pytest.fixture
def elsewhere(tmp_path):
    """An authority that has nothing to do with it."""
    return certificate(tmp_path / "elsewhere.pem")


class Listener:
    """Writes down what an ear tells."""

    wanted = ("chat:1",)

    def __init__(self):
        self.said = SimpleQueue()

    def opened(self):
        self.said.put("opened")

    def broken(self, why):
        self.said.put(why)

    def ready(self, channel):
        self.said.put(channel)

    def came(self, parcels):
        self.said.put([parcel.number for parcel in parcels])

    def hear(self):
        return self.said.get(timeout=PATIENCE)


@pytest.fixture
def listening():
    """listening(url): what an ear at that address hears, and its transport."""
    ears = []

    def listen(url):
        loop, listener = Loop.here(), Listener()
        ear = Ear(Redis(servers(url), "tls", loop.spawn), loop, listener, "me")
        thread = threading.Thread(target=ear.run)
        thread.start()
        ears.append((ear, thread))
        return listener, ear.transport

    yield listen
    for ear, thread in ears:
        ear.is_stopped = True
        thread.join(PATIENCE)


@pytest.mark.parametrize("asked", ["", "?ssl_ca_certs={}"])
def test_news_go_through(address, self_signed, listening, asked):
    listener, transport = listening(address + asked.format(self_signed))
    assert {listener.hear() for _ in range(3)} == {"opened", "workers", "chat:1"}
    letters = [b'[{"v": 1, "w": "she", "n": %d, "t": ["chat:1"], "f": "%s"}]' % (n, b"x" * 20_000) for n in range(100)]
    transport.send([("chat:1", letter) for letter in letters])
    assert [listener.hear() for _ in letters] == [[n] for n in range(100)]


@pytest.mark.parametrize("form", ["rediss+cluster", "rediss"])
def test_they_go_through_a_cluster_too(form, tunnelled, self_signed, listening):
    """Its node tells everybody to come by the tunnel. Also when nobody has said that it is a cluster."""
    node = Valkey("--cluster-enabled", "yes")
    door = tunnelled(node.port, certificate=self_signed)
    node.client.config_set("cluster-announce-port", door.port)
    node.client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
    wait(lambda: node.client.execute_command("CLUSTER", "INFO").startswith(b"cluster_state:ok"), "it is no cluster")
    listener, transport = listening(f"{form}://127.0.0.1:{door.port}?ssl_ca_certs={self_signed}")
    assert {listener.hear() for _ in range(3)} == {"opened", "workers", "chat:1"}
    transport.send([("chat:1", b'[{"v": 1, "w": "she", "n": 7, "t": ["chat:1"], "f": "x"}]')])
    assert listener.hear() == [7]
    assert transport.servers.is_sharded
    node.leave()


def test_a_server_that_sentinels_name_is_asked_by_tls():
    """And so are they."""
    asked = servers("rediss+sentinel://:its@127.0.0.1:1/one?sentinel_password=theirs&ssl_ca_certs=/authority").client(
        ""
    )
    sentinel = asked.connection_pool.sentinel_manager.sentinels[0]
    for pool, password in ((asked.connection_pool, "its"), (sentinel.connection_pool, "theirs")):
        line = pool.make_connection()
        assert isinstance(line, SSLConnection)
        assert (line.ca_certs, line.cert_reqs, line.check_hostname) == ("/authority", ssl.CERT_REQUIRED, True)
        assert line.credential_provider is None
        assert line.password == password


def test_rates_are_counted_through_it(address, self_signed):
    one, other = SharedTallies(address), SharedTallies(f"{address}?ssl_ca_certs={self_signed}")
    assert [one.add("by TLS", 60), other.add("by TLS", 60)] == [1, 2]


def test_a_certificate_that_is_not_trusted_is_said(address, elsewhere, listening):
    for asked in ("?ssl_cert_reqs=required", f"?ssl_ca_certs={elsewhere}"):
        assert (
            listening(address + asked)[0].hear().startswith("its certificate is not trusted: self-signed certificate")
        )


def test_a_certificate_of_another_place_is_said(valkey, tunnelled, tmp_path, listening):
    other = certificate(tmp_path / "other.pem", "127.0.0.2")
    address = f"{tunnelled(valkey.port, certificate=other).redis_url}?ssl_ca_certs={other}"
    assert "IP address mismatch" in listening(address)[0].hear()
    assert {listening(f"{address}&ssl_check_hostname=false")[0].hear() for _ in range(2)} <= {
        "opened",
        "workers",
        "chat:1",
    }


def test_a_server_that_speaks_no_tls_is_said(listening):
    with socket.create_server(("127.0.0.1", 0)) as door:
        said, _ = listening(f"rediss://127.0.0.1:{door.getsockname()[1]}")
        with door.accept()[0] as line:
            line.sendall(b"-NOAUTH\r\n")
            assert said.hear().startswith("it does not speak TLS as we do: ")
