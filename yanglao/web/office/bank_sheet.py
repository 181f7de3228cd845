"""Write how the questions of a bank do as a sheet."""

from __future__ import annotations

from yanglao.capture.quiz.item_rules import Item
from yanglao.capture.quiz.items import Statistics
from yanglao.courses.shapes import BankView
from yanglao.outside.workbook import Column, Table
from yanglao.outside.workbook import write as write_book
from yanglao.web.office.bank_words import KINDS, LETTERS, answer_text

COLUMNS = ("题号", "版本", "题型", "题目", "答案", "考过", "答了", "答对率 %", "用时中位数（秒）", "区分度")
OPTIONS = ("题号", "版本", "选项", "内容", "是否正确", "选的人次", "占比 %")


def write(bank: BankView, found: Statistics) -> bytes:
    """Return an .xlsx: one sheet of questions, one of what was picked. Percentages are whole numbers; empty: too few."""
    title = f"{bank.name}：题目统计（{found.papers} 份卷子）"
    questions = Table("题目", [Column(name) for name in COLUMNS], [_line(one) for one in found.items], title)
    picked = [line for one in found.items for line in _picked(one)]
    return write_book([questions, Table("选项", [Column(name) for name in OPTIONS], picked, title)])


def _line(one: Item) -> list[str | int | None]:
    view = one.question
    known: list[str | int | None] = [
        view.key,
        view.version,
        KINDS[view.kind],
        view.text,
        answer_text(view),
        one.asked,
        one.answered,
    ]
    return [*known, percent(one.share_bp), one.median_s, one.discrimination]


def _picked(one: Item) -> list[list[str | int | None]]:
    view = one.question
    return [
        [view.key, view.version, LETTERS[n] if view.options else "错填", picked.text, "是" if picked.correct else "", picked.count,
         percent(picked.share_bp)]
        for n, picked in enumerate(one.picked)
    ]  # fmt: skip


def percent(bp: int | None) -> int | None:
    """Return basis points as a whole percentage, rounded to the nearest."""
    return None if bp is None else (bp + 50) // 100
