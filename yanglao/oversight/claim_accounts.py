"""Write the sheet in which a base fills in the accounts of the people of a claim: what is known stands there, numbers masked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.kernel.clock import day_of
from yanglao.outside.workbook_stream import Book
from yanglao.oversight.claim_asked import Asked, claim_of
from yanglao.oversight.claim_figures import gather
from yanglao.subsidy import payees

COLUMNS = (
    ("序号", 8), ("姓名", 14), ("证件号（部分遮盖）", 22), ("户名", 14), ("开户银行", 30), ("账号", 28), ("社保卡", 8),
    ("已经登记的", 40),
)  # fmt: skip


def write(
    book: Book, session: Session, asked: Asked, *, now: datetime, report: Callable[[int, int], None]
) -> int:
    """Write a line for everybody; return how many. Raises NobodyOnPaper."""
    found = gather(session, claim_of(session, asked), today=day_of(now))
    held = payees.of_people(session, [one.person_id for one in found.people])
    sheet = book.sheet("收款账户", COLUMNS)
    for one in found.people:
        account = held.get(one.person_id)
        known = f"{account.kind_name} {account.bank} {account.masked}" if account else ""
        sheet.add(
            [one.number, one.name, one.masked_id, one.name, None, None, None if account else "是", known]
        )
    return len(found.people)
