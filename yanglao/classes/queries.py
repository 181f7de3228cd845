"""Read classes, enrolments and the timetable as frozen values, within a scope where one is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session

from yanglao.classes.models import ClassStep, Enrolment, LateAddition, OfflineSession, TrainingClass
from yanglao.classes.shapes import ClassView, EnrolmentView, Filters, LateView, SessionView, StepView
from yanglao.kernel.actor import EVERYTHING, Scope
from yanglao.kernel.errors import NotFound
from yanglao.kernel.many import Among
from yanglao.people import queries as people

__all__ = ["ClassView", "EnrolmentView", "Filters", "LateView", "SessionView", "StepView"]


class ClassUnknown(NotFound):
    code = "classes.class_unknown"


class EnrolmentUnknown(NotFound):
    code = "classes.enrolment_unknown"


class SessionUnknown(NotFound):
    code = "classes.session_unknown"


class LateUnknown(NotFound):
    code = "classes.late_unknown"


def class_(session: Session, class_id: str, scope: Scope = EVERYTHING) -> ClassView:
    """Return one class within ``scope``. Raises ClassUnknown."""
    found = _classes(session, within(scope).where(TrainingClass.id == class_id))
    if not found:
        raise ClassUnknown(class_id=class_id)
    return found[0]


def classes(
    session: Session, scope: Scope, filters: Filters = Filters(), *, after: str = "", limit: int = 100
) -> list[ClassView]:
    """List classes within ``scope``, newest first; ``after`` is the last id seen, ids stand in order of time."""
    wanted = _filtered(within(scope), filters).order_by(TrainingClass.id.desc()).limit(limit)
    if after:
        wanted = wanted.where(TrainingClass.id < after)
    return _classes(session, wanted)


def count_by_state(session: Session, scope: Scope, filters: Filters = Filters()) -> dict[str, int]:
    """Count classes within ``scope`` per state, whatever states ``filters`` names."""
    anywhere = Filters((), filters.base_id, filters.division_code, filters.level_code, filters.text)
    inner = _filtered(within(scope), anywhere).subquery()
    return {
        state: count
        for state, count in session.execute(select(inner.c.state, func.count()).group_by(inner.c.state))
    }


def classes_by_id(session: Session, class_ids: Iterable[str]) -> dict[str, ClassView]:
    """Return classes by id whatever the scope; unknown ids are left out."""
    found = _classes(session, select(TrainingClass).where(TrainingClass.id.in_(set(class_ids))))
    return {view.id: view for view in found}


def programmes_taught(session: Session, scope: Scope) -> list[str]:
    """Return the ids of the programmes of all classes within ``scope``, each once, that of the newest class first."""
    wanted = within(scope).with_only_columns(TrainingClass.programme_id).group_by(TrainingClass.programme_id)
    return list(session.scalars(wanted.order_by(func.max(TrainingClass.id).desc())))


def within(scope: Scope) -> Select[TrainingClass]:
    """Begin a query for the classes of ``scope``: its bases, and what its divisions organise."""
    wanted = select(TrainingClass)
    if scope.all:
        return wanted
    if scope.empty:
        return wanted.where(false())
    return wanted.where(
        or_(TrainingClass.base_id.in_(scope.bases), TrainingClass.division_code.in_(scope.divisions))
    )


def enrolled_within(scope: Scope, *, class_id: str = "", base_id: str = "") -> Select[str]:
    """Begin a query for the ids of all enrolments, withdrawn ones too, in classes of ``scope``; empty: of any class, any base."""
    own = within(scope)
    if class_id:
        own = own.where(TrainingClass.id == class_id)
    if base_id:
        own = own.where(TrainingClass.base_id == base_id)
    return select(Enrolment.id).where(Enrolment.class_id.in_(own.with_only_columns(TrainingClass.id)))


def ids_named(text: str) -> Select[str]:
    """Begin a query for the ids of classes with ``text`` in their name or number."""
    inside = TrainingClass.name.contains(text, autoescape=True)
    return select(TrainingClass.id).where(or_(inside, TrainingClass.number.contains(text, autoescape=True)))


def goes_ahead(session: Session, class_id: str) -> bool:
    """Tell whether a class is approved or running: only then do its people count on its timetable."""
    state = session.scalar(select(TrainingClass.state).where(TrainingClass.id == class_id))
    return state in ("approved", "running")


def steps(session: Session, class_id: str) -> list[StepView]:
    """List the steps of a class, oldest first."""
    rows = session.scalars(
        select(ClassStep).where(ClassStep.class_id == class_id).order_by(ClassStep.position)
    )
    return [StepView(**_columns(row, StepView)) for row in rows]


def returned_reason(session: Session, class_id: str) -> str | None:
    """Return why a class was returned when that is the last that happened to it, else None."""
    last = session.scalars(
        select(ClassStep).where(ClassStep.class_id == class_id).order_by(ClassStep.position.desc()).limit(1)
    ).first()
    return last.reason if last is not None and last.act == "return" else None


def enrolment(session: Session, enrolment_id: str, scope: Scope = EVERYTHING) -> EnrolmentView:
    """Return one enrolment whose class is within ``scope``. Raises EnrolmentUnknown."""
    found = _enrolments(session, _enrolled(scope).where(Enrolment.id == enrolment_id))
    if not found:
        raise EnrolmentUnknown(enrolment_id=enrolment_id)
    return found[0]


def enrolments(session: Session, enrolment_ids: Iterable[str]) -> dict[str, EnrolmentView]:
    """Return enrolments by id whatever the scope; unknown ids are left out."""
    found = _enrolments(session, _enrolled(EVERYTHING).where(Enrolment.id.in_(set(enrolment_ids))))
    return {view.id: view for view in found}


def enrolments_of(session: Session, person_id: str) -> list[EnrolmentView]:
    """List a person's enrolments, the class that starts last first; withdrawn ones too."""
    wanted = _enrolled(EVERYTHING).where(Enrolment.person_id == person_id)
    return _enrolments(session, wanted.order_by(TrainingClass.starts_on.desc(), Enrolment.id.desc()))


def enrolments_of_persons(session: Session, person_ids: Sequence[str]) -> dict[str, list[EnrolmentView]]:
    """List the enrolments of several people, by person id; who has none is left out."""
    found: dict[str, list[EnrolmentView]] = {}
    for start in range(0, len(person_ids), 400):
        part = person_ids[start : start + 400]
        for view in _enrolments(session, _enrolled(EVERYTHING).where(Enrolment.person_id.in_(part))):
            found.setdefault(view.person_id, []).append(view)
    return found


def enrolment_in(session: Session, class_id: str, person_id: str) -> EnrolmentView | None:
    """Return the person's enrolment in the class, withdrawn or not, or None; also one of a record merged into theirs."""
    own = people.same_person_ids(session, person_id)
    wanted = _enrolled(EVERYTHING).where(Enrolment.class_id == class_id, Enrolment.person_id.in_(own))
    found = _enrolments(session, wanted.order_by(Enrolment.state, Enrolment.id))
    return found[0] if found else None


_SEATS = (
    select(Enrolment.class_id, Enrolment.person_id, Enrolment.id, Enrolment.state)
    .where(Among(Enrolment.class_id, "classes"), Among(Enrolment.person_id, "persons"))
    .order_by(Enrolment.state, Enrolment.id)
)


def seats(
    session: Session, class_ids: Iterable[str], person_ids: Iterable[str]
) -> dict[tuple[str, str], tuple[str, str]]:
    """Return (class, person) -> (enrolment id, state) as ``enrolment_in`` finds it, but of no record merged into another."""
    wanted = {"classes": sorted(set(class_ids)), "persons": sorted(set(person_ids))}
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for class_id, person_id, enrolment_id, state in session.connection().execute(_SEATS, wanted):
        found.setdefault((class_id, person_id), (enrolment_id, state))
    return found


def roster(session: Session, class_id: str, *, withdrawn: bool = False) -> list[EnrolmentView]:
    """List a class's enrolments in roster order; with ``withdrawn`` those who left too."""
    wanted = _enrolled(EVERYTHING).where(Enrolment.class_id == class_id)
    if not withdrawn:
        wanted = wanted.where(Enrolment.state == "enrolled")
    return _enrolments(session, wanted.order_by(Enrolment.roster_no))


def session_(session: Session, session_id: str, scope: Scope = EVERYTHING) -> SessionView:
    """Return one offline session whose class is within ``scope``. Raises SessionUnknown."""
    found = _sessions(session, _meetings(scope).where(OfflineSession.id == session_id))
    if not found:
        raise SessionUnknown(session_id=session_id)
    return found[0]


def sessions(session: Session, session_ids: Iterable[str]) -> dict[str, SessionView]:
    """Return offline sessions by id whatever the scope; unknown ids are left out."""
    found = _sessions(session, _meetings(EVERYTHING).where(OfflineSession.id.in_(set(session_ids))))
    return {view.id: view for view in found}


def session_by_code_no(session: Session, code_no: int) -> SessionView | None:
    """Return the offline session whose room code carries ``code_no``, or None."""
    found = _sessions(session, _meetings(EVERYTHING).where(OfflineSession.code_no == code_no))
    return found[0] if found else None


def sessions_of_instructor(session: Session, person_id: str) -> list[SessionView]:
    """List the sessions a person teaches, earliest first, cancelled ones too."""
    wanted = _meetings(EVERYTHING).where(OfflineSession.instructor_id == person_id)
    return _sessions(session, wanted.order_by(OfflineSession.starts_ms))


def sessions_of_class(session: Session, class_id: str) -> list[SessionView]:
    """List a class's sessions, earliest first, cancelled ones too."""
    wanted = _meetings(EVERYTHING).where(OfflineSession.class_id == class_id)
    return _sessions(session, wanted.order_by(OfflineSession.starts_ms))


def sessions_of_classes(session: Session, class_ids: Iterable[str]) -> list[SessionView]:
    """List the sessions of several classes, earliest first, cancelled ones too."""
    wanted = _meetings(EVERYTHING).where(OfflineSession.class_id.in_(set(class_ids)))
    return _sessions(session, wanted.order_by(OfflineSession.starts_ms))


def sessions_between(
    session: Session, from_ms: int, until_ms: int, *, states: Sequence[str]
) -> list[SessionView]:
    """List the sessions in ``states`` that start or end from ``from_ms`` to ``until_ms``, earliest first."""
    meeting = OfflineSession
    wanted = _meetings(EVERYTHING).where(
        meeting.starts_ms <= until_ms, meeting.ends_ms >= from_ms, meeting.state.in_(states)
    )
    return _sessions(session, wanted.order_by(meeting.starts_ms, meeting.id))


def late_addition(session: Session, late_id: str, scope: Scope = EVERYTHING) -> LateView:
    """Return one late addition whose class is within ``scope``. Raises LateUnknown."""
    found = _lates(session, _late(scope).where(LateAddition.id == late_id))
    if not found:
        raise LateUnknown(late_id=late_id)
    return found[0]


def late_additions(session: Session, scope: Scope, *, class_id: str = "", state: str = "") -> list[LateView]:
    """List late additions within ``scope``, oldest first."""
    wanted = _late(scope)
    if class_id:
        wanted = wanted.where(LateAddition.class_id == class_id)
    if state:
        wanted = wanted.where(LateAddition.state == state)
    return _lates(session, wanted.order_by(LateAddition.requested_ms))


def _filtered(wanted: Select[TrainingClass], filters: Filters) -> Select[TrainingClass]:
    if filters.states:
        wanted = wanted.where(TrainingClass.state.in_(filters.states))
    if filters.base_id:
        wanted = wanted.where(TrainingClass.base_id == filters.base_id)
    if filters.division_code:
        wanted = wanted.where(TrainingClass.division_code == filters.division_code)
    if filters.level_code:
        wanted = wanted.where(TrainingClass.level_code == filters.level_code)
    if filters.starts_from:
        wanted = wanted.where(TrainingClass.starts_on >= filters.starts_from)
    if filters.starts_until:
        wanted = wanted.where(TrainingClass.starts_on <= filters.starts_until)
    if filters.text:
        wanted = wanted.where(
            or_(
                TrainingClass.name.contains(filters.text, autoescape=True),
                TrainingClass.number.contains(filters.text, autoescape=True),
            )
        )
    return wanted


def _classes(session: Session, wanted: Select[TrainingClass]) -> list[ClassView]:
    rows = session.scalars(wanted).all()
    counted = (
        select(Enrolment.class_id, func.count())
        .where(Enrolment.class_id.in_([row.id for row in rows]), Enrolment.state == "enrolled")
        .group_by(Enrolment.class_id)
    )
    enrolled: dict[str, int] = {class_id: count for class_id, count in session.execute(counted)}
    return [ClassView(**_columns(row, ClassView), enrolled=enrolled.get(row.id, 0)) for row in rows]


def _enrolled(scope: Scope) -> Select[Enrolment, TrainingClass]:
    inner = within(scope).subquery()
    wanted = select(Enrolment, TrainingClass).join(TrainingClass, TrainingClass.id == Enrolment.class_id)
    return wanted if scope.all else wanted.join(inner, inner.c.id == Enrolment.class_id)


def _enrolments(session: Session, wanted: Select[Enrolment, TrainingClass]) -> list[EnrolmentView]:
    return [
        EnrolmentView(
            **_columns(row, EnrolmentView),
            class_name=own.name,
            class_state=own.state,
            programme_id=own.programme_id,
            starts_on=own.starts_on,
            ends_on=own.ends_on,
            base_id=own.base_id,
            class_division_code=own.division_code,
            is_demo=own.is_demo,
        )
        for row, own in session.execute(wanted)
    ]


def _meetings(scope: Scope) -> Select[OfflineSession, TrainingClass, Any]:
    segment = TrainingClass.metadata.tables["programme_segment"]
    wanted = (
        select(OfflineSession, TrainingClass, segment.c.title)
        .join(TrainingClass, TrainingClass.id == OfflineSession.class_id)
        .join(segment, segment.c.id == OfflineSession.segment_id)
    )
    if scope.all:
        return wanted
    inner = within(scope).subquery()
    return wanted.join(inner, inner.c.id == OfflineSession.class_id)


def _sessions(session: Session, wanted: Select[OfflineSession, TrainingClass, Any]) -> list[SessionView]:
    views = []
    for row, own, segment_title in session.execute(wanted):
        facts = _columns(row, SessionView)
        facts["breaks"] = tuple((start, end) for start, end in row.breaks)
        views.append(
            SessionView(
                **facts,
                class_name=own.name,
                base_id=own.base_id,
                division_code=own.division_code,
                segment_title=segment_title,
            )
        )
    return views


def _late(scope: Scope) -> Select[LateAddition, TrainingClass]:
    inner = within(scope).subquery()
    wanted = select(LateAddition, TrainingClass).join(
        TrainingClass, TrainingClass.id == LateAddition.class_id
    )
    return wanted if scope.all else wanted.join(inner, inner.c.id == LateAddition.class_id)


def _lates(session: Session, wanted: Select[LateAddition, TrainingClass]) -> list[LateView]:
    return [
        LateView(
            **_columns(row, LateView),
            class_name=own.name,
            base_id=own.base_id,
            class_division_code=own.division_code,
        )
        for row, own in session.execute(wanted)
    ]


def _columns(row: Any, view: Any) -> dict[str, Any]:
    """Take from ``row`` what ``view`` has under the same name as a column."""
    names = set(row.__table__.columns.keys()) & set(view.__dataclass_fields__)
    return {name: getattr(row, name) for name in names}
