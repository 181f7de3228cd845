"""Prove a page that was printed against today's ledger: unchanged, changed since, not ours, or broken.

Four things are asked: does the ledger hold what the page says of itself (its digest and root in ``paper.printed``); do the heads it
printed still stand at their places; does the ledger up to them give the marks that were printed; and what is different today.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.classes.queries import ClassUnknown, EnrolmentUnknown, SessionUnknown
from yanglao.evidence import queries as evidence
from yanglao.evidence.verify import verify_chains
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import say_time
from yanglao.kernel.wording import sentence
from yanglao.oversight.attendance_book import clock
from yanglao.oversight.printing import KINDS
from yanglao.papers import queries, rules
from yanglao.papers.queries import PageView, PaperView

NOT_OURS, BROKEN, UNCHANGED, CHANGED = "not_ours", "broken", "unchanged", "changed"
# What `ledger verify --paper` ends with; 2 is what a wrong call of any command ends with.
EXITS = {UNCHANGED: 0, BROKEN: 1, CHANGED: 3, NOT_OURS: 4}
MOST_SAID = 200


@dataclass(frozen=True)
class Proof:
    """What became of one page. ``changes``: what differs today, ``later``: entries that came after, ``faults``: what is broken."""

    code: str
    state: str
    page: PageView | None = None
    paper: PaperView | None = None
    changes: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Return it in one sentence without names: what whoever scans the QR may know."""
        facts: dict[str, Any] = {}
        if self.page:
            facts = {"page": self.page.content["page"], "pages": self.page.content["pages"]}
        return sentence(f"paper.proof_{self.state}", facts)


def prove(session: Session, typed: str, *, now: datetime, whole: bool = False) -> Proof:
    """Prove the page whose code or address is given; ``whole`` recomputes its chains from their first entries."""
    code = rules.code_in(typed)
    page = queries.page_by_code(session, code) if code else None
    if page is None:
        return Proof(code or "", NOT_OURS)
    paper = queries.paper(session, page.paper_id)
    faults = _faults(session, page, paper, now=now, whole=whole)
    if faults:
        return Proof(page.code, BROKEN, page, paper, faults=tuple(faults))
    changes = _changes(session, page, paper, now=now)
    told = KINDS[paper.kind].later
    later = told(session, page.content, page.heads) if told else _later(session, page)
    return Proof(page.code, CHANGED if changes else UNCHANGED, page, paper, tuple(changes), tuple(later))


def _faults(session: Session, page: PageView, paper: PaperView, *, now: datetime, whole: bool) -> list[str]:
    found = []
    if digest(page.content) != page.digest:
        found.append("page content does not give its digest")
    if rules.root_of(page.heads) != page.root:
        found.append("its heads do not give its root")
    if not _entered(session, page, paper):
        found.append("the ledger holds no paper.printed entry with this page's digest and root")
    today = evidence.hashes_at(session, [head[:3] for head in page.heads])
    for head in page.heads:
        if today.get(head[:3]) != head[3]:
            found.append(f"chain {head[0]}/{head[1]}: entry {head[2]} is not what the page rests on")
    upto = {(kind, id_): position for kind, id_, position, _ in page.heads}
    then = KINDS[paper.kind].rebuilt(session, page.content, now=now, upto=upto)
    if then["rows"] != page.content["rows"]:
        found.append("the ledger as of then does not give the marks that were printed")
    if whole:
        chains = [(kind, id_) for kind, id_, _, _ in page.heads]
        found += verify_chains(session, sorted({*chains, (paper.chain_kind, paper.chain_id)})).problems
    return found[:MOST_SAID]


def _entered(session: Session, page: PageView, paper: PaperView) -> bool:
    position = paper.entry_position or 0
    for entry in evidence.chain(session, paper.chain_kind, paper.chain_id, after=position - 1, limit=1):
        line = rules.page_line(page.number, page.code, page.digest, page.root)
        return (
            entry.kind == "paper.printed" and entry.body["paper"] == paper.id and line in entry.body["pages"]
        )
    return False


def _changes(session: Session, page: PageView, paper: PaperView, *, now: datetime) -> list[str]:
    about = KINDS[paper.kind]
    try:
        today = about.rebuilt(session, page.content, now=now)
    except (ClassUnknown, SessionUnknown, EnrolmentUnknown, KeyError):
        return [sentence("paper.subject_gone")]
    return about.differences(page.content, today, clock=clock)[:MOST_SAID]


def _later(session: Session, page: PageView) -> list[str]:
    """Say which entries about attendance came after the heads that were printed, without names."""
    upto = {id_: position for kind, id_, position, _ in page.heads if kind == "enrolment"}
    rows = {row["e"]: row["no"] for row in page.content["rows"]}
    found = evidence.of_enrolments(session, list(rows), kinds="attendance.")
    return [
        f"{rows[one.chain_id]} 号 · {say_time(one.recorded_ms)} 记 · {LATER.get(one.kind, one.kind)}"
        for one in found
        if one.position > upto.get(one.chain_id, 0)
    ][:MOST_SAID]


LATER = {
    "attendance.in": "签到",
    "attendance.out": "签退",
    "attendance.leave_asked": "请假",
    "attendance.leave_granted": "准假",
    "attendance.leave_refused": "没有准假",
    "attendance.ended": "没有签退，按规定结束",
    "attendance.void": "撤销一次扫码",
    "attendance.pending": "一次扫码等核对",
    "attendance.refused": "一次扫码没有计入",
}
