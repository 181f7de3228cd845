"""Put the results of practical assessments into a sheet."""

from __future__ import annotations

from sqlalchemy.orm import Session

from yanglao.capture.practical import queries
from yanglao.capture.practical.queries import Result, Wanted
from yanglao.kernel.actor import Scope
from yanglao.outside.workbook_stream import Book, Value
from yanglao.oversight.sheets import PAGE, Report, local

STATES = {"open": "在评分", "differs": "等第三位", "passed": "合格", "failed": "没有合格", "voided": "作废"}
WAYS = {"mean": "两位平均", "third": "第三位评定", None: ""}
COLUMNS = (
    ("班级", 30), ("姓名", 12), ("培训段", 24), ("第几次", 8), ("结果", 12), ("得分", 8), ("合格分", 8), ("怎么定的", 14),
    ("两份相差", 10), ("关键项没合格", 30), ("各项得分", 60), ("结果时间", 18), ("作废原因", 40), ("编号", 28),
)  # fmt: skip


def wanted_of(given: dict[str, str]) -> Wanted:
    """Return the filters that an export or a page was asked for with."""
    return Wanted(
        **{name: given.get(name, "") for name in ("class_id", "base_id", "segment_id", "state", "text")}
    )


def write_practical(book: Book, session: Session, scope: Scope, wanted: Wanted, *, report: Report) -> int:
    """Write the assessments within ``scope``, the newest first; return the number of lines."""
    sheet = book.sheet("实操考核", COLUMNS, title="实操考核：每一次的结果和各项得分")
    after, done = "", 0
    while found := queries.results(session, scope, wanted, after=after, limit=PAGE):
        for one in found:
            sheet.add(_row(one), tint="amber" if one.state == "differs" else "")
        after, done = found[-1].id, done + len(found)
        report(done, done)
    return done


def state_of(one: Result) -> str:
    """Return open, differs, passed, failed or voided."""
    if one.voided_ms is not None:
        return "voided"
    return one.state if one.state != "settled" else "passed" if one.passed else "failed"


def _row(one: Result) -> list[Value]:
    lines = one.lines
    return [
        one.class_name,
        one.person_name,
        one.title,
        one.number,
        STATES[state_of(one)],
        one.score,
        one.rubric.pass_mark,
        WAYS[one.decided_by],
        one.gap_points,
        "、".join(title for title, _, _, _, failed in lines if failed),
        "；".join(f"{title} {got}/{points}" for title, got, points, _, _ in lines),
        local(one.settled_ms),
        one.void_reason,
        one.id,
    ]
