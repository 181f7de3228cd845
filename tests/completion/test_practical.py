"""A segment that is assessed practically is complete only with a passed result, and says what it lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from yanglao.completion.explain import practical_lacking
from yanglao.completion.rules import EMPTY, add_up, gather_all, state_of
from yanglao.completion.shapes import PracticalStanding
from yanglao.evidence.queries import EntryView

SHEET = ("practical.scored", {"number": 1})
FAILED = ("practical.result", {"number": 1, "score_bp": 5950, "passed": False})
VOIDED = ("practical.voided", {"number": 1})
PASSED = ("practical.result", {"number": 2, "score_bp": 8650, "passed": True})


def entry(at: int, kind: str, body: dict[str, Any]) -> EntryView:
    """Return an entry of the enrolment ``e`` in the segment ``s``."""
    return EntryView(
        id=at, chain_kind="enrolment", chain_id="e", position=at, kind=kind, person_id="p", enrolment_id="e",
        segment_id="s", occurred_ms=at, recorded_ms=at, actor_id="a", client="pc", device_digest=None, grade=None,
        policy="", prev_hash="", hash="", body=body,
    )  # fmt: skip


def folded(*told: tuple[str, dict[str, Any]]) -> Any:
    entries = [entry(at, kind, body) for at, (kind, body) in enumerate(told, start=1)]
    return add_up(gather_all(dict(EMPTY), entries), daily_cap_s=lambda day: 0).of("e", "s")


@pytest.mark.parametrize(
    ("told", "practical", "needed", "state"),
    [
        ([], {}, True, "hours_met"),
        ([SHEET], {"best_bp": None, "passed": False, "attempts": 0, "waiting": 1}, True, "hours_met"),
        ([SHEET, SHEET, FAILED], {"best_bp": 5950, "passed": False, "attempts": 1, "waiting": 0}, True, "hours_met"),
        ([SHEET, SHEET, FAILED], {"best_bp": 5950, "passed": False, "attempts": 1, "waiting": 0}, False, "complete"),
        ([FAILED, SHEET, SHEET, PASSED], {"best_bp": 8650, "passed": True, "attempts": 2, "waiting": 0}, True, "complete"),
        ([SHEET, SHEET, FAILED, VOIDED], {}, True, "hours_met"),
        ([FAILED, VOIDED, SHEET, PASSED], {"best_bp": 8650, "passed": True, "attempts": 1, "waiting": 0}, True, "complete"),
    ],
)  # fmt: skip
def test_sheets_and_results_fold_into_one_standing(
    told: Any, practical: Any, needed: bool, state: str
) -> None:
    found = folded(*told)
    assert found.practical == practical
    found.entered_s = 100
    assert state_of(found, required_s=100, assessed=False, practical=needed) == state
    assert state_of(found, required_s=101, assessed=False, practical=needed) != "complete"


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ({}, "practical.not_taken", "60 分合格"),
        ({"waiting": 2}, "practical.waiting", "2 份评分"),
        ({"attempts": 2, "best": "59.5"}, "practical.not_passed", "最好 59.5 分，60 分合格，关键项都要合格，还可以考 1 次"),
        ({"attempts": 1, "best": "90", "passed": True}, None, ""),
        ({"needed": False}, None, ""),
    ],
)  # fmt: skip
def test_what_is_lacking_is_said_once_with_its_figures(more: Any, code: str | None, said: str) -> None:
    one = PracticalStanding(True, 60, "", False, 0, 3, 0)
    found = practical_lacking(replace(one, **more))
    assert [each.code for each in found] == ([code] if code else [])
    assert all(said in each.sentence for each in found)
