"""Say how modules are tested, and what a segment's quiz adds to its figures, while their programme is a draft.

The caller commits and has checked the right.
"""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.courses import blueprint, queries, question_queries
from yanglao.courses.documents import QuizDoc, SegmentDoc
from yanglao.courses.programme_models import ProgrammeModule
from yanglao.courses.question_models import QuizPlan
from yanglao.courses.shapes import QuizPlanView
from yanglao.kernel.errors import Conflict, Refused
from yanglao.kernel.identifiers import new_id
from yanglao.places import queries as places

DEFAULT_FEEDBACK = "explanations_after_passing"


class BlueprintFaulty(Refused):
    code = "courses.blueprint_faulty"


class PlanFixed(Conflict):
    code = "courses.plan_fixed"


def set_plan(session: Session, plan: QuizPlanView) -> None:
    """Set the plan of a segment (``module_id`` None) or of a module.

    Raises:
        SegmentUnknown: no such segment.
        PlanFixed: its programme is published and never changes.
        BlueprintFaulty: names the places.
    """
    if queries.programme(session, queries.segment(session, plan.segment_id).programme_id).state != "draft":
        raise PlanFixed()
    wrong = blueprint.faults(plan.blueprint, (one.code for one in places.topics(session)))
    if wrong:
        raise BlueprintFaulty(places=wrong)
    wanted = select(QuizPlan).where(QuizPlan.segment_id == plan.segment_id)
    same = QuizPlan.module_id.is_(None) if plan.module_id is None else QuizPlan.module_id == plan.module_id
    row = session.scalars(wanted.where(same)).first()
    if row is None:
        row = QuizPlan(id=new_id())
        session.add(row)
    for name, value in asdict(plan).items():
        setattr(row, name, value)
    session.flush()


def write(session: Session, segment_id: str, part: SegmentDoc) -> None:
    """Bring the plans of a segment of a draft and of its modules to what its document says."""
    of_key = select(ProgrammeModule.key, ProgrammeModule.id).where(ProgrammeModule.segment_id == segment_id)
    ids = {key: module_id for key, module_id in session.execute(of_key)}
    wanted: dict[str | None, QuizDoc] = {ids[one.key]: one.quiz for one in part.modules if one.quiz}
    if part.quiz and (part.quiz.blueprint or part.quiz.feedback != DEFAULT_FEEDBACK):
        wanted[None] = part.quiz
    held = session.scalars(select(QuizPlan).where(QuizPlan.segment_id == segment_id))
    rows = {one.module_id: one for one in held}
    for module_id in set(rows) - set(wanted):
        session.delete(rows.pop(module_id))
    session.flush()
    for module_id, quiz in wanted.items():
        row = rows.get(module_id)
        if row is None:
            row = QuizPlan(id=new_id(), segment_id=segment_id, module_id=module_id)
            session.add(row)
        facts = quiz.model_dump(exclude={"bank"})
        for name, value in (facts | {"bank_key": quiz.bank}).items():
            setattr(row, name, value)
    session.flush()


def lacking(session: Session, segment_ids: list[str]) -> list[tuple[QuizPlanView, list[blueprint.Shortage]]]:
    """List the plans of segments and modules for which their bank lacks questions, and what it lacks."""
    found = []
    segments = queries.segments(session, segment_ids)
    for plan in question_queries.plans(session, segment_ids):
        own = segments[plan.segment_id]
        bank_key, count = (
            (plan.bank_key, plan.questions) if plan.module_id else (own.bank_key or "", own.quiz_questions)
        )
        held = question_queries.current(session, bank_key)
        short = blueprint.shortages(held, plan.blueprint, count)
        if short:
            found.append((plan, short))
    return found
