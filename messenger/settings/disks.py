"""Which folders a hosting platform keeps: a volume that is mounted there outlives a restart, the rest does not."""

import os
from pathlib import Path

# Elsewhere every mount is the platform's own, and wiped with the rest.
WITH_VOLUMES = ("Fly", "Render", "Railway", "Dokku")


def is_wiped(platform: str, folder: Path, home: Path) -> bool:
    """May what lies in this folder be gone after a restart? `home` is where the code lies, which is never kept."""
    if not platform:
        return False
    places = [place for place in (folder, *folder.parents) if place not in (home, *home.parents)]
    return platform not in WITH_VOLUMES or not any(os.path.ismount(place) for place in places)
