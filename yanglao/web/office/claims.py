"""补贴: claims within one's scope, one with its lines, traces and steps, and what a class may claim and why not."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import Response, request, send_file
from pydantic import Field
from werkzeug.wrappers import Response as AnyResponse

from yanglao.classes import queries as classes
from yanglao.files import service as files
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db
from yanglao.kernel.errors import NotFound
from yanglao.people import queries as people
from yanglao.people.roles import may, scope_of
from yanglao.places import queries as places
from yanglao.subsidy import claimable, papers, queries
from yanglao.subsidy.eligibility_rules import KINDS
from yanglao.subsidy.papers import Paper
from yanglao.subsidy.shapes import MODES, PERSONAL, Asked, obstacle_dict
from yanglao.subsidy.states import BY_NAME, STATES
from yanglao.web import claim_papers, forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_claims", __name__, url_prefix="/office/claims", enable_openapi=False)
ROWS = 60
PATH = ("draft", "filed", "county_passed", "hrss_passed", "on_notice", "notice_over", "funded", "paid")


class ClaimsQuery(forms.Query):
    """Filters of the list, kept in the address; the names are those of the API."""

    state: str = Field(default="", max_length=16)
    mode: Literal["", "online", "offline"] = ""
    kind: str = Field(default="", max_length=12)
    month: str = Field(default="", pattern=r"^(\d{4}-\d{2})?$")
    base_id: str = Field(default="", max_length=26)
    division: str = Field(default="", max_length=12)
    class_id: str = Field(default="", max_length=26)
    run_id: str = Field(default="", max_length=26)
    text: str = Field(default="", max_length=60)
    after: str = Field(default="", max_length=26)


class LookQuery(forms.Query):
    """What a class is asked for: kind of subsidy, mode and fund."""

    kind: Literal["training", "startup", "assessment", "living"] = "training"
    mode: Literal["online", "offline"] = "online"
    fund: str = Field(default="", max_length=24)


@bp.get("")
@who("claim.read")
def claims_list() -> str:
    """Show claims, the newest first, with the filters of the address."""
    asked = forms.read_query(ClaimsQuery)
    scope = scope_of(actor().grants, "claim.read")
    wanted = asked.model_dump(exclude={"after"}, exclude_defaults=True)
    plain = asked.model_dump(exclude={"after", "month", "division"})
    filters = queries.Filters(**plain, month_key=asked.month, division_code=asked.division)
    without_state = queries.Filters(
        **{**plain, "state": ""}, month_key=asked.month, division_code=asked.division
    )
    found = queries.claims(db.session, scope, filters, after=asked.after, limit=ROWS + 1)
    return page(
        "office/claims.html",
        asked=asked,
        found=found[:ROWS],
        next=found[ROWS - 1].id if len(found) > ROWS else "",
        counts=queries.count(db.session, scope, without_state),
        wanted=wanted,
        link=lambda **more: f"/office/claims?{urlencode({**wanted, **more})}",
        choices=_choices(),
        states=STATES,
        modes=MODES,
        may_import=may(actor().grants, "exclusion.import"),
        moment_ms=to_ms(now()),
    )


@bp.get("/<claim_id>")
@who("claim.read")
def claim_one(claim_id: str) -> str:
    """Show one claim: what may be done now, its lines with their traces, and its steps."""
    me = actor()
    own = queries.claim(db.session, claim_id, scope_of(me.grants, "claim.read"))
    where = {"base": own.base_id, "division": own.division_code}
    lines, steps = queries.lines(db.session, claim_id), queries.steps(db.session, claim_id)
    by_paper = queries.acts_for(db.session, own, me, paper=True)
    waits = next((one for one in steps if one.state == "waiting"), None)
    return page(
        "office/claim.html",
        own=own,
        lines=lines,
        steps=steps,
        waits=waits,
        states=STATES,
        path=_path(own.state),
        acts=queries.acts_for(db.session, own, me),
        by_paper=by_paper,
        paper_choices=[(one.name, one.title) for one in by_paper],
        may_confirm=waits is not None
        and waits.actor_id not in me.hands()
        and may(me.grants, "claim.paper", **where),
        may_redraw=own.state in ("draft", "returned")
        and own.route != PERSONAL
        and may(me.grants, "claim.file", **where),
        may_pull=own.state in ("on_notice", "notice_over") and may(me.grants, "claim.notice", **where),
        may_return=own.state == "paid" and may(me.grants, "claim.finance", **where),
        returned_by_me={
            one.line_id for one in steps if one.act == "return_line" and one.actor_id in me.hands()
        },
        may_see_evidence=may(me.grants, "evidence.read", **where),
        moment_ms=to_ms(now()),
        **claim_papers.shown(own, me, lines),
    )


@bp.get("/of-class/<class_id>")
@who("claim.read")
def of_class(class_id: str) -> str:
    """Show of everybody in a class what may be claimed and why not, and let the base draft a claim of it."""
    me, asked = actor(), forms.read_query(LookQuery)
    own = classes.class_(db.session, class_id, scope_of(me.grants, "claim.read"))
    fund = asked.fund or queries.fund_for(db.session, class_id, asked.kind)
    found = claimable.look(db.session, class_id, Asked(asked.kind, asked.mode, fund), now=now())
    link = {"kind": asked.kind, "mode": asked.mode, "fund": fund}
    return page(
        "office/claimable.html",
        own=own,
        asked=asked,
        fund=fund,
        found=found,
        known=people.persons(db.session, {one.person_id for one in found.lines}),
        said={
            one.enrolment_id + one.segment_id: [obstacle_dict(each) for each in one.obstacles]
            for one in found.lines
        },
        choices={
            "kind": list(KINDS.items()),
            "fund": [(key, name) for key, name, _ in claimable.funds_of(own)],
        },
        claims=queries.claims(
            db.session, scope_of(me.grants, "claim.read"), queries.Filters(class_id=class_id)
        ),
        modes=MODES,
        link=lambda **more: f"/office/claims/of-class/{class_id}?{urlencode({**link, **more})}",
        may_draft=may(me.grants, "claim.file", base=own.base_id, division=own.division_code),
        may_see_evidence=may(me.grants, "evidence.read"),
        moment_ms=to_ms(now()),
    )


@bp.post("/<claim_id>/papers")
@who("claim.paper", "claim.hrss", "claim.finance")
def paper(claim_id: str) -> AnyResponse:
    """Take over what a department did on paper; a second person confirms it."""
    me, moment = actor(), now()
    act = request.form.get("act", "")
    if act not in BY_NAME:
        raise NotFound()
    sent = request.files.get("file")
    content = sent.read(papers.MOST_BYTES + 1) if sent is not None else b""
    given = Paper(
        request.form.get("document_no", ""),
        content,
        (sent.filename or "") if sent else "",
        sent.mimetype if sent else "",
    )
    return forms.do(
        lambda: papers.record(db.session, claim_id, act, given, now=moment, actor=me),
        back=f"/office/claims/{claim_id}",
        done="公文登记好了，等第二个人确认。",
    )


@bp.get("/<claim_id>/papers/<step_id>")
@who("claim.read")
def paper_scan(claim_id: str, step_id: str) -> Response:
    """Show the scan of a department's document."""
    queries.claim(db.session, claim_id, scope_of(actor().grants, "claim.read"))
    step = next((one for one in queries.steps(db.session, claim_id) if one.id == step_id), None)
    if step is None or step.file_id is None:
        raise NotFound()
    found = files.open_(db.session, step.file_id, now=now())
    return send_file(found.path, mimetype=found.media_type)


def _path(state: str) -> list[tuple[str, str]]:
    """Return the way of a claim as (words, passed | here | returned | "") for a stepper."""
    if state in ("withdrawn", "returned", "bank_returned"):
        return [("草稿", "passed"), (STATES[state], "returned")]
    here = PATH.index(state)
    marks = [
        "passed" if at < here or state == "paid" else "here" if at == here else "" for at in range(len(PATH))
    ]
    return list(zip((STATES[one] for one in PATH), marks, strict=True))


def _choices() -> dict[str, list[tuple[str, str]]]:
    """Return what each filter offers, within the caller's scope."""
    scope = scope_of(actor().grants, "claim.read")
    divisions = [one for one in places.divisions(db.session) if scope.all or one.code in scope.divisions]
    return {
        "state": [("", "全部"), *STATES.items()],
        "mode": [("", "线上和线下"), *MODES.items()],
        "kind": [("", "全部"), *KINDS.items()],
        "base_id": [("", "全部基地"), *((one.id, one.short_name) for one in places.bases(db.session, scope))],
        "division": [("", "全部县区"), *((one.code, one.name) for one in divisions)],
    }
