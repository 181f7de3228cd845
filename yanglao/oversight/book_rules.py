"""Say what an attendance sheet says, pure: from what the ledger holds of one person in one session to a mark.

Moments are milliseconds UTC, limits and minutes counted are seconds. Marks follow the usual 出勤簿 (到 /, 不到 ○, 告假 ×,
迟到 ¢, 早退 △); every sheet prints their legend.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yanglao.completion.rules import EMPTY, add_up, gather_all
from yanglao.kernel.policy import Attendance

# mark -> (the sign in a narrow column, the word); ``later``: the session is not over and nobody was there yet.
MARKS: dict[str, tuple[str, str]] = {
    "present": ("/", "到"),
    "late": ("¢", "迟到"),
    "early": ("△", "早退"),
    "late_early": ("¢△", "迟到早退"),
    "no_out": ("缺退", "没有签退"),
    "waits": ("待", "待核对"),
    "leave": ("×", "请假"),
    "absent": ("○", "未到"),
    "in": ("在", "在课上"),
    "cancelled": ("—", "课取消"),
    "later": ("", ""),
}
LEGEND = "/ 到　¢ 迟到　△ 早退　× 请假　○ 未到　缺退 没有签退　待 有扫码等核对　— 课取消"
CAME = frozenset({"present", "late", "early", "late_early", "no_out", "in"})
GRADES = {"strong": "强", "good": "较强", "fair": "一般", "weak": "弱"}
HOWS = {
    "card": "个人码",
    "printed": "纸卡",
    "room": "大屏码",
    "spoken": "口令",
    "manual": "手工",
    "paper": "纸面",
}


@dataclass(frozen=True)
class Held:
    """One presence that is not voided: ``out_ms`` None while it is open; ``assumed``: nobody signed out, policy ended it."""

    in_ms: int
    out_ms: int | None
    counted_s: int
    grade: str
    how: str
    assumed: bool = False


@dataclass(frozen=True)
class Room:
    """The session as a mark is judged by it; ``over``: nobody can be on time any more."""

    starts_ms: int
    ends_ms: int
    over: bool
    cancelled: bool = False


@dataclass(frozen=True)
class Cell:
    """What one person's line says of one session. ``in_ms``: first in; ``out_ms``: last out, None while one is missing."""

    mark: str
    in_ms: int | None = None
    out_ms: int | None = None
    counted_s: int = 0
    grade: str = ""
    how: str = ""


def cell(
    room: Room, held: Sequence[Held], limits: Attendance, *, waits: bool = False, on_leave: bool = False
) -> Cell:
    """Return what stands on the sheet; leave counts only for who did not come."""
    if room.cancelled:
        return Cell("cancelled")
    if not held:
        if waits:
            return Cell("waits")
        if on_leave:
            return Cell("leave")
        return Cell("absent" if room.over else "later")
    first, last = held[0], held[-1]
    weakest = min(
        held, key=lambda one: list(reversed(GRADES)).index(one.grade) if one.grade in GRADES else -1
    )
    out_ms = None if last.assumed else last.out_ms
    counted = sum(one.counted_s for one in held)
    return Cell(
        mark=_mark(room, first.in_ms, out_ms, limits),
        in_ms=first.in_ms,
        out_ms=out_ms,
        counted_s=counted,
        grade=weakest.grade,
        how=first.how,
    )


def _mark(room: Room, in_ms: int, out_ms: int | None, limits: Attendance) -> str:
    if out_ms is None:
        return "no_out" if room.over else "in"
    late = in_ms > room.starts_ms + limits.late_grace_s * 1000
    early = out_ms < room.ends_ms - limits.early_grace_s * 1000
    return "late_early" if late and early else "late" if late else "early" if early else "present"


def is_over(ends_ms: int, closed_ms: int | None, *, moment_ms: int) -> bool:
    """Tell whether nobody can be on time any more: the planned end is past, or the session was closed before it."""
    return moment_ms >= (ends_ms if closed_ms is None else min(ends_ms, closed_ms))


def held_by(entries: Iterable[Any]) -> dict[tuple[str, str], list[Held]]:
    """Return (enrolment, session) -> presences in order, folded from ledger entries as the hours are.

    ``entries`` are EntryViews of kind ``attendance.…``, in the order of their ids.
    """
    own: dict[str, list[Any]] = {}
    for one in entries:
        own.setdefault(one.enrolment_id, []).append(one)
    # One by one: the fold counts a minute once per person, whatever entries it is given.
    return {
        (enrolment, session): spans
        for enrolment, listed in own.items()
        for session, spans in _held_by_session(listed).items()
    }


def _held_by_session(listed: Sequence[Any]) -> dict[str, list[Held]]:
    voided = {one.body["voids"] for one in listed if one.kind == "attendance.void"}
    begun = {
        (one.body["session"], one.body["at_ms"]): one
        for one in listed
        if one.kind == "attendance.in" and one.position not in voided
    }
    found: dict[str, list[Held]] = {}
    for total in add_up(gather_all(dict(EMPTY), listed), daily_cap_s=lambda day: 0).segments.values():
        for session, spans in total.presences.items():
            for start, end, counted, *assumed in spans:
                entry = begun.get((session, start))
                body = entry.body if entry else {}
                special = next((name for name in ("paper", "printed") if body.get(name)), "")
                how = special or str(body.get("method", ""))
                grade = str((entry.grade if entry else None) or "")
                found.setdefault(session, []).append(
                    Held(int(start or 0), end, int(counted or 0), grade, how, assumed=bool(assumed))
                )
    return {session: sorted(spans, key=lambda one: one.in_ms) for session, spans in found.items()}


def waiting_in(entries: Iterable[Any]) -> set[tuple[str, str]]:
    """Return (enrolment, session) where a scan waits for a decision."""
    open_: dict[str, tuple[str, str]] = {}
    for one in entries:
        scan = one.body.get("scan")
        if one.kind == "attendance.pending":
            open_[scan] = (one.enrolment_id, one.body["session"])
        else:
            open_.pop(scan, None)
    return set(open_.values())


def leave_in(entries: Iterable[Any]) -> set[tuple[str, str]]:
    """Return (enrolment, session) where leave was granted."""
    return {
        (one.enrolment_id, one.body["session"]) for one in entries if one.kind == "attendance.leave_granted"
    }


def row_dict(one: Cell) -> dict[str, Any]:
    """Return a cell as a page's content keeps it."""
    return {
        "mark": one.mark,
        "in": one.in_ms,
        "out": one.out_ms,
        "s": one.counted_s,
        "grade": one.grade,
        "how": one.how,
    }


def differences(then: Mapping[str, Any], now: Mapping[str, Any], *, clock: Any) -> list[str]:
    """Say in plain words what of a page's content is not as it was; ``clock`` turns milliseconds into 16:31."""
    head = dict(now["head"])
    said = [
        f"{label}：{before or '空'} → {head.get(label) or '空'}"
        for label, before in then["head"]
        if head.get(label) != before
    ]
    today = {row["e"]: row for row in now["rows"]}
    for row in then["rows"]:
        other = today.get(row["e"])
        if other is None:
            said.append(f"{row['no']} 号 {row['name']}：不在名单上了")
            continue
        changes = _row_differences(row, other, then.get("columns", []), clock)
        said += [f"{row['no']} 号 {row['name']}：{'；'.join(changes)}"] if changes else []
    return said


def _row_differences(row: Any, other: Any, columns: Sequence[Any], clock: Any) -> list[str]:
    said = [f"{words} {row[key]} → {other[key]}" for key, words in _PLAIN.items() if row[key] != other[key]]
    if "cells" in row:
        for at, (before, after) in enumerate(zip(row["cells"], other["cells"], strict=False)):
            if before != after:
                said.append(f"{columns[at]['day']} {_word(before)} → {_word(after)}")
    for key, words in (("in", "签到"), ("out", "签退")):
        if row.get(key) != other.get(key):
            said.append(f"{words} {_at(row.get(key), clock)} → {_at(other.get(key), clock)}")
    if row.get("s") != other.get("s"):
        said.append(f"计入 {row['s'] // 60} 分钟 → {other['s'] // 60} 分钟")
    if "mark" in row and row["mark"] != other["mark"]:
        said.append(f"结果 {_word(row['mark'])} → {_word(other['mark'])}")
    if "grade" in row and (row["grade"], row["how"]) != (other["grade"], other["how"]):
        said.append("证明方式变了")
    return said


_PLAIN = {"name": "姓名", "id": "证件号"}


def _word(mark: str) -> str:
    return MARKS[mark][1] or "还没有上课"


def _at(ms: int | None, clock: Any) -> str:
    return clock(ms) if ms else "没有"
