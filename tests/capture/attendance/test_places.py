"""Where a phone says it is: apart from the scan, never in the chain, erased after its days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.capture.attendance.conftest import NINE, trainee
from yanglao.capture.attendance import service
from yanglao.capture.attendance.models import Scan, ScanPlace
from yanglao.capture.attendance.shapes import Place
from yanglao.kernel.db import db

HERE = Place(32_912_345, 117_456_789, 30)


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def sign_with_place(world):
    world.open()
    draft = world.draft("room", world.room(NINE), NINE, place=HERE)
    return world.judge(draft, NINE, trainee("wang"))


def test_a_place_is_kept_beside_the_scan_and_decides_nothing(world):
    assert sign_with_place(world).outcome == "accepted"
    (kept,) = db.session.scalars(select(ScanPlace))
    assert (kept.latitude_e6, kept.longitude_e6, kept.accuracy_m) == (32_912_345, 117_456_789, 30)
    assert not any("32912345" in str(entry.body) or "location" in str(entry.body) for entry in world.chain())


@pytest.mark.parametrize(("days", "left"), [(90, 1), (91, 0)])
def test_a_place_is_forgotten_after_its_days_and_the_scan_stays(world, days, left):
    sign_with_place(world)
    assert service.forget_places(db.session, now=NINE + timedelta(days=days)) == 1 - left
    assert (count(ScanPlace), count(Scan)) == (left, 1)
