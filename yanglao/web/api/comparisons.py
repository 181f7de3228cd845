"""Two versions of a programme: what changed from one to the other, and what became of the questions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel

from yanglao.courses import authoring, diff_rules
from yanglao.courses.documents import document_of
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.web.auth import actor, who

bp = APIBlueprint("api_comparisons", __name__, url_prefix="/api/v1", tag="课程 courses")


class ChangeItem(BaseModel):
    """One difference between two versions."""

    act: Literal["added", "removed", "changed"]
    what: str
    where: str
    label: str
    before: Any
    after: Any


class QuestionChangeItem(BaseModel):
    """One question that changed; removed: it is not drawn any more."""

    act: Literal["added", "removed", "changed"]
    key: str
    before: str | None
    after: str | None


class BankChangesItem(BaseModel):
    """What changed in a bank between the two publications; ``items`` only for who may write the bank."""

    name: str
    counts: dict[str, int]
    items: list[QuestionChangeItem]


class DiffOut(BaseModel):
    """What changed from the other programme to this one."""

    items: list[ChangeItem]
    questions: list[BankChangesItem]


@bp.get("/programmes/<programme_id>/diff/<other_id>")
@who("course.read")
@bp.output(DiffOut)
@bp.doc(summary="Say what changed from another version to this one", responses=[404])
def diff_programmes(programme_id: str, other_id: str) -> dict[str, Any]:
    """Compare two programmes."""
    new, old = (authoring.seen(db.session, one, actor()) for one in (programme_id, other_id))
    return {
        "items": [
            {name: getattr(one, name) for name in one.__dataclass_fields__}
            for one in diff_rules.compare(document_of(old), document_of(new))
        ],
        "questions": [
            asdict(one) for one in authoring.question_changes(db.session, old, new, now=now(), actor=actor())
        ],
    }
