"""Put together what a paper asks: frozen order, questions, cases, and the terms it was drawn under (inside this package)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from yanglao.capture.quiz import rules
from yanglao.capture.quiz.models import QuizAttempt
from yanglao.capture.quiz.shapes import CaseOf, Choice, PaperQuestion, Terms
from yanglao.courses import queries as courses
from yanglao.courses import question_queries
from yanglao.courses.shapes import QuestionView, SegmentView
from yanglao.kernel.errors import NotFound

FEEDBACK = "explanations_after_passing"  # where nobody has said otherwise


class ModuleUnknown(NotFound):
    code = "attempt.module_unknown"


def terms(session: Session, segment_id: str, module_id: str | None = None) -> Terms:
    """Return how a segment or a module of it is tested. Raises SegmentUnknown, ModuleUnknown."""
    segment = courses.segment(session, segment_id)
    plan = question_queries.plan(session, segment_id, module_id)
    if module_id is None:
        return _of_segment(segment, plan.feedback if plan else FEEDBACK, plan.blueprint if plan else None)
    if plan is None:
        raise ModuleUnknown(module=module_id[:40])
    return Terms(
        segment_id=segment_id,
        module_id=module_id,
        programme_id=segment.programme_id,
        title=_module_title(segment, module_id),
        assessed=True,
        bank_key=plan.bank_key,
        pass_mark=plan.pass_mark,
        questions=plan.questions,
        time_limit_s=plan.time_limit_s,
        attempts=plan.attempts,
        min_gap_s=plan.min_gap_s,
        feedback=plan.feedback,
        blueprint=plan.blueprint,
    )


def _module_title(segment: SegmentView, module_id: str) -> str:
    found = next((one.title for one in segment.modules if one.id == module_id), "")
    return f"{segment.title} · {found or '小测'}"


def _of_segment(segment: SegmentView, feedback: str, blueprint: dict[str, object] | None) -> Terms:
    return Terms(
        segment_id=segment.id,
        module_id=None,
        programme_id=segment.programme_id,
        title=segment.title,
        assessed=segment.assessment == "quiz",
        bank_key=segment.bank_key or "",
        pass_mark=segment.pass_mark,
        questions=segment.quiz_questions,
        time_limit_s=segment.quiz_time_limit_s,
        attempts=segment.quiz_attempts,
        min_gap_s=segment.min_gap_s,
        feedback=feedback,
        blueprint=blueprint,
    )


def asked(row: QuizAttempt) -> list[rules.Asked]:
    """Return the frozen paper of an attempt."""
    return [rules.Asked(one["question"], tuple(one["options"]), one.get("case")) for one in row.paper]


def frozen(drawn: tuple[rules.Asked, ...]) -> list[dict[str, Any]]:
    """Return a drawn paper as it is kept."""
    kept: list[dict[str, Any]] = []
    for one in drawn:
        of_case = {"case": one.case_id} if one.case_id else {}
        kept.append({"question": one.question_id, "options": list(one.option_ids), **of_case})
    return kept


def views(session: Session, row: QuizAttempt) -> dict[str, QuestionView]:
    """Return questions, parts and cases of a paper by id, in the versions that were drawn."""
    own = asked(row)
    return courses.questions(
        session, [one for each in own for one in (each.question_id, each.case_id) if one]
    )


def units(row: QuizAttempt, bank: Mapping[str, QuestionView]) -> list[QuestionView]:
    """Return what is graded, in order: questions, and cases with their parts."""
    return [bank[key] for key in dict.fromkeys(one.case_id or one.question_id for one in asked(row))]


def shown(one: rules.Asked, bank: Mapping[str, QuestionView]) -> PaperQuestion:
    """Return a question as the trainee sees it: no key, no explanation."""
    view = bank[one.question_id]
    texts = {option.id: option.text for option in view.options}
    return PaperQuestion(
        id=view.id,
        kind=view.kind,
        text=view.text,
        options=tuple(Choice(option_id, texts[option_id]) for option_id in one.option_ids),
        blanks=len(view.blanks),
        picture=view.picture_id is not None,
        case=_case(view, bank[one.case_id]) if one.case_id else None,
    )


def _case(part: QuestionView, case: QuestionView) -> CaseOf:
    return CaseOf(
        id=case.id,
        text=case.text,
        part=part.position or 1,
        parts=len(case.parts),
        picture=case.picture_id is not None,
    )
