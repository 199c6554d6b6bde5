"""The settings as Flask and its extensions name them."""

import importlib
from typing import Any

from messenger.settings.redis_address import RedisAddress
from messenger.settings.whole import Settings

DAY = 86_400


def flask_config(settings: Settings) -> dict[str, Any]:
    """For app.config."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 90 * DAY,
        # Small by default: 400,000 form fields cost a second. The upload route raises its own. The longest message,
        # 8,000 emoji, is 96,000 bytes in a form or in escaped JSON.
        "MAX_CONTENT_LENGTH": 128 * 1024,
        "MAX_FORM_MEMORY_SIZE": 128 * 1024,
        "MAX_FORM_PARTS": 100,
        "TRUSTED_HOSTS": settings.host_names or None,
        "TEMPLATES_AUTO_RELOAD": False,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "WTF_CSRF_TIME_LIMIT": None,
        # reception.forgery decides which requests must carry a token; the form's own check would ask of all of them.
        "WTF_CSRF_CHECK_DEFAULT": False,
        "RATELIMIT_ENABLED": settings.limits,
        "RATELIMIT_KEY_PREFIX": settings.mark,
        **_limiter(settings.redis_url),
        # A dead Redis must not be an error on every page.
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "BABEL_DEFAULT_LOCALE": settings.default_language.replace("-", "_"),
        # Proxies cut event streams; pictures are compressed already.
        "COMPRESS_MIMETYPES": ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"],
        "COMPRESS_MIN_SIZE": 1024,
    }


def counting(redis_url: str) -> tuple[str, dict[str, Any]]:
    """Where the library that counts finds Redis, and how it asks there: soon, and no second time."""
    address = RedisAddress(redis_url)
    retry = importlib.import_module("redis.retry").Retry(importlib.import_module("redis.backoff").NoBackoff(), 0)
    patience: dict[str, Any] = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0, "retry": retry}
    if not address.is_cluster and not address.is_watched:
        url = address.bare
        return (f"redis+{url}" if url.startswith("unix:") else url), patience | address.trust
    secure = {"ssl": True, **address.trust} if address.is_secure else {}
    options = patience | secure | address.credentials
    places = ",".join(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in address.hosts)
    if address.is_cluster:
        return f"redis+cluster://{places}", options
    # It would give the server's password to the Sentinels, and read counts from a copy that is behind.
    asking = {"username": None, "password": None, **address.sentinel_credentials, **patience, **secure}
    options |= {"db": address.database, "use_replicas": False, "sentinel_kwargs": asking}
    return f"redis+sentinel://{places}/{address.name}", options


def _limiter(redis_url: str) -> dict[str, Any]:
    """Where Flask-Limiter counts. A cluster would be looked for before there is a server, so it does without."""
    if not redis_url or RedisAddress(redis_url).is_cluster:
        return {"RATELIMIT_STORAGE_URI": "memory://"}
    url, options = counting(redis_url)
    return {"RATELIMIT_STORAGE_URI": url, "RATELIMIT_STORAGE_OPTIONS": options}
