"""Fill a claim into a version of a bureau's form, and keep in the claim's chain which version it was, by its hash.

The filled form carries one code for all of its sheets; a signed scan is filed by it to what was kept of the form, and proved.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.classes import queries as classes
from yanglao.evidence import ledger
from yanglao.evidence import queries as evidence
from yanglao.evidence.ledger import Entry
from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import SHANGHAI, day_of, to_ms
from yanglao.outside import form_filling
from yanglao.oversight import bureau_forms, claim_asking, claim_pages, form_words
from yanglao.oversight.bureau_forms import FormUnknown, VersionView
from yanglao.oversight.claim_asked import Asked, claim_of
from yanglao.oversight.claim_columns import FORM
from yanglao.oversight.claim_figures import Sheet, gather, may_see_ids
from yanglao.oversight.export_shapes import Made
from yanglao.oversight.form_models import BureauFormUse
from yanglao.oversight.form_words import Filler
from yanglao.oversight.printing import address_of
from yanglao.papers import service as papers
from yanglao.papers.service import Finished
from yanglao.people import service as people
from yanglao.subsidy import payees
from yanglao.subsidy.shapes import ClaimView

SHOWING = frozenset({"行.证件号", "行.电话"})


def asked_for(session: Session, asked: Asked) -> tuple[ClaimView, VersionView]:
    """Return which claim goes into which version. Raises ClaimMissing, ClaimUnknown, FormUnknown (also of a form that was retired)."""
    used = bureau_forms.version(session, asked.wanted.get("version_id", ""))
    if used.retired:
        raise FormUnknown
    return claim_of(session, asked), used


def note_shown(session: Session, asked: Asked, *, now: datetime) -> None:
    """Keep who asked for whole ID numbers, when the form shows them. Raises NobodyOnPaper."""
    own, used = asked_for(session, asked)
    if SHOWING & {name for name, _ in used.words}:
        claim_asking.note_shown(session, own, now=now, actor=asked.actor)


def make(session: Session, asked: Asked, *, now: datetime, report: Callable[[int, int], None]) -> Made:
    """Return the form filled, whole ID numbers for whom may see them. Raises NobodyOnPaper, FileUnknown."""
    own, used = asked_for(session, asked)
    sheet = gather(session, own, today=day_of(now))
    by = Filler(
        name=asked.actor.name,
        day=day_of(now),
        head=evidence.head(session, "claim", own.id),
        whole=_whole(session, sheet, asked.actor),
        accounts=payees.of_people(session, [one.person_id for one in sheet.people]),
        code=papers.new_code(),
        address=address_of(),
    )
    report(1, 2)
    template = bureau_forms.template(session, used, now=now)
    content = form_filling.fill(template, form_words.values(sheet, by), form_words.rows(sheet, by))
    name = f"{used.name}_{own.class_name}_{now.astimezone(SHANGHAI):%Y%m%d_%H%M}.{used.kind}"
    actor, title = asked.actor, f"{used.name}（第 {used.number} 版）"
    heads = evidence.heads(session, "claim", [own.id])
    page = papers.drawn(claim_pages.form_draft(sheet, title, heads, now=now), 1, by.code)
    made = Finished(FORM, used.id, f"{title} {own.class_name}", [page], digest(content), ("claim", own.id))

    def seal(session: Session, at: datetime) -> None:
        _keep(session, own, used, made.file, now=at, actor=actor)
        training = classes.class_(session, own.class_id)
        papers.enter_made(session, made, training, now=at, actor=actor)

    return Made(content, name, used.media_type, seal=seal)


def _keep(
    session: Session, own: ClaimView, used: VersionView, made: str, *, now: datetime, actor: Actor
) -> None:
    session.add(
        BureauFormUse(
            version_id=used.id,
            claim_id=own.id,
            file_digest=made,
            asked_by=actor.person_id,
            asked_ms=to_ms(now),
        )
    )
    body = {"form": used.form_id, "version": used.number, "template": used.file_digest, "file": made}
    entry = Entry(("claim", own.id), "paper.form", body, occurred_ms=to_ms(now), client=actor.client)
    ledger.append(session, entry, now=now, actor=actor)


def _whole(session: Session, sheet: Sheet, actor: Actor) -> dict[str, tuple[str, str]]:
    if not may_see_ids(actor, sheet.claim):
        return {}
    numbers = people.id_numbers(session, [one.person_id for one in sheet.people], actor=actor)
    return {one.person_id: (numbers[one.person_id], one.phone) for one in sheet.people}
