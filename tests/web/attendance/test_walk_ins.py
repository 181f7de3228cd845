from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest

from tests.capture.attendance.conftest import ADMIN, MINUTE, NINE
from tests.web.attendance.test_mark_photos import picture
from yanglao.capture.attendance import queries, walk_in_photos, walk_ins
from yanglao.capture.attendance.proof_models import WalkIn
from yanglao.completion import refresh
from yanglao.completion.lines import evidence_lines
from yanglao.evidence import queries as evidence
from yanglao.kernel.actor import Actor, Grant
from yanglao.kernel.clock import DAY_MS, from_ms, rfc3339, to_ms
from yanglao.kernel.db import db, run

OFFICER = Actor("zhao", "赵明", (Grant("officer", division="371302", department="civil_affairs"),))
NUMBER = "11010519491231002X"
BY = timedelta(minutes=5)


def came(site, name="孙梅", phone="13900000009", who="teacher", uuid="walk-0000001", session="S", **other):
    moment = rfc3339(site.moment)
    body = {"walk_in_uuid": uuid, "name": name, "phone": phone, "captured_at": moment, "sent_at": moment}
    return site.ask(who, "POST", f"sessions/{session}/walk-ins", body | other)


@pytest.fixture
def opened(site):
    site.ask("teacher", "POST", "sessions/S/open", {})
    site.at(NINE + 5 * MINUTE)
    return site


def decided(site, row, accept=True, who="admin", **other):
    return site.ask(
        who, "POST", f"walk-ins/{row['id']}/decision", {"accept": accept, "reason": "漏报了"} | other
    )


def test_a_walk_in_counts_once_another_person_and_the_organiser_let_them_in(opened):
    site = opened
    row = came(site).json["walk_in"]
    assert (row["state"], row["phone"], came(site, uuid="walk-0000002").json["walk_in"]["id"]) == (
        "pending",
        "139****0009",
        row["id"],
    )
    assert came(site, who="wang").status_code == 403 and came(site, session="nowhere").status_code == 404
    site.at(NINE + 95 * MINUTE)
    assert site.ask("teacher", "POST", f"walk-ins/{row['id']}/out").json["left_at"] == rfc3339(site.moment)
    assert decided(site, row, who="teacher").status_code == 403
    assert decided(site, row).json["code"] == "walk_in.id_missing"
    assert decided(site, row, id_number=NUMBER[:-1] + "1").status_code == 422
    assert (
        "孙梅" in site.page("admin", "/office/scans").text and "名单外" in site.page("admin", "/office/").text
    )
    assert "登记一个名单外的人" in site.page("teacher", "/teach/sessions/S/present").text
    asked = decided(site, row, id_number=NUMBER).json
    assert (asked["state"], asked["id_told"]) == ("asked", False)
    assert decided(site, row, id_number=NUMBER).json["code"] == "walk_in.decided"
    own, held, lines = counted(site, site.moment + BY)
    steps = [one.kind.removeprefix("attendance.walk_in_") for one in own]
    assert steps == ["came", "left", "asked", "counted"]
    assert NUMBER not in str([one.body for one in own]) and "孙梅" not in str([one.body for one in own])
    assert (held.in_ms, held.out_ms) == (to_ms(NINE + 5 * MINUTE), to_ms(NINE + 95 * MINUTE))
    assert sum(one.counted_s or 0 for one in lines) == 5400 and "当时不在名单" in lines[0].sentence
    (told,) = site.ask("admin", "GET", "walk-ins").json["items"]
    assert told["state"] == "counted"


def counted(site, now):
    """Let the organiser decide, and return how the presence and its lines stand then."""
    with site.app.app_context():
        kept = db.session.query(WalkIn).one()
        assert kept.id_sealed is None and kept.person_id
        late, touched = run(
            lambda: walk_ins.decide_late(db.session, kept.late_id, accept=True, now=now, actor=OFFICER)
        )
        assert (late.state, touched) == ("approved", [kept.person_id])
        run(lambda: refresh.refresh(db.session, kept.person_id, now=now))
        assert refresh.check(db.session) == []
        own = [one for one in evidence.chain(db.session, "session", "S") if "walk_in" in one.body]
        (held,) = queries.presences_of_session(db.session, "S")
        return own, held, evidence_lines(db.session, held.enrolment_id)


def test_who_stands_on_the_roster_is_signed_in_by_hand_and_one_of_the_same_name_is_asked_about(opened):
    found = came(opened, "王秀英", "138 0000 0000").json
    assert found["walk_in"] is None and found["scan"]["outcome"] == "accepted"
    other = came(opened, "李桂兰", "13911112222", uuid="walk-0000003")
    assert (other.status_code, other.json["code"]) == (409, "walk_in.same_name")
    row = came(opened, "李桂兰", "13911112222", uuid="walk-0000003", another=True).json["walk_in"]
    assert row["state"] == "pending"
    assert came(opened, "", "139").json["code"] == "walk_in.who_missing"
    opened.at(NINE - MINUTE)
    assert came(opened, uuid="walk-0000004").json["code"] == "walk_in.not_then"


def left(site, walk_in, at, who="teacher", uuid="left-0000001"):
    body = {"out_uuid": uuid, "captured_at": rfc3339(at), "sent_at": rfc3339(site.moment)}
    return site.ask(who, "POST", f"sessions/S/walk-ins/{walk_in}/out", body)


def test_a_phone_without_network_says_later_when_a_walk_in_left_by_its_own_name_for_them(opened):
    came(opened)
    at = NINE + 95 * MINUTE
    opened.at(at + 20 * MINUTE)
    assert [left(opened, "walk-0000001", at, one).status_code for one in ("wang", "")] == [403, 401]
    assert left(opened, "nobody-00001", at).json["code"] == "walk_in.unknown"
    row = left(opened, "walk-0000001", at).json["walk_in"]
    assert row["left_at"] == rfc3339(at)
    again = left(opened, row["id"], at + 5 * MINUTE, uuid="left-0000002").json["walk_in"]
    assert again["left_at"] == rfc3339(at), "the first time stays"
    (shown,) = opened.ask("teacher", "GET", "sessions/S/people").json["walk_ins"]
    assert set(shown) == {"id", "name", "state", "came_at", "left_at"}


def test_who_turned_out_to_stand_on_the_roster_is_signed_out_by_hand_with_the_same_name(opened):
    assert came(opened, "王秀英", "13800000000").json["scan"]["outcome"] == "accepted"
    opened.at(NINE + 95 * MINUTE)
    scan = left(opened, "walk-0000001", opened.moment).json["scan"]
    assert (scan["outcome"], scan["direction"], scan["scan_uuid"]) == ("accepted", "out", "left-0000001")


def test_what_a_phone_still_held_when_the_session_was_closed_counts_up_to_the_close(opened):
    came(opened)
    at = NINE + 95 * MINUTE
    opened.at(at + MINUTE)
    opened.ask("teacher", "POST", "sessions/S/close", {})
    opened.at(at + 10 * MINUTE)
    assert left(opened, "walk-0000001", at + 2 * MINUTE).json["code"] == "walk_in.not_then"
    assert left(opened, "walk-0000001", at).json["walk_in"]["left_at"] == rfc3339(at)


@pytest.mark.parametrize("by", ["base", "organiser"])
def test_who_is_refused_is_kept_with_the_reason_and_gets_no_minute(opened, by):
    row = came(opened, id_number=NUMBER).json["walk_in"]
    with opened.app.app_context():
        actor = replace(ADMIN, person_id="teacher")
        with pytest.raises(walk_ins.OwnWalkIn):
            run(
                lambda: walk_ins.decide(
                    db.session,
                    row["id"],
                    accept=True,
                    known=walk_ins.Known(),
                    reason="",
                    now=opened.moment,
                    actor=actor,
                )
            )
        if by == "organiser":
            assert decided(opened, row).json["state"] == "asked"
            late_id = db.session.query(WalkIn).one().late_id
            run(
                lambda: walk_ins.decide_late(
                    db.session, late_id, accept=False, reason="不符合条件", now=opened.moment, actor=OFFICER
                )
            )
        else:
            assert decided(opened, row, accept=False, reason=" ").json["code"] == "walk_in.reason_missing"
            decided(opened, row, accept=False, reason="不符合条件")
        kept = db.session.query(WalkIn).populate_existing().one()
        assert (kept.state, kept.decision_reason, kept.id_sealed) == ("refused", "不符合条件", None)
        assert queries.presences_of_session(db.session, "S") == []
        assert evidence.chain(db.session, "session", "S")[-1].kind == "attendance.walk_in_refused"
        over = kept.decided_ms + 180 * DAY_MS
        assert [
            run(lambda ms=ms: walk_ins.forget(db.session, now=from_ms(ms)))
            for ms in (over, over + 1, over + 2)
        ] == [0, 1, 0]
        assert db.session.query(WalkIn).populate_existing().one().phone == ""
    assert came(opened, uuid="walk-0000009").json["walk_in"]["state"] == "pending"


def photographed(site, who, walk_in_id, colour="red"):
    data = {"photo": (BytesIO(picture(colour)), "x.jpg")}
    headers = {"Authorization": f"Bearer {who}"}
    return site.app.test_client().post(f"/api/v1/walk-ins/{walk_in_id}/photo", data=data, headers=headers)


def test_a_walk_in_may_carry_one_photo_that_its_hall_and_its_base_open(opened):
    site = opened
    row = came(site).json["walk_in"]
    path = f"walk-ins/{row['id']}/photo"
    assert (row["photo"], site.ask("admin", "GET", path).json["code"]) == (False, "mark_photo.unknown")
    assert [photographed(site, who, row["id"]).status_code for who in ("wang", "admin")] == [403, 404]
    assert [photographed(site, "teacher", row["id"]).status_code for _ in range(2)] == [200, 200]
    assert photographed(site, "teacher", row["id"], "blue").json["code"] == "mark_photo.there"
    assert [site.ask(who, "GET", path).status_code for who in ("teacher", "admin", "wang")] == [200, 200, 403]
    assert site.page("admin", f"/office/walk-ins/{row['id']}/photo").location.startswith("/media/")
    assert "看照片" in site.page("admin", "/office/scans").text
    (told,) = site.ask("teacher", "GET", "sessions/S/walk-ins").json["items"]
    assert (told["photo"], told["photo_expired"]) == (True, False)
    with site.app.app_context():
        (noted,) = [
            one.body for one in evidence.chain(db.session, "session", "S") if one.kind == walk_in_photos.KIND
        ]
    assert noted["sha256"].startswith("sha256:") and noted["walk_in"] == row["id"]


@pytest.mark.parametrize(("days", "there"), [(180, True), (181, False)])
def test_the_photo_of_who_was_refused_goes_with_the_name(opened, days, there):
    site = opened
    row = came(site).json["walk_in"]
    photographed(site, "teacher", row["id"])
    decided(site, row, accept=False)
    later = site.moment + timedelta(days=days)
    with site.app.app_context():
        run(lambda: (walk_in_photos.forget(db.session, now=later), walk_ins.forget(db.session, now=later)))
        assert walk_in_photos.having(db.session, ["S"], now=later) == {row["id"]: there}


def test_a_walk_in_who_stood_on_the_roster_gets_the_first_answer_when_sent_again_with_less(opened):
    found = [
        came(opened, name="王秀英", phone=phone).json["scan"] for phone in ("13800000000", "13911111111")
    ]
    assert [one["outcome"] for one in found] == ["accepted", "accepted"]
    assert found[0]["recorded_at"] == found[1]["recorded_at"]
