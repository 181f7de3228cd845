"""Read papers, their pages and the scans filed to them, as frozen values and within a scope."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session

from yanglao.kernel.actor import EVERYTHING, Scope
from yanglao.kernel.errors import NotFound
from yanglao.papers.models import Paper, PaperPage, PaperScan


class PaperUnknown(NotFound):
    """Say that no page or paper of ours, or none within the scope, is meant."""

    code = "paper.unknown"


class ScanUnknown(NotFound):
    """Say that there is no such scan of a sheet within the scope."""

    code = "paper.scan_unknown"


@dataclass(frozen=True)
class PaperView:
    """One paper. ``pages`` counts its pages, ``signed`` those that a scan is filed to."""

    id: str
    kind: str
    subject_id: str
    chain_kind: str
    chain_id: str
    class_id: str
    base_id: str
    division_code: str
    title: str
    state: str
    asked_by: str
    asked_ms: int
    made_ms: int | None
    file_id: str | None
    entry_position: int | None
    pages: int = 0
    signed: int = 0


@dataclass(frozen=True)
class PageView:
    """One page as printed; ``content`` is parsed, ``heads`` are [chain kind, chain id, position, hash]."""

    id: str
    paper_id: str
    number: int
    code: str
    content: dict[str, Any]
    digest: str
    heads: tuple[tuple[str, str, int, str], ...]
    root: str


@dataclass(frozen=True)
class ScanView:
    """One page of an upload. ``sha256`` is that of the file as it was sent."""

    id: str
    upload_id: str
    part: int
    class_id: str
    page_id: str | None
    state: str
    how: str
    fault: str
    file_id: str
    picture_id: str | None
    sha256: str
    uploaded_by: str
    uploaded_ms: int
    filed_by: str | None
    filed_ms: int | None


def paper(session: Session, paper_id: str, scope: Scope = EVERYTHING) -> PaperView:
    """Return one paper. Raises PaperUnknown."""
    found = _papers(session, _within(scope).where(Paper.id == paper_id))
    if not found:
        raise PaperUnknown
    return found[0]


def papers_of_class(session: Session, class_id: str) -> list[PaperView]:
    """List the papers of a class, those of its claims and its dossiers left out, the newest first."""
    wanted = _within(EVERYTHING).where(Paper.class_id == class_id, Paper.chain_kind != "claim")
    wanted = wanted.where(~Paper.kind.startswith("dossier_", autoescape=True))
    return _papers(session, wanted.order_by(Paper.asked_ms.desc(), Paper.id.desc()))


def papers_of_claim(session: Session, claim_id: str) -> list[PaperView]:
    """List the papers of a claim, the newest first."""
    wanted = _within(EVERYTHING).where(Paper.chain_kind == "claim", Paper.chain_id == claim_id)
    return _papers(session, wanted.order_by(Paper.asked_ms.desc(), Paper.id.desc()))


def page_by_code(session: Session, code: str) -> PageView | None:
    """Return the page that carries ``code``, or None."""
    row = session.scalar(select(PaperPage).where(PaperPage.code == code))
    return _page(row) if row else None


def pages(session: Session, paper_ids: Iterable[str]) -> dict[str, list[PageView]]:
    """Return the pages of papers, by paper id and in order."""
    wanted = select(PaperPage).where(PaperPage.paper_id.in_(list(paper_ids)))
    found: dict[str, list[PageView]] = {}
    for row in session.scalars(wanted.order_by(PaperPage.paper_id, PaperPage.number)):
        found.setdefault(row.paper_id, []).append(_page(row))
    return found


def pages_by_id(session: Session, page_ids: Iterable[str]) -> dict[str, PageView]:
    """Return pages by id; unknown ids are left out."""
    rows = session.scalars(select(PaperPage).where(PaperPage.id.in_(list(page_ids))))
    return {row.id: _page(row) for row in rows}


def scans_of_page(session: Session, page_id: str) -> list[ScanView]:
    """List the scans filed to a page, the latest first."""
    return _scans(session, PaperScan.page_id == page_id)


def scans_of_class(session: Session, class_id: str) -> list[ScanView]:
    """List everything that was handed in for a class, the latest first."""
    return _scans(session, PaperScan.class_id == class_id)


def scan_counts(session: Session, page_ids: Iterable[str]) -> dict[str, int]:
    """Return page id -> how many scans are filed to it; pages without one are left out."""
    wanted = select(PaperScan.page_id, func.count()).where(PaperScan.page_id.in_(list(page_ids)))
    rows = session.execute(wanted.group_by(PaperScan.page_id))
    return {page_id: count for page_id, count in rows if page_id}


def waiting_upload(session: Session, upload_id: str) -> ScanView | None:
    """Return the scan of an upload that nobody looked at yet, or None."""
    found = _scans(session, PaperScan.upload_id == upload_id, PaperScan.state == "waiting")
    return found[0] if found else None


def scan(session: Session, scan_id: str, scope: Scope = EVERYTHING) -> ScanView:
    """Return one scan within ``scope``. Raises ScanUnknown."""
    found = _scans(session, PaperScan.id == scan_id)
    if not found or not _class_within(session, found[0].class_id, scope):
        raise ScanUnknown
    return found[0]


def _class_within(session: Session, class_id: str, scope: Scope) -> bool:
    own = PaperScan.metadata.tables["training_class"].c
    row = session.execute(select(own.base_id, own.division_code).where(own.id == class_id)).first()
    return row is not None and (
        scope.all or row.base_id in scope.bases or row.division_code in scope.divisions
    )


def _within(scope: Scope) -> Select[Paper]:
    wanted = select(Paper)
    if scope.all:
        return wanted
    if scope.empty:
        return wanted.where(false())
    return wanted.where(or_(Paper.base_id.in_(scope.bases), Paper.division_code.in_(scope.divisions)))


def _papers(session: Session, wanted: Select[Paper]) -> list[PaperView]:
    rows = session.scalars(wanted).all()
    ids = [row.id for row in rows]
    counted = session.execute(
        select(
            PaperPage.paper_id, func.count(PaperPage.id.distinct()), func.count(PaperScan.page_id.distinct())
        )
        .outerjoin(PaperScan, PaperScan.page_id == PaperPage.id)
        .where(PaperPage.paper_id.in_(ids))
        .group_by(PaperPage.paper_id)
    )
    counts = {paper_id: {"pages": total, "signed": signed} for paper_id, total, signed in counted}
    return [PaperView(**(_columns(row, PaperView) | counts.get(row.id, {}))) for row in rows]


def _page(row: PaperPage) -> PageView:
    facts = _columns(row, PageView)
    facts["content"] = json.loads(row.content)
    facts["heads"] = tuple((kind, id_, position, hash_) for kind, id_, position, hash_ in row.heads)
    return PageView(**facts)


def _scans(session: Session, *wanted: Any) -> list[ScanView]:
    rows = session.scalars(
        select(PaperScan).where(*wanted).order_by(PaperScan.uploaded_ms.desc(), PaperScan.id.desc())
    )
    return [ScanView(**_columns(row, ScanView)) for row in rows]


def _columns(row: Any, view: Any) -> dict[str, Any]:
    names = set(row.__table__.columns.keys()) & set(view.__dataclass_fields__)
    return {name: getattr(row, name) for name in names}
