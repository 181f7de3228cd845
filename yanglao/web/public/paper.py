"""What whoever scans the QR of a printed page may know: ours or not, changed since or not. No names."""

from __future__ import annotations

from flask import Blueprint

from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.kernel.wording import todo
from yanglao.oversight import paper_proof
from yanglao.people.roles import may
from yanglao.web.auth import actor_or_none, public
from yanglao.web.guards import limiter
from yanglao.web.page import page

bp = Blueprint("paper", __name__)
TONES = {
    "unchanged": ("pine", "done"),
    "changed": ("amber", "warn"),
    "broken": ("red", "refused"),
    "not_ours": ("red", "refused"),
}


@bp.get("/p/<code>")
@public
@limiter.limit("30/minute")
@limiter.limit("600/minute", key_func=lambda: "paper")
def show(code: str) -> tuple[str, int]:
    """Say in one sentence what became of the page."""
    proof = paper_proof.prove(db.session, code[:64], now=now())
    held = actor_or_none()
    inside = (
        held is not None
        and proof.paper is not None
        and may(held.grants, "standing.read", base=proof.paper.base_id, division=proof.paper.division_code)
    )
    drawn = page(
        "public/paper.html",
        proof=proof,
        tone=TONES[proof.state][0],
        symbol=TONES[proof.state][1],
        todo=todo(f"paper.{proof.about}_{proof.state}"),
        inside=inside,
    )
    return drawn, 404 if proof.state == paper_proof.NOT_OURS else 200
