"""Office page of a class's roster: hand it in, see what happens to each row, enter it."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import current_app
from pydantic import Field

from yanglao.classes import next_steps, queries, roster_queries
from yanglao.classes.roster_columns import FIELDS
from yanglao.evidence import filing
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db, run
from yanglao.people.roles import scope_of
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_roster", __name__, url_prefix="/office", enable_openapi=False)


class RosterQuery(forms.Query):
    """Which roster is shown; without one, the place to hand one in. ``again``: it was in the class already."""

    import_: str = Field(default="", alias="import", max_length=26)
    again: str = ""


class SlipsForm(forms.Form):
    """The roster whose first passwords are wanted."""

    import_id: str = Field(max_length=26)


@bp.get("/classes/<class_id>/roster")
@who("roster.import")
def roster(class_id: str) -> str:
    """Show where a roster is handed in, or what was said of one."""
    asked, me = forms.read_query(RosterQuery), actor()
    scope = scope_of(me.grants, "roster.import")
    own = queries.class_(db.session, class_id, scope)
    shown = roster_queries.import_(db.session, asked.import_, scope) if asked.import_ else None
    return page(
        "office/roster.html",
        own=own,
        shown=shown,
        again=bool(asked.again),
        said=roster_queries.said,
        fields=FIELDS,
        imports=roster_queries.imports_of_class(db.session, class_id, scope),
        rights=next_steps.rights(own, me),
        now_ms=to_ms(now()),
    )


@bp.post("/classes/<class_id>/roster/slips")
@who("roster.import")
def slips(class_id: str) -> str:
    """Show the first passwords as slips to print and cut; that they were shown is kept."""
    form, moment, me = forms.read(SlipsForm), now(), actor()
    own = queries.class_(db.session, class_id, scope_of(me.grants, "roster.import"))
    found = run(lambda: filing.hand_out_slips(db.session, form.import_id, now=moment, actor=me))
    return page(
        "office/slips.html",
        own=own,
        import_id=form.import_id,
        slips=found,
        address=current_app.config["SETTINGS"].public_base_url,
    )
