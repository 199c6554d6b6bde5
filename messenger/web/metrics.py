"""/metrics, for Prometheus: off unless METRICS says who may ask. Everything is counted elsewhere and only read here."""

import hmac
import importlib
import ipaddress
from typing import Any

from flask import Blueprint, Response, abort, request

from messenger.extensions import limiter, settings
from messenger.web import figures

pages = Blueprint("metrics", __name__)
KIND = "text/plain; version=0.0.4; charset=utf-8"


@pages.get("/metrics")
@limiter.exempt
def metrics() -> Response:
    """Of every worker of this machine. Nobody who may not ask learns that there is anything."""
    if not _may_ask():
        abort(404)
    prometheus = importlib.import_module("prometheus_client")
    registry = prometheus.CollectorRegistry()
    registry.register(Reader(importlib.import_module("prometheus_client.core")))
    return Response(prometheus.generate_latest(registry), content_type=KIND)


class Reader:
    """What the library asks for, in its own classes."""

    def __init__(self, core: Any) -> None:
        self.kinds = {
            "counter": core.CounterMetricFamily,
            "gauge": core.GaugeMetricFamily,
            "histogram": core.HistogramMetricFamily,
        }

    def collect(self) -> Any:
        """Every figure, as it stands now."""
        for reading in figures.whole():
            family = self.kinds[reading.kind](reading.name, reading.about, labels=reading.labels)
            for labels, value in reading.values:
                if reading.kind == "histogram":
                    family.add_metric(labels, *value)
                else:
                    family.add_metric(labels, value)
            yield family


def _may_ask() -> bool:
    """By the token, or from this machine and not through a proxy on it."""
    wanted = settings.metrics
    if wanted == "off":
        return False
    if wanted == "local":
        names = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "Via")
        return not any(name in request.headers for name in names) and _is_here(request.remote_addr)
    given = request.headers.get("Authorization", "")
    return hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {wanted}".encode())


def _is_here(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
