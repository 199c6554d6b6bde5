"""Where Redis or Valkey is: one server, one behind Sentinels, or a cluster, as the address says."""

from typing import Any, Protocol

from redis import Connection, Redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.retry import Retry
from redis.sentinel import Sentinel

from messenger.settings.redis_address import RedisAddress

# The library's own types are those of its asynchronous half, too.
Client = Any
SECONDS = 3.0
ONLY = ""


class Servers(Protocol):
    """The servers among which channels are spread."""

    @property
    def is_sharded(self) -> bool: ...
    def look(self) -> None: ...
    def place_of(self, channel: str) -> str: ...
    def client(self, place: str) -> Client: ...


class Single:
    """One server; unless it turns out to be one of a cluster, which then is asked for the others."""

    def __init__(self, address: RedisAddress) -> None:
        self.address = address
        self._client = Redis.from_url(address.bare, **_patience(), **address.trust)
        self._cluster: Clustered | None = None
        self._is_looked_at = False

    @property
    def is_sharded(self) -> bool:
        """Whether channels are spread over several."""
        return self._cluster is not None

    def look(self) -> None:
        """Ask it what it is."""
        if not self._is_looked_at:
            found: Any = self._client.info("cluster")
            if found.get("cluster_enabled"):
                self._cluster = Clustered(self.address)
            self._is_looked_at = True
        if self._cluster is not None:
            self._cluster.look()

    def place_of(self, channel: str) -> str:
        """Where a channel lives."""
        if not self._is_looked_at:
            self.look()
        return ONLY if self._cluster is None else self._cluster.place_of(channel)

    def client(self, place: str) -> Client:
        """A client of that server."""
        return self._client if self._cluster is None else self._cluster.client(place)


class Watched:
    """One server that Sentinels know; another one after it has failed."""

    is_sharded: bool = False

    def __init__(self, address: RedisAddress) -> None:
        options: dict[str, Any] = {**address.credentials, "db": address.database, **_secure(address), **_patience()}
        asking: dict[str, Any] = {**address.sentinel_credentials, **_secure(address), **_patience()}
        sentinel = Sentinel(address.hosts, sentinel_kwargs=asking, **options)
        self._client: Client = sentinel.master_for(address.name)

    def look(self) -> None:
        """Its address is asked for with each connection."""

    def place_of(self, channel: str) -> str:
        """There is only one place at a time."""
        return ONLY

    def client(self, place: str) -> Client:
        """A client of whoever is the master now."""
        return self._client


class Clustered:
    """Several servers; a channel lives where its name says."""

    is_sharded: bool = True

    def __init__(self, address: RedisAddress) -> None:
        self.address = address
        self._cluster: RedisCluster | None = None

    def look(self) -> None:
        """Ask anew which server has what."""
        cluster, self._cluster = self._cluster, None
        if cluster is not None:
            cluster.close()
        nodes = [ClusterNode(host, port) for host, port in self.address.hosts]
        options: dict[str, Any] = {**self.address.credentials, **_secure(self.address), **_patience()}
        self._cluster = RedisCluster(startup_nodes=nodes, **options)

    def place_of(self, channel: str) -> str:
        """The name of the server that has it."""
        return str(self._here().get_node_from_key(channel).name)

    def client(self, place: str) -> Client:
        """A client of that server."""
        cluster = self._here()
        client: Client = cluster.get_redis_connection(cluster.get_node(node_name=place))
        return client

    def _here(self) -> RedisCluster:
        if self._cluster is None:
            self.look()
        assert self._cluster is not None
        return self._cluster


def servers(url: str) -> Servers:
    """Whichever the address names."""
    address = RedisAddress(url)
    if address.is_watched:
        return Watched(address)
    return Clustered(address) if address.is_cluster else Single(address)


def _patience() -> dict[str, Any]:
    """No second try inside the library: it would subscribe again without a word, and what was lost stay unknown."""
    return {
        "protocol": 2,
        "socket_timeout": SECONDS,
        "socket_connect_timeout": SECONDS,
        "socket_keepalive": True,
        "health_check_interval": 0,
        "retry": Retry(NoBackoff(), 0),
    }


def _secure(address: RedisAddress) -> dict[str, Any]:
    return {"ssl": True, **address.trust} if address.is_secure else {}


def connection(client: Client) -> Connection:
    """A connection of one's own, open."""
    made: Any = client.connection_pool.make_connection()
    made.connect()
    one: Connection = made
    return one
