"""Files in a bucket of any S3 server. boto3 is loaded only when one is opened: it costs 30 MB and half a second."""

import importlib
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from messenger.core.storage.base import CHUNK, Aside, Entry, Missing, Storage
from messenger.core.storage.place import Place, place

LINK_SECONDS = 300
PART = 8 * 1024 * 1024
ABSENT = {"404", "NoSuchKey", "NotFound"}


class Bucket(Storage):
    """One bucket. Under gevent the library's sockets give way by themselves, so nothing here needs a thread."""

    def __init__(self, url: str, desk: Path, aside: Aside) -> None:
        super().__init__(desk, aside)
        self.place = place(url)
        self.client = _client(self.place)

    def keep(self, draft: Path, key: str, kind: str) -> None:
        if draft.stat().st_size > PART:
            self._keep_in_parts(draft, self._name(key), kind)
        else:
            body = draft.read_bytes()
            self.client.put_object(Bucket=self.place.bucket, Key=self._name(key), Body=body, ContentType=kind)
        draft.unlink()

    def _keep_in_parts(self, draft: Path, name: str, kind: str) -> None:
        where = {"Bucket": self.place.bucket, "Key": name}
        upload = self.client.create_multipart_upload(**where, ContentType=kind)["UploadId"]
        try:
            parts = []
            with draft.open("rb") as file:
                for number, body in enumerate(iter(lambda: file.read(PART), b""), 1):
                    sent = self.client.upload_part(**where, UploadId=upload, PartNumber=number, Body=body)
                    parts.append({"PartNumber": number, "ETag": sent["ETag"]})
            self.client.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})
        except BaseException:
            with suppress(Exception):
                self.client.abort_multipart_upload(**where, UploadId=upload)
            raise

    def sweep_desk(self, older_than: float) -> int:
        """Here also the parts of uploads to the bucket over which a process died."""
        pages = self.client.get_paginator("list_multipart_uploads")
        for page in pages.paginate(Bucket=self.place.bucket, Prefix=self.place.prefix):
            for upload in page.get("Uploads", ()):
                if time.time() - upload["Initiated"].timestamp() > older_than:
                    self.client.abort_multipart_upload(
                        Bucket=self.place.bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                    )
        return super().sweep_desk(older_than)

    def size(self, key: str) -> int:
        with self._absence(key):
            return int(self.client.head_object(Bucket=self.place.bucket, Key=self._name(key))["ContentLength"])
        raise Missing(key)

    def read(self, key: str, start: int = 0, stop: int | None = None) -> "Body":
        if stop is not None and stop <= start:
            return Body(None)
        wanted = {"Range": f"bytes={start}-{'' if stop is None else stop - 1}"} if start or stop is not None else {}
        with self._absence(key):
            answer = self.client.get_object(Bucket=self.place.bucket, Key=self._name(key), **wanted)
            return Body(answer["Body"])
        raise Missing(key)

    def drop(self, key: str) -> None:
        self.client.delete_object(Bucket=self.place.bucket, Key=self._name(key))

    def entries(self) -> Iterator[Entry]:
        pages = self.client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.place.bucket, Prefix=self.place.prefix):
            for found in page.get("Contents", ()):
                key = found["Key"].removeprefix(self.place.prefix)
                yield Entry(key, found["Size"], found["LastModified"].timestamp())

    def link(self, key: str, kind: str, disposition: str) -> str | None:
        if not self.place.has_links:
            return None
        wanted = {
            "Bucket": self.place.bucket,
            "Key": self._name(key),
            "ResponseContentType": kind,
            "ResponseContentDisposition": disposition,
            "ResponseCacheControl": "private, no-store",
        }
        link: str = self.client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=LINK_SECONDS)
        return link

    def check(self) -> None:
        name = self._name(f"probe-{uuid.uuid4().hex}")
        self.client.put_object(Bucket=self.place.bucket, Key=name, Body=b"")
        self.client.delete_object(Bucket=self.place.bucket, Key=name)

    def _name(self, key: str) -> str:
        return self.place.prefix + key

    def _absence(self, key: str) -> "Absence":
        return Absence(key)


class Absence:
    """Turns the server's "no such key" into ours."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if error is not None and getattr(error, "response", {}).get("Error", {}).get("Code") in ABSENT:
            raise Missing(self.key) from None


class Body:
    """An answer of the server, in chunks."""

    __slots__ = ("stream",)

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __iter__(self) -> Iterator[bytes]:
        try:
            while self.stream is not None and (chunk := self.stream.read(CHUNK)):
                yield chunk
        finally:
            self.close()

    def close(self) -> None:
        """Give the connection back."""
        if self.stream is not None:
            self.stream.close()


def _client(place: Place) -> Any:
    boto3, config = importlib.import_module("boto3"), importlib.import_module("botocore.config")
    return boto3.session.Session().client(
        "s3",
        endpoint_url=place.endpoint,
        aws_access_key_id=place.access,
        aws_secret_access_key=place.secret,
        region_name=place.region,
        config=config.Config(
            signature_version="s3v4",
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3, "mode": "standard"},
            max_pool_connections=50,
            s3={"addressing_style": "path" if place.endpoint else "auto"},
        ),
    )
