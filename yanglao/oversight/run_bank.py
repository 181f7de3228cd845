"""Write the bank's file of a settlement run: everything of its month, mode and fund that is still to be paid, claim by claim.

Each row has a 付款编号 that the bank gives back in its result file. The sum is that of what the claims' 资金拨付表 pay out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.evidence import ledger
from yanglao.evidence.ledger import Entry
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import SHANGHAI, day_of, to_ms
from yanglao.kernel.errors import Conflict
from yanglao.outside import csv_writing
from yanglao.oversight import claim_bank
from yanglao.oversight.claim_asked import Asked
from yanglao.oversight.claim_figures import gather
from yanglao.oversight.export_shapes import Made, Report
from yanglao.subsidy import runs
from yanglao.subsidy.runs import RunView
from yanglao.subsidy.shapes import ClaimView

HEADINGS = ("序号", "付款编号", *claim_bank.HEADINGS[1:], "班级")


class NothingToPay(Conflict):
    """Say that nothing of a run is to be paid now."""

    code = "run.nothing_to_pay"


@dataclass(frozen=True)
class Part:
    """What of one claim is to be paid now, as rows of the file, and its sum."""

    claim: ClaimView
    rows: tuple[tuple[str, ...], ...]
    fen: int


def run_of(session: Session, asked: Asked) -> RunView:
    """Return the run that was asked for, within reach. Raises RunUnknown."""
    return runs.run(session, str(asked.wanted.get("run_id") or ""), asked.scope)


def parts(session: Session, asked: Asked, *, now: datetime) -> list[Part]:
    """Return claim by claim what of a run is to be paid now: what finance approved, and what the bank sent back."""
    own = run_of(session, asked)
    found = []
    for one in runs.claims_in(session, own) if own.closed_ms is None else ():
        first = one.state in ("funded", "bank_returned") and one.people
        if not first and not one.held_lines:
            continue
        whole = gather(session, one, today=day_of(now))
        sheet = whole if first else whole.due()
        to_base = claim_bank.payee_of(one, asked) == "base"
        rows = claim_bank.to_base(session, sheet) if to_base else claim_bank.to_people(session, sheet)
        keys = [one.id] if to_base else [each.key for each in sheet.people if each.pay > 0]
        lines = zip(keys, rows, strict=True)
        found.append(Part(one, tuple((key, *row[1:], one.class_name) for key, row in lines), sheet.pay))
    return found


def content(found: list[Part]) -> bytes:
    """Return the file as CSV. Raises NothingToPay."""
    rows = [row for part in found for row in part.rows]
    if not rows:
        raise NothingToPay()
    return csv_writing.write([HEADINGS, *([str(at), *row] for at, row in enumerate(rows, 1))])


def make(session: Session, asked: Asked, *, now: datetime, report: Report) -> Made:
    """Return the file for finance; the chain of each claim in it keeps who fetched it, what it pays and its hash. Raises NothingToPay."""
    found = [part for part in parts(session, asked, now=now) if part.rows]
    made, own = content(found), run_of(session, asked)

    def seal(session: Session, at: datetime) -> None:
        for part in found:
            payee = claim_bank.payee_of(part.claim, asked)
            body = {"payee": payee, "fen": part.fen, "file": digest(made), "run": own.id}
            entry = Entry(
                ("claim", part.claim.id), "paper.bank", body, occurred_ms=to_ms(at), client=asked.actor.client
            )
            ledger.append(session, entry, now=at, actor=asked.actor)

    report(len(found), len(found))
    month = f"{own.month_key}_{own.mode_name}_{own.fund_name}_第{own.number}批"
    return Made(
        made, f"银行文件_{month}_{now.astimezone(SHANGHAI):%Y%m%d_%H%M}.csv", claim_bank.MEDIA_TYPE, seal=seal
    )
