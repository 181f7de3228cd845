"""Two assessors by themselves, a third where they differ: the whole way over the API, and what the database refuses."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests import media_files
from tests.capture.practical.makers import Scorer, picture, scorers, trainee_phone
from tests.factories import World, world
from yanglao.completion import refresh
from yanglao.courses import media
from yanglao.evidence.verify import verify
from yanglao.kernel import clock
from yanglao.kernel.db import db


@pytest.fixture
def there(app: Any) -> World:
    return world(trainees=7)


@pytest.fixture
def staff(app: Any, there: World) -> dict[str, Scorer]:
    return scorers(app, there)


def seat(one: Scorer, nth: int = 0) -> dict[str, Any]:
    answer = one.list_()
    assert answer.status_code == 200, answer.text
    wanted = one.there.trainees[nth].enrolment_id
    return next(each for each in answer.json["people"] if each["enrolment_id"] == wanted)


def entries(one: Scorer) -> list[dict[str, Any]]:
    found = one.call("GET", f"enrolments/{one.there.wang.enrolment_id}/evidence").json["items"]
    return [each for each in found if each["kind"].startswith("practical.")]


NAME = "0b0e7b0e-8a51-4f39-9c39-1c2d3e4f5a6b"


def test_a_sheet_and_a_photo_that_are_sent_again_get_the_first_answer(staff: dict[str, Scorer]) -> None:
    first = staff["teacher_a"]
    raw = first.list_().text
    assert first.there.wang.actor.name in raw and "371302" not in raw and "199009" not in raw
    kept = first.photo(name=NAME)
    assert kept.status_code == 201 and first.photo(name=NAME).json == kept.json
    assert first.photo(name=NAME, content=picture("red")).json["code"] == "practical.uuid_reused"
    assert first.photo(content=b"<html>").status_code == 422
    body = first.sheet(evidence=[NAME])
    handed = first.call("POST", "practical/sheets", json=body)
    assert handed.status_code == 200, handed.text
    again = first.call("POST", "practical/sheets", json=body | {"sent_at": "2026-03-08T12:00:00+08:00"})
    assert again.json == handed.json
    other = first.call("POST", "practical/sheets", json=body | {"remark": "改"})
    assert (other.status_code, other.json["code"]) == (409, "practical.uuid_reused")
    stolen = staff["teacher_a2"].call("POST", "practical/sheets", json=body)
    assert stolen.json["code"] == "practical.uuid_reused"
    assert len(entries(staff["admin_a"])) == 1


def test_a_film_is_known_by_its_content_measured_and_short(staff: dict[str, Scorer]) -> None:
    one, long = staff["teacher_a"], (media.FOLDER / "hand_washing.mp4").read_bytes()
    kept = one.photo(content=media_files.film(2))
    assert (kept.status_code, kept.json["kind"]) == (201, "video"), kept.text
    assert one.photo(content=long).json["code"] == "practical.film_too_long"
    assert one.photo(content=media_files.film(2)[:2000]).status_code == 422
    assert one.photo(content=b"\xff\xd8\xff" + b"0" * 5000).json["code"] == "photo.unreadable"


def test_nobody_reads_a_sheet_before_the_other_is_in(there: World, staff: dict[str, Scorer]) -> None:
    first, second, office = staff["teacher_a"], staff["teacher_a2"], staff["admin_a"]
    kept = first.photo(name=NAME)
    assert first.hand(evidence=[NAME]).status_code == 200
    assert seat(first)["state"] == "mine" and seat(second) | {"why": ""} == {
        "enrolment_id": there.wang.enrolment_id, "roster_no": 1, "name": there.wang.actor.name, "number": 1,
        "state": "to_score", "sheets_in": 1, "why": "",
    }  # fmt: skip
    (open_,) = office.call("GET", "practical/assessments").json["items"]
    whole = office.call("GET", f"practical/assessments/{open_['id']}").json
    assert (whole["state"], whole["sheets"], whole["evidence"], whole["lines"], whole["score"]) == (
        "open", [], [], [], "",
    )  # fmt: skip
    (scored,) = entries(office)
    assert "marks" not in json.dumps(scored["facts"]) and "total" not in scored["facts"]
    assert scored["facts"]["evidence"] == [f"sha256:{kept.json['sha256']}"]


def test_two_sheets_that_lie_close_stand_in_the_ledger_and_on_every_page(
    app: Any, there: World, staff: dict[str, Scorer]
) -> None:
    first, second, office = staff["teacher_a"], staff["teacher_a2"], staff["admin_a"]
    first.photo(name=NAME)
    first.hand(evidence=[NAME], marks={"turning": 30})
    assert second.hand().status_code == 200
    (open_,) = office.call("GET", "practical/assessments").json["items"]
    whole = office.call("GET", f"practical/assessments/{open_['id']}").json
    assert (whole["state"], whole["score"], whole["passed"], whole["decided_by"]) == (
        "settled", "88.5", True, "mean",
    )  # fmt: skip
    assert [one["total"] for one in whole["sheets"]] == [91, 86]
    assert whole["sheets"][0]["handed_at"].startswith("2026-03-08T00:50")
    with clock.held(office.at):
        sent = office.http.get(whole["evidence"][0]["url"], headers=office.headers)
    assert sent.status_code == 200 and b"PHONE" not in sent.data
    kinds = [one["kind"] for one in entries(office)]
    assert kinds == ["practical.scored", "practical.scored", "practical.result"]
    assert verify(db.session).faults == []
    assert refresh.differences(db.session, there.wang.actor.person_id) == []
    mine = trainee_phone(app, there)
    (own,) = mine.call("GET", f"enrolments/{there.wang.enrolment_id}/practical").json["items"]
    assert own["lines"][2] == {
        "title": "翻身与摆放体位", "got": "27.5", "points": 30, "must_pass": False, "failed": False,
    }  # fmt: skip
    segments = mine.call("GET", f"enrolments/{there.wang.enrolment_id}").json["segments"]
    assert segments[1]["practical"]["best"] == "88.5" and segments[1]["state"] == "in_progress"
    assert (
        seat(second)["state"] == "passed" and second.hand(number=2).json["code"] == "practical.already_passed"
    )
    titles = [one["sentence"] for one in mine.call("GET", "me/messages").json["items"]]
    assert any("88.5 分" in one for one in titles)


def test_two_that_differ_wait_for_a_third_who_never_taught_them_and_a_failed_one_waits_a_day(
    there: World, staff: dict[str, Scorer]
) -> None:
    first, second, third = staff["teacher_a2"], staff["teacher_a"], staff["assessor"]
    first.hand(marks={"safety": 0})
    assert second.hand().status_code == 200
    assert seat(third)["state"] == "third" and seat(first)["state"] == "mine"
    assert "没有教过这一段课的考评员" in seat(first)["why"]
    (waiting,) = staff["auditor"].call("GET", "practical/assessments?state=differs").json["items"]
    assert (waiting["gap_points"], waiting["score"], waiting["sheets_in"]) == (10, "", 2)
    assert first.hand().json["code"] == "practical.sheet_there"
    assert third.hand(marks={"safety": 0, "turning": 20}).status_code == 200
    whole = staff["admin_a"].call("GET", f"practical/assessments/{waiting['id']}").json
    assert (whole["decided_by"], whole["score"], whole["passed"]) == ("third", "71", False)
    assert [one["title"] for one in whole["lines"] if one["failed"]] == ["安全：拉好床栏，刹住轮椅"]
    assert seat(first)["state"] == "not_now" and first.hand(number=2).json["code"] == "practical.too_soon"
    for one in (first, third):
        one.at += timedelta(days=1, minutes=1)
    assert first.hand(number=1).json["code"] == "practical.enough_sheets"  # was kept on a phone too long
    assert first.hand(number=3).json["code"] == "practical.number_passed"
    assert first.hand(number=2).status_code == 200 and third.hand(number=2).status_code == 200
    assert seat(third)["state"] == "passed"


def test_a_wrong_result_is_taken_back_by_a_person_above_and_scored_anew(
    app: Any, there: World, staff: dict[str, Scorer]
) -> None:
    assert [staff[one].hand().status_code for one in ("teacher_a", "assessor")] == [200, 200]
    mine = trainee_phone(app, there)
    (one,) = staff["admin_a"].call("GET", "practical/assessments").json["items"]
    path = f"practical/assessments/{one['id']}/void"

    def void(who: Scorer, reason: str = "评错了人") -> tuple[int, str]:
        answer = who.call("POST", path, json={"reason": reason})
        return answer.status_code, answer.json.get("code", "")

    assert [void(one)[0] for one in (staff["teacher_a"], staff["assessor"], mine, staff["auditor"])] == [
        403
    ] * 4
    assert void(staff["admin_b"]) == (404, "practical.unknown")
    assert void(staff["admin_a"], " ") == (422, "practical.void_reason_missing")
    assert void(staff["admin_a"]) == (200, "") and void(staff["admin_a"]) == (409, "practical.already_voided")

    (told,) = mine.call("GET", f"enrolments/{there.wang.enrolment_id}/practical").json["items"]
    assert told["voided_at"] and told["void_reason"] == "评错了人" and told["score"] == one["score"]
    assert staff["admin_a"].call("GET", "practical/assessments?state=passed").json["items"] == []
    assert len(staff["admin_a"].call("GET", "practical/assessments?state=voided").json["items"]) == 1
    assert staff["assessor"].hand(number=1).json["code"] == "practical.number_passed"
    assert (seat(staff["assessor"])["number"], seat(staff["assessor"])["state"]) == (2, "to_score")
    assert any("评错了人" in one["sentence"] for one in mine.call("GET", "me/messages").json["items"])
    first = staff["assessor"].hand(number=2).json["assessment_id"]
    again = staff["admin_a"].call("POST", f"practical/assessments/{first}/void", json={"reason": "表拿错了"})
    assert again.status_code == 200, "one that waits for the other sheet can be taken back too"
    assert staff["assessor"].hand(number=3).status_code == 200
    (line,) = [one for one in entries(staff["admin_a"]) if one["kind"] == "practical.voided"][:1]
    assert "评错了人" in line["sentence"]
    assert verify(db.session).faults == []
    assert refresh.differences(db.session, there.wang.actor.person_id) == []
    segments = mine.call("GET", f"enrolments/{there.wang.enrolment_id}").json["segments"]
    assert (segments[1]["practical"]["best"], segments[1]["practical"]["waiting"]) == (None, 1)


def test_who_may_score_whom_and_what_is_refused(app: Any, there: World, staff: dict[str, Scorer]) -> None:
    assert [
        one.list_().status_code for one in (staff["teacher_a"], staff["assessor"], staff["teacher_b"])
    ] == [200, 200, 404]
    assert staff["teacher_b"].hand().status_code == 404 and staff["teacher_b"].photo().status_code == 404
    assert trainee_phone(app, there).hand().status_code == 403 and staff["admin_a"].hand().status_code == 403
    assert staff["teacher_a"].call("GET", "practical/assessments").status_code == 403
    one = staff["teacher_a2"]
    for more, code in (
        ({"signed": False}, "practical.not_signed"),
        ({"marks": {"safety": 5}}, "practical.marks_faulty"),
        ({"evidence": ["0b0e7b0e-8a51-4f39-9c39-1c2d3e4f5a6b"]}, "practical.evidence_unknown"),
        ({"segment_id": there.online.id}, "practical.no_rubric"),
        ({"sheet_uuid": "x"}, "content.invalid"),
        ({"handed_at": "2026-03-08T12:00:00"}, "content.invalid"),
    ):
        assert one.hand(**more).json["code"] == code, more
    assert one.list_().json["people"][0]["sheets_in"] == 0
    assert [each["people"] for each in one.call("GET", "practical/lists").json["items"]] == [7]
    with_two = "UPDATE offline_session SET instructor_id = :who"
    first = staff["teacher_a"]
    assert first.hand().status_code == 200
    db.session.execute(text(with_two), {"who": there.city.staff["teacher_a"].person_id})
    db.session.commit()
    assert first.hand(1).status_code == 200 and one.hand(1).status_code == 200
    for who, status in (("admin_a", 200), ("auditor", 200), ("admin_b", 404)):
        found = staff[who].call("GET", f"enrolments/{there.wang.enrolment_id}/practical")
        assert found.status_code == status, who
    assert trainee_phone(app, there, 1).call(
        "GET", f"enrolments/{there.wang.enrolment_id}/practical"
    ).status_code == 404  # fmt: skip


def test_sheets_alike_and_sheets_in_no_time_are_asked_about(there: World, staff: dict[str, Scorer]) -> None:
    staff["teacher_a"].hand(0, took_s=3)
    for nth in range(1, 6):
        staff["teacher_a"].hand(nth)
        assert staff["assessor"].hand(nth).status_code == 200
    found = staff["auditor"].call("GET", "flags").json["items"]
    told = {one["kind"]: one for one in found if one["kind"].startswith("practical.")}
    assert told["practical.same_sheets"]["facts"]["people"] == 5
    assert told["practical.too_fast"]["facts"] | {"persons": []} == {
        "items": 6, "took_s": 3, "least_s": 30, "persons": [],
    }  # fmt: skip


BROKEN = (
    ("uq_practical_sheet_assessors_differ|assessment_id, practical_sheet.assessor_id",
     "INSERT INTO practical_sheet SELECT 'x', assessment_id, person_id, 3, assessor_id, digest, marks, total, remark, signed,"
     " handed_ms, received_ms, took_s FROM practical_sheet WHERE seat = 1"),
    ("uq_practical_sheet_one_a_seat|assessment_id, practical_sheet.seat",
     "UPDATE practical_sheet SET seat = 1 WHERE seat = 2"),
    ("never_oneself", "UPDATE practical_sheet SET assessor_id = person_id WHERE seat = 1"),
    ("is_signed", "UPDATE practical_sheet SET signed = false"),
    ("known_seat", "UPDATE practical_sheet SET seat = 4 WHERE seat = 1"),
    ("settled_whole", "UPDATE practical_assessment SET state = 'open'"),
    ("one_open|practical_assessment.enrolment_id", "INSERT INTO practical_assessment (id, enrolment_id, person_id, segment_id,"
     " class_id, number, state, rubric_digest, begun_ms) SELECT 'x' || substr(id, 3) || n, enrolment_id, person_id, segment_id, class_id,"
     " n, 'open', '', 0 FROM practical_assessment, (SELECT 2 AS n UNION SELECT 3) more"),
    ("FOREIGN KEY|fk_practical_sheet_assessment_of_person",
     "UPDATE practical_sheet SET person_id = (SELECT max(id) FROM person WHERE id NOT IN (SELECT person_id FROM practical_sheet UNION SELECT assessor_id FROM practical_sheet))"),
    ("published and never changes", "UPDATE rubric_item SET points = 1"),
    ("published and never changes", "DELETE FROM rubric"),
    ("voided_whole", "UPDATE practical_assessment SET voided_ms = 1"),
    ("voided_by_another", "UPDATE practical_assessment SET voided_ms = 1, voided_by = person_id, void_reason = 'x'"),
)  # fmt: skip


def test_the_database_itself_holds_the_rules(either: Any) -> None:
    there = world(trainees=3)
    held = scorers(either, there)
    assert held["teacher_a"].hand().status_code == 200
    assert held["assessor"].hand().status_code == 200
    for name, statement in BROKEN:
        with pytest.raises(DBAPIError, match=name):
            db.session.execute(text(statement))
            pytest.fail(name)
        db.session.rollback()
