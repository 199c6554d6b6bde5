"""A self-hosted messenger: `create_app` makes one. Who only asks for the settings does not load what it is made of."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from messenger.application import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    """The application is loaded by who asks for it; gunicorn's master never does."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("messenger.application"), name)
