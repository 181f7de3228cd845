"""Numbers for Prometheus, added up over all web processes when PROMETHEUS_MULTIPROC_DIR is set."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import lru_cache

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

Gauges = dict[str, tuple[str, dict[str, float]]]  # name -> (label, value of the label -> number)
REQUESTS = Counter("yanglao_requests_total", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "yanglao_request_seconds",
    "Time to answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
PUSHES = Counter(
    "yanglao_wechat_pushes_total", "Pushes of WeChat's by event and outcome", ["event", "outcome"]
)


class Moment:
    """Numbers of this moment, asked for at each reading and kept nowhere: name -> (label, value -> number)."""

    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield one family per name."""
        for name, (label, numbers) in self._gauges.items():
            family = GaugeMetricFamily(name, name.replace("_", " "), labels=[label])
            for value, number in numbers.items():
                family.add_metric([value], number)
            yield family


def text(gauges: Gauges) -> bytes:
    """Return everything in Prometheus' text form, with ``gauges`` of this moment."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
        registry.register(PUSHES)
    registry.register(Moment(gauges))
    return generate_latest(registry)


@lru_cache(maxsize=4096)
def _counter(method: str, route: str, status: int) -> Counter:
    return REQUESTS.labels(method, route, str(status))


@lru_cache(maxsize=1024)
def _clock(route: str) -> Histogram:
    return SECONDS.labels(route)


def init_app(app: Flask) -> None:
    """Count every request by its route (never by its address)."""

    @app.before_request
    def begin() -> None:
        g.metrics_began = time.perf_counter()

    @app.after_request
    def end(answer: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        began = g.get("metrics_began")
        took_s = None if began is None else time.perf_counter() - began
        count(request.method, route, answer.status_code, took_s)
        return answer


def count(method: str, route: str, status: int, took_s: float | None) -> None:
    """Count one answered request; ``took_s`` None when nobody looked at the clock."""
    _counter(method, route, status).inc()
    if took_s is not None:
        _clock(route).observe(took_s)
