"""Put one settlement run into a sheet: its lines as it holds them, and its claims."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from yanglao.outside.workbook_stream import Book, Value
from yanglao.oversight.sheets import Report
from yanglao.subsidy import runs
from yanglao.subsidy.runs import HeldLine, RunView

COLUMNS = (
    ("班级", 30), ("基地", 14), ("花名册序号", 10), ("姓名", 12), ("证件号", 20), ("培训段", 24), ("方式", 8), ("入账秒数", 12),
    ("金额（元）", 12), ("申报到哪一步", 12), ("这一行", 12), ("说明", 40), ("行编号", 28),
)  # fmt: skip


def write_run(book: Book, session: Session, own: RunView, *, report: Report) -> int:
    """Write the lines of a run and their sum; return the number of lines."""
    title = f"{own.month_key} {own.mode_name} {own.fund_name} 第 {own.number} 批（{own.state_name}）"
    sheet = book.sheet("结算明细", COLUMNS, title=f"结算批次：{title}")
    found = runs.lines_in(session, own)
    for one in found:
        sheet.add(_row(one), tint="amber" if one.left or one.line.state == "clawed_back" else "")
    sheet.add(("合计", *[""] * 7, yuan(sum(one.amount_fen for one in found)), *[""] * 4))
    report(len(found), len(found))
    return len(found)


def yuan(fen: int) -> Decimal:
    """Return fen as yuan with two places, exactly."""
    return Decimal(fen).scaleb(-2)


def _row(one: HeldLine) -> list[Value]:
    line, claim = one.line, one.claim
    return [
        claim.class_name,
        claim.base_name,
        line.roster_no,
        line.person_name,
        line.masked_id,
        line.segment_title,
        claim.mode_name,
        line.seconds,
        yuan(one.amount_fen),
        claim.state_name,
        line.state_name,
        "银行退回，改到后面的批次拨付" if one.left else line.reason,
        line.id,
    ]
