"""What the address of a bucket says: `s3://key:secret@host:port/bucket/prefix?region=…&tls=off&links=off`."""

import os
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec


class Place(msgspec.Struct, frozen=True):
    """One bucket of one server; `prefix` stands before every key."""

    bucket: str
    prefix: str = ""
    endpoint: str | None = None
    access: str | None = None
    secret: str | None = None
    region: str = "us-east-1"
    has_links: bool = True


def place(url: str) -> Place:
    """Take an address apart. `s3://bucket` alone is one of Amazon's, with the credentials of the environment."""
    parts = urlsplit(url)
    said = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    bucket, _, prefix = parts.path.strip("/").partition("/")
    host = parts.netloc.rpartition("@")[2]
    scheme = "http" if said.get("tls") == "off" else "https"
    return Place(
        bucket=bucket or host,
        prefix=f"{prefix}/" if prefix else "",
        endpoint=f"{scheme}://{host}" if bucket else None,
        access=unquote(parts.username) if parts.username else None,
        secret=unquote(parts.password) if parts.password else None,
        region=said.get("region", os.environ.get("AWS_REGION", "us-east-1")),
        has_links=said.get("links") != "off",
    )
