"""Put claims into workbooks: the list as seen, and the papers of one claim with the columns that the PDFs have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import SHANGHAI, day_of, from_ms
from yanglao.kernel.units import capital_text
from yanglao.outside.workbook_stream import Book, Value
from yanglao.oversight import claim_asking, claim_bank, claim_columns
from yanglao.oversight.claim_asked import Asked, claim_of, yuan
from yanglao.oversight.claim_columns import COLUMNS, PAYMENT, ROSTER, TITLES
from yanglao.oversight.claim_figures import Sheet, gather, may_see_ids
from yanglao.people import service as people
from yanglao.subsidy import queries as claims
from yanglao.subsidy.queries import Filters
from yanglao.subsidy.shapes import ClaimView

Report = Callable[[int, int], None]
PAGE = 200
LIST_COLUMNS = (
    ("班级", 30), ("基地", 20), ("主办县区", 10), ("方式", 6), ("补贴", 16), ("资金", 26), ("月份", 9), ("人数", 8),
    ("金额（元）", 14), ("要追回（元）", 12), ("银行退回待重付（元）", 16), ("到哪一步", 14), ("什么时候到的", 20), ("申报时间", 20), ("公示起", 12),
    ("公示止", 12), ("政策文件", 18), ("政策文件指纹", 70), ("名单指纹", 70), ("申报编号", 30),
)  # fmt: skip
WIDTH = 6  # half-widths per weight of a column


def filters_of(wanted: dict[str, Any]) -> Filters:
    """Return the filters of the list of claims of what was asked for."""
    names = ("state", "mode", "kind", "fund", "base_id", "class_id", "run_id", "text")
    return Filters(
        **{name: wanted.get(name, "") for name in names},
        month_key=wanted.get("month", ""),
        division_code=wanted.get("division", ""),
    )


def write_list(book: Book, session: Session, asked: Asked, *, now: datetime, report: Report) -> int:
    """Write the claims as the list shows them with the same filters; return how many."""
    filters = filters_of(asked.wanted)
    total = sum(number for number, _ in claims.count(session, asked.scope, filters).values())
    sheet, after, done = book.sheet("申报", LIST_COLUMNS), "", 0
    sums = {"online": 0, "offline": 0}
    while found := claims.claims(session, asked.scope, filters, after=after, limit=PAGE):
        for one in found:
            sheet.add(_listed(one))
            sums[one.mode] += one.total_fen
        after, done = found[-1].id, done + len(found)
        report(done, max(total, done))
    for mode, words in (("online", "线上合计"), ("offline", "线下合计")):
        sheet.totals([words, *[None] * 7, yuan(sums[mode])])
    return done


def _listed(one: ClaimView) -> list[Value]:
    moments = (
        from_ms(at).astimezone(SHANGHAI) if at is not None else None for at in (one.state_ms, one.filed_ms)
    )
    return [
        one.class_name, one.base_name, one.division_name, one.mode_name, one.kind_name, one.fund_name, one.month_key,
        one.people, yuan(one.total_fen), yuan(one.owed_fen) if one.owed_fen else None, yuan(one.held_fen) if one.held_fen else None, one.state_name, *moments,
        one.notice_from, one.notice_until, one.policy_file, one.policy_digest, one.roster_digest, one.id,
    ]  # fmt: skip


def note_shown(session: Session, asked: Asked, *, now: datetime) -> None:
    """Keep whose whole ID numbers somebody asked for. Raises NobodyOnPaper."""
    claim_asking.note_shown(session, claim_of(session, asked), now=now, actor=asked.actor)


def write(book: Book, session: Session, asked: Asked, *, now: datetime, report: Report) -> int:
    """Write one paper of a claim; whole ID numbers on the roster for whom may see them. Return its lines. Raises NobodyOnPaper."""
    own, kind = claim_of(session, asked), asked.kind
    found = gather(session, own, today=day_of(now))
    accounts = claim_bank.masked_of(session, found) if kind == PAYMENT else {}
    rows = claim_columns.rows(kind, found, accounts)
    if kind == ROSTER and may_see_ids(asked.actor, own):
        rows = _whole(session, rows, found, asked.actor)
    columns = [(one.words, max(8, int(one.weight * WIDTH))) for one in COLUMNS[kind]]
    sheet = book.sheet(TITLES[kind], columns, title=_title(kind, found))
    for at, row in enumerate(rows, 1):
        sheet.add([_value(one.key, row.get(one.key)) for one in COLUMNS[kind]])
        if at % PAGE == 0:
            report(at, len(rows))
    if kind != ROSTER:
        sheet.totals(_totals(kind, found))
        sheet.closing(f"大写：人民币{capital_text(found.pay if kind == PAYMENT else found.fen)}")
    return len(rows)


def _whole(
    session: Session, rows: Sequence[dict[str, Any]], found: Sheet, actor: Actor
) -> list[dict[str, Any]]:
    numbers = people.id_numbers(session, [one.person_id for one in found.people], actor=actor)
    known = {one.enrolment_id: one for one in found.people}
    return [row | {"id": numbers[known[row["e"]].person_id], "phone": known[row["e"]].phone} for row in rows]


def _title(kind: str, found: Sheet) -> str:
    own = found.claim
    said = (
        f"{TITLES[kind]}　{own.class_name}　{own.kind_name} {own.mode_name}　{own.fund_name}　{own.month_key}"
    )
    said += f"　政策文件 {own.policy_file} {own.policy_digest}"
    return f"{said}　示例数据，不作发放依据" if found.example else said


def _value(key: str, value: Any) -> Value:
    return yuan(value) if key in claim_columns.MONEY and value is not None else value


def _totals(kind: str, found: Sheet) -> list[Value]:
    told: dict[str, Value] = {"fen": yuan(found.fen), "pay": yuan(found.pay), "people": len(found.people)}
    told["less"] = yuan(found.fen - found.pay)
    return ["合计", *[told.get(one.key) for one in COLUMNS[kind][1:]]]
