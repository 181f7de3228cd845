"""A class goes only where the table lets it, and each step needs the right person."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from tests.classes.conftest import NOW
from tests.classes.makers import made_programme, meeting
from yanglao.classes import queries, service, states
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Problem, Refused

LATER = NOW + timedelta(days=30)


def step_by_right_person(session, city, class_id, act):
    who = city.county if act in {"approve", "return"} else city.admin
    return service.take(session, class_id, act, reason="资料不全", now=LATER, actor=who)


@pytest.mark.parametrize(("state", "act"), list(itertools.product(states.STATES, states.ACTS)))
def test_every_pair_of_state_and_act_does_what_the_table_says(session, city, class_in, state, act):
    own = class_in(state)
    allowed = states.step(state, act)
    if act == "finish" and allowed:
        for one in queries.sessions_of_class(session, own.id):
            service.cancel_session(session, one.id, reason="没有上", now=NOW, actor=city.admin)
    if allowed is None:
        with pytest.raises(Conflict):
            step_by_right_person(session, city, own.id, act)
    else:
        assert step_by_right_person(session, city, own.id, act).state == allowed.to_state


def test_every_step_leaves_a_row_with_who_why_and_when(session, city, class_in):
    own = class_in("approved")
    service.return_(session, own.id, reason="课表要改", now=LATER, actor=city.county)
    steps = queries.steps(session, own.id)
    assert [one.act for one in steps] == ["create", "file", "approve", "return"]
    assert (steps[-1].actor_id, steps[-1].reason, steps[-1].to_state) == (
        city.county.person_id,
        "课表要改",
        "draft",
    )


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("admin", Forbidden),
        ("stranger", NotFound),
        ("finance", Forbidden),
        ("municipal", Forbidden),
        ("auditor", Forbidden),
    ],
)
def test_only_the_organising_county_approves_a_class_of_level_five(session, city, class_in, name, refusal):
    own = class_in("filed")
    with pytest.raises(refusal):
        service.approve(session, own.id, now=NOW, actor=getattr(city, name))
    assert service.approve(session, own.id, now=NOW, actor=city.county).state == "approved"


def test_from_level_four_on_the_city_organises_and_the_county_does_not_see_it(session, city):
    programme, _, offline = made_programme(session, level="L4", code="care-4")
    draft = service.ClassDraft(city.base, programme, date(2026, 3, 2), date(2026, 3, 20), 5)
    own = service.create_class(session, draft, now=NOW, actor=city.admin)
    service.plan_session(session, meeting(city, own, segment_id=offline), now=NOW, actor=city.admin)
    service.file(session, own.id, now=NOW, actor=city.admin)
    with pytest.raises(NotFound):
        service.approve(session, own.id, now=NOW, actor=city.county)
    assert own.division_code == "371300"
    assert service.approve(session, own.id, now=NOW, actor=city.municipal).state == "approved"


def test_nobody_approves_what_they_filed(session, city, class_in):
    own = class_in("draft")
    both = type(city.admin)(city.admin.person_id, "李管理", city.admin.grants + city.county.grants)
    service.file(session, own.id, now=NOW, actor=both)
    with pytest.raises(service.OwnFiling):
        service.approve(session, own.id, now=NOW, actor=both)


def test_a_class_is_not_filed_before_its_timetable_gives_the_hours(session, city, draft_class):
    with pytest.raises(service.NotReady) as refusal:
        service.file(session, draft_class.id, now=NOW, actor=city.admin)
    gap = refusal.value.facts["gaps"][0]
    assert (gap["code"], gap["facts"]["lacking_s"]) == ("classes.timetable_short", 7200)
    service.plan_session(session, meeting(city, draft_class), now=NOW, actor=city.admin)
    assert service.file(session, draft_class.id, now=NOW, actor=city.admin).state == "filed"


def test_a_class_starts_on_its_first_day_and_not_the_day_before(session, city, class_in):
    own = class_in("approved")
    with pytest.raises(service.NotReady):
        service.start(session, own.id, now=NOW, actor=city.admin)
    assert service.start(session, own.id, now=NOW + timedelta(days=1), actor=city.admin).state == "running"


def test_a_class_without_trainees_does_not_start(session, city, class_in):
    own = class_in("approved")
    service.withdraw(session, queries.roster(session, own.id)[0].id, reason="不来", now=NOW, actor=city.admin)
    with pytest.raises(service.NotReady) as refusal:
        service.start(session, own.id, now=LATER, actor=city.admin)
    assert [gap["code"] for gap in refusal.value.facts["gaps"]] == ["classes.roster_empty"]


def test_returning_without_a_reason_is_refused(session, city, class_in):
    own = class_in("filed")
    with pytest.raises(service.ReasonMissing):
        service.return_(session, own.id, reason="  ", now=NOW, actor=city.county)


@pytest.mark.parametrize(("capacity", "ends"), [(0, 20), (51, 20), (5, 1)])
def test_a_class_with_wrong_facts_is_not_created(session, city, capacity, ends):
    draft = service.ClassDraft(city.base, city.programme, date(2026, 3, 2), date(2026, 3, ends), capacity)
    with pytest.raises(Refused):
        service.create_class(session, draft, now=NOW, actor=city.admin)


def test_a_base_administrator_creates_no_class_at_another_base(session, city):
    draft = service.ClassDraft(city.base, city.programme, date(2026, 3, 2), date(2026, 3, 20), 5)
    with pytest.raises(NotFound):
        service.create_class(session, draft, now=NOW, actor=city.stranger)
    with pytest.raises(Problem):
        service.create_class(session, draft, now=NOW, actor=city.county)
