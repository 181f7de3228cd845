"""Put into sheets what another policy file would change: line by line, then class by class. Money in yuan, exact to the fen."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.policy import Policy
from yanglao.outside.workbook_stream import Book, Value
from yanglao.oversight.sheets import MODES, Report
from yanglao.subsidy import what_if
from yanglao.subsidy.what_if import Compared, Line, Wanted
from yanglao.subsidy.what_if_rules import CHANGES, SAME, Sums

CLASS_STATES = {"running": "培训中", "finished": "已结业", "archived": "已归档"}
LINE_COLUMNS = (
    ("班级", 30), ("序号", 6), ("姓名", 12), ("培训段", 26), ("方式", 6), ("变化", 22), ("原来能申报（元）", 14), ("换了能申报（元）", 14),
    ("差额（元）", 12), ("原来办齐值（元）", 14), ("换了办齐值（元）", 14), ("已申报（元）", 12), ("原来为什么不行", 50), ("换了为什么不行", 50),
    ("报名编号", 30),
)  # fmt: skip
CLASS_COLUMNS = (
    ("班级", 30), ("开班", 12), ("原来的政策文件", 20), ("原来的资金", 30), ("换了以后的资金", 30), ("行数", 8), ("有变化的行", 10),
    ("原来能申报（元）", 14), ("换了能申报（元）", 14), ("差额（元）", 12), ("多得的人", 9), ("少得的人", 9), ("不变的人", 9), ("说明", 40),
)  # fmt: skip


def wanted_of(given: dict[str, Any]) -> Wanted:
    """Return which classes an export was asked for with."""
    since, until = (
        date.fromisoformat(given[name]) if given.get(name) else None for name in ("since", "until")
    )
    plain = {name: str(given.get(name, "")) for name in ("division", "base_id", "class_id", "state", "mode")}
    return Wanted(**plain, since=since, until=until, kind=given.get("subsidy") or "training")


def write_what_if(
    book: Book,
    session: Session,
    held: Policy,
    given: dict[str, Any],
    *,
    scope: Scope,
    actor: Actor,
    now: datetime,
    report: Report,
) -> int:
    """Judge the classes one after another and write their lines; return the number of lines written."""
    wanted = wanted_of(given)
    own = what_if.classes_of(session, scope, wanted)
    title = f"换成 {held.name} 会怎样（试算，没有改动任何数据{'；这份文件是示例' if held.example else ''}）"
    sheet = book.sheet("逐行", LINE_COLUMNS, title=title)
    total, classes, done = Sums(), [], 0
    for number, one in enumerate(what_if.compare(session, own, held, wanted, now=now, actor=actor), 1):
        sums = Sums()
        for line in one.lines:
            sums.add(line.person_id, line.before, line.after)
            total.add(line.person_id, line.before, line.after)
            if not given.get("only") or line.change != SAME:
                sheet.add(_row(line), tint="" if line.change == SAME else "amber")
                done += 1
        classes.append(_class_row(one, sums))
        report(number, len(own))
    sheet.totals(["合计", *[None] * 5, *_money(total), *[None] * 6])
    second = book.sheet("逐班", CLASS_COLUMNS, title=title)
    for row in classes:
        second.add(row)
    people: list[Value] = [total.gain, total.lose, total.stay]
    second.totals(["合计", *[None] * 4, total.lines, total.changed, *_money(total), *people, None])
    return done


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def _money(sums: Sums) -> list[Value]:
    return [_yuan(sums.before), _yuan(sums.after), _yuan(sums.difference)]


def _row(line: Line) -> list[Value]:
    before, after = line.before, line.after
    return [
        line.own.name,
        line.roster_no,
        line.person_name,
        line.segment_title,
        MODES[line.mode],
        CHANGES[line.change],
        _yuan(before.amount),
        _yuan(after.amount),
        _yuan(after.amount - before.amount),
        _yuan(before.share),
        _yuan(after.share),
        None if line.claimed is None else _yuan(line.claimed),
        "；".join(before.sentences),
        "；".join(after.sentences),
        line.enrolment_id,
    ]


def _class_row(one: Compared, sums: Sums) -> list[Value]:
    return [
        one.own.name,
        one.own.starts_on,
        one.before_file,
        one.before_fund,
        one.after_fund,
        sums.lines,
        sums.changed,
        *_money(sums),
        sums.gain,
        sums.lose,
        sums.stay,
        one.fault and "这个班自己的政策文件读不出来，没有试算",
    ]
