"""REDIS_URL taken apart: one server, one behind Sentinels, or a cluster; by TLS when it begins with rediss.

redis://host:6379/0 · unix://… · redis+sentinel://host:26379,host:26379/name · redis+cluster://host:7000,host:7001
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

# What may stand behind the question mark. Who names an authority wants to be sure whom he speaks to.
FILES = ("ssl_ca_certs", "ssl_certfile", "ssl_keyfile")
TRUST = (*FILES, "ssl_cert_reqs", "ssl_check_hostname")
REQUIREMENTS = ("none", "optional", "required")
TRUTHS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
SENTINEL = {"sentinel_username": "username", "sentinel_password": "password"}


@dataclass(frozen=True)
class RedisAddress:
    """`url` as it was given; it may hold a password, and so may what is read from it here."""

    url: str

    @cached_property
    def parts(self) -> SplitResult:
        """Scheme, places, path and question."""
        return urlsplit(self.url)

    @property
    def bare(self) -> str:
        """The address without what it says of TLS."""
        rest = {name: value for name, value in self.asked.items() if name not in TRUST}
        return self.parts._replace(query=urlencode(rest)).geturl()

    @property
    def is_cluster(self) -> bool:
        """Several servers that share the keys."""
        return self.parts.scheme.endswith("+cluster")

    @property
    def is_watched(self) -> bool:
        """One server, named by Sentinels."""
        return self.parts.scheme.endswith("+sentinel")

    @property
    def is_secure(self) -> bool:
        """By TLS."""
        return self.parts.scheme.startswith("rediss")

    @property
    def hosts(self) -> list[tuple[str, int]]:
        """(host, port) of all that are named."""
        usual = 26379 if self.is_watched else 6379
        places = self.parts.netloc.rpartition("@")[2].split(",")
        parted = [urlsplit(f"//{place}") for place in places]
        return [(place.hostname or "", place.port or usual) for place in parted]

    @property
    def name(self) -> str:
        """By which Sentinels know the server."""
        return self.parts.path.strip("/").partition("/")[0]

    @property
    def database(self) -> int:
        """Behind the name by which Sentinels know it."""
        number = self.parts.path.strip("/").partition("/")[2]
        return int(number) if number.isdecimal() else 0

    @property
    def credentials(self) -> dict[str, str]:
        """Of the servers themselves."""
        user, _, password = self.parts.netloc.rpartition("@")[0].partition(":")
        return {name: unquote(value) for name, value in (("username", user), ("password", password)) if value}

    @property
    def sentinel_credentials(self) -> dict[str, str]:
        """Of the Sentinels, which often have none, or others."""
        return {SENTINEL[name]: value for name, value in self.asked.items() if name in SENTINEL}

    @cached_property
    def asked(self) -> dict[str, str]:
        """What stands behind the question mark."""
        return dict(parse_qsl(self.parts.query))

    @property
    def trust(self) -> dict[str, Any]:
        """How TLS is spoken, as the library names it. Platforms sign the certificates of their Redis themselves: they
        are checked where somebody asks for it, or names the authority to check them by."""
        if not self.is_secure:
            return {}
        said: dict[str, Any] = {name: value for name, value in self.asked.items() if name in TRUST}
        if "ssl_check_hostname" in said:
            said["ssl_check_hostname"] = TRUTHS[said["ssl_check_hostname"].lower()]
        if "ssl_ca_certs" not in said and said.get("ssl_cert_reqs", "none") == "none":
            said |= {"ssl_cert_reqs": "none", "ssl_check_hostname": False}
        return said

    def mistakes(self) -> Iterator[str]:
        """What is wrong behind the question mark, or missing before it."""
        if self.is_watched and not self.name:
            yield "must end with the name by which the Sentinels know the server, as in redis+sentinel://host:26379/name."
        asked = {name: value for name, value in self.asked.items() if name.startswith("ssl_")}
        if asked and not self.is_secure:
            yield f"{min(asked)} is of use with rediss:// only."
        for name, value in asked.items():
            if words := _mistake(name, value):
                yield f"{name} {words}"


def _mistake(name: str, value: str) -> str:
    if name not in TRUST:
        return f"is not known; there are {', '.join(TRUST)}."
    if name in FILES and not Path(value).is_file():
        return f"names a file that is not there: {value}"
    if name == "ssl_cert_reqs" and value not in REQUIREMENTS:
        return f"must be one of {', '.join(REQUIREMENTS)}."
    if name == "ssl_check_hostname" and value.lower() not in TRUTHS:
        return "must be true or false."
    return ""
