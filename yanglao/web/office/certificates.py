"""证书: who of a class may be given one, review, issue, and what became of each; filters stand in the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import Response as FileResponse
from flask import request
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.certificates import level_queries, looks, queries, rules, service
from yanglao.certificates.level_queries import LevelView
from yanglao.certificates.queries import Candidate, CertificateView
from yanglao.certificates.states import ACT_NAMES, STATE_NAMES, step
from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.people import queries as people
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.certificate_answers import LABELS, base_url, sent
from yanglao.web.page import page

bp = APIBlueprint("office_certificates", __name__, url_prefix="/office/certificates", enable_openapi=False)
ROWS = 60
CANDIDATE_NAMES = {"ready": "可以审核", "lacking": "还缺"} | STATE_NAMES


class ListQuery(forms.Query):
    """Filters of the list, kept in the address; with a class its people are shown."""

    class_id: str = Field(default="", max_length=26)
    base_id: str = Field(default="", max_length=26)
    state: Literal[
        "", "ready", "lacking", "reviewed", "returned", "issued", "suspended", "revoked", "replaced"
    ] = ""
    text: str = Field(default="", max_length=60)
    after: str = Field(default="", max_length=26)


class ReasonForm(forms.Form):
    """A step and why it is taken."""

    act: Literal["return", "suspend", "resume", "revoke", "replace"]
    reason: str = Field(default="", max_length=500)


@bp.get("")
@who("certificate.read")
def certificates() -> str:
    """Show the people of a class with what they lack, or without a class the certificates there are."""
    asked, me = forms.read_query(ListQuery), actor()
    scope = scope_of(me.grants, "certificate.read")
    own = classes.class_(db.session, asked.class_id, scope) if asked.class_id else None
    wanted = asked.model_dump(exclude={"after"}, exclude_defaults=True)
    return page(
        "office/certificates.html",
        asked=asked,
        own=own,
        choices=_choices(asked),
        wanted=wanted,
        link=lambda **more: f"/office/certificates?{urlencode({**wanted, **more})}",
        state_names=CANDIDATE_NAMES,
        spaced=rules.spaced,
        me=me.person_id,
        **(_of_class(own, asked, me) if own else _all(asked)),
    )


@bp.get("/<certificate_id>")
@who("certificate.read")
def certificate(certificate_id: str) -> str:
    """Show one certificate: what is printed, every step, and what may be done."""
    me = actor()
    found = queries.certificate(db.session, certificate_id, scope_of(me.grants, "certificate.read"))
    steps = queries.steps(db.session, found.id)
    return page(
        "office/certificate.html",
        one=found,
        own=classes.class_(db.session, found.class_id),
        trainee=people.person(db.session, people.standing_id(db.session, found.person_id)),
        steps=steps,
        known=people.persons(db.session, {each.actor_id for each in steps}),
        follower=queries.replaced_by(db.session, found.id),
        acts=[act for act in ("return", "suspend", "resume", "revoke", "replace") if _may(found, act, me)],
        may_issue=_may(found, "issue", me) and found.reviewed_by != me.person_id,
        act_names=ACT_NAMES,
        state_names=STATE_NAMES,
        labels=LABELS,
        spaced=rules.spaced,
    )


@bp.get("/<certificate_id>.pdf")
@who("certificate.read")
def paper(certificate_id: str) -> FileResponse:
    """Send the PDF to print."""
    scope = scope_of(actor().grants, "certificate.read")
    own = queries.certificate(db.session, certificate_id, scope)
    return sent(looks.pdf(own, base_url=base_url()), "application/pdf", f"{own.number}.pdf", save=False)


@bp.post("/review")
@who("certificate.review")
def review() -> Response:
    """Review those who were ticked."""
    ids, me, moment = request.form.getlist("enrolment_id"), actor(), now()
    return _done(
        lambda: service.review(db.session, ids, now=moment, actor=me),
        f"审核好了 {len(ids)} 人，请另一位管理员签发。",
    )


@bp.post("/issue")
@who("certificate.issue")
def issue() -> Response:
    """Issue those that were ticked."""
    ids, me, moment = request.form.getlist("certificate_id"), actor(), now()
    return _done(
        lambda: service.issue(db.session, ids, now=moment, actor=me),
        f"签发好了 {len(ids)} 张，已经告诉学员。",
    )


@bp.post("/<certificate_id>/step")
@who("certificate.issue", "certificate.revoke")
def take(certificate_id: str) -> Response:
    """Take a step with a reason."""
    form, me, moment = forms.read(ReasonForm), actor(), now()
    return forms.do(
        lambda: service.take_or_replace(
            db.session, certificate_id, form.act, reason=form.reason, now=moment, actor=me
        ),
        back=f"/office/certificates/{certificate_id}",
        done=f"办好了：{ACT_NAMES[form.act]}。",
    )


def _done(act: Callable[[], Any], done: str) -> Response:
    class_id = request.form.get("class_id", "")[:26]
    return forms.do(act, back=f"/office/certificates?{urlencode({'class_id': class_id})}", done=done)


def _may(found: CertificateView, act: str, me: Actor) -> bool:
    step_ = step(found.state, act)
    permission = "certificate.review" if act == "replace" else step_.permission if step_ else ""
    return step_ is not None and may(me.grants, permission, base=found.base_id, division=found.division_code)


def _of_class(own: ClassView, asked: ListQuery, me: Actor) -> dict[str, Any]:
    everybody = queries.candidates(db.session, own.id, now=now())
    counts: dict[str, int] = {}
    for one in everybody:
        counts[one.state] = counts.get(one.state, 0) + 1
    where = {"base": own.base_id, "division": own.division_code}
    return {
        "candidates": [one for one in everybody if _wanted(one, asked)],
        "counts": counts,
        "levels": _levels(everybody),
        "may_review": may(me.grants, "certificate.review", **where),
        "may_issue": may(me.grants, "certificate.issue", **where),
    }


def _levels(everybody: list[Candidate]) -> dict[str, LevelView]:
    """Return person id -> their latest certificate of skill level."""
    found = level_queries.of_persons(db.session, {one.person.id for one in everybody})
    return {one.person_id: one for one in reversed(found)}


def _wanted(one: Candidate, asked: ListQuery) -> bool:
    return asked.state in ("", one.state) and (not asked.text or asked.text in one.person.name)


def _all(asked: ListQuery) -> dict[str, Any]:
    scope = scope_of(actor().grants, "certificate.read")
    filters = queries.Filters(base_id=asked.base_id, state=asked.state, text=asked.text)
    found = queries.certificates(db.session, scope, filters, after=asked.after, limit=ROWS + 1)
    return {
        "found": found[:ROWS],
        "next": found[ROWS - 1].id if len(found) > ROWS else None,
        "counts": queries.count(db.session, scope, queries.Filters(base_id=asked.base_id, text=asked.text)),
        "known": people.persons(db.session, {one.person_id for one in found}),
        "named": classes.classes_by_id(db.session, {one.class_id for one in found}),
    }


def _choices(asked: ListQuery) -> dict[str, list[tuple[str, str]]]:
    scope = scope_of(actor().grants, "certificate.read")
    own = classes.classes(db.session, scope, classes.Filters(base_id=asked.base_id), limit=300)
    begun = [one for one in own if one.state in ("running", "finished", "archived")]
    names = CANDIDATE_NAMES if asked.class_id else STATE_NAMES
    return {
        "class_id": [("", "全部班级"), *((one.id, one.name) for one in begun)],
        "state": [("", "全部状态"), *names.items()],
        "base_id": [("", "全部基地"), *((one.id, one.short_name) for one in places.bases(db.session, scope))],
    }
