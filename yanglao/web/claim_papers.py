"""Tell the page of a claim which papers there are, who printed them when, and which pages lack their signed scan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yanglao.kernel.actor import Actor
from yanglao.kernel.db import db
from yanglao.kernel.wording import sentence
from yanglao.oversight import bureau_forms, claim_bank, printing
from yanglao.oversight.claim_columns import FORM, TITLES
from yanglao.oversight.claim_figures import STANDS
from yanglao.papers import queries
from yanglao.papers import service as papers
from yanglao.papers.queries import PageView, PaperView
from yanglao.people import queries as people
from yanglao.people.roles import may
from yanglao.subsidy.shapes import ClaimView, LineView

MOST_USES = 5


@dataclass(frozen=True)
class Printed:
    """One printed paper: how far it is, why it failed, and its pages."""

    paper: PaperView
    state: str
    fault: str
    pages: list[PageView]


@dataclass(frozen=True)
class Material:
    """One kind of paper and what was printed of it, the newest first."""

    kind: str
    title: str
    printed: list[Printed]


def shown(own: ClaimView, me: Actor, lines: list[LineView]) -> dict[str, Any]:
    """Return what the section of papers shows."""
    found = queries.papers_of_claim(db.session, own.id)
    pages = queries.pages(db.session, [one.id for one in found])
    printed = [Printed(one, *printing.state_of(db.session, one), pages.get(one.id, [])) for one in found]
    sheets = [one for one in queries.scans_of_class(db.session, own.class_id) if one.state != "filed"]
    uses = bureau_forms.uses_of(db.session, own.id)
    asked = (
        {who for _, who, _ in uses} | {one.asked_by for one in found} | {one.uploaded_by for one in sheets}
    )
    reach = {"base": own.base_id, "division": own.division_code}
    return {
        "materials": [
            Material(kind, title, [one for one in printed if one.paper.kind == kind])
            for kind, title in TITLES.items()
        ],
        "leaf_counts": queries.scan_counts(
            db.session, [page.id for listed in pages.values() for page in listed]
        ),
        "open_sheets": [(one, sentence(one.fault) if one.fault else "") for one in sheets],
        "askers": people.persons(db.session, asked),
        "may_print": any(may(me.grants, one, **reach) for one in papers.WORKS["claim"]),
        "nothing_stands": not any(one.state in STANDS for one in lines),
        "bureau_forms": bureau_forms.current(db.session),
        "form_uses": [(bureau_forms.version(db.session, id_), who, at) for id_, who, at in uses[:MOST_USES]],
        # What was filled before forms carried codes has no page.
        "form_leaves": {
            (one.subject_id, one.asked_by, one.asked_ms): pages[one.id][0]
            for one in found
            if one.kind == FORM
        },
        "payable": own.state in claim_bank.PAYABLE,
        "may_pay": may(me.grants, "claim.finance", **reach),
        "may_see_ids": may(me.grants, "people.reveal_id", **reach),
        "being_made": any(one.state == "asked" for one in printed)
        or any(one.state == "waiting" for one in sheets),
    }
