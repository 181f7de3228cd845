"""For whoever watches the house: does it live, can it work, and its numbers."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from yanglao.courses import triggers as course_triggers
from yanglao.evidence import triggers
from yanglao.kernel.clock import DAY_MS, now, to_ms
from yanglao.kernel.db import db
from yanglao.messages import queries as messages
from yanglao.outside import metrics, schema
from yanglao.web.auth import public
from yanglao.work import queries as work

ALERT_DAYS = 7
bp = APIBlueprint("health", __name__, enable_openapi=False)


@bp.get("/healthz")
@public
def healthz() -> Response:
    """Answer while this process lives; ask nothing of anybody else."""
    return jsonify({"status": "ok"})


@bp.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Answer 200 when work can be done, also without Redis; 503 names what is not in order."""
    state = _database()
    state["redis"] = "ok" if current_app.extensions["redis_store"].alive() else "degraded"
    state["wechat"] = "on" if current_app.extensions["wechat"].on else "off"
    ready = all(state[part] == "ok" for part in ("database", "migrations", "triggers"))
    return jsonify({"status": "ready" if ready else "not_ready", **state}), 200 if ready else 503


@bp.get("/metrics")
@public
def numbers() -> Response:
    """Return the numbers in Prometheus' text form."""
    try:
        tasks = {state: float(number) for state, number in work.counts(db.session).items()}
        deliveries = {state: float(number) for state, number in messages.delivery_counts(db.session).items()}
        since_ms = to_ms(now()) - ALERT_DAYS * DAY_MS
        alerts = {one.code: float(one.count) for one in messages.alerts(db.session, since_ms=since_ms)}
        database = 1.0
    except SQLAlchemyError:
        db.session.rollback()
        tasks, deliveries, alerts, database = {}, {}, {}, 0.0
    redis = float(current_app.extensions["redis_store"].alive())
    gauges: metrics.Gauges = {
        "yanglao_tasks": ("state", tasks),
        "yanglao_deliveries": ("state", deliveries),
        "yanglao_wechat_alerts": ("code", alerts),
        "yanglao_up": ("part", {"database": database, "redis": redis}),
    }
    return Response(metrics.text(gauges), mimetype="text/plain")


def _database() -> dict[str, Any]:
    """Look at the database, the migrations and the triggers; each is ``ok`` or says what is wrong."""
    state: dict[str, Any] = {"database": "ok", "migrations": "unknown", "triggers": "unknown"}
    try:
        connection = db.session.connection()
        current, head = schema.current(connection), schema.head()
        state["migrations"] = "ok" if current == head else f"at {current}, wanted {head}"
        lost = triggers.missing(connection) + course_triggers.missing(connection)
        state["triggers"] = "ok" if not lost else f"missing: {', '.join(lost)}"
    except SQLAlchemyError:
        db.session.rollback()
        state["database"] = "away"
    return state
