"""代领协议: the contracts of a class by which its base claims for the trainees, one by one with their scans."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from yanglao.classes import queries as classes
from yanglao.files import service as files
from yanglao.kernel.clock import day_of, now
from yanglao.kernel.db import db
from yanglao.kernel.errors import NotFound
from yanglao.people import queries as people
from yanglao.people.roles import may, scope_of
from yanglao.subsidy import papers, proxies, proxy_queries
from yanglao.subsidy.papers import Paper
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint(
    "office_proxy_contracts", __name__, url_prefix="/office/claims/contracts", enable_openapi=False
)


@bp.get("/<class_id>")
@who("claim.read")
def contracts(class_id: str) -> str:
    """Show who of a class has a contract, and let the base record them."""
    me = actor()
    own = classes.class_(db.session, class_id, scope_of(me.grants, "claim.read"))
    roster = classes.roster(db.session, class_id, withdrawn=True)
    held = proxy_queries.of_enrolments(db.session, [one.id for one in roster])
    return page(
        "office/proxy_contracts.html",
        own=own,
        roster=roster,
        held=held,
        lacking=[one for one in roster if one.id not in held],
        known=people.persons(db.session, {one.person_id for one in roster}),
        no_fee=proxies.NO_FEE,
        today=day_of(now()),
        may_record=may(me.grants, "claim.file", base=own.base_id, division=own.division_code),
    )


@bp.post("/<class_id>")
@who("claim.file")
def record(class_id: str) -> AnyResponse:
    """Record one contract with its scan."""
    me, moment, given = actor(), now(), request.form
    signed_on = forms.day(given.get("signed_on", ""))
    sent = request.files.get("file")
    content = sent.read(papers.MOST_BYTES + 1) if sent is not None else b""
    paper = Paper(
        given.get("document_no", ""),
        content,
        (sent.filename or "") if sent else "",
        sent.mimetype if sent else "",
    )
    free = given.get("free_of_charge") == "true"
    return forms.do(
        lambda: proxies.record(
            db.session,
            given.get("enrolment_id", ""),
            paper,
            signed_on=signed_on,
            free_of_charge=free,
            now=moment,
            actor=me,
        ),
        back=f"/office/claims/contracts/{class_id}",
        done="协议登记好了。",
    )


@bp.get("/<class_id>/<enrolment_id>/scan")
@who("claim.read")
def scan(class_id: str, enrolment_id: str) -> Response:
    """Show the scan of a contract."""
    own = classes.enrolment(db.session, enrolment_id, scope_of(actor().grants, "claim.read"))
    held = proxy_queries.of_enrolments(db.session, [own.id]).get(own.id)
    if held is None or own.class_id != class_id:
        raise NotFound()
    found = files.open_(db.session, held.file_id, now=now())
    return send_file(found.path, mimetype=found.media_type)
