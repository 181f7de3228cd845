"""Say which words a bureau's form may ask for, what stands for each in a claim, and a sample: the data dictionary of forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from yanglao.kernel.clock import day_of
from yanglao.kernel.units import capital_text, tenths_of_class_hours
from yanglao.outside import drawing, qr_image
from yanglao.outside.form_parts import MARK, ROW, Picture
from yanglao.oversight import claim_bank
from yanglao.oversight.claim_asked import yuan
from yanglao.oversight.claim_figures import OnPaper, Sheet
from yanglao.papers.rules import ADDRESS, CODE_LENGTH, short, spaced
from yanglao.subsidy.payees import AccountView

Value = str | int | Decimal | date | Picture | None
MARK_MM, MODULE_PX = 24, 8
SAMPLE_CODE, SAMPLE_ADDRESS = "0" * CODE_LENGTH, "https://example.invalid"


@dataclass(frozen=True)
class Word:
    """One placeholder: its name, what it means, and what stands for it in the sample."""

    name: str
    means: str
    sample: Value


def mark(code: str, address: str) -> Picture:
    """Return the QR of a page with its code under it; ``address`` is that of the site."""
    symbol = qr_image.encode(f"{address.rstrip('/')}{ADDRESS}{code}")
    content, wide, high = drawing.png_with_words(symbol, spaced(code), module_px=MODULE_PX)
    return Picture(content, MARK_MM, MARK_MM * high / wide, f"页码 {spaced(code)}")


WORDS = (
    Word("班期名称", "班级的名称", "2026 年示例养老护理员五级 0001 班"),
    Word("班期编号", "班级编号", "2026-0001"),
    Word("培训机构", "培训基地全称", "示例养老培训基地"),
    Word("统一社会信用代码", "培训基地的，没有登记的空着", "91350100M000100Y43"),
    Word("机构电话", "培训基地的电话", "05390000000"),
    Word("主办单位", "主办的县区", "兰山区"),
    Word("工种", "培训类别", "养老护理员"),
    Word("等级", "技能等级，没有等级的空着", "五级／初级工"),
    Word("补贴种类", "四种补贴之一", "职业技能培训补贴"),
    Word("申领方式", "机构代领或个人申领", "机构代领"),
    Word("培训方式", "线上或线下", "线下"),
    Word("资金", "资金来源的名称", "示例资金"),
    Word("月份", "结算月份", "2026-03"),
    Word("开班日期", "日期", date(2026, 3, 2)),
    Word("结业日期", "日期", date(2026, 3, 20)),
    Word("人数", "还在申报里的人数，数字", 2),
    Word("合计金额", "元，数字，到分", Decimal("2000.00")),
    Word("合计金额大写", "人民币大写，不带“人民币”三个字", "贰仟元整"),
    Word("实付金额", "元，数字：合计减去扣回以前多付的", Decimal("2000.00")),
    Word("实付金额大写", "人民币大写", "贰仟元整"),
    Word("政策文件", "按哪个政策文件算的", "2021-01-01.toml"),
    Word("政策文件指纹", "政策文件的完整指纹", "sha256:示例"),
    Word("名单指纹", "申报时冻结的名单的指纹，草稿没有", "sha256:示例"),
    Word("申报日期", "没有申报的空着", date(2026, 3, 21)),
    Word("申报状态", "现在到哪一步", "已申报"),
    Word("公示开始", "日期，没有公示的空着", date(2026, 3, 25)),
    Word("公示结束", "日期，没有公示的空着", date(2026, 3, 31)),
    Word("账本链头", "这份申报在账本里最后一条的位置和指纹", "第 2 条 1d80-51a1-d287"),
    Word("填表日期", "填这张表的那一天", date(2026, 3, 21)),
    Word("填表人", "谁填的这张表", "李管理"),
    Word("示例标记", "数据是示例的，写着“示例数据，不作发放依据”；否则空着", "示例数据，不作发放依据"),
    Word("页码", "这张表的码，16 个字母和数字，照着能手工归档", spaced(SAMPLE_CODE)),
    Word(MARK, "这张表的二维码（图）：签字盖章后拍照传回来，按它归档；格子不够大会撑开", "（二维码）"),
)
ROW_WORDS = (
    Word("行.序号", "花名册序号，数字", 1),
    Word("行.姓名", "姓名", "王秀英"),
    Word("行.姓名遮盖", "公示用的姓名", "王*英"),
    Word("行.性别", "男、女，证件看不出的空着", "女"),
    Word("行.年龄", "周岁，数字", 56),
    Word("行.学历", "基地录入或名单导入的，没有的空着", "初中"),
    Word("行.证件号", "可以看完整证件号的人填出来是完整的，别人填出来是遮盖的；文字格", "371302197001010023"),
    Word("行.证件号遮盖", "公示用的证件号", "3713************23"),
    Word("行.电话", "和证件号一样，能看的人才有完整的；文字格", "13800000000"),
    Word("行.户口所在地", "同上", "兰山区"),
    Word("行.户口性质", "同上", "农业户口"),
    Word("行.就业安排单位", "报名时填的单位", "示例养老服务中心"),
    Word("行.培训段", "申报的培训段", "生活照护"),
    Word("行.学时", "入账学时，数字，一位小数", Decimal("16.0")),
    Word("行.补贴标准", "按哪条规则、什么数", "按等级定额，全班 1,000.00 元"),
    Word("行.金额", "元，数字，到分", Decimal("1000.00")),
    Word("行.扣回", "元，数字，没有的空着", None),
    Word("行.实付金额", "元，数字，到分", Decimal("1000.00")),
    Word("行.开户银行", "收款账户的银行", "示例银行"),
    Word("行.收款账户", "只有头尾", "6222 **** 0128"),
    Word("行.备注", "账户有什么要查的", None),
)
NAMES = frozenset(one.name for one in (*WORDS, *ROW_WORDS))


@dataclass(frozen=True)
class Filler:
    """Who fills a form in, on which day, under which code, and what they may see: person id -> (whole ID number, phone)."""

    name: str
    day: date
    head: tuple[int, str] | None
    whole: Mapping[str, tuple[str, str]]
    accounts: Mapping[str, AccountView]
    code: str
    address: str


def sample() -> tuple[dict[str, Value], list[dict[str, Value]]]:
    """Return what a form is shown with before there is a claim."""
    row = {one.name: one.sample for one in ROW_WORDS}
    other = row | {"行.序号": 2, "行.姓名": "阿依·䶮㛃", "行.姓名遮盖": "阿***㛃"}
    return {one.name: one.sample for one in WORDS} | {MARK: mark(SAMPLE_CODE, SAMPLE_ADDRESS)}, [row, other]


def values(sheet: Sheet, by: Filler) -> dict[str, Value]:
    """Return word -> what stands for it in a claim."""
    own, training = sheet.claim, sheet.own
    said = (
        own.class_name, training.number, sheet.base_name, sheet.base_uscc or None, sheet.base_phone or None,
        own.division_name, sheet.category, sheet.level or None, own.kind_name, own.route_name, own.mode_name, own.fund_name,
        own.month_key, training.starts_on, training.ends_on, len(sheet.people), yuan(sheet.fen),
        capital_text(sheet.fen), yuan(sheet.pay), capital_text(sheet.pay), own.policy_file, own.policy_digest, own.roster_digest,
        day_of(own.filed_ms) if own.filed_ms is not None else None, own.state_name, own.notice_from,
        own.notice_until, f"第 {by.head[0]} 条 {short(by.head[1])}" if by.head else None, by.day, by.name,
        "示例数据，不作发放依据" if sheet.example else None, spaced(by.code), mark(by.code, by.address),
    )  # fmt: skip
    return {word.name: value for word, value in zip(WORDS, said, strict=True)}


def rows(sheet: Sheet, by: Filler) -> list[dict[str, Value]]:
    """Return word of a row -> what stands for it, for everybody of a claim."""
    return [_row(sheet, one, by) for one in sheet.people]


def _row(sheet: Sheet, one: OnPaper, by: Filler) -> dict[str, Value]:
    number, phone = by.whole.get(one.person_id, (one.masked_id, one.masked_phone))
    account = by.accounts.get(one.person_id)
    remark = claim_bank.remark(account, sheet.claim, one.name)
    hours = Decimal(tenths_of_class_hours(one.seconds, class_hour_s=sheet.class_hour_s)).scaleb(-1)
    said: tuple[Value, ...] = (
        one.number, one.name, one.masked_name, one.sex or None, one.age, one.known.schooling or None, number, one.masked_id, phone or None,
        one.known.registered or None, one.known.household or None, one.employer or None, one.segments, hours, sheet.standard, yuan(one.fen), yuan(one.deducted) if one.deducted else None, yuan(one.pay),
        account.bank if account else None, account.masked if account else None, remark or None,
    )  # fmt: skip
    return {word.name: value for word, value in zip(ROW_WORDS, said, strict=True)}


def is_row(name: str) -> bool:
    """Tell whether a word is of the repeated row."""
    return name.startswith(ROW)


def text(value: Any) -> str:
    """Return a sample as the dictionary shows it."""
    return "（空着）" if value is None else str(value)
