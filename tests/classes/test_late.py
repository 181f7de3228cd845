"""After the start people come late: the base asks with a reason, the organising level decides."""

from __future__ import annotations

import pytest

from tests.classes.conftest import NOW
from tests.classes.makers import actor_with
from yanglao.classes import late, queries, registry, service
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.errors import Forbidden, NotFound


@pytest.fixture
def asked(session, city, class_in):
    own = class_in("running")
    who = actor_with(session, "迟来的人", 60)
    draft = service.EnrolDraft(who.person_id, employer="仁和养老院")
    return service.request_late(session, own.id, draft, reason="上月才入职", now=NOW, actor=city.admin)


def decide(session, asked, who, *, accept=True, reason=""):
    return service.decide_late(session, asked.id, accept=accept, reason=reason, now=NOW, actor=who)


def test_an_accepted_late_addition_is_enrolled_as_late(session, city, asked):
    done = decide(session, asked, city.county)
    found = queries.enrolment_in(session, asked.class_id, asked.person_id)
    assert (done.state, done.decided_by) == ("approved", city.county.person_id)
    assert (found.source, found.roster_no, found.employer) == ("late", 2, "仁和养老院")


def test_a_refused_late_addition_enrols_nobody_and_says_why(session, city, asked):
    with pytest.raises(late.LateReasonMissing):
        decide(session, asked, city.county, accept=False)
    done = decide(session, asked, city.county, accept=False, reason="已过半程")
    assert (done.state, done.decision_reason) == ("refused", "已过半程")
    assert queries.enrolment_in(session, asked.class_id, asked.person_id) is None


@pytest.mark.parametrize(
    ("name", "refusal"),
    [("admin", Forbidden), ("municipal", Forbidden), ("finance", Forbidden), ("stranger", Forbidden)],
)
def test_only_the_organising_level_decides(session, city, asked, name, refusal):
    with pytest.raises(refusal):
        decide(session, asked, getattr(city, name))


def test_a_decision_is_made_once(session, city, asked):
    decide(session, asked, city.county)
    with pytest.raises(late.AlreadyDecided):
        decide(session, asked, city.county)


def test_nobody_decides_their_own_request(session, city, asked):
    both = type(city.county)(city.admin.person_id, "李管理", city.county.grants)
    with pytest.raises(late.OwnRequest):
        decide(session, asked, both)


def test_asking_twice_is_one_request_and_strangers_do_not_see_it(session, city, asked):
    draft = service.EnrolDraft(asked.person_id)
    again = service.request_late(session, asked.class_id, draft, reason="再报", now=NOW, actor=city.colleague)
    assert again == asked
    with pytest.raises(NotFound):
        service.request_late(session, asked.class_id, draft, reason="再报", now=NOW, actor=city.stranger)
    assert len(queries.late_additions(session, EVERYTHING, state="pending")) == 1


def test_before_the_start_nobody_is_late_and_a_full_class_stays_full(session, city, class_in):
    own = class_in("approved")
    who = actor_with(session, "迟来的人", 60)
    with pytest.raises(late.NotRunning):
        draft = service.EnrolDraft(who.person_id)
        service.request_late(session, own.id, draft, reason="晚了", now=NOW, actor=city.admin)


def test_a_class_that_is_full_takes_nobody_late(session, city, draft_class, enrolled, asked):
    row = session.get(queries.TrainingClass, asked.class_id)
    row.capacity = 1
    with pytest.raises(registry.ClassFull):
        decide(session, asked, city.county)
