from __future__ import annotations

import shutil

import pytest

from yanglao.kernel.actor import Scope
from yanglao.kernel.errors import NotFound
from yanglao.places import notice, queries, service
from yanglao.places.models import QuotaPlan
from yanglao.places.notice import BrokenNotice


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(notice.FOLDER, tmp_path / "notice")


def edit(folder, file, old, new):
    path = folder / file
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")


def test_the_plan_adds_up_to_what_the_notice_says(either):
    service.load_notice(queries_session())
    for year, totals in ((2021, (150, 5800, 330)), (2022, (150, 6800, 330))):
        plan = queries.plan(queries_session(), year)
        assert tuple(plan.totals.values()) == totals
        assert len(plan.rows) == 14


def queries_session():
    from yanglao.kernel.db import db

    return db.session


def test_the_city_has_its_own_row_and_an_empty_cell_is_no_number(session):
    service.load_notice(session)
    rows = {row.division_name: row for row in queries.plan(session, 2021).rows}
    assert rows["市本级"].planned == {"leader": 150, "caregiver": None, "social_worker": 330}
    assert rows["高新区"].division_code == "LY-GXQ"
    assert rows["高新区"].planned == {"leader": None, "caregiver": 50, "social_worker": None}


def test_the_text_asks_for_350_and_the_annex_for_330(session):
    service.load_notice(session)
    found = queries.discrepancies(session)
    assert [(one.category_code, one.target_per_year, one.planned_by_year) for one in found] == [
        ("social_worker", 350, {2021: 330, 2022: 330})
    ]
    assert "350" in found[0].note


def test_loading_again_changes_nothing(session):
    service.load_notice(session)
    session.commit()
    service.load_notice(session)
    assert not session.dirty
    assert session.query(QuotaPlan).count() == 84


@pytest.mark.parametrize(
    ("level", "organiser"),
    [("APPR", "county"), ("L5", "county"), ("L4", "city"), ("L1", "city"), ("CHIEF", "city")],
)
def test_level_five_is_organised_by_counties_and_level_four_and_above_by_the_city(level, organiser):
    assert queries.organiser_of(level) == organiser


def test_an_unknown_level_is_organised_by_nobody():
    with pytest.raises(NotFound):
        queries.organiser_of("L6")


def test_there_are_eight_levels_and_five_mandatory_topics(session):
    service.load_notice(session)
    assert [one.code for one in queries.levels(session)] == [
        "APPR",
        "L5",
        "L4",
        "L3",
        "L2",
        "L1",
        "SPECIAL",
        "CHIEF",
    ]
    names = [one.name for one in queries.topics(session, mandatory=True)]
    assert names == ["法律知识", "职业道德", "从业规范", "质量意识", "健康卫生"]


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "why"),
    [
        (notice.PLAN_FILE, "1200", "1２00", 3, "not a whole number"),
        (notice.PLAN_FILE, "1200", "1201", 2, "adds up to 5801"),
        (notice.PLAN_FILE, "兰山区", "兰山县", 3, "is not called"),
        (notice.PLAN_FILE, "371311,罗庄区,,350", "371302,兰山区,,350", 4, "stands in line 3 already"),
        (notice.PLAN_FILE, "2021,LY-GXQ,高新区,,50,\n", "", 2, "no line for LY-GXQ"),
        (notice.PLAN_FILE, "year,", "jahr,", 1, "the columns are"),
        (
            notice.PLAN_FILE,
            "2021,371302,兰山区,,1200,",
            "2021,371302,兰山区,,1200",
            3,
            "5 cells instead of 6",
        ),
        ("levels.csv", "L4,四级／中级工,2,city", "L4,四级／中级工,2,town", 4, "not one of"),
        ("topics.csv", "law,法律知识,1,1", "law,法律知识,yes,1", 2, "not one of"),
        ("city_targets.csv", "leader,", "boss,", 2, "not one of"),
    ],
)
def test_a_broken_file_is_refused_by_its_line_and_nothing_is_written(
    session, folder, file, old, new, line, why
):
    edit(folder, file, old, new)
    with pytest.raises(BrokenNotice, match=why) as refusal:
        service.load_notice(session, folder)
    blamed = notice.TOTALS_FILE if why.startswith(("adds up", "no line")) else file
    assert (refusal.value.file, refusal.value.line) == (blamed, line)
    assert session.query(QuotaPlan).count() == 0


def test_a_scope_shows_its_bases_only(session):
    service.load_notice(session)
    renhe = service.add_base(session, service.BaseDraft("仁和基地", "仁和", "371302"))
    qihe = service.add_base(session, service.BaseDraft("岐和基地", "岐和", "371312"))
    assert [one.id for one in queries.bases(session, Scope(divisions=frozenset({"371302"})))] == [renhe]
    assert [one.id for one in queries.bases(session, Scope(bases=frozenset({qihe})))] == [qihe]
    assert queries.bases(session, Scope()) == []
    with pytest.raises(NotFound):
        queries.base(session, renhe, Scope(bases=frozenset({qihe})))


@pytest.mark.parametrize(
    ("number", "fine"), [("91350100M000100Y43", True), ("91350100M000100Y44", False), ("", False)]
)
def test_a_credit_code_is_checked_by_its_last_character(number, fine):
    from yanglao.places.rules import uscc_holds

    assert uscc_holds(number) is fine
