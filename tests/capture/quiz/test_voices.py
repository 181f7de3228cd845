"""A question that was read aloud brings its sound along, by a link of the trainee's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.capture.quiz.school import School
from yanglao.courses import question_queries, questions, recordings, voices
from yanglao.courses.material_models import Recording
from yanglao.courses.question_models import QuestionBank
from yanglao.files import service as files
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run
from yanglao.people.roles import scope_of


def read_aloud(campus: School, question: str, who: str = "admin") -> None:
    """Give a question a voice."""
    kept: dict[str, Any] = {
        "name": "v.m4a",
        "media_type": "video/mp4",
        "owner_id": None,
        "now": campus.now,
    }
    file_id = files.store(db.session, b"\0\0\0\x18ftypM4A " + b"\0" * 40, purpose="recording", **kept)
    told = {
        "duration_s": 3,
        "bytes": 52,
        "made_by": campus.town.people[who],
        "made_ms": to_ms(campus.now),
    }
    row = Recording(target_kind="question", target_id=question, state="ready", file_id=file_id, **told)
    db.session.add(row)


def test_a_recording_comes_with_its_question(campus: School) -> None:
    phone = campus.town.client("trainee")
    body = {"enrolment_id": campus.enrolment, "segment_id": campus.segment.id}
    paper = phone.post("/api/v1/attempts", body).json
    assert all("recording" not in one for one in paper["questions"])
    question = paper["questions"][3]["id"]

    with campus.town.app.app_context():
        run(lambda: read_aloud(campus, question))
        db.session.remove()
    again = phone.post("/api/v1/attempts", body).json
    heard = [one["recording"] for one in again["questions"] if "recording" in one]
    assert len(heard) == 1 and again["questions"][3]["recording"]["duration_s"] == 3
    assert phone.get(heard[0]["url"]).status_code == 200
    assert campus.town.client("far_trainee").get(heard[0]["url"]).status_code in (403, 404)


def test_a_voice_stays_over_versions_until_the_words_change(school: School) -> None:
    first = question_queries.current(db.session, school.segment.bank_key or "")[0]
    run(lambda: read_aloud(school, first.id))
    draft = question_queries.draft_of(first)

    def edited(**changes: Any) -> tuple[bool, bool]:
        """Save a new version; tell whether it is heard, and whether it is to be recorded again."""
        city, new = school.town.actor("city"), replace(draft, **changes)
        run(lambda: questions.save_questions(db.session, first.bank_key, [new], now=school.now, actor=city))
        newest = question_queries.versions(db.session, first.bank_key, first.key)[0]
        found = voices.of_questions(db.session, [newest.id])
        return newest.id in found.ready, newest.id in found.outdated

    assert edited(explanation="另一种说法。") == (True, False)
    assert edited(text=f"{draft.text}（新）") == (False, True)
    assert edited() == (True, False)
    assert voices.of_questions(db.session, [first.id]).ready[first.id].duration_s == 3


def test_a_question_of_a_bases_bank_is_read_aloud_by_that_base_alone(school: School) -> None:
    question = question_queries.current(db.session, school.segment.bank_key or "")[0]

    def allowed(who: str) -> bool:
        """Tell whether somebody may give the question a voice."""
        told: dict[str, Any] = {"now": school.now, "actor": school.town.actor(who)}
        try:
            run(lambda: recordings.attach(db.session, "question", question.id, b"sound", **told))
        except (recordings.RecordingUnknown, recordings.RecordingOfAnother):
            return False
        return True

    assert [allowed(who) for who in ("teacher", "stranger")] == [True, True], "the city's bank is everybody's"
    run(lambda: read_aloud(school, question.id, "stranger"))
    voice = recordings.of(db.session, "question", [question.id])[question.id].id
    assert [allowed(who) for who in ("teacher", "city", "stranger")] == [False, True, True], (
        "its voice is not"
    )
    with pytest.raises(recordings.RecordingOfAnother):
        recordings.remove(db.session, voice, now=school.now, actor=school.town.actor("teacher"))
    bank = db.session.get_one(QuestionBank, school.segment.bank_key)
    bank.base_id = min(scope_of(school.town.actor("admin").grants, recordings.MAKERS).bases)
    db.session.commit()
    assert [allowed(who) for who in ("teacher", "colleague", "stranger")] == [True, True, False]


def test_the_page_that_records_asks_for_the_microphone_and_lists_only_what_own_classes_use(
    campus: School,
) -> None:
    teacher, stranger, trainee = (campus.town.client(one) for one in ("teacher", "stranger", "trainee"))
    listed = teacher.get("/teach/voices")
    assert listed.status_code == 200 and "microphone=()" in listed.headers["Permissions-Policy"]
    with campus.town.app.app_context():
        question = question_queries.current(db.session, campus.segment.bank_key or "")[0]
        db.session.remove()
    url = f"/teach/voices/question/{question.id}"
    assert url in listed.text and url not in stranger.get("/teach/voices?all=1").text
    shown = teacher.get(url)
    assert shown.status_code == 200 and question.text in shown.text
    assert "microphone=(self)" in shown.headers["Permissions-Policy"]
    assert [trainee.get(each).status_code for each in ("/teach/voices", url)] == [403, 403]

    with campus.town.app.app_context():
        admin = campus.town.actor("admin")
        bank = db.session.get_one(QuestionBank, campus.segment.bank_key)
        bank.base_id = min(scope_of(admin.grants, recordings.MAKERS).bases)
        db.session.commit()
        db.session.remove()
    assert [one.get(url).status_code for one in (teacher, stranger)] == [200, 404]
