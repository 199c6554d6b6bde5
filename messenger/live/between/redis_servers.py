"""Where Redis or Valkey is: one server, one behind Sentinels, or a cluster, as the address says.

redis://host:6379/0 · rediss://… · unix://… · redis+sentinel://host:26379,host:26379/name · redis+cluster://host:7000,host:7001
"""

from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from redis import Connection, Redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.retry import Retry
from redis.sentinel import Sentinel

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

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = Redis.from_url(url, **_patience(), **_trust(url))
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
                self._cluster = Clustered(self.url)
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

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.name, _, database = parts.path.strip("/").partition("/")
        options: dict[str, Any] = {**_credentials(url), "db": int(database or 0)}
        sentinel = Sentinel(hosts_of(url), sentinel_kwargs=_patience(), **options, **_patience())
        self._client: Client = sentinel.master_for(self.name)

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

    def __init__(self, url: str) -> None:
        self.url = url
        self._cluster: RedisCluster | None = None

    def look(self) -> None:
        """Ask anew which server has what."""
        cluster, self._cluster = self._cluster, None
        if cluster is not None:
            cluster.close()
        nodes = [ClusterNode(host, port) for host, port in hosts_of(self.url)]
        secure = {"ssl": True, **_trust("rediss:")} if urlsplit(self.url).scheme.startswith("rediss") else {}
        self._cluster = RedisCluster(startup_nodes=nodes, **_credentials(self.url), **_patience(), **secure)

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
    scheme = urlsplit(url).scheme
    if scheme.endswith("+sentinel"):
        return Watched(url)
    return Clustered(url) if scheme.endswith("+cluster") else Single(url)


def hosts_of(url: str) -> list[tuple[str, int]]:
    """(host, port) of an address that names several."""
    usual = 26379 if "+sentinel" in urlsplit(url).scheme else 6379
    places = urlsplit(url).netloc.rpartition("@")[2].split(",")
    parted = [place.rpartition(":") if ":" in place else (place, ":", str(usual)) for place in places]
    return [(host.strip("[]"), int(port)) for host, _, port in parted]


def _credentials(url: str) -> dict[str, Any]:
    said = urlsplit(url).netloc.rpartition("@")[0]
    user, _, password = said.partition(":")
    return {name: unquote(value) for name, value in (("username", user), ("password", password)) if value}


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


def _trust(url: str) -> dict[str, Any]:
    """Platforms sign their certificates themselves. Who wants them checked says `?ssl_cert_reqs=required`."""
    asked = dict(parse_qsl(urlsplit(url).query))
    if not url.startswith("rediss:") or "ssl_cert_reqs" in asked:
        return {}
    return {"ssl_cert_reqs": "none", "ssl_check_hostname": False}


def connection(client: Client) -> Connection:
    """A connection of one's own, open."""
    made: Any = client.connection_pool.make_connection()
    made.connect()
    one: Connection = made
    return one
