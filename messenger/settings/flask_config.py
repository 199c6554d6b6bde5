"""The settings as Flask and its extensions name them."""

import importlib
from typing import Any

from messenger.settings.whole import Settings

DAY = 86_400


def flask_config(settings: Settings) -> dict[str, Any]:
    """For app.config."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_https,
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
        **_counting(settings.redis_url),
        # A dead Redis must not be an error on every page.
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "BABEL_DEFAULT_LOCALE": settings.default_language.replace("-", "_"),
        # Proxies cut event streams; pictures are compressed already.
        "COMPRESS_MIMETYPES": ["text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"],
        "COMPRESS_MIN_SIZE": 1024,
    }


def no_retry() -> Any:
    """For Redis: no second try inside the library, which is loaded only where there is one."""
    backoff = importlib.import_module("redis.backoff").NoBackoff()
    return importlib.import_module("redis.retry").Retry(backoff, 0)


def _counting(redis_url: str) -> dict[str, Any]:
    """Where Flask-Limiter counts. A cluster would be looked for before there is a server, so it does without."""
    if not redis_url or "+cluster" in redis_url:
        return {"RATELIMIT_STORAGE_URI": "memory://"}
    options: dict[str, Any] = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0, "retry": no_retry()}
    if redis_url.startswith("rediss:") and "ssl_cert_reqs" not in redis_url:
        options["ssl_cert_reqs"] = "none"
    if "+sentinel" in redis_url:
        options["sentinel_kwargs"] = dict(options)
    url = f"redis+{redis_url}" if redis_url.startswith("unix:") else redis_url
    return {"RATELIMIT_STORAGE_URI": url, "RATELIMIT_STORAGE_OPTIONS": options}
