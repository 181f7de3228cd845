"""学时审核·实操考核: what came out, what waits for a third person, and one assessment with its sheets and photos."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlencode

from apiflask import APIBlueprint
from pydantic import Field

from yanglao.capture.practical import queries
from yanglao.classes import queries as classes
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db
from yanglao.oversight import exports, practical_sheet
from yanglao.people.roles import may, scope_of
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.material import Linking
from yanglao.web.page import page

bp = APIBlueprint("office_practical", __name__, url_prefix="/office/review/practical", enable_openapi=False)
ROWS = 100


class ListQuery(forms.Query):
    """Filters of the list, kept in the address; the names are those of the API."""

    class_id: str = Field(default="", max_length=26)
    state: Literal["", "open", "differs", "passed", "failed", "voided"] = ""
    text: str = Field(default="", max_length=60)
    after: str = Field(default="", max_length=26)


@bp.get("")
@who("standing.read")
def practical_list() -> str:
    """Show the assessments within scope, the newest first, with the filters of the address."""
    asked, me = forms.read_query(ListQuery), actor()
    wanted = asked.model_dump(exclude={"after"}, exclude_defaults=True)
    scope = scope_of(me.grants, "standing.read")
    filters = practical_sheet.wanted_of(wanted)
    found = queries.results(db.session, scope, filters, after=asked.after, limit=ROWS + 1)
    running = classes.classes(db.session, scope, classes.Filters(states=("running", "finished")), limit=300)
    return page(
        "office/practical.html",
        asked=asked,
        found=found[:ROWS],
        next=found[ROWS - 1].id if len(found) > ROWS else "",
        counts=queries.count(db.session, scope, filters),
        state_names=practical_sheet.STATES,
        state_of=practical_sheet.state_of,
        ways=practical_sheet.WAYS,
        choices=[("", "全部班级"), *((one.id, one.name) for one in running)],
        wanted=wanted,
        said=exports.said_filter(db.session, wanted),
        may_export=may(me.grants, "standing.export"),
        may_open=may(me.grants, "evidence.read"),
        link=lambda **more: f"/office/review/practical?{urlencode({**wanted, **more})}",
        moment_ms=to_ms(now()),
    )


@bp.get("/<assessment_id>")
@who("evidence.read")
def practical_one(assessment_id: str) -> str:
    """Show one assessment item by item; the list opens it in its drawer."""
    me, moment = actor(), now()
    one = queries.result(db.session, assessment_id, scope_of(me.grants, "evidence.read"))
    linking = Linking(me.person_id, moment)
    return page(
        "office/practical_one.html",
        one=one,
        state=practical_sheet.state_of(one),
        state_names=practical_sheet.STATES,
        ways=practical_sheet.WAYS,
        sheets=queries.sheets(db.session, one),
        may_void=one.voided_ms is None and may(me.grants, "practical.void"),
        proofs=[(each, linking.file(each.file_id)) for each in queries.evidence(db.session, one)],
    )
