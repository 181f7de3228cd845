"""Say how modules are tested, and what a segment's quiz adds to its figures. The caller commits and has checked the right."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.courses import blueprint, question_queries
from yanglao.courses.question_models import QuizPlan
from yanglao.courses.shapes import QuizPlanView
from yanglao.kernel.errors import Refused
from yanglao.kernel.identifiers import new_id
from yanglao.places import queries as places


class BlueprintFaulty(Refused):
    code = "courses.blueprint_faulty"


def set_plan(session: Session, plan: QuizPlanView) -> None:
    """Set the plan of a segment (``module_id`` None) or of a module. Raises BlueprintFaulty, naming the places."""
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


def lacking(session: Session, segment_ids: list[str]) -> list[tuple[QuizPlanView, list[blueprint.Shortage]]]:
    """List the plans of segments and modules for which their bank lacks questions, and what it lacks."""
    found = []
    for plan in question_queries.plans(session, segment_ids):
        held = question_queries.current(session, plan.bank_key)
        short = blueprint.shortages(held, plan.blueprint, plan.questions)
        if short:
            found.append((plan, short))
    return found
