"""Keep whom money goes to: set an account, take in a sheet of them, read them masked, open them for the bank's file.

A number is sealed like an ID number, masked on every screen, and never in a log. A newer account ends the one before; both stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused
from yanglao.kernel.wording import sentence
from yanglao.outside.ciphers import ciphers
from yanglao.people.roles import may
from yanglao.subsidy import payee_rules as rules
from yanglao.subsidy import sheet_reading
from yanglao.subsidy.payee_models import PayeeAccount
from yanglao.subsidy.queries import lines
from yanglao.subsidy.shapes import ClaimView

HEADINGS = {
    "number": ("序号", "花名册序号"),
    "name": ("姓名",),
    "holder": ("户名",),
    "bank": ("开户银行", "银行", "开户行"),
    "account": ("账号", "卡号", "银行账号", "社保卡号"),
    "card": ("社保卡",),
}
NEEDED = frozenset({"number", "name", "bank", "account"})


class NumberWrong(Refused):
    code = "payee.wrong_number"


class HolderMissing(Refused):
    code = "payee.holder_missing"


class SetByPerson(Forbidden):
    code = "payee.set_by_person"


class HeadingsMissing(Refused):
    code = "payee.heading_missing"


class NotOfClaim(NotFound):
    code = "payee.not_of_claim"


class RowsBad(Conflict):
    code = "payee.rows_bad"


@dataclass(frozen=True)
class Owner:
    """Whose account it is: exactly one of both."""

    person_id: str | None = None
    base_id: str | None = None


@dataclass(frozen=True)
class AccountDraft:
    """An account as told."""

    holder: str
    bank: str
    number: str
    kind: str = "card"


@dataclass(frozen=True)
class AccountView:
    """An account as screens show it. ``shared``: somebody else's live account has the same number; ``renewed``: it took the place of one."""

    id: str
    person_id: str | None
    base_id: str | None
    kind: str
    holder: str
    bank: str
    masked: str
    luhn_holds: bool
    set_ms: int
    shared: bool
    renewed: bool

    @property
    def kind_name(self) -> str:
        """Return the kind in Chinese."""
        return rules.KINDS[self.kind]


def set_account(
    session: Session, own: ClaimView, owner: Owner, draft: AccountDraft, *, now: datetime, actor: Actor
) -> None:
    """Let an account be the one that money of ``owner`` goes to, from now on. The same again changes nothing.

    Raises Forbidden (not of the claim's base), SetByPerson, NumberWrong, HolderMissing.
    """
    if not may(actor.grants, "claim.file", base=own.base_id, division=own.division_code):
        raise Forbidden(permission="claim.file")
    _refuse_over_own(session, owner)
    _set(session, owner, draft, now=now, actor=actor)


def set_own(session: Session, person_id: str, draft: AccountDraft, *, now: datetime, actor: Actor) -> None:
    """Let a person say where their own money goes. The same again changes nothing. Raises NumberWrong, HolderMissing."""
    _set(session, Owner(person_id), draft, now=now, actor=actor)


def _refuse_over_own(session: Session, owner: Owner) -> None:
    """Raise SetByPerson when the person named the account themself: a base does not lead their money elsewhere."""
    wanted = select(PayeeAccount.id).where(_of(owner), PayeeAccount.live)
    if owner.person_id and session.scalar(wanted.where(PayeeAccount.set_by == owner.person_id)):
        raise SetByPerson()


def _set(session: Session, owner: Owner, draft: AccountDraft, *, now: datetime, actor: Actor) -> None:
    number = rules.clean_number(draft.number)
    if not rules.number_holds(number):
        raise NumberWrong(shortest=rules.SHORTEST, longest=rules.LONGEST)
    holder, bank = draft.holder.strip()[:80], draft.bank.strip()[:80]
    if not holder or not bank:
        raise HolderMissing()
    mine = _of(owner)
    before = session.scalar(select(PayeeAccount).where(mine, PayeeAccount.live).with_for_update())
    if before and _same(before, (holder, bank, draft.kind, number)):
        return
    session.execute(update(PayeeAccount).where(mine, PayeeAccount.live).values(live=False))
    session.add(
        PayeeAccount(
            person_id=owner.person_id,
            base_id=owner.base_id,
            kind=draft.kind,
            holder=holder,
            bank=bank,
            number_cipher=ciphers().seal(number),
            number_masked=rules.masked(number),
            number_mark=_mark(number),
            luhn_holds=rules.luhn_holds(number),
            live=True,
            set_by=actor.person_id,
            set_ms=to_ms(now),
        )
    )
    session.flush()


def _mark(number: str) -> str:
    return ciphers().id_hash(f"account:{number}").rpartition(":")[2]


def mark_anew(session: Session) -> int:
    """Mark and seal every account under the current keys, when the key of the ID hash was replaced; return how many."""
    rows = list(session.scalars(select(PayeeAccount)))
    for row in rows:
        number = ciphers().open(row.number_cipher)
        row.number_mark, row.number_cipher = _mark(number), ciphers().seal(number)
    session.flush()
    return len(rows)


def _same(row: PayeeAccount, told: tuple[str, str, str, str]) -> bool:
    return (row.holder, row.bank, row.kind, ciphers().open(row.number_cipher)) == told


def owner_in(session: Session, own: ClaimView, person_id: str) -> Owner:
    """Return whose account is meant: a person's of the claim, or the base's when none is named. Raises NotOfClaim."""
    if not person_id:
        return Owner(base_id=own.base_id)
    if person_id not in {line.person_id for line in lines(session, own.id)}:
        raise NotOfClaim()
    return Owner(person_id)


def take_in(session: Session, own: ClaimView, content: bytes, *, now: datetime, actor: Actor) -> int:
    """Take in a sheet of accounts for the people of a claim, by number on the roster and name; all rows or none. Return how many.

    Raises Forbidden, HeadingsMissing, RowsBad, and what ``workbook.read`` raises.
    """
    people = {line.roster_no: line for line in lines(session, own.id)}
    taken, faults = 0, []
    for at, told in _read(content):
        line = people.get(int(told["number"])) if told["number"].isdigit() else None
        if line is None or line.person_name != told["name"]:
            faults.append(f"第 {at} 行：{sentence('payee.nobody')}")
            continue
        kind = "social_card" if told.get("card", "").lower() in rules.YES else "card"
        draft = AccountDraft(told.get("holder") or line.person_name, told["bank"], told["account"], kind)
        try:
            set_account(session, own, Owner(line.person_id), draft, now=now, actor=actor)
        except (NumberWrong, HolderMissing, SetByPerson) as fault:
            faults.append(f"第 {at} 行：{sentence(fault.code, fault.facts)}")
        taken += 1
    if faults:
        raise RowsBad(rows=len(faults), said="；".join(faults[:5]))
    return taken


def _read(content: bytes) -> list[tuple[int, dict[str, str]]]:
    found = sheet_reading.rows(content, HEADINGS, NEEDED)
    if found is None:
        raise HeadingsMissing()
    return [(number, told) for number, told in found if told["account"]]


def of_people(session: Session, person_ids: Sequence[str]) -> dict[str, AccountView]:
    """Return person id -> live account; whoever has none is left out."""
    found: dict[str, AccountView] = {}
    for start in range(0, len(person_ids), 500):
        mine = PayeeAccount.person_id.in_(person_ids[start : start + 500])
        found |= {one.person_id or "": one for one in _views(session, mine)}
    return found


def of_base(session: Session, base_id: str) -> AccountView | None:
    """Return the live account of a base, or None."""
    return next(iter(_views(session, PayeeAccount.base_id == base_id)), None)


def numbers(session: Session, account_ids: Sequence[str]) -> dict[str, str]:
    """Return account id -> the whole number, for the bank's file alone; the caller has checked who asks."""
    found: dict[str, str] = {}
    for start in range(0, len(account_ids), 500):
        wanted = select(PayeeAccount).where(PayeeAccount.id.in_(account_ids[start : start + 500]))
        found |= {row.id: ciphers().open(row.number_cipher) for row in session.scalars(wanted)}
    return found


def _views(session: Session, mine: ColumnElement[bool]) -> list[AccountView]:
    rows = list(session.scalars(select(PayeeAccount).where(mine, PayeeAccount.live)))
    marks = {row.number_mark for row in rows}
    counted = select(PayeeAccount.number_mark).where(PayeeAccount.number_mark.in_(marks), PayeeAccount.live)
    twice = set(session.scalars(counted.group_by(PayeeAccount.number_mark).having(func.count() > 1)))
    owners = select(PayeeAccount.person_id, PayeeAccount.base_id).where(mine, PayeeAccount.live.is_(False))
    before = {tuple(one) for one in session.execute(owners)}
    plain = ("id", "person_id", "base_id", "kind", "holder", "bank", "luhn_holds", "set_ms")
    return [
        AccountView(
            **{name: getattr(row, name) for name in plain},
            masked=row.number_masked,
            shared=row.number_mark in twice,
            renewed=(row.person_id, row.base_id) in before,
        )
        for row in rows
    ]


def _of(owner: Owner) -> ColumnElement[bool]:
    if owner.person_id:
        return PayeeAccount.person_id == owner.person_id
    return PayeeAccount.base_id == owner.base_id
