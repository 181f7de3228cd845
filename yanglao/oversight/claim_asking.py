"""Ask for the papers of a claim: who may, what is kept of whoever sees whole ID numbers, and which papers there are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.kernel.actor import Actor, Scope
from yanglao.kernel.clock import day_of
from yanglao.kernel.errors import Forbidden
from yanglao.oversight.claim_columns import ROSTER, TITLES
from yanglao.oversight.claim_figures import gather, may_see_ids
from yanglao.papers import queries
from yanglao.papers import service as papers
from yanglao.papers.queries import PaperView
from yanglao.people import service as people
from yanglao.people.roles import may, scope_of
from yanglao.subsidy import queries as claims
from yanglao.subsidy.shapes import ClaimView

SHOWN = "花名册上的完整证件号"


def scope_to_work(actor: Actor) -> Scope:
    """Return how far somebody works with the papers of claims. Raises Forbidden where not at all."""
    reaches = [scope_of(actor.grants, one) for one in papers.WORKS["claim"]]
    found = Scope(
        all=any(one.all for one in reaches),
        divisions=frozenset().union(*(one.divisions for one in reaches)),
        bases=frozenset().union(*(one.bases for one in reaches)),
    )
    if found.empty:
        raise Forbidden(permission=papers.WORKS["claim"][0])
    return found


def ask(session: Session, kind: str, claim_id: str, *, now: datetime, actor: Actor) -> str:
    """Leave a paper of a claim to be made and return its id. Raises Forbidden, ClaimUnknown, NobodyOnPaper."""
    own = claims.claim(session, claim_id, scope_to_work(actor))
    if kind == ROSTER:
        note_shown(session, own, now=now, actor=actor)
    else:
        gather(session, own, today=day_of(now))
    title = f"{TITLES[kind]} {own.class_name} {own.mode_name} {own.month_key}"
    training = classes.class_(session, own.class_id)
    chain = ("claim", own.id)
    return papers.ask(session, kind, own.id, training, title=title, now=now, actor=actor, chain=chain)


def note_shown(session: Session, own: ClaimView, *, now: datetime, actor: Actor) -> None:
    """Keep that the actor asked for everybody's whole ID number, when they may see them. Raises NobodyOnPaper."""
    sheet = gather(session, own, today=day_of(now))
    if may_see_ids(actor, own):
        ids = [one.person_id for one in sheet.people]
        people.note_ids_shown(session, ids, reason=SHOWN, now=now, actor=actor)


def check_opening(session: Session, paper: PaperView, actor: Actor) -> None:
    """Raise Forbidden when a paper shows whole ID numbers that the actor may not see."""
    if paper.kind != ROSTER:
        return
    pages = queries.pages(session, [paper.id]).get(paper.id, [])
    reach = {"base": paper.base_id, "division": paper.division_code}
    if pages and pages[0].content["whole"] and not may(actor.grants, "people.reveal_id", **reach):
        raise Forbidden(permission="people.reveal_id")
