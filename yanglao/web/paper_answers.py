"""Tell papers, pages and proofs as API and pages give them."""

from __future__ import annotations

from typing import Any

from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db
from yanglao.kernel.errors import NotFound
from yanglao.kernel.wording import sentence
from yanglao.oversight import paper_proof, printing
from yanglao.papers import queries, rules
from yanglao.papers.queries import PaperView, ScanView
from yanglao.people.roles import scope_of
from yanglao.web.auth import actor


def proof_within(code: str) -> paper_proof.Proof:
    """Return the proof of a page within the reader's scope. Raises PaperUnknown."""
    scope = scope_of(actor().grants, "standing.read")
    proof = paper_proof.prove(db.session, code, now=now())
    if proof.paper is None:
        raise queries.PaperUnknown
    queries.paper(db.session, proof.paper.id, scope)
    return proof


def proof_dict(proof: paper_proof.Proof) -> dict[str, Any]:
    """Return a proof as the API gives it."""
    page, paper = proof.page, proof.paper
    if page is None or paper is None:
        raise NotFound("paper.unknown")
    return {
        "code": page.code,
        "state": proof.state,
        "sentence": proof.sentence,
        "paper_id": paper.id,
        "title": paper.title,
        "page": page.content["page"],
        "pages": page.content["pages"],
        "digest": page.digest,
        "root": page.root,
        "changes": list(proof.changes),
        "later": list(proof.later),
        "faults": list(proof.faults),
    }


def paper_dict(one: PaperView) -> dict[str, Any]:
    """Return a paper as the API gives it."""
    state, fault = printing.state_of(db.session, one)
    found = queries.pages(db.session, [one.id]).get(one.id, [])
    counts = queries.scan_counts(db.session, [page.id for page in found])
    address = printing.address_of().rstrip("/")
    return {
        "id": one.id,
        "kind": one.kind,
        "title": one.title,
        "class_id": one.class_id,
        "subject_id": one.subject_id,
        "state": state,
        "fault": fault or None,
        "asked_at": rfc3339(one.asked_ms),
        "url": f"/api/v1/papers/{one.id}/file" if one.file_id else None,
        "pages": [
            {
                "number": page.number,
                "code": page.code,
                "address": f"{address}{rules.ADDRESS}{page.code}",
                "scans": counts.get(page.id, 0),
            }
            for page in found
        ],
    }


def sheet_dict(one: ScanView, codes: dict[str, str]) -> dict[str, Any]:
    """Return a page that was handed in as the API gives it."""
    return {
        "id": one.id,
        "upload_id": one.upload_id,
        "part": one.part,
        "state": one.state,
        "how": one.how,
        "code": codes.get(one.page_id or ""),
        "fault": sentence(one.fault) if one.fault else None,
        "sha256": one.sha256,
        "uploaded_at": rfc3339(one.uploaded_ms),
        "url": f"/api/v1/paper-scans/{one.id}/picture" if one.picture_id else None,
    }


def codes_of(found: list[ScanView]) -> dict[str, str]:
    """Return the codes of the pages that scans are filed to, by page id."""
    ids = [one.page_id for one in found if one.page_id]
    return {id_: page.code for id_, page in queries.pages_by_id(db.session, ids).items()}
