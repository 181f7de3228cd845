"""The plan of the notice against people: what has no number stays without, and 四级 stands beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import NINE
from yanglao.completion.tally import Tally
from yanglao.kernel.actor import EVERYTHING, Scope
from yanglao.kernel.db import db
from yanglao.oversight import progress as plan
from yanglao.oversight.progress import progress

LANSHAN, CITY = "371302", "371300"


def cell(found, division, category="caregiver"):
    return next(row for row in found.rows if row.division.code == division).cells[category]


def test_the_plan_is_that_of_the_notice_for_every_division(scene):
    found = progress(db.session, EVERYTHING, 2022)
    assert len(found.rows) == 14
    assert [cell(found, code).planned for code in (CITY, LANSHAN, "LY-GXQ")] == [None, 1400, 80]
    assert (cell(found, CITY, "leader").planned, cell(found, LANSHAN, "leader").planned) == (150, None)
    assert {code: total.planned for code, total in found.totals.items()} == {
        "leader": 150, "caregiver": 6800, "social_worker": 330,
    }  # fmt: skip


def test_an_empty_cell_has_no_share(scene):
    assert cell(progress(db.session, EVERYTHING, 2022), CITY).finished_percent is None


def test_people_are_counted_where_their_class_is_organised(scene):
    found = cell(progress(db.session, EVERYTHING, 2026), LANSHAN)
    assert (found.count.enrolled, found.count.learning, found.count.finished) == (3, 2, 0)
    assert cell(progress(db.session, EVERYTHING, 2025), LANSHAN).count.enrolled == 0


@pytest.mark.parametrize(
    ("year", "against", "planned"),
    [(2021, None, 1200), (2026, None, 1400), (2026, 2021, 1200), (2026, 0, None)],
)
def test_a_year_without_a_plan_is_shown_beside_the_last_one(scene, year, against, planned):
    found = progress(db.session, EVERYTHING, year, against=against)
    assert cell(found, LANSHAN).planned == planned
    assert found.against == (against if against is not None else min(year, 2022))


def test_levels_that_the_city_organises_stand_beside_the_plan(scene, monkeypatch):
    rows = [Tally(CITY, "caregiver", "L4", 11, 2, 8), Tally(LANSHAN, "caregiver", "L5", 20, 5, 4)]
    monkeypatch.setattr(plan, "tally", lambda *_, **__: rows)
    found = progress(db.session, EVERYTHING, 2022)
    assert (cell(found, CITY).count.enrolled, cell(found, CITY).above.enrolled) == (0, 11)
    assert (found.totals["caregiver"].count.finished, found.totals["caregiver"].above.finished) == (4, 8)


def test_the_head_of_a_home_counts_among_the_leaders(scene, monkeypatch):
    monkeypatch.setattr(plan, "tally", lambda *_, **__: [Tally(CITY, "director", None, 7, 0, 7)])
    assert cell(progress(db.session, EVERYTHING, 2022), CITY, "leader").count.finished == 7


def test_the_two_numbers_of_the_notice_are_both_kept(scene):
    found = progress(db.session, EVERYTHING, 2022).discrepancies
    assert [(one.category_code, one.target_per_year, one.planned_by_year[2022]) for one in found] == [
        ("social_worker", 350, 330)
    ]


def test_an_officer_sees_the_own_division_only(scene):
    found = progress(db.session, Scope(divisions=frozenset({LANSHAN})), 2022)
    assert [row.division.code for row in found.rows] == [LANSHAN]
    assert found.totals["caregiver"].planned == 1400
    assert not found.whole


def test_a_filter_leaves_one_category(scene):
    assert [one.code for one in progress(db.session, EVERYTHING, 2022, category="leader").categories] == [
        "leader"
    ]


def test_years_reach_from_the_first_plan_to_today(scene):
    assert plan.years(db.session, today=(NINE + timedelta(days=1)).date()) == [
        2026,
        2025,
        2024,
        2023,
        2022,
        2021,
    ]
