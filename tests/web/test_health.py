from __future__ import annotations

import pytest
from sqlalchemy import text

from yanglao.evidence import triggers
from yanglao.kernel.db import db
from yanglao.outside import schema

NEWEST = "0000"


@pytest.fixture
def house(either, monkeypatch):
    """Give a house whose database says it stands at the newest migration."""
    monkeypatch.setattr(schema, "head", lambda: NEWEST)
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": NEWEST})
    return either.test_client()


def test_a_house_without_redis_is_ready_and_says_so(house):
    answer = house.get("/readyz")
    assert (answer.status_code, answer.json["redis"]) == (200, "degraded")
    assert house.get("/healthz").status_code == 200


def test_a_missing_trigger_is_named_and_stops_readiness(house):
    with db.engine.begin() as connection:
        triggers.drop(connection)
    answer = house.get("/readyz")
    assert answer.status_code == 503 and "tr_evidence_entry" in answer.json["triggers"]


def test_a_database_behind_its_migrations_is_not_ready(house):
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0'"))
    answer = house.get("/readyz")
    assert answer.status_code == 503 and answer.json["migrations"] == "at 0, wanted 0000"


def test_metrics_count_requests_by_route_and_never_by_address(house):
    house.get("/verify/13812345678")
    house.get("/healthz")
    said = house.get("/metrics").get_data(as_text=True)
    assert 'route="/healthz",status="200"' in said and "13812345678" not in said
    assert 'yanglao_up{part="database"} 1.0' in said


def test_an_answer_carries_the_id_of_its_request(house):
    assert (
        house.get("/healthz", headers={"X-Request-ID": "from-the-proxy-1"}).headers["X-Request-ID"]
        == "from-the-proxy-1"
    )
    assert "\n" not in house.get("/healthz", headers={"X-Request-ID": "no good"}).headers["X-Request-ID"]
