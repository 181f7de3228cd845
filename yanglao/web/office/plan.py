"""监督: what the notice plans per division against who is enrolled, learning and finished."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from yanglao.kernel.clock import day_of, now, to_ms
from yanglao.kernel.db import db
from yanglao.oversight import progress
from yanglao.oversight.progress import Progress
from yanglao.people.roles import scope_of
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_plan", __name__, url_prefix="/office/plan", enable_openapi=False)


class PlanQuery(forms.Query):
    """Year of class start and category, kept in the address."""

    year: int = Field(default=0, ge=0, le=2200)
    category: str = Field(default="", max_length=40)
    against: int | None = Field(default=None, ge=0, le=2200)


@bp.get("")
@who("plan.read")
def plan() -> str:
    """Show the plan of a year and what was done, by division."""
    asked, moment = forms.read_query(PlanQuery), now()
    today = day_of(moment)
    year = asked.year or today.year
    scope = scope_of(actor().grants, "plan.read")
    found = progress.progress(db.session, scope, year, category=asked.category, against=asked.against)
    return page(
        "office/plan.html",
        found=found,
        year=year,
        category=asked.category,
        years=[(str(one), f"{one} 年") for one in progress.years(db.session, today=today)],
        categories=[
            ("", "通知有指标的类别"),
            *((one.code, one.name) for one in progress.categories(db.session)),
        ],
        against=[("0", "不对照"), *((str(one), f"{one} 年的计划") for one in found.planned_years)],
        chart=_chart(found),
        wanted={"year": year, "category": asked.category, "against": found.against},
        moment_ms=to_ms(moment),
    )


def _chart(found: Progress) -> list[dict[str, Any]]:
    """Return one drawing per category with the numbers of its table, divisions in the order of the notice."""
    return [
        {
            "code": kind.code,
            "name": kind.name,
            "divisions": [row.division.name for row in rows],
            "planned": [row.cells[kind.code].planned for row in rows],
            "enrolled": [row.cells[kind.code].count.enrolled for row in rows],
            "learning": [row.cells[kind.code].count.learning for row in rows],
            "finished": [row.cells[kind.code].count.finished for row in rows],
        }
        for kind in found.categories
        for rows in [[row for row in found.rows if not row.cells[kind.code].empty]]
    ]
