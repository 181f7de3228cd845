"""Office pages of printed sheets: those of a class with what is missing, and one page with its proof and its scans."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from yanglao.classes import queries as classes
from yanglao.completion import confirming, paper_words
from yanglao.completion.confirming import WHATS
from yanglao.kernel.actor import Actor
from yanglao.kernel.db import db
from yanglao.kernel.wording import sentence, todo
from yanglao.oversight import (
    book_look,
    claim_columns,
    claim_pages,
    dossier_proof,
    paper_entries,
    printing,
)
from yanglao.papers import queries, rules
from yanglao.papers.queries import PageView
from yanglao.people import queries as people
from yanglao.people.roles import may, scope_of
from yanglao.web.auth import actor, who
from yanglao.web.office.classes import dated
from yanglao.web.own_words import what_words, word_line
from yanglao.web.page import page
from yanglao.web.paper_answers import proof_within

bp = APIBlueprint("office_papers", __name__, url_prefix="/office", enable_openapi=False)


@bp.get("/classes/<class_id>/papers")
@who("standing.read")
def class_papers(class_id: str) -> str:
    """Show what was printed of a class, which pages lack their signed scan, and what could not be read."""
    me = actor()
    own = classes.class_(db.session, class_id, scope_of(me.grants, "standing.read"))
    found = queries.papers_of_class(db.session, class_id)
    pages = queries.pages(db.session, [one.id for one in found])
    sheets = queries.scans_of_class(db.session, class_id)
    counts = queries.scan_counts(db.session, [one.id for listed in pages.values() for one in listed])
    return page(
        "office/papers.html",
        own=own,
        sessions=classes.sessions_of_class(db.session, class_id),
        papers=[(one, *printing.state_of(db.session, one), pages.get(one.id, [])) for one in found],
        counts=counts,
        open_sheets=[
            (one, sentence(one.fault) if one.fault else "") for one in sheets if one.state != "filed"
        ],
        known=people.persons(
            db.session, {one.asked_by for one in found} | {one.uploaded_by for one in sheets}
        ),
        may_print=may(me.grants, "session.plan", base=own.base_id, division=own.division_code),
        waiting=any(one.state == "waiting" for one in sheets) or any(one.state == "asked" for one in found),
        spaced=rules.spaced,
        dated=dated,
    )


@bp.get("/papers/<code>")
@who("standing.read")
def one_page(code: str) -> str:
    """Show one printed page: what the ledger says of it, what stands on it, and the scans of it."""
    proof = proof_within(code)
    assert proof.page is not None and proof.paper is not None
    sheets = queries.scans_of_page(db.session, proof.page.id)
    waiting, me = paper_entries.waiting(db.session, proof.page), actor()
    reach = {"base": proof.paper.base_id, "division": proof.paper.division_code}
    return page(
        "office/paper.html",
        proof=proof,
        todo=todo(f"paper.{proof.about}_{proof.state}"),
        own=classes.class_(db.session, proof.paper.class_id),
        sheets=sheets,
        known=people.persons(
            db.session,
            {one.uploaded_by for one in sheets}
            | {one.by_person_id for one in waiting}
            | {proof.paper.asked_by},
        ),
        waiting=waiting,
        may_enter=proof.page.content["kind"] == paper_entries.BLANK
        and may(me.grants, "session.plan", **reach),
        may_decide=may(me.grants, "scan.decide", **reach),
        own_entry=any(one.by_person_id == me.person_id for one in waiting),
        enrolled=_names(proof.page.content, proof.paper.class_id),
        word=_word(proof.page, me, reach),
        short=rules.short,
        spaced=rules.spaced,
        **_table(proof.page.content),
    )


def _word(page: PageView, me: Actor, reach: dict[str, Any]) -> dict[str, Any] | None:
    """Return what a page shows of the word on it; None on any other paper."""
    content = page.content
    if content["kind"] != paper_words.KIND:
        return None
    place = (content["enrolment"], content["segment"])
    waits = paper_words.waiting(db.session, [place[0]]).get(place)
    known = people.persons(db.session, {waits.entered_by} if waits else set())
    return {
        "waits": waits,
        "here": waits is not None and waits.page_id == page.id,
        "line": word_line(waits.said) if waits else "",
        "by": known[waits.entered_by].name if waits else "",
        "own_entry": waits is not None and waits.entered_by == me.person_id,
        "may_enter": may(me.grants, "session.plan", **reach),
        "may_decide": may(me.grants, "hours.review", **reach),
        "days": [(one["day"], one["day"]) for one in content["rows"]],
        "whats": [(what, what_words(what)) for what in WHATS],
        "stands": confirming.own_word(db.session, *place),
    }


def _table(content: dict[str, Any]) -> dict[str, Any]:
    if content["kind"] in claim_columns.COLUMNS:
        return claim_pages.table(content)
    if content["kind"] in dossier_proof.KINDS:
        return {"names": ["序号", "姓名", "证件号", "学时和成绩"], "rows": dossier_proof.shown(content)}
    shown = book_look.table(content)
    names = ["序号", "姓名", "证件号", "签到", "签退", "分钟", "结果", "证明"]
    if content["kind"] == paper_words.KIND:
        names = ["日期", "线上", "线下", "地点"]
    if content["kind"] == "attendance_class":
        names = ["序号", "姓名", *(f"{day} {time}" for day, time in shown["columns"]), "计入分钟"]
    return {
        "names": names[:3] if content["kind"] == "attendance_blank" else names,
        "rows": shown["rows"][: len(content["rows"])],
    }


def _names(content: dict[str, Any], class_id: str) -> list[tuple[str, int, str]]:
    """Return (enrolment, number, name) of whom a blank sheet can be entered for: its rows, then who joined since."""
    if content["kind"] != paper_entries.BLANK:
        return []
    own = [(row["e"], row["no"], row["name"]) for row in content["rows"]]
    if "empty" not in content:
        return own
    roster, printed = (
        classes.roster(db.session, class_id),
        content["rows"][-1]["no"] if content["rows"] else 0,
    )
    joined = [one for one in roster if one.roster_no > printed and one.id not in {row[0] for row in own}]
    known = people.persons(db.session, {one.person_id for one in joined})
    return own + [(one.id, one.roster_no, known[one.person_id].name) for one in joined]
