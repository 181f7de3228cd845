"""Read banks, questions and how segments and modules are tested, as frozen values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from yanglao.courses import diff_rules
from yanglao.courses.diff_rules import QuestionChange
from yanglao.courses.models import ProgrammeSegment
from yanglao.courses.question_models import Option, Question, QuestionBank, QuizPlan
from yanglao.courses.question_shapes import OptionDraft, QuestionDraft
from yanglao.courses.shapes import BankView, OptionView, QuestionView, QuizPlanView
from yanglao.kernel.actor import Scope
from yanglao.kernel.errors import NotFound

CHUNK = 5000  # ids asked for at once; SQLite takes 32 766


class BankUnknown(NotFound):
    code = "courses.bank_unknown"


class QuestionUnknown(NotFound):
    code = "courses.question_unknown"


def banks(session: Session, scope: Scope) -> list[BankView]:
    """List the banks within ``scope`` (city banks only for who reaches everything), by name."""
    held = sizes(session)
    rows = session.scalars(select(QuestionBank).order_by(QuestionBank.name, QuestionBank.key))
    return [_bank(row, held) for row in rows if within(scope, row.base_id)]


def sizes(session: Session) -> dict[str, int]:
    """Return the number of current questions by bank key; a case counts once."""
    counted: Any = (
        select(Question.bank_key, func.count())
        .where(Question.retired_ms.is_(None), Question.case_id.is_(None))
        .group_by(Question.bank_key)
    )
    return {key: count for key, count in session.execute(counted)}


def bank(session: Session, bank_key: str, scope: Scope) -> BankView:
    """Return a bank within ``scope``. Raises BankUnknown."""
    found = next((one for one in banks(session, scope) if one.key == bank_key), None)
    if found is None:
        raise BankUnknown(bank=bank_key)
    return found


def within(scope: Scope, base_id: str | None) -> bool:
    """Tell whether a bank of ``base_id`` (None: the city's) may be written by who has ``scope``."""
    return scope.all or (base_id is not None and base_id in scope.bases)


def owner(session: Session, bank_key: str) -> str | None:
    """Return the base a bank belongs to, None for the city's. Raises BankUnknown."""
    row = session.get(QuestionBank, bank_key)
    if row is None:
        raise BankUnknown(bank=bank_key[:40])
    return row.base_id


def multiple_rule(session: Session, bank_key: str) -> str | None:
    """Return how a bank marks multiple questions: ``all`` or ``share``; None: as the policy says."""
    row = session.get(QuestionBank, bank_key)
    return row.multiple_rule if row else None


def current(session: Session, bank_key: str) -> list[QuestionView]:
    """List the current questions of a bank with their key and parts, by question key; parts do not stand alone."""
    wanted = select(Question).where(
        Question.bank_key == bank_key, Question.retired_ms.is_(None), Question.case_id.is_(None)
    )
    return views(session, session.scalars(wanted.order_by(Question.key)).all())


def changes(session: Session, bank_key: str, old_ms: int, new_ms: int) -> list[QuestionChange]:
    """List what changed in a bank from one instant to another, by question key; the words, never the answers."""
    found = []
    for at in (old_ms, new_ms):
        stood = or_(Question.retired_ms.is_(None), Question.retired_ms > at)
        wanted = select(Question.key, Question.version, Question.text).where(
            Question.bank_key == bank_key, Question.case_id.is_(None), Question.created_ms <= at, stood
        )
        rows = session.execute(wanted.order_by(Question.version))
        found.append({key: (version, text) for key, version, text in rows})
    return diff_rules.questions(*found)


def questions(session: Session, question_ids: Iterable[str]) -> dict[str, QuestionView]:
    """Return questions and parts by id, old versions too; unknown ids are left out."""
    wanted = select(Question).where(Question.id.in_(set(question_ids)))
    return {view.id: view for view in views(session, session.scalars(wanted).all())}


def of_bank(session: Session, bank_key: str) -> dict[str, QuestionView]:
    """Return every version of every question and part of a bank by id, by key, the newest version first; no cases."""
    wanted = select(Question).where(Question.bank_key == bank_key, Question.kind != "case")
    rows = session.scalars(wanted.order_by(Question.key, Question.version.desc())).all()
    return {view.id: view for view in views(session, rows)}


def segments_of_bank(session: Session, bank_key: str) -> list[str]:
    """List the ids of the segments that draw from a bank, for their own quiz or a module's."""
    own = select(ProgrammeSegment.id).where(ProgrammeSegment.bank_key == bank_key)
    planned = select(QuizPlan.segment_id).where(QuizPlan.bank_key == bank_key)
    return sorted({*session.scalars(own), *session.scalars(planned)})


def question(session: Session, bank_key: str, question_id: str) -> QuestionView:
    """Return one version of a question of a bank. Raises QuestionUnknown."""
    found = questions(session, [question_id]).get(question_id)
    if found is None or found.bank_key != bank_key or found.case_id:
        raise QuestionUnknown(question=question_id[:40])
    return found


def versions(session: Session, bank_key: str, key: str) -> list[QuestionView]:
    """List the versions of a question, the newest first. Raises QuestionUnknown."""
    wanted = select(Question).where(
        Question.bank_key == bank_key, Question.key == key, Question.case_id.is_(None)
    )
    found = views(session, session.scalars(wanted.order_by(Question.version.desc())).all())
    if not found:
        raise QuestionUnknown(question=key)
    return found


def plan(session: Session, segment_id: str, module_id: str | None) -> QuizPlanView | None:
    """Return the quiz plan of a module, or with None what a segment's quiz adds to its figures; None without one."""
    wanted = select(QuizPlan).where(QuizPlan.segment_id == segment_id)
    wanted = wanted.where(
        QuizPlan.module_id.is_(None) if module_id is None else QuizPlan.module_id == module_id
    )
    row = session.scalars(wanted).first()
    return _view(row, QuizPlanView) if row else None


def plans(session: Session, segment_ids: Iterable[str]) -> list[QuizPlanView]:
    """List the quiz plans of segments and of their modules."""
    wanted = select(QuizPlan).where(QuizPlan.segment_id.in_(set(segment_ids))).order_by(QuizPlan.id)
    return [_view(row, QuizPlanView) for row in session.scalars(wanted)]


def draft_of(view: QuestionView) -> QuestionDraft:
    """Return a question as its author would hand it in again."""
    return QuestionDraft(
        kind=view.kind,
        text=view.text,
        options=tuple(OptionDraft(one.text, one.correct) for one in view.options),
        blanks=view.blanks,
        parts=tuple(draft_of(part) for part in view.parts),
        explanation=view.explanation,
        topic_code=view.topic_code,
        difficulty=view.difficulty,
        key=None if view.case_id else view.key,
        picture_name=view.picture_name,
        audio_name=view.audio_name,
        numerals=view.numerals,
        marks=view.marks,
    )


def views(session: Session, rows: Sequence[Question]) -> list[QuestionView]:
    """Return rows as values with options and parts (inside this package)."""
    cases = [row.id for row in rows if row.kind == "case"]
    parts_of: dict[str | None, list[Question]] = defaultdict(list)
    if cases:
        wanted = select(Question).where(Question.case_id.in_(cases)).order_by(Question.position)
        for part in session.scalars(wanted):
            parts_of[part.case_id].append(part)
    everyone = [row.id for row in rows] + [part.id for parts in parts_of.values() for part in parts]
    options: dict[str, list[OptionView]] = defaultdict(list)
    for start in range(0, len(everyone), CHUNK):
        asked = select(Option).where(Option.question_id.in_(everyone[start : start + CHUNK]))
        for option in session.scalars(asked.order_by(Option.position)):
            options[option.question_id].append(_view(option, OptionView))

    def view(row: Question) -> QuestionView:
        return _view(
            row,
            QuestionView,
            options=tuple(options[row.id]),
            parts=tuple(view(part) for part in parts_of[row.id]),
            blanks=tuple(tuple(one) for one in row.blanks or ()),
        )

    return [view(row) for row in rows]


def _bank(row: QuestionBank, sizes: dict[str, int]) -> BankView:
    return _view(row, BankView, count=sizes.get(row.key, 0))


def _view(row: Any, view: Any, **more: Any) -> Any:
    """Take from ``row`` what ``view`` has under the same name as a column; ``more`` goes over it."""
    names = set(row.__table__.columns.keys()) & {one.name for one in fields(view)}
    return view(**{**{name: getattr(row, name) for name in names}, **more})
