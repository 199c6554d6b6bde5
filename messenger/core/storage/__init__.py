"""Where the bytes of files live: a folder (the default) or a bucket of any S3 server, behind one interface."""

from pathlib import Path

from messenger.core.storage.base import Aside, Entry, Missing, Reading, Storage
from messenger.core.storage.disk import Disk
from messenger.core.storage.s3 import Bucket

__all__ = ["Entry", "Missing", "Reading", "Storage", "open_storage"]


def open_storage(url: str, desk: Path, aside: Aside) -> Storage:
    """The storage that STORAGE_URL names. Uploads are drafted on the desk, a local folder.

    `aside` runs slow native code beside the event loop and waits for it.
    """
    if url.startswith("s3://"):
        return Bucket(url, desk, aside)
    return Disk(Path(url), aside)
