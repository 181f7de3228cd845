"""Read how the questions of a bank do: from closed papers, by class, base and day, within the reader's scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.capture.quiz import grading, item_rules, papers
from yanglao.capture.quiz.item_rules import Item, Taken
from yanglao.capture.quiz.models import AttemptAnswer, AttemptShown, QuizAttempt
from yanglao.classes import queries as classes
from yanglao.courses import question_queries
from yanglao.courses.shapes import QuestionView
from yanglao.kernel import policy
from yanglao.kernel.actor import Scope
from yanglao.kernel.clock import midnight_ms

MOST_PAPERS = 10_000
CHUNK = 500


@dataclass(frozen=True)
class Wanted:
    """Which papers count: of a class, of a base, closed on days from ``since`` to ``until`` (in Shanghai, both counted)."""

    class_id: str = ""
    base_id: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Statistics:
    """Items in the order of the bank, the newest version first; how many papers they rest on; ``cut``: only the latest ones."""

    items: tuple[Item, ...]
    papers: int
    cut: bool


def statistics(session: Session, bank_key: str, scope: Scope, wanted: Wanted) -> Statistics:
    """Return how the questions of a bank do; the caller has checked that the bank may be read.

    Parts of cases stand on their own. Only papers of classes within ``scope`` count.
    """
    figures = policy.latest().quiz
    bank = question_queries.of_bank(session, bank_key)
    found, cut = _papers(session, bank_key, scope, wanted)
    taken: dict[str, list[Taken]] = defaultdict(list)
    for start in range(0, len(found), CHUNK):
        _take(session, found[start : start + CHUNK], bank, taken)
    items = [
        item_rules.item(bank[key], taken[key], small=figures.item_small, group_bp=figures.item_group_bp)
        for key in bank
        if taken[key]
    ]
    return Statistics(tuple(items), len(found), cut)


def _papers(session: Session, bank_key: str, scope: Scope, wanted: Wanted) -> tuple[list[QuizAttempt], bool]:
    """Return the latest closed papers drawn from a bank, and whether there are more."""
    query = select(QuizAttempt).where(
        QuizAttempt.submitted_ms.is_not(None),
        QuizAttempt.segment_id.in_(question_queries.segments_of_bank(session, bank_key)),
    )
    if wanted.class_id:
        roster = classes.roster(session, wanted.class_id, withdrawn=True)
        query = query.where(QuizAttempt.enrolment_id.in_([one.id for one in roster]))
    if wanted.since:
        query = query.where(QuizAttempt.submitted_ms >= midnight_ms(wanted.since))
    if wanted.until:
        query = query.where(QuizAttempt.submitted_ms < midnight_ms(wanted.until + timedelta(days=1)))
    query = query.order_by(QuizAttempt.submitted_ms.desc()).limit(MOST_PAPERS + 1)
    rows = list(session.scalars(query))
    kept = rows[:MOST_PAPERS]
    if not scope.all or wanted.base_id:
        bases = _bases(session, kept)
        kept = [row for row in kept if _counts(bases[row.enrolment_id], scope, wanted)]
    return kept, len(rows) > MOST_PAPERS


def _bases(session: Session, rows: Sequence[QuizAttempt]) -> dict[str, tuple[str, str]]:
    """Return enrolment id -> (base id, division) of attempts."""
    ids = list({row.enrolment_id for row in rows})
    found: dict[str, tuple[str, str]] = {}
    for start in range(0, len(ids), CHUNK):
        for key, view in classes.enrolments(session, ids[start : start + CHUNK]).items():
            found[key] = (view.base_id, view.class_division_code)
    return found


def _counts(place: tuple[str, str], scope: Scope, wanted: Wanted) -> bool:
    base, division = place
    within = scope.all or base in scope.bases or division in scope.divisions
    return within and wanted.base_id in ("", base)


def _take(
    session: Session,
    rows: Sequence[QuizAttempt],
    bank: Mapping[str, QuestionView],
    taken: dict[str, list[Taken]],
) -> None:
    """Add to ``taken`` what some papers say about the questions of a bank."""
    ids = [row.id for row in rows]
    answers: dict[tuple[str, str], Any] = {}
    for saved in session.scalars(select(AttemptAnswer).where(AttemptAnswer.attempt_id.in_(ids))):
        answers[saved.attempt_id, saved.question_id] = saved
    seen = select(AttemptShown.attempt_id, AttemptShown.question_id, AttemptShown.shown_ms)
    shown = {
        (attempt_id, question_id): shown_ms
        for attempt_id, question_id, shown_ms in session.execute(seen.where(AttemptShown.attempt_id.in_(ids)))
    }
    for row in rows:
        for one in papers.asked(row):
            view = bank.get(one.question_id)
            if view is None:
                continue
            key = (row.id, one.question_id)
            held = answers.get(key)
            answer = tuple(held.answer) if held else ()
            share = grading.share(view, answer, by_share=row.by_share)
            taken[view.id].append(Taken(row.score or 0, answer, share, _took_ms(held, shown.get(key))))


def _took_ms(held: AttemptAnswer | None, shown_ms: int | None) -> int | None:
    """Return the time to the first answer; None where it is not known, or the answer waited on the phone."""
    if held is None or shown_ms is None or held.first_ms is None or held.waited or not held.answer:
        return None
    return max(0, held.first_ms - shown_ms)


def ordered(found: Statistics, order: str) -> Statistics:
    """Return the statistics with what is most in need of a look first; items without the figure come last."""
    keys = {
        "share": lambda one: (one.share_bp is None, one.share_bp or 0),
        "discrimination": lambda one: (one.discrimination is None, one.discrimination or 0),
        "time": lambda one: (one.median_s is None, -(one.median_s or 0)),
    }
    return replace(found, items=tuple(sorted(found.items, key=keys[order]))) if order in keys else found
