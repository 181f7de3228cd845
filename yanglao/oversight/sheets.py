"""Put into sheets what the pages show: the completion log, the evidence, the plan, and what the file says of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from yanglao.classes.shapes import EnrolmentView
from yanglao.completion import queries as completion
from yanglao.completion.shapes import StandingFilters, StandingView
from yanglao.courses import queries as courses
from yanglao.flags import queries as flags
from yanglao.flags.kinds import STATE_NAMES
from yanglao.kernel import policy
from yanglao.kernel.actor import Scope
from yanglao.kernel.clock import SHANGHAI, from_ms
from yanglao.kernel.units import tenths_of_class_hours
from yanglao.outside.workbook_stream import Book, Value
from yanglao.oversight.progress import Cell, Progress, Row
from yanglao.oversight.record import RecordLine, record_lines
from yanglao.people import queries as people
from yanglao.places import queries as places

Report = Callable[[int, int], None]
PAGE = 200
MODES = {"online": "线上", "offline": "线下"}
KINDS = {"theory": "理论", "practice": "实操"}
STATES = {
    "not_started": "还没开始",
    "in_progress": "进行中",
    "hours_met": "学时已满，待考核",
    "complete": "已完成",
}
VERDICTS = {"confirmed": "核对无误", "questioned": "有疑问", "none": "未核对"}

LOG_COLUMNS = (
    ("班级", 30), ("基地", 20), ("主办县区", 10), ("姓名", 12), ("证件号（部分遮盖）", 22), ("培训段", 26), ("方式", 6),
    ("类别", 6), ("状态", 16), ("要求（秒）", 10), ("要求（学时）", 10), ("已计入（秒）", 11), ("已计入（学时）", 12),
    ("其中已入账（秒）", 12), ("其中待入账（秒）", 12), ("还差（秒）", 10), ("考核", 12), ("最好成绩", 9),
    ("没有计入的扫码（次）", 12), ("待核对的扫码（次）", 12), ("还缺什么", 48), ("核对", 10), ("核对人", 14),
    ("核对时间", 20), ("报名编号", 30), ("培训段编号", 30),
)  # fmt: skip
LINE_COLUMNS = (
    ("班级", 30), ("姓名", 12), ("证件号（部分遮盖）", 22), ("第几条", 8), ("发生时间", 20), ("记录时间", 20), ("事项", 16),
    ("说明", 48), ("培训段", 24), ("计入（秒）", 10), ("计入（学时）", 10), ("没有计入及原因", 44), ("已撤销", 8), ("终端", 10),
    ("设备摘要", 10), ("证据等级", 10), ("经手人", 14), ("本条哈希", 70), ("上一条哈希", 70), ("报名编号", 30),
)  # fmt: skip

FLAG_COLUMNS = (
    ("发现时间", 20), ("异常", 18), ("轻重", 16), ("说明", 60), ("姓名", 12), ("有关的人", 30), ("班级", 30), ("基地", 20),
    ("主办县区", 10), ("状态", 10), ("结论", 18), ("怎么查的", 48), ("下结论的人", 14), ("下结论时间", 20), ("异常编号", 30),
)  # fmt: skip


def class_hours(seconds: int) -> Decimal:
    """Return class hours to one place, rounded down, as every page shows them."""
    return Decimal(tenths_of_class_hours(seconds, class_hour_s=policy.latest().training.class_hour_s)).scaleb(
        -1
    )


def local(ms: int | None) -> datetime | None:
    """Return a moment in Shanghai's time, for a cell."""
    return from_ms(ms).astimezone(SHANGHAI) if ms else None


def write_log(
    book: Book, session: Session, scope: Scope, filters: StandingFilters, *, now: datetime, report: Report
) -> int:
    """Write the completion log page by page; return the number of lines. Sums stand apart for online and offline."""
    counts = completion.count(session, scope, filters)
    total = sum(number for state, number in counts.items() if state in STATES)
    report(0, total)
    sheet = book.sheet("培训段完成情况", LOG_COLUMNS, title="培训段完成情况（线上、线下学时分开计，不相加）")
    names = _Names(session)
    sums = {mode: [0, 0, 0] for mode in MODES}
    done = 0
    for lines in _log_pages(session, scope, filters, now=now):
        reviewers = people.persons(session, {line.review["by"] for line in lines if line.review})
        for line in lines:
            sheet.add(_log_row(line, names, reviewers), tint="amber" if line.pending else "")
            for number, seconds in enumerate((line.required_s, line.credited_s, line.entered_s)):
                sums[line.mode][number] += seconds
        done += len(lines)
        report(done, max(total, done))
    for mode, words in MODES.items():
        sheet.totals(_log_totals(words, sums[mode]))
    return done


def _log_pages(
    session: Session, scope: Scope, filters: StandingFilters, *, now: datetime
) -> Iterator[list[StandingView]]:
    after: str | None = ""
    while after is not None:
        lines, after = completion.standings(session, scope, filters, now=now, after=after, limit=PAGE)
        yield lines


class _Names:
    """Hold the names of bases and divisions."""

    def __init__(self, session: Session) -> None:
        self.bases = {one.id: one.name for one in places.bases(session)}
        self.divisions = {one.code: one.name for one in places.divisions(session)}


def _log_row(line: StandingView, names: _Names, reviewers: dict[str, people.PersonView]) -> list[Value]:
    review = line.review or {}
    reviewer = reviewers.get(review.get("by", ""))
    return [
        line.class_name,
        names.bases.get(line.base_id, ""),
        names.divisions.get(line.division_code, ""),
        line.person_name,
        line.masked_id,
        line.segment_title,
        MODES[line.mode],
        KINDS.get(line.kind, line.kind),
        STATES[line.state],
        line.required_s,
        class_hours(line.required_s),
        line.credited_s,
        class_hours(line.credited_s),
        line.entered_s,
        line.credited_s - line.entered_s,
        max(0, line.required_s - line.credited_s),
        _quiz_word(line),
        line.quiz_best,
        line.refused,
        line.pending,
        line.sentence,
        VERDICTS[review.get("verdict", "none")],
        reviewer.name if reviewer else "",
        local(review.get("at_ms")),
        line.enrolment_id,
        line.segment_id,
    ]


def _quiz_word(line: StandingView) -> str:
    if not line.quiz_needed:
        return "不需要"
    if line.quiz_best is None:
        return "还没有考"
    return "合格" if line.quiz_passed else "还没有合格"


def _log_totals(words: str, sums: list[int]) -> list[Value]:
    required, credited, entered = sums
    return [
        f"{words}合计", *[""] * 8, required, class_hours(required), credited, class_hours(credited), entered,
        credited - entered, *[""] * 11,
    ]  # fmt: skip


def write_evidence(book: Book, session: Session, enrolments: list[EnrolmentView], *, report: Report) -> int:
    """Write every line of evidence of ``enrolments``; return the number of lines."""
    report(0, len(enrolments))
    sheet = book.sheet("学时证据", LINE_COLUMNS, title="学时证据：每一条记录，按发生的先后")
    counted = {mode: 0 for mode in MODES}
    total = 0
    for number, own in enumerate(enrolments, 1):
        segments = {one.id: one for one in courses.programme(session, own.programme_id).segments}
        person = people.person(session, own.person_id)
        lines = record_lines(session, own, {key: one.title for key, one in segments.items()})
        for one in lines:
            sheet.add(_line_row(own, person, one), tint=_tint(one))
            if one.line.counted_s and one.line.segment_id in segments:
                counted[segments[one.line.segment_id].mode] += one.line.counted_s
        total += len(lines)
        report(number, len(enrolments))
    for mode, words in MODES.items():
        sheet.totals([f"{words}合计", *[""] * 8, counted[mode], class_hours(counted[mode]), *[""] * 9])
    return total


def _tint(one: RecordLine) -> str:
    return "red" if one.line.kind == "attendance.refused" else "amber" if one.waits or one.line.voided else ""


def _line_row(own: EnrolmentView, person: people.PersonView, one: RecordLine) -> list[Value]:
    line = one.line
    return [
        own.class_name,
        person.name,
        person.masked_id,
        line.position,
        local(line.occurred_ms),
        local(line.recorded_ms),
        line.title,
        line.sentence,
        one.segment_title,
        line.counted_s,
        class_hours(line.counted_s) if line.counted_s is not None else None,
        "；".join(words for _, _, words in line.not_counted),
        line.voided,
        one.client_name,
        line.device,
        one.grade_name,
        one.actor_name,
        line.hash,
        line.prev_hash,
        own.id,
    ]


def write_flags(book: Book, session: Session, scope: Scope, filters: flags.Filters, *, report: Report) -> int:
    """Write the flags within ``scope``, the newest first; return the number of lines."""
    total = sum(flags.count(session, scope, filters).values())
    report(0, total)
    sheet = book.sheet("异常", FLAG_COLUMNS, title="异常：看起来不对的情况和查的结果")
    names, after, done = _Names(session), "", 0
    while found := flags.flags(session, scope, filters, after=after, limit=PAGE):
        for one in found:
            sheet.add(_flag_row(one, names), tint="amber" if one.state == "open" else "")
        after, done = found[-1].id, done + len(found)
        report(done, max(total, done))
    return done


def _flag_row(one: flags.FlagView, names: _Names) -> list[Value]:
    return [
        local(one.raised_ms),
        one.title,
        one.weight_name,
        one.sentence,
        one.person_name,
        "、".join(name for _, name, _ in one.persons),
        one.class_name,
        names.bases.get(one.base_id or "", ""),
        names.divisions.get(one.division_code or "", ""),
        STATE_NAMES[one.state],
        one.verdict_name,
        one.reason,
        one.settled_by_name,
        local(one.settled_ms),
        one.id,
    ]


def write_plan(book: Book, found: Progress, *, report: Report) -> int:
    """Write the table of divisions; return the number of rows."""
    columns = [("县区", 14)]
    for kind in found.categories:
        planned = f"计划（{found.against} 年）" if found.against else "计划"
        for words in (
            planned,
            "报名",
            "学习中",
            "已结业",
            "计划完成（%）",
            "四级及以上报名（不占计划）",
            "四级及以上结业（不占计划）",
        ):
            columns.append((f"{kind.name}·{words}", 16))
    sheet = book.sheet(
        f"{found.year} 年培训计划与进度", columns, title=f"{found.year} 年培训计划与进度（人）"
    )
    for row in found.rows:
        sheet.add(_plan_row(row.division.name, row, found))
    sheet.totals(_plan_row("合计", None, found))
    report(1, 1)
    return len(found.rows)


def _plan_row(name: str, row: Row | None, found: Progress) -> list[Value]:
    cells = found.totals if row is None else row.cells
    return [name, *(value for kind in found.categories for value in _plan_cell(cells[kind.code]))]


def _plan_cell(cell: Cell) -> list[Value]:
    return [
        "无指标" if cell.planned is None else cell.planned,
        cell.count.enrolled,
        cell.count.learning,
        cell.count.finished,
        None if cell.finished_percent is None else Decimal(str(cell.finished_percent)),
        cell.above.enrolled,
        cell.above.finished,
    ]
