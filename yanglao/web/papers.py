"""Spell papers and results as JSON: for the API, and for the page that works while the network is away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yanglao.capture.quiz.shapes import Paper, PaperQuestion, Prospect, Result
from yanglao.courses import voices as voices_of
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db
from yanglao.kernel.wording import sentence
from yanglao.web.material import Linking, voice_dict


def prospect_dict(found: Prospect) -> dict[str, Any]:
    """Return what awaits a trainee at a quiz; ``refusal`` is null when an attempt may begin."""
    code, facts = found.refusal or ("", {})
    return {
        "id": found.module_id or found.segment_id,
        "segment_id": found.segment_id,
        "module_id": found.module_id,
        "title": found.title,
        "feedback": found.feedback,
        "questions": found.questions,
        "time_limit_s": found.time_limit_s,
        "pass_mark": found.pass_mark,
        "attempts_left": found.attempts_left,
        "passed": found.passed,
        "open_attempt": found.open_attempt,
        "refusal": {"code": code, "facts": facts, "sentence": sentence(code, facts)} if code else None,
    }


def paper_dict(paper: Paper, moment: datetime, *, person_id: str) -> dict[str, Any]:
    """Return a paper as the API gives it; the server's time comes along, since phones' clocks are wrong.

    What was read aloud for a question or case comes as ``recording``, with a link of this person's own.
    """
    asked = {one.id for one in paper.questions} | {one.case.id for one in paper.questions if one.case}
    linking = Linking(person_id, moment)
    ready = voices_of.of_questions(db.session, asked).ready
    voices = {key: voice_dict(one, linking) for key, one in ready.items()}
    return {
        "id": paper.id,
        "state": "open",
        "enrolment_id": paper.enrolment_id,
        "segment_id": paper.segment_id,
        "module_id": paper.module_id,
        "segment_title": paper.title,
        "number": paper.number,
        "pass_mark": paper.pass_mark,
        "started_at": rfc3339(paper.started_ms),
        "expires_at": rfc3339(paper.expires_ms),
        "server_time": rfc3339(moment),
        "questions": [_question_dict(paper.id, one, voices) for one in paper.questions],
        "answers": {question_id: list(given) for question_id, given in paper.answers.items()},
        "counters": paper.counters,
    }


def _question_dict(attempt_id: str, one: PaperQuestion, voices: Mapping[str, Any]) -> dict[str, Any]:
    """Return a question; ``blanks``, ``picture``, ``recording`` and ``case`` only where there are any."""
    found: dict[str, Any] = {
        "id": one.id,
        "kind": one.kind,
        "text": one.text,
        "options": [{"id": option.id, "text": option.text} for option in one.options],
    }
    if one.blanks:
        found["blanks"] = one.blanks
    if one.picture:
        found["picture"] = _picture(attempt_id, one.id)
    if one.id in voices:
        found["recording"] = voices[one.id]
    if one.case:
        found["case"] = {
            "id": one.case.id,
            "text": one.case.text,
            "part": one.case.part,
            "parts": one.case.parts,
        }
        if one.case.picture:
            found["case"]["picture"] = _picture(attempt_id, one.case.id)
        if one.case.id in voices:
            found["case"]["recording"] = voices[one.case.id]
    return found


def _picture(attempt_id: str, question_id: str) -> str:
    return f"/api/v1/attempts/{attempt_id}/pictures/{question_id}"


def result_dict(found: Result) -> dict[str, Any]:
    """Return a result as the API gives it; explanations come only once it is passed."""
    return {
        "id": found.id,
        "state": found.state,
        "feedback": found.feedback,
        "enrolment_id": found.enrolment_id,
        "segment_id": found.segment_id,
        "module_id": found.module_id,
        "segment_title": found.title,
        "number": found.number,
        "score": found.score,
        "pass_mark": found.pass_mark,
        "passed": found.passed,
        "right_count": found.right_count,
        "question_count": found.question_count,
        "submitted_at": rfc3339(found.submitted_ms),
        "attempts_left": found.attempts_left,
        "next_allowed_at": None if found.next_allowed_ms is None else rfc3339(found.next_allowed_ms),
        "review": [
            {
                "case_text": one.case_text,
                "text": one.text,
                "ticked": list(one.ticked),
                "right": list(one.right),
                "is_right": one.is_right,
                "explanation": one.explanation,
            }
            for one in found.review
        ],
    }
