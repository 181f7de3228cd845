"""Read how the questions of a bank do: from closed papers, by class, base and day, within the reader's scope."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from yanglao.capture.quiz import grading, item_rules, tallies
from yanglao.capture.quiz.item_rules import Item, Taken
from yanglao.capture.quiz.models import QuizAttempt
from yanglao.classes import queries as classes
from yanglao.courses import question_queries
from yanglao.courses.shapes import QuestionView
from yanglao.kernel import policy
from yanglao.kernel.actor import Scope
from yanglao.kernel.clock import midnight_ms

MOST_PAPERS = 10_000


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

    Parts of cases stand on their own. Only papers of classes within ``scope`` count. Read from the papers'
    tallies, and only answers that differ are graded, so that ten thousand papers are read within a request.
    """
    figures = policy.latest().quiz
    bank = question_queries.of_bank(session, bank_key)
    closed = _closed(session, bank_key, scope, wanted)
    rows = session.execute(closed.limit(MOST_PAPERS + 1)).all()
    taken, times = _added_up(session, rows[:MOST_PAPERS], bank)
    items = [
        item_rules.item(
            bank[key], taken[key], times[key], small=figures.item_small, group_bp=figures.item_group_bp
        )
        for key in bank
        if key in taken
    ]
    return Statistics(tuple(items), len(rows[:MOST_PAPERS]), len(rows) > MOST_PAPERS)


def _closed(
    session: Session, bank_key: str, scope: Scope, wanted: Wanted
) -> Select[str, int | None, bool, str | None]:
    """Begin a query for the closed papers that count, the latest first."""
    query = select(QuizAttempt.id, QuizAttempt.score, QuizAttempt.by_share, QuizAttempt.tally).where(
        QuizAttempt.submitted_ms.is_not(None),
        QuizAttempt.segment_id.in_(question_queries.segments_of_bank(session, bank_key)),
    )
    if not scope.all or wanted.class_id or wanted.base_id:
        own = classes.enrolled_within(scope, class_id=wanted.class_id, base_id=wanted.base_id)
        query = query.where(QuizAttempt.enrolment_id.in_(own))
    if wanted.since:
        query = query.where(QuizAttempt.submitted_ms >= midnight_ms(wanted.since))
    if wanted.until:
        query = query.where(QuizAttempt.submitted_ms < midnight_ms(wanted.until + timedelta(days=1)))
    return query.order_by(QuizAttempt.submitted_ms.desc(), QuizAttempt.id)


def _added_up(
    session: Session, rows: Sequence[Row[str, int | None, bool, str | None]], bank: Mapping[str, QuestionView]
) -> tuple[dict[str, list[Taken]], dict[str, Counter[int]]]:
    """Return, both by question id, what stood in papers of which score, and how often which time (seconds) was taken."""
    missing = tallies.of(session, [row.id for row in rows if row.tally is None])
    counted: dict[tuple[str, str, int, bool], int] = defaultdict(int)
    times: dict[str, Counter[int]] = defaultdict(Counter)
    for attempt_id, score, by_share, tally in rows:
        for key, answer, seconds in json.loads(tally or missing[attempt_id]):
            counted[key, answer, score or 0, by_share] += 1
            if seconds is not None:
                times[key][seconds] += 1
    taken: dict[str, list[Taken]] = defaultdict(list)
    graded: dict[tuple[str, str, bool], tuple[tuple[str, ...], Fraction]] = {}
    for (key, text, score, by_share), count in counted.items():
        if key not in bank:
            continue
        known = graded.get((key, text, by_share))
        if known is None:
            answer = tuple(text.split(tallies.BETWEEN)) if text else ()
            known = graded[key, text, by_share] = answer, grading.share(bank[key], answer, by_share=by_share)
        taken[key].append(Taken(score, *known, count))
    return taken, times


def ordered(found: Statistics, order: str) -> Statistics:
    """Return the statistics with what is most in need of a look first; items without the figure come last."""
    keys = {
        "share": lambda one: (one.share_bp is None, one.share_bp or 0),
        "discrimination": lambda one: (one.discrimination is None, one.discrimination or 0),
        "time": lambda one: (one.median_s is None, -(one.median_s or 0)),
    }
    return replace(found, items=tuple(sorted(found.items, key=keys[order]))) if order in keys else found
