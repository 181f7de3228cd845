"""Write the bank's file of a claim that finance has approved: whom, which account, how much; and what is odd about an account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.evidence import ledger
from yanglao.evidence.ledger import Entry
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import SHANGHAI, day_of, to_ms
from yanglao.kernel.errors import Conflict
from yanglao.outside import csv_writing
from yanglao.oversight.claim_asked import Asked, claim_of, yuan
from yanglao.oversight.claim_figures import OnPaper, Sheet, gather
from yanglao.oversight.export_shapes import Made, Report
from yanglao.subsidy import payees
from yanglao.subsidy.payees import AccountView
from yanglao.subsidy.shapes import PERSONAL, ClaimView

MEDIA_TYPE = "text/csv"
PAYABLE = ("funded", "bank_returned", "paid")
HEADINGS = ("序号", "户名", "账号", "开户银行", "账户类型", "实付金额（元）", "用途", "备注")


class NotFunded(Conflict):
    """Say that finance has not approved the claim, so that nothing goes to the bank."""

    code = "claim.not_funded"


def content(session: Session, asked: Asked, *, now: datetime) -> bytes:
    """Return the file as CSV: one line for the base that claims for its people, or a line for each person (``payee`` person).

    Who claims for themself is paid themself, whatever is asked for. Of a claim that was paid and of which lines came back, those only.

    Raises NotFunded, NobodyOnPaper.
    """
    own = claim_of(session, asked)
    check(own)
    sheet = gather(session, own, today=day_of(now))
    sheet = sheet.due() if own.held_lines else sheet
    whole = payee_of(own, asked) == "base"
    return csv_writing.write([HEADINGS, *(to_base(session, sheet) if whole else to_people(session, sheet))])


def make(session: Session, asked: Asked, *, now: datetime, report: Report) -> Made:
    """Return the file for finance; the claim's chain keeps who fetched it when, whom it pays, and its hash. Raises as ``content``."""
    made = content(session, asked, now=now)
    own, actor = claim_of(session, asked), asked.actor
    sheet = gather(session, own, today=day_of(now))
    fen = sheet.due().pay if own.held_lines else sheet.pay
    body = {"payee": payee_of(own, asked), "fen": fen, "file": digest(made)}

    def seal(session: Session, at: datetime) -> None:
        entry = Entry(("claim", own.id), "paper.bank", body, occurred_ms=to_ms(at), client=actor.client)
        ledger.append(session, entry, now=at, actor=actor)

    name = f"银行文件_{own.class_name}_{now.astimezone(SHANGHAI):%Y%m%d_%H%M}.csv"
    return Made(made, name, MEDIA_TYPE, seal=seal)


def payee_of(own: ClaimView, asked: Asked) -> str:
    """Return base or person: whom the money of a claim goes to."""
    if own.route == PERSONAL:
        return "person"
    return str(asked.wanted.get("payee") or "base")


def check(own: ClaimView) -> None:
    """Raise NotFunded unless finance approved."""
    if own.state not in PAYABLE:
        raise NotFunded(name=own.state_name)


def masked_of(session: Session, sheet: Sheet) -> dict[str, tuple[str, str]]:
    """Return person id -> (account as papers show it, what is odd about it)."""
    held = payees.of_people(session, [one.person_id for one in sheet.people])
    return {
        one.person_id: (
            f"{account.bank} {account.masked}" if account else "",
            "；".join(
                said
                for said in (
                    "银行退回，待重付" if one.due else "",
                    remark(account, sheet.claim, one.name) if account else "",
                )
                if said
            ),
        )
        for one in sheet.people
        for account in [held.get(one.person_id)]
    }


def remark(account: AccountView | None, own: ClaimView, holder: str = "") -> str:
    """Return what is odd about an account, in words; empty when nothing is."""
    if account is None:
        return "没有收款账户，先补登再付"
    said = []
    if holder and account.holder != holder:
        said.append("户名和本人姓名不一样")
    if account.shared:
        said.append("和别人同一个账号")
    if not account.luhn_holds:
        said.append("卡号校验位不对，请核对")
    if account.renewed and own.filed_ms is not None and account.set_ms > own.filed_ms:
        said.append("申报以后改过账户")
    return "；".join(said)


def to_people(session: Session, sheet: Sheet) -> list[list[str]]:
    """Return a row for each person to whom something is paid."""
    held = payees.of_people(session, [one.person_id for one in sheet.people])
    numbers = payees.numbers(session, [one.id for one in held.values()])
    return [_line(one, held.get(one.person_id), numbers, sheet.claim) for one in sheet.people if one.pay > 0]


def _line(one: OnPaper, account: AccountView | None, numbers: dict[str, str], own: ClaimView) -> list[str]:
    told = _told(account, numbers, one.name)
    return [str(one.number), *told, str(yuan(one.pay)), _purpose(own), remark(account, own, one.name)]


def to_base(session: Session, sheet: Sheet) -> list[list[str]]:
    """Return the one row by which a base is paid for its people."""
    account = payees.of_base(session, sheet.claim.base_id)
    numbers = payees.numbers(session, [account.id]) if account else {}
    told = _told(account, numbers, sheet.base_name)
    said = f"机构代领 {len(sheet.people)} 人；{remark(account, sheet.claim, sheet.base_name)}".rstrip("；")
    return [["1", *told, str(yuan(sheet.pay)), _purpose(sheet.claim), said]]


def _told(account: AccountView | None, numbers: dict[str, str], name: str) -> list[str]:
    if account is None:
        return [name, "", "", ""]
    return [account.holder, numbers[account.id], account.bank, account.kind_name]


def _purpose(own: ClaimView) -> str:
    return f"{own.kind_name} {own.mode_name} {own.month_key}"
