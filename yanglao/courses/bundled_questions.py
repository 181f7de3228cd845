"""Bring the questions of the course files into the database."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.courses import sources
from yanglao.courses.question_models import Option, Question, QuestionBank
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict
from yanglao.kernel.identifiers import new_id


class VersionLoaded(Conflict):
    """A version that is in the database was changed in its file: a change needs a new version."""

    code = "courses.version_loaded"


def load_bank(session: Session, bank: sources.BankFile, now: datetime) -> int:
    """Add what is new of one bank file; return how many questions were added. Raises VersionLoaded."""
    row = session.get(QuestionBank, bank.bank)
    if row is None:
        row = QuestionBank(key=bank.bank, name=bank.bank, created_ms=to_ms(now))
        session.add(row)
    if row.name == bank.bank and bank.name:
        row.name = bank.name
    session.flush()
    return sum(_load_question(session, bank.bank, one, now) for one in bank.questions)


def _load_question(session: Session, bank: str, question: sources.QuestionText, now: datetime) -> int:
    """Add this version of a question and retire the one before; return how many rows were added (0 or 1)."""
    known = select(Question).where(Question.bank_key == bank, Question.key == question.key)
    versions = {row.version: row for row in session.scalars(known)}
    held = versions.get(question.version)
    if held is not None:
        # A version made in the office goes before one of the files with the same number.
        if held.content_digest != question.content_digest and held.made_by is None:
            raise VersionLoaded(name=question.key, version=question.version)
        return 0
    for old in versions.values():
        old.retired_ms = old.retired_ms or to_ms(now)
    row = Question(
        id=new_id(),
        bank_key=bank,
        key=question.key,
        version=question.version,
        kind=question.kind,
        text=question.text,
        explanation=question.explanation,
        topic_code=question.topic,
        content_digest=question.content_digest,
        created_ms=to_ms(now),
    )
    session.add(row)
    session.flush()
    session.add_all(
        Option(id=new_id(), question_id=row.id, position=place, text=text, correct=correct)
        for place, (text, correct) in enumerate(question.choices, start=1)
    )
    return 1
