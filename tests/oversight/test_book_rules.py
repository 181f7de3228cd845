"""What the attendance sheet says of one person: marks at their borders, pairs as the hours are folded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from yanglao.kernel import policy
from yanglao.oversight.book_rules import (
    Cell,
    Held,
    Room,
    cell,
    differences,
    held_by,
    is_over,
    row_dict,
    waiting_in,
)
from yanglao.papers.rules import code_in, spaced

NINE, NOON = 9 * 3600_000, 12 * 3600_000
LIMITS = policy.latest().attendance
GRACE = LIMITS.late_grace_s * 1000


@dataclass
class Line:
    """A ledger entry as the rules see it."""

    kind: str
    position: int
    body: dict[str, Any]
    enrolment_id: str = "e1"
    segment_id: str = "g"
    grade: str | None = "good"
    actor_id: str = "a"
    recorded_ms: int = 0
    chain_id: str = field(default="e1")


def mark(position: int, direction: str, at_ms: int, *, own: str = "e1", **more: Any) -> Line:
    body = {"session": "s", "direction": direction, "at_ms": at_ms, "planned": [NINE, NOON], "breaks": []}
    body |= {"scan": f"u{position}", "method": "room"} | more
    return Line(f"attendance.{direction}", position, body, own)


def held(in_ms: int, out_ms: int | None, grade: str = "good") -> Held:
    return Held(in_ms, out_ms, 60, grade, "room")


@pytest.mark.parametrize(
    ("spans", "over", "wanted"),
    [
        ([held(NINE + GRACE, NOON - GRACE)], True, "present"),
        ([held(NINE + GRACE + 1, NOON)], True, "late"),
        ([held(NINE, NOON - GRACE - 1)], True, "early"),
        ([held(NINE + GRACE + 1, NOON - GRACE - 1)], True, "late_early"),
        ([held(NINE, None)], True, "no_out"),
        ([held(NINE, None)], False, "in"),
        ([held(NINE, NINE + 60_000), held(NINE + 120_000, NOON)], True, "present"),
        ([], True, "absent"),
        ([], False, "later"),
    ],
)
def test_a_mark_is_what_the_times_say_to_the_millisecond(spans: list[Held], over: bool, wanted: str) -> None:
    assert cell(Room(NINE, NOON, over), spans, LIMITS).mark == wanted


def test_leave_and_waiting_count_only_for_who_did_not_come_and_a_cancelled_session_for_nobody() -> None:
    room, came = Room(NINE, NOON, True), [held(NINE, NOON)]
    assert cell(room, [], LIMITS, on_leave=True) == Cell("leave")
    assert cell(room, [], LIMITS, waits=True, on_leave=True) == Cell("waits")
    assert cell(room, came, LIMITS, waits=True, on_leave=True).mark == "present"
    assert cell(Room(NINE, NOON, True, cancelled=True), came, LIMITS) == Cell("cancelled")


def test_several_presences_add_up_and_are_as_strong_as_the_weakest() -> None:
    found = cell(Room(NINE, NOON, True), [held(NINE, NINE + 1), held(NINE + 2, NOON, "weak")], LIMITS)
    assert (found.counted_s, found.grade, found.in_ms, found.out_ms) == (120, "weak", NINE, NOON)


def test_presences_come_from_the_entries_two_people_in_one_room_and_what_is_voided_is_left_out() -> None:
    lines = [
        mark(1, "in", NINE - 5),
        mark(2, "out", NOON + 5, in_entry=1),
        mark(1, "in", NINE + 60_000, own="e2", paper="p"),
        mark(2, "out", NOON, own="e2"),
        mark(1, "in", NINE, own="e3"),
        Line("attendance.void", 2, {"voids": 1, "scan": "u1", "reason": ""}, "e3"),
    ]
    found = held_by(lines)
    assert found[("e1", "s")] == [Held(NINE - 5, NOON + 5, 10_800, "good", "room")]
    assert found[("e2", "s")] == [Held(NINE + 60_000, NOON, 10_740, "good", "paper")]
    assert ("e3", "s") not in found


def test_a_scan_waits_until_an_entry_names_it_again() -> None:
    pending = Line("attendance.pending", 1, {"session": "s", "scan": "u9"})
    assert waiting_in([pending]) == {("e1", "s")}
    assert waiting_in([pending, Line("attendance.refused", 2, {"session": "s", "scan": "u9"})]) == set()


def test_differences_are_said_in_plain_words() -> None:
    row = {"e": "e1", "no": 3, "name": "王秀英", "id": "3"}
    then = {
        "head": [["教室", "一楼"]],
        "rows": [row | row_dict(Cell("no_out", NINE, None, 0, "good", "room"))],
    }
    now = {
        "head": {"教室": "二楼"},
        "rows": [row | row_dict(Cell("present", NINE, NOON, 10_800, "good", "room"))],
    }
    said = differences(then, now, clock=lambda ms: f"{ms // 3600_000}:00")
    assert said == [
        "教室：一楼 → 二楼",
        "3 号 王秀英：签退 没有 → 12:00；计入 0 分钟 → 180 分钟；结果 没有签退 → 到",
    ]
    assert differences(then, {**now, "rows": []}, clock=str)[1:] == ["3 号 王秀英：不在名单上了"]
    assert differences(then, then, clock=str) == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("https://x.cn/p/5f4ehzxvhb8dz17x", "5f4ehzxvhb8dz17x"),
        (" 5F4E hzxv-hb8d z17x ", "5f4ehzxvhb8dz17x"),
        ("5f4ehzxvhb8dzl7x", "5f4ehzxvhb8dz17x"),
        ("5f4ehzxvhb8dz17", None),
        ("https://x.cn/c/abc", None),
        ("", None),
    ],
)
def test_a_code_is_known_as_address_or_as_typed(typed: str, code: str | None) -> None:
    assert code_in(typed) == code
    assert code is None or code_in(spaced(code)) == code


@pytest.mark.parametrize(
    ("closed", "moment", "over"),
    [
        (None, NOON - 1, False),
        (None, NOON, True),
        (NINE, NINE - 1, False),
        (NINE, NINE, True),
        (NOON + 1, NOON, True),
    ],
)
def test_a_session_is_over_at_its_planned_end_or_when_it_was_closed_before(
    closed: int | None, moment: int, over: bool
) -> None:
    assert is_over(NOON, closed, moment_ms=moment) is over
