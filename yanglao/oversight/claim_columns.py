"""Say which columns the papers of a claim have and what stands in them: the one list that PDF, workbook and page go by. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from yanglao.kernel.units import yuan_text
from yanglao.outside.workbook_writing import display_width
from yanglao.oversight.claim_figures import OnPaper, Sheet

APPLICATION, ROSTER, NOTICE, PAYMENT = "claim_application", "claim_roster", "claim_notice", "claim_payment"
FORM = "claim_form"  # a bureau's own, filled: what is kept of its page
TITLES = {APPLICATION: "补贴申请表", ROSTER: "学员花名册", NOTICE: "补贴公示名单", PAYMENT: "补贴资金拨付表"}


@dataclass(frozen=True)
class Column:
    """One column: ``key`` of the row, words above it, weight of its width, and whether figures stand in it."""

    key: str
    words: str
    weight: float
    figures: bool = False


# The roster's columns are those of the forms seen (domain facts 2.4); what nobody entered or imported stays empty.
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    APPLICATION: (
        Column("segment", "培训段", 5), Column("people", "人数", 1.2, True), Column("hours", "入账学时", 2, True),
        Column("fen", "申请金额", 2.4, True),
    ),
    ROSTER: (
        Column("no", "序号", 1, True), Column("name", "姓名", 2.2), Column("sex", "性别", 1), Column("schooling", "学历", 1.4),
        Column("age", "年龄", 1, True), Column("id", "身份证号", 3.8), Column("phone", "联系电话", 2.6),
        Column("registered", "户口所在地", 2.4), Column("household", "户口性质", 1.7), Column("employer", "就业安排单位", 4),
    ),
    NOTICE: (
        Column("no", "序号", 1, True), Column("name", "姓名", 2), Column("id", "证件号（部分遮盖）", 3.6),
        Column("segment", "培训段", 6), Column("hours", "入账学时", 2, True), Column("standard", "补贴标准", 4),
        Column("fen", "补贴金额", 2.2, True),
    ),
    PAYMENT: (
        Column("no", "序号", 1, True), Column("name", "姓名", 2.2), Column("id", "证件号（部分遮盖）", 3.6),
        Column("segment", "培训段", 3.6), Column("hours", "入账学时", 1.8, True), Column("fen", "批准金额", 2.2, True),
        Column("less", "扣回", 1.6, True), Column("pay", "实付金额", 2.2, True),
        Column("account", "收款账户", 4), Column("remark", "备注", 2),
    ),
    FORM: (
        Column("no", "序号", 1, True), Column("name", "姓名", 2.2), Column("id", "证件号（部分遮盖）", 3.6),
        Column("segment", "培训段", 3.6), Column("hours", "入账学时", 1.8, True), Column("fen", "批准金额", 2.2, True),
        Column("less", "扣回", 1.6, True), Column("pay", "实付金额", 2.2, True),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Leaf:
    """How much one page holds: rows of one line, and half-width characters from margin to margin."""

    lines: int
    halves: int


LEAVES = {APPLICATION: Leaf(10, 116), ROSTER: Leaf(19, 170), NOTICE: Leaf(29, 202), PAYMENT: Leaf(17, 170)}


def rows(kind: str, sheet: Sheet, accounts: Mapping[str, tuple[str, str]] = {}) -> list[dict[str, Any]]:
    """Return the rows of a paper as kept: IDs and accounts masked, money in fen. ``accounts``: person id -> (masked account, remark)."""
    if kind == APPLICATION:
        return _by_segment(sheet)
    return [_person(kind, one, sheet, accounts) for one in sheet.people]


def _by_segment(sheet: Sheet) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in sheet.people:
        for segment, seconds, fen in one.parts:
            row = found.setdefault(segment, {"e": segment, "segment": segment, "people": 0, "s": 0, "fen": 0})
            row["people"], row["s"], row["fen"] = row["people"] + 1, row["s"] + seconds, row["fen"] + fen
    return [row | {"hours": sheet.hours(row["s"])} for row in found.values()]


def _person(kind: str, one: OnPaper, sheet: Sheet, accounts: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    row: dict[str, Any] = {"e": one.enrolment_id, "no": one.number, "name": one.name, "id": one.masked_id}
    if kind == ROSTER:
        told = {"sex": one.sex, "age": one.age, "phone": one.masked_phone, "employer": one.employer}
        return row | told | {name: text for name, text in asdict(one.known).items() if text}
    row |= {"segment": one.segments, "s": one.seconds, "hours": sheet.hours(one.seconds), "fen": one.fen}
    if kind == NOTICE:
        return row | {"name": one.masked_name, "standard": sheet.standard}
    account, remark = accounts.get(one.person_id, ("", ""))
    return row | {"less": one.deducted or None, "pay": one.pay, "account": account, "remark": remark}


def leaves(kind: str, rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return rows page by page, so that what is printed of one code stays on one page however long its texts are."""
    found: list[list[dict[str, Any]]] = [[]]
    room = left = LEAVES[kind].lines * 4  # in quarters of a row: a further line of text takes three
    for row in rows:
        takes = 1 + 3 * _lines(kind, row)
        if found[-1] and takes > left:
            found.append([])
            left = room
        found[-1].append(row)
        left -= takes
    return found


def _lines(kind: str, row: Mapping[str, Any]) -> int:
    leaf, columns = LEAVES[kind], COLUMNS[kind]
    total = sum(one.weight for one in columns)
    told = [
        (display_width(text), int(leaf.halves * one.weight / total) - 2)
        for one, text in zip(columns, texts(kind, row), strict=True)
        if one.key != "name"  # set smaller until it fits
    ]
    return max(-(-width // room) or 1 for width, room in told)


MONEY = frozenset({"fen", "less", "pay"})


def texts(kind: str, row: Mapping[str, Any]) -> list[str]:
    """Return a row as people read it."""
    return [_text(column.key, row.get(column.key)) for column in COLUMNS[kind]]


def texts_of(row: Mapping[str, Any], *keys: str) -> str:
    """Return some of a row's cells in words, those that it has."""
    return "，".join(_text(key, row[key]) for key in keys if row.get(key) is not None)


def _text(key: str, value: Any) -> str:
    if value is None:
        return ""
    return yuan_text(value) if key in MONEY else str(value)
