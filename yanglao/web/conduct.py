"""The second step behind every accepted fact: what was committed is folded into the standings.

If the second transaction fails, the first one stands; the task that lies in ``work`` folds it later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

import structlog

from yanglao.completion.entering import refresh_entered
from yanglao.completion.refresh import refresh
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run

T = TypeVar("T")
log = structlog.get_logger(__name__)


def _folded(fold: Callable[..., object], person_id: str) -> None:
    fold(db.session, person_id, now=now())


def record(
    act: Callable[[], T],
    *,
    person_id: str | None = None,
    person_ids: Callable[[T], Iterable[str]] | None = None,
    entered: Callable[[T], Iterable[str]] | None = None,
) -> T:
    """Run ``act`` in one transaction, then fold the evidence of the persons concerned in another; return act's result.

    ``person_ids`` picks the persons from the result when they are known only afterwards; ``entered`` those of them who
    signed in somewhere, which mostly adds nothing up yet.
    """
    result = run(act)
    short = set(entered(result)) if entered else set()
    for person in {person_id} if person_id else set(person_ids(result) if person_ids else ()):
        try:
            fold = refresh_entered if person in short else refresh
            run(partial(_folded, fold, person))
        except Exception:  # the fact is safe in the ledger; the task left by it folds later
            log.exception("completion.refresh_later", person=person)
    return result
