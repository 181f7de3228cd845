"""Write the dossier of one trainee in one class (一人一档): who, consent, hours, every line of evidence, results, money, ledger."""

from __future__ import annotations

from collections.abc import Sequence

from yanglao.kernel.units import duration_text, yuan_text
from yanglao.oversight import attendance_book
from yanglao.oversight.attendance_book import clock
from yanglao.oversight.book_rules import MARKS
from yanglao.oversight.dossier_blocks import Block, Column, chapter, head, note, pairs, table_or
from yanglao.oversight.dossier_people import Frame, Member
from yanglao.oversight.dossier_words import (
    PROOF_COLUMNS,
    account_text,
    attempt_rows,
    certificate_rows,
    day_rows,
    flag_row,
    hour_note,
    hours,
    lacking_text,
    line_row,
    moment,
    practical_rows,
    segment_row,
    word_rows,
)  # fmt: skip
from yanglao.oversight.sheets import MODES
from yanglao.people.rules import ID_TYPES
from yanglao.subsidy.shapes import LineView

SEXES = {"male": "男", "female": "女"}
Part = tuple[str, Sequence[Column], Sequence[Sequence[str]], str]


def blocks_of(frame: Frame, one: Member, lines: Sequence[LineView], ledger: Sequence[Block]) -> list[Block]:
    """Return the chapters of one trainee; ``lines`` are those of claims that are about them."""
    found = [chapter("一、本人和报名"), *_identity(frame, one)]
    found += [chapter("二、学时"), *_hours(frame, one)]
    for title, columns, rows, nothing in _tables(frame, one, lines):
        found += [chapter(title), table_or(columns, rows, nothing)]
    return [*found, chapter("十一、账本"), *ledger]


def _identity(frame: Frame, one: Member) -> list[Block]:
    person, own = one.person, one.own
    agreed = "；".join(f"{version} 版，{moment(ms)}" for version, ms in one.consents)
    return [
        pairs([
            ("姓名", person.name), ("证件", f"{ID_TYPES[person.id_type]}　{person.masked_id}"), ("性别", SEXES.get(person.sex or "", "")),
            ("手机", person.masked_phone), ("工作单位", own.employer), ("人员类别", own.trainee_status),
            ("班期", f"{own.class_name}（{frame.own.number}）"), ("基地", frame.base.name), ("花名册", f"{own.roster_no} 号"),
            ("报名", f"{moment(own.created_ms)}，{'补报' if own.source == 'late' else '花名册'}"),
            ("状态", "在册" if own.state == "enrolled" else f"已退班　{own.withdrawn_reason}"),
            ("同意个人信息处理", agreed or "还没有同意过（还没有自己登录过）"),
        ])
    ]  # fmt: skip


def _hours(frame: Frame, one: Member) -> list[Block]:
    rows = [segment_row(one, segment) for segment in frame.programme.segments]
    accounts = [
        (f"{words}账户", f"已计 {account_text(frame, one, mode).replace(' / ', '，应计 ')}")
        for mode, words in MODES.items()
    ]
    return [
        pairs([*accounts, ("合起来看", f"还缺：{lacks}" if (lacks := lacking_text(one)) != "不缺" else one.standing.sentence)]),
        note(hour_note()),
        table_or((("培训段", -3, "l"), ("方式", 12, "l"), ("已计", 22, "r"), ("应计", 20, "r"), ("状态", 28, "l"), ("还缺什么", -4, "l")), rows, "没有培训内容。"),
        head("每一天"),
        table_or(
            PROOF_COLUMNS,
            day_rows(frame, one), "还没有学时。",
        ),
    ]  # fmt: skip


def _tables(frame: Frame, one: Member, lines: Sequence[LineView]) -> list[Part]:
    evidence = [line_row(frame, one, line) for line in one.lines]
    flags = [flag_row(flag) for flag in frame.flags]
    money = [
        [line.segment_title, MODES[line.mode], hours(line.seconds), yuan_text(line.amount_fen), line.state_name + (f"：{line.reason}" if line.reason else "")]
        for line in lines
    ]  # fmt: skip
    result = (("考核", -1, "l"), ("第几次", 16, "l"), ("时间", 29, "l"), ("成绩", 18, "r"))
    return [
        ("三、每一条证据", (("条", 9, "r"), ("时间", 28, "l"), ("事项", 21, "l"), ("说明", -1, "l"), ("计入", 21, "r"), ("经手、终端", 32, "l")), evidence, "还没有证据。"),
        ("四、签到签退", (("课", -1, "l"), ("时间", 50, "l"), ("签到", 16, "l"), ("签退", 16, "l"), ("计入", 24, "r"), ("情况", 34, "l")), _presences(frame, one), "本班没有线下课。"),
        ("五、理论考核", (*result, ("合格线", 24, "l"), ("结果", 20, "l")), attempt_rows(frame, one), "没有交过理论考卷。"),
        ("六、实操考核", (*result, ("结果", 30, "l"), ("说明", 40, "l")), practical_rows(one), "没有实操考核的记录。"),
        ("七、本人确认", (("培训段", -1, "l"), ("当时学时", 24, "r"), ("本人说", 48, "l"), ("时间", 29, "l"), ("方式", 30, "l")), word_rows(frame, one), "还没有确认过自己的学时。"),
        ("八、异常和处理", (("发现时间", 28, "l"), ("异常", 26, "l"), ("轻重", 20, "l"), ("说明", -3, "l"), ("有关的人", 22, "l"), ("怎么处理", -3, "l")), flags, "没有异常。"),
        ("九、证书", (("证书", -1, "l"), ("编号", 48, "l"), ("日期", 22, "l"), ("签发", 44, "l"), ("状态", 26, "l")), certificate_rows(one), "还没有证书。"),
        ("十、补贴申报", (("培训段", -1, "l"), ("方式", 14, "l"), ("学时", 24, "r"), ("金额", 30, "r"), ("状态", 40, "l")), money, "没有为这位学员申报过补贴。"),
    ]  # fmt: skip


def _presences(frame: Frame, one: Member) -> list[list[str]]:
    """Return a line for each offline session: planned, in, out, counted, and what the book says of it."""
    cells = attendance_book.cells(frame.meetings, one.own.id, one.entries, moment_ms=frame.ms)
    return [
        [
            meeting.segment_title
            + (f" · {meeting.title}" if meeting.title not in ("", meeting.segment_title) else ""),
            f"{attendance_book.day_text(meeting.starts_ms)} {clock(meeting.starts_ms)}–{clock(meeting.ends_ms)}",
            clock(cell.in_ms) if cell.in_ms else "",
            clock(cell.out_ms) if cell.out_ms else "",
            duration_text(cell.counted_s) if cell.counted_s else "",
            MARKS[cell.mark][1] or "还没有上课",
        ]
        for meeting, cell in zip(frame.meetings, cells, strict=True)
    ]
