"""Read syllabi as frozen values."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.courses.programme_models import Syllabus, SyllabusTopic
from yanglao.courses.shapes import SyllabusLine, SyllabusView
from yanglao.kernel.errors import NotFound


class SyllabusUnknown(NotFound):
    code = "courses.syllabus_unknown"


def syllabi(session: Session) -> list[SyllabusView]:
    """List all syllabi by code, newest version first."""
    return _views(
        session, session.scalars(select(Syllabus).order_by(Syllabus.code, Syllabus.version.desc())).all()
    )


def syllabus(session: Session, syllabus_id: str) -> SyllabusView:
    """Return one syllabus. Raises SyllabusUnknown."""
    found = held(session, syllabus_id)
    if found is None:
        raise SyllabusUnknown(syllabus=syllabus_id)
    return found


def held(session: Session, syllabus_id: str | None) -> SyllabusView | None:
    """Return one syllabus, None where there is none."""
    row = session.get(Syllabus, syllabus_id) if syllabus_id else None
    return _views(session, [row])[0] if row is not None else None


def _views(session: Session, rows: Sequence[Syllabus]) -> list[SyllabusView]:
    lines: dict[str, list[SyllabusLine]] = defaultdict(list)
    wanted = select(SyllabusTopic).where(SyllabusTopic.syllabus_id.in_([row.id for row in rows]))
    for one in session.scalars(wanted.order_by(SyllabusTopic.position)):
        lines[one.syllabus_id].append(
            SyllabusLine(one.position, one.title, one.topic_code, one.theory_s, one.practice_s)
        )
    return [_view(row, tuple(lines[row.id])) for row in rows]


def _view(row: Syllabus, lines: tuple[SyllabusLine, ...]) -> SyllabusView:
    names = set(SyllabusView.__dataclass_fields__) - {"lines", "valid_from"}
    facts = {name: getattr(row, name) for name in names}
    return SyllabusView(**facts, valid_from=row.valid_from.isoformat(), lines=lines)
