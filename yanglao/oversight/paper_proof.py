"""Prove a page that was printed against today's ledger: unchanged, changed since, not ours, or broken.

One code stands for a whole dossier, and its proof is about all of it. Four things are asked: does the ledger hold what the page says of itself (its digest and root in ``paper.printed``); do the heads it
printed still stand at their places; does the ledger up to them give the marks that were printed; and what is different today.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from yanglao.classes.queries import ClassUnknown, EnrolmentUnknown, SessionUnknown
from yanglao.evidence import queries as evidence
from yanglao.evidence.verify import verify_chains
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import say_time
from yanglao.kernel.wording import sentence
from yanglao.oversight import claim_pages, dossier_proof
from yanglao.oversight.attendance_book import clock
from yanglao.oversight.claim_columns import FORM
from yanglao.oversight.printing import KINDS
from yanglao.oversight.proving import Provable
from yanglao.papers import queries, rules
from yanglao.papers.queries import PageView, PaperView

BUREAU = Provable(
    title="主管部门的表格",
    rebuilt=claim_pages.rebuilt,
    differences=claim_pages.differences,
    later=claim_pages.later,
)
ABOUT: dict[str, Provable] = {**KINDS, **dossier_proof.KINDS, FORM: BUREAU}
NOT_OURS, BROKEN, UNCHANGED, CHANGED = "not_ours", "broken", "unchanged", "changed"
# What `ledger verify --paper` ends with; 2 is what a wrong call of any command ends with.
EXITS = {UNCHANGED: 0, BROKEN: 1, CHANGED: 3, NOT_OURS: 4}
MOST_SAID = 200


@dataclass(frozen=True)
class Proof:
    """What became of one page. ``changes``: what differs today, ``later``: entries that came after, ``faults``: what is broken.

    ``file``: what is to be said of the file in which its code was found.
    """

    code: str
    state: str
    page: PageView | None = None
    paper: PaperView | None = None
    changes: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    file: str = ""

    @property
    def sentence(self) -> str:
        """Return it in one sentence without names: what whoever scans the QR may know."""
        facts: dict[str, Any] = {}
        if self.page:
            facts = {"page": self.page.content["page"], "pages": self.page.content["pages"]}
        return sentence(f"paper.{self.about}_{self.state}", facts)

    @property
    def about(self) -> str:
        """Return what the words are about: a page of a sheet (proof) or a whole dossier."""
        return "dossier" if self.paper and self.paper.kind in dossier_proof.KINDS else "proof"


def prove(session: Session, typed: str, *, now: datetime, whole: bool = False, head: str = "") -> Proof:
    """Prove the page whose code or address is given; ``whole`` recomputes its chains from their first entries.

    ``head``: the ledger head as it stands on the paper in hand; another than was printed makes the page broken.
    """
    code = rules.code_in(typed)
    page = queries.page_by_code(session, code) if code else None
    if page is None:
        return Proof(code or "", NOT_OURS)
    paper = queries.paper(session, page.paper_id)
    faults = _faults(session, page, paper, now=now, whole=whole)
    if head and not rules.is_head(head, page.root):
        faults.append("the ledger head on the paper is not the one that was printed")
    if faults:
        return Proof(page.code, BROKEN, page, paper, faults=tuple(faults))
    about = ABOUT[paper.kind]
    changes = _changes(session, page, paper, now=now) if whole or not about.costly else []
    later = (
        about.later(session, page.content, page.heads)[:MOST_SAID] if about.later else _later(session, page)
    )
    # A dossier says every entry: whatever came later, it is no longer all there is.
    state = CHANGED if changes or (later and about.costly) else UNCHANGED
    return Proof(page.code, state, page, paper, tuple(changes), tuple(later))


def stands_for_dossier(session: Session, code: str) -> bool:
    """Tell whether a code is that of a dossier: it stands on each of its pages, and for all of them."""
    page = queries.page_by_code(session, code)
    return page is not None and page.content["kind"] in dossier_proof.KINDS


def with_file(proof: Proof, digest_: str, *, written: bool) -> Proof:
    """Prove the file of a dossier too: ``digest_`` is that of its bytes, ``written`` tells it from a scan of the printed paper."""
    if proof.page is None:
        return proof
    if proof.page.content["file"] == digest_:
        return replace(proof, file="和做成时一个字节也不差 byte for byte as made")
    if written:
        fault = "the file is not byte for byte the one that was made (of a scan with recognised text give the code instead)"
        return replace(proof, state=BROKEN, faults=(*proof.faults, fault))
    return replace(proof, file="是扫描件，只能按码查 a scan: proved by its code alone")


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
    about = ABOUT[paper.kind]
    if whole or not about.costly:
        then = about.rebuilt(session, page.content, now=now, upto=upto)
        if then["rows"] != page.content["rows"]:
            found.append("the ledger as of then does not give the figures that were printed")
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
    about = ABOUT[paper.kind]
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
