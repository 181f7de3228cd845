"""A question that was read aloud brings its sound along, by a link of the trainee's own."""

from __future__ import annotations

from typing import Any

from tests.capture.quiz.school import School
from yanglao.courses.material_models import Recording
from yanglao.files import service as files
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run


def test_a_recording_comes_with_its_question(campus: School) -> None:
    phone = campus.town.client("trainee")
    body = {"enrolment_id": campus.enrolment, "segment_id": campus.segment.id}
    paper = phone.post("/api/v1/attempts", body).json
    assert all("recording" not in one for one in paper["questions"])
    question = paper["questions"][3]["id"]

    def act() -> None:
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
            "made_by": campus.town.people["admin"],
            "made_ms": to_ms(campus.now),
        }
        row = Recording(target_kind="question", target_id=question, state="ready", file_id=file_id, **told)
        db.session.add(row)

    with campus.town.app.app_context():
        run(act)
        db.session.remove()
    again = phone.post("/api/v1/attempts", body).json
    heard = [one["recording"] for one in again["questions"] if "recording" in one]
    assert len(heard) == 1 and again["questions"][3]["recording"]["duration_s"] == 3
    assert phone.get(heard[0]["url"]).status_code == 200
    assert campus.town.client("far_trainee").get(heard[0]["url"]).status_code in (403, 404)
