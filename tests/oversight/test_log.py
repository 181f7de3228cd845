"""The completion log by trainee, and one trainee's record."""

from __future__ import annotations

import pytest

from yanglao.classes.queries import EnrolmentUnknown
from yanglao.completion import queries as completion
from yanglao.completion.queries import StandingUnknown
from yanglao.completion.shapes import StandingFilters
from yanglao.completion.tally import tally
from yanglao.demo.cast import invent
from yanglao.evidence import filing
from yanglao.jobs.perform import perform
from yanglao.kernel.actor import EVERYTHING, Scope
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.oversight import log
from yanglao.oversight.progress import COUNTED
from yanglao.oversight.record import record
from yanglao.people.service import Draft
from yanglao.work.queries import due

INVENTED = invent(7000)
NEW = {"name": "钱晚来", "id_number": INVENTED.id_number, "phone": INVENTED.phone}


def page(scene, **wanted):
    limit = wanted.pop("limit", log.LINES)
    after = wanted.pop("after", "")
    return log.page(db.session, EVERYTHING, StandingFilters(**wanted), now=now(), after=after, limit=limit)


def test_a_trainee_is_one_row_with_two_accounts(scene):
    wang = next(row for row in page(scene).rows if row.enrolment_id == scene.there.wang.enrolment_id)
    lesson = scene.there.online.lessons[0]
    assert wang.account("online").entered_s == pytest.approx(lesson.duration_s, abs=2)
    assert wang.account("offline").entered_s == 2 * 3600 + 55 * 60
    assert wang.account("offline").required_s == scene.there.offline.required_s


def test_the_open_window_waits_apart_from_what_is_entered(scene):
    li = next(row for row in page(scene).rows if row.enrolment_id == scene.there.trainees[1].enrolment_id)
    assert (li.account("online").entered_s, li.account("online").waiting_s) == (0, 58)
    assert li.refused == 1


def test_what_is_lacking_is_the_sentence_the_trainee_reads(scene):
    row = next(row for row in page(scene).rows if row.enrolment_id == scene.there.trainees[1].enrolment_id)
    own = completion.enrolment_page(db.session, row.enrolment_id, now=now())
    assert row.sentence == own.sentence
    assert "课次缺签退" in row.sentence


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
def test_no_border_of_a_page_cuts_a_trainee_in_two(scene, limit):
    seen, after, turns = [], "", 0
    while after is not None and turns < 9:
        found = page(scene, limit=limit, after=after)
        seen += [(row.enrolment_id, len(row.lines)) for row in found.rows]
        after, turns = found.next, turns + 1
    together = {}
    for enrolment, count in seen:
        together[enrolment] = together.get(enrolment, 0) + count
    assert sorted(together.values()) == [2, 2, 2]
    assert limit < 3 or len(seen) == 3


def test_counts_are_those_of_all_states_whatever_state_is_shown(scene):
    everything, some = page(scene), page(scene, state="in_progress")
    assert everything.counts == some.counts
    assert sum(everything.counts.get(state, 0) for state in log.STATES) == 6
    assert {line.state for row in some.rows for line in row.lines} == {"in_progress"}


@pytest.mark.parametrize(("text", "found"), [("查无此人", 0), ("1990", 0)])
def test_text_that_finds_nobody_shows_nobody(scene, text, found):
    assert len(page(scene, text=text).rows) == found


def test_text_finds_by_part_of_a_name_and_by_phone(scene):
    row = page(scene).rows[0]
    assert row.enrolment_id in {one.enrolment_id for one in page(scene, text=row.person_name[-2:]).rows}
    assert [one.enrolment_id for one in page(scene, text=scene.phone("0")).rows] == [
        scene.there.wang.enrolment_id
    ]


def test_a_review_moves_a_trainee_from_unreviewed_to_reviewed(own_scene):
    scene, own = own_scene, own_scene.there.wang.enrolment_id
    address = f"/api/v1/standings/{own}/{scene.there.offline.id}/review"
    assert own in {row.enrolment_id for row in page(scene, review="none", mode="offline").rows}
    assert scene.ask("admin_a", address, method="POST", body={"verdict": "confirmed"}).status_code == 200
    assert own not in {row.enrolment_id for row in page(scene, review="none", mode="offline").rows}
    assert [row.review for row in page(scene, review="confirmed").rows] == ["confirmed"]
    assert next(row for row in page(scene).rows if row.enrolment_id == own).review == "partly"


def test_every_filter_and_the_tally_work_on_both_databases(scene_on_either):
    scene, wang = scene_on_either, scene_on_either.there.wang
    every = {
        "class_id": scene.there.class_id,
        "base_id": scene.there.city.bases["a"],
        "division_code": "371302",
        "segment_id": scene.there.offline.id,
        "mode": "offline",
        "state": "in_progress",
        "text": scene.phone("0"),
        "review": "none",
    }
    assert [row.enrolment_id for row in page(scene, **every).rows] == [wang.enrolment_id]
    assert page(scene, **{**every, "review": "confirmed"}).rows == ()
    found = tally(db.session, EVERYTHING, 2026, states=COUNTED)
    assert [(one.enrolled, one.learning, one.finished) for one in found] == [(3, 2, 0)]


def test_a_wrong_place_to_go_on_is_refused(scene):
    with pytest.raises(StandingUnknown):
        page(scene, after="no.where")


def test_a_record_names_who_did_each_line_and_its_device(scene):
    found = record(db.session, EVERYTHING, scene.there.trainees[1].enrolment_id, now=now())
    refused = next(one for one in found.lines if one.line.kind == "attendance.refused")
    assert (refused.actor_name, refused.tone, len(refused.line.device)) == ("演示·教师甲", "red", 6)
    assert found.head == (found.lines[-1].line.position, found.lines[-1].line.hash)
    wang = record(db.session, EVERYTHING, scene.there.wang.enrolment_id, now=now())
    assert next(one for one in wang.lines if one.line.kind == "viewing.span").actor_name == "本人"


def test_a_record_outside_the_scope_is_not_found(scene):
    with pytest.raises(EnrolmentUnknown):
        record(db.session, Scope(bases=frozenset({"elsewhere"})), scene.there.wang.enrolment_id, now=now())


def test_who_came_onto_a_roster_and_never_began_is_in_the_log(own_scene):
    scene, admin = own_scene, own_scene.there.city.staff["admin_a"]
    officer = scene.there.city.staff["ca_302"]
    asked = filing.LateRequest(Draft(**NEW), reason="晚到岗")
    late = run(lambda: filing.request_late(db.session, scene.there.class_id, asked, now=now(), actor=admin))
    run(lambda: filing.decide_late(db.session, late.id, accept=True, now=now(), actor=officer))
    for task in due(db.session, now=now()):
        perform(task)
    row = next(row for row in page(scene).rows if row.person_name == NEW["name"])
    assert {line.state for line in row.lines} == {"not_started"}
