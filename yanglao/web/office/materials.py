"""Material of lessons: sent in pieces, checked in the background, looked at before it is used."""

from __future__ import annotations

from flask import Blueprint

from yanglao.courses import materials
from yanglao.kernel import policy
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db
from yanglao.places import queries as places
from yanglao.web import dress
from yanglao.web.auth import actor, who
from yanglao.web.forms import read_query
from yanglao.web.material import Filters, Linking, authors_dict, material_dict
from yanglao.web.page import page

bp = Blueprint("office_materials", __name__, url_prefix="/office")

KINDS = dress.LESSON_KINDS
STATES = {"processing": "处理中", "ready": "能用了", "refused": "不能用", "given_up": "没做成"}


@bp.get("/materials")
@who("course.author")
def listed() -> str:
    """List the material of one's bases and of the city, and take in more."""
    asked, me = read_query(Filters), actor()
    found = materials.listed(db.session, me, kind=asked.kind, state=asked.state, text=asked.text)
    figures = policy.on(day_of(now())).material
    return page(
        "office/materials.html",
        items=[authors_dict(one) for one in found],
        asked=asked,
        kinds=KINDS,
        states={code: word for code, word in STATES.items() if code != "given_up"},
        bases={base.id: base.short_name for base in places.bases(db.session)},
        figures=figures,
    )


@bp.get("/materials/<material_id>")
@who("course.author")
def one(material_id: str) -> str:
    """Show one material as a lesson will show it, and take in its captions."""
    me = actor()
    seen = materials.seen(db.session, material_id, me)
    shown = material_dict(seen, Linking(me.person_id, now())) if seen.state == "ready" else None
    return page("office/material.html", one=authors_dict(seen), shown=shown, kinds=KINDS, states=STATES)
