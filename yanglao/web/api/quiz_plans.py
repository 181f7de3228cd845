"""How the segments and modules of a programme are tested: bank, figures, blueprint, and what the result tells."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import Field

from yanglao.courses import authoring, question_queries
from yanglao.courses.shapes import QuizPlanView
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.web.auth import actor, who
from yanglao.web.forms import Strict
from yanglao.web.lists import part_of

bp = APIBlueprint("api_quiz_plans", __name__, url_prefix="/api/v1", tag="课程 courses")
Weight = Annotated[int, Field(ge=1, le=1000)]
Code = Annotated[str, Field(max_length=24)]


class BlueprintBody(Strict):
    """Weights of topics and difficulties; an empty part does not matter."""

    topics: dict[Code, Weight] = Field(default_factory=dict, max_length=40)
    difficulties: dict[Literal["easy", "medium", "hard"], Weight] = Field(default_factory=dict)


class PlanBody(Strict):
    """A module's quiz; without ``module_id`` the feedback and blueprint of the segment's own quiz. ``revision``: the one seen."""

    revision: int
    segment_id: str = Field(max_length=26)
    module_id: str | None = Field(default=None, max_length=26)
    bank_key: str = Field(max_length=40)
    pass_mark: int = Field(ge=1, le=100)
    questions: int = Field(ge=1, le=200)
    time_limit_s: int = Field(ge=60, le=86_400)
    attempts: int = Field(ge=1, le=100)
    min_gap_s: int = Field(ge=0, le=2_592_000)
    feedback: Literal["nothing", "score", "explanations_after_passing"]
    blueprint: BlueprintBody | None = None


@bp.get("/programmes/<programme_id>/quizzes")
@who("course.author")
@bp.doc(summary="List how the segments and modules of a programme are tested", responses=[404])
def list_plans(programme_id: str) -> dict[str, Any]:
    """List the plans of a programme."""
    return _listed(programme_id)


@bp.put("/programmes/<programme_id>/quizzes")
@who("course.author")
@bp.input(PlanBody, arg_name="body")
@bp.doc(summary="Say how a module of a draft, or a segment, is tested", responses=[404, 409, 422])
def set_plan(programme_id: str, body: PlanBody) -> dict[str, Any]:
    """Set one plan and list them all."""
    me, moment = actor(), now()
    plan = QuizPlanView(**body.model_dump(exclude={"revision"}))
    run(
        lambda: authoring.plan_quiz(
            db.session, programme_id, plan, revision=body.revision, now=moment, actor=me
        )
    )
    return _listed(programme_id)


def _listed(programme_id: str) -> dict[str, Any]:
    seen = authoring.seen(db.session, programme_id, actor())
    found = question_queries.plans(db.session, [one.id for one in seen.segments])
    return part_of(
        [
            {"id": one.module_id or one.segment_id}
            | {name: getattr(one, name) for name in one.__dataclass_fields__}
            for one in found
        ]
    )
