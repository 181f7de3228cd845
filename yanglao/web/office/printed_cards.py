"""Printed cards of a class's people: who has one, make, print, renew and revoke them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, request, send_file
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.capture.attendance import printed
from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem, Refused
from yanglao.outside import drawing, typesetting
from yanglao.outside.qr_image import encode
from yanglao.people import photos
from yanglao.people import queries as people
from yanglao.people.roles import scope_of
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = Blueprint("office_printed_cards", __name__, url_prefix="/office")


class RevokeForm(forms.Form):
    """Whose card ends, and why."""

    person_id: str = Field(max_length=26)
    reason: str = Field(default="", max_length=200)


@bp.get("/classes/<class_id>/cards")
@who("people.manage")
def cards(class_id: str) -> str:
    """Show who of a class has a card; chosen ones can be printed or renewed."""
    return _shown(class_id)


@bp.post("/classes/<class_id>/cards/issue")
@who("people.manage")
def issue(class_id: str) -> Response:
    """Make cards for everybody of the class who has none."""
    moment, me = now(), actor()
    return forms.do(
        lambda: printed.issue(db.session, class_id, (), now=moment, actor=me),
        back=f"/office/classes/{class_id}/cards",
        done="纸卡做好了。现在可以打印。",
    )


@bp.post("/classes/<class_id>/cards/renew")
@who("people.manage")
def renew(class_id: str) -> Response:
    """Make new cards for those chosen; their old ones end at once."""
    moment, me, chosen = now(), actor(), request.form.getlist("enrolment_id")[:500]

    def act() -> None:
        if not chosen:
            raise Refused("printed_card.nobody")
        printed.issue(db.session, class_id, chosen, anew=True, now=moment, actor=me)

    return forms.do(
        act,
        back=f"/office/classes/{class_id}/cards",
        done=f"{len(chosen)} 人换了新卡，旧卡已经作废。请打印新卡。",
    )


@bp.post("/classes/<class_id>/cards/revoke")
@who("people.manage")
def revoke(class_id: str) -> Response:
    """End one person's card."""
    form, moment, me = forms.read(RevokeForm), now(), actor()
    return forms.do(
        lambda: printed.revoke(db.session, form.person_id, reason=form.reason, now=moment, actor=me),
        back=f"/office/classes/{class_id}/cards",
        done="这张纸卡作废了，从现在起扫不了。",
    )


@bp.post("/classes/<class_id>/cards/print")
@who("people.manage")
def print_(class_id: str) -> Response | tuple[str, int]:
    """Send the cards of those chosen (all, when nobody is) as a PDF to print, ten on a page."""
    moment, me, chosen = now(), actor(), request.form.getlist("enrolment_id")[:500]
    try:
        made = run(lambda: printed.note_printed(db.session, class_id, chosen, now=moment, actor=me))
        content = typesetting.pdf("cards", {"cards": _faces(class_id, made)})
    except (Refused, typesetting.GlyphMissing) as refusal:
        return _shown(class_id, refusal), refusal.status
    response = send_file(BytesIO(content), mimetype="application/pdf", download_name="cards.pdf")
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _shown(class_id: str, refusal: Problem | None = None) -> str:
    own = classes.class_(db.session, class_id, scope_of(actor().grants, "people.manage"))
    roster = classes.roster(db.session, class_id)
    person_ids = [one.person_id for one in roster]
    return page(
        "office/cards.html",
        own=own,
        roster=roster,
        known=people.persons(db.session, person_ids),
        cards=printed.of_persons(db.session, person_ids),
        seen=photos.approved_among(db.session, person_ids),
        refused=forms.said(refusal) if refusal else None,
    )


def _faces(class_id: str, made: list[printed.PrintedView]) -> list[dict[str, Any]]:
    """Return what stands on each card; no ID number and no phone number."""
    own: ClassView = classes.class_(db.session, class_id)
    base = places.base(db.session, own.base_id).name
    known = people.persons(db.session, [one.person_id for one in made])
    return [
        {
            "name": known[one.person_id].name,
            "class_name": own.name,
            "base": base,
            "qr": drawing.svg(encode(one.payload), label="纸卡的码"),
            "letters": [one.payload[:16], one.payload[16:]],
            "issued": day_of(one.issued_ms).isoformat(),
        }
        for one in made
    ]
