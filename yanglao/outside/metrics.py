"""Numbers for Prometheus, added up over all web processes when PROMETHEUS_MULTIPROC_DIR is set."""

from __future__ import annotations

import os
import time

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("yanglao_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "yanglao_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def text(gauges: dict[tuple[str, str, str], float]) -> bytes:
    """Return everything in Prometheus' text form, with ``gauges`` of this moment: (name, label, value) -> number."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    moment = CollectorRegistry()
    known: dict[str, Gauge] = {}
    for (name, label, value), number in gauges.items():
        gauge = known.get(name) or Gauge(name, name.replace("_", " "), [label], registry=moment)
        known[name] = gauge
        gauge.labels(value).set(number)
    return generate_latest(registry) + generate_latest(moment)


def init_app(app: Flask) -> None:
    """Count every request by its route (never by its address)."""

    @app.before_request
    def begin() -> None:
        g.metrics_began = time.perf_counter()

    @app.after_request
    def end(answer: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        REQUESTS.labels(request.method, route, str(answer.status_code)).inc()
        if hasattr(g, "metrics_began"):
            SECONDS.labels(route).observe(time.perf_counter() - g.metrics_began)
        return answer
