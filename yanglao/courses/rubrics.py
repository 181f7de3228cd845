"""Read and write rubrics. A rubric belongs to its segment and is frozen with the programme."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from yanglao.courses.documents import PracticalDoc
from yanglao.courses.rubric_models import Rubric, RubricItem
from yanglao.courses.shapes import RubricItemView, RubricView
from yanglao.kernel.identifiers import new_id


def of(session: Session, segment_ids: Iterable[str]) -> dict[str, RubricView]:
    """Return the rubrics of segments by segment id; a segment without one is left out."""
    ids = set(segment_ids)
    rows = session.scalars(select(Rubric).where(Rubric.segment_id.in_(ids))).all() if ids else []
    if not rows:
        return {}
    items: dict[str, list[RubricItemView]] = defaultdict(list)
    wanted = select(RubricItem).where(RubricItem.segment_id.in_(ids)).order_by(RubricItem.position)
    for one in session.scalars(wanted):
        view = RubricItemView(one.key, one.title, one.look_for, one.points, one.must_pass)
        items[one.segment_id].append(view)
    return {
        row.segment_id: RubricView(
            row.segment_id, row.required, row.pass_mark, row.note, tuple(items[row.segment_id])
        )
        for row in rows
    }


def write(session: Session, segment_id: str, doc: PracticalDoc | None) -> None:
    """Bring the rubric of a segment of a draft to what its document says; None takes it away."""
    session.execute(delete(RubricItem).where(RubricItem.segment_id == segment_id))
    row = session.scalars(select(Rubric).where(Rubric.segment_id == segment_id)).first()
    if doc is None:
        if row is not None:
            session.delete(row)
            session.flush()
        return
    if row is None:
        row = Rubric(id=new_id(), segment_id=segment_id)
        session.add(row)
    row.required, row.pass_mark, row.note = doc.required, doc.pass_mark, doc.note
    session.flush()
    session.add_all(
        RubricItem(id=new_id(), segment_id=segment_id, position=place, **one.model_dump())
        for place, one in enumerate(doc.items, start=1)
    )
    session.flush()
