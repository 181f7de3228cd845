"""题库: the banks, the questions of one, and how they do."""

from __future__ import annotations

import io
from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import Response as Sent
from flask import flash, redirect, send_file
from pydantic import Field
from werkzeug.wrappers import Response

from yanglao.capture.quiz import items
from yanglao.classes import queries as classes
from yanglao.courses import question_queries as queries
from yanglao.courses import questions as service
from yanglao.courses.shapes import BankView, QuestionView
from yanglao.kernel import policy
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Problem
from yanglao.kernel.wording import sentence
from yanglao.people.roles import scope_of
from yanglao.places import queries as places
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.office import bank_sheet
from yanglao.web.office.bank_words import DIFFICULTIES, KINDS, KINDS_OF_ITEMS
from yanglao.web.page import page

bp = APIBlueprint("office_banks", __name__, url_prefix="/office/banks", enable_openapi=False)
ROWS = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class QuestionsQuery(forms.Query):
    """Filters of a bank's questions, kept in the address."""

    kind: Literal["", "single", "multiple", "true_false", "fill_in", "case"] = ""
    topic: str = Field(default="", max_length=24)
    difficulty: Literal["", "easy", "medium", "hard", "none"] = ""
    text: str = Field(default="", max_length=60)
    after: str = Field(default="", max_length=40)


class ItemsQuery(forms.Query):
    """Which papers count, and the order of the items, kept in the address."""

    class_id: str = Field(default="", max_length=26)
    base_id: str = Field(default="", max_length=26)
    since: date | None = None
    until: date | None = None
    order: Literal["", "share", "discrimination", "time"] = ""


class BankForm(forms.Form):
    """A new bank: its name, and whose it is (empty: the city's)."""

    name: str = Field(default="", max_length=200)
    base_id: str = Field(default="", max_length=26)


class RuleForm(forms.Form):
    """How multiple questions are marked; empty: as the policy says."""

    multiple_rule: Literal["", "all", "share"] = ""


@bp.get("")
@who("course.author")
def bank_list() -> str:
    """Show the banks the person may write."""
    return _list("")


@bp.post("")
@who("course.author")
def make_bank() -> Response | tuple[str, int]:
    """Make a bank; what was typed comes back with a refusal."""
    form, me, moment = forms.read(BankForm), actor(), now()
    try:
        made = run(
            lambda: service.make_bank(db.session, form.name, form.base_id or None, now=moment, actor=me)
        )
    except Problem as refusal:
        flash(sentence(refusal.code, refusal.facts), "red")
        return _list(form.name), refusal.status
    flash(sentence("courses.bank_made", {"name": made.name}), "pine")
    return redirect(f"/office/banks/{made.key}", 303)


@bp.get("/<bank_key>")
@who("course.author")
def bank_questions(bank_key: str) -> str:
    """Show the questions of a bank."""
    asked, own = forms.read_query(QuestionsQuery), _bank(bank_key)
    found = [one for one in queries.current(db.session, bank_key) if _fits(one, asked)]
    rest = [one for one in found if one.key > asked.after]
    wanted = asked.model_dump(exclude={"after"}, exclude_defaults=True)
    names = topic_names()
    return page(
        "office/bank.html",
        bank=own,
        asked=asked,
        wanted=wanted,
        found=rest[:ROWS],
        count=len(found),
        next=rest[ROWS - 1].key if len(rest) > ROWS else "",
        kinds=KINDS,
        difficulties=DIFFICULTIES,
        topics=names,
        link=lambda **more: f"/office/banks/{bank_key}?{urlencode({**wanted, **more})}",
        base_name=_base_name(own),
        by_share=bool(policy.latest().quiz.multiple_by_share),
    )


@bp.post("/<bank_key>/rule")
@who("course.author")
def set_rule(bank_key: str) -> Response:
    """Say how multiple questions of this bank are marked from now on."""
    form, me = forms.read(RuleForm), actor()
    run(lambda: service.set_multiple_rule(db.session, bank_key, form.multiple_rule or None, actor=me))
    return redirect(f"/office/banks/{bank_key}", 303)


@bp.get("/<bank_key>/items")
@who("course.author")
def bank_items(bank_key: str) -> str:
    """Show how the questions of a bank do."""
    asked, own = forms.read_query(ItemsQuery), _bank(bank_key)
    wanted = asked.model_dump(exclude_defaults=True, mode="json")
    return page(
        "office/bank_items.html",
        bank=own,
        asked=asked,
        wanted=wanted,
        found=_statistics(bank_key, asked),
        small=policy.latest().quiz.item_small,
        kinds=KINDS_OF_ITEMS,
        choices=_choices(),
        link=lambda **more: f"/office/banks/{bank_key}/items?{urlencode({**wanted, **more})}",
        sheet=f"/office/banks/{bank_key}/items.xlsx?{urlencode(wanted)}",
    )


@bp.get("/<bank_key>/items.xlsx")
@who("course.author")
def bank_items_sheet(bank_key: str) -> Sent:
    """Send the same as a sheet."""
    own = _bank(bank_key)
    content = bank_sheet.write(own, _statistics(bank_key, forms.read_query(ItemsQuery)))
    name = f"{own.name}_题目统计.xlsx"
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)


def topic_names() -> dict[str, str]:
    """Return topic code -> name, in the notice's order."""
    return {one.code: one.name for one in places.topics(db.session)}


def _list(name: str) -> str:
    me = actor()
    scope = scope_of(me.grants, "course.author")
    bases = {one.id: one.short_name for one in places.bases(db.session, scope)}
    owners = [*([("", "市级题库")] if scope.all else []), *bases.items()]
    return page(
        "office/banks.html", banks=queries.banks(db.session, scope), bases=bases, owners=owners, name=name
    )


def _bank(bank_key: str) -> BankView:
    return queries.bank(db.session, bank_key, scope_of(actor().grants, "course.author"))


def _base_name(own: BankView) -> str:
    found = {one.id: one.short_name for one in places.bases(db.session)}
    return found.get(own.base_id or "", "市级")


def _fits(one: QuestionView, asked: QuestionsQuery) -> bool:
    texts = (one.key, one.text, *(option.text for option in one.options), *(part.text for part in one.parts))
    return (
        asked.kind in ("", one.kind)
        and asked.topic in ("", one.topic_code)
        and asked.difficulty in ("", one.difficulty or "none")
        and (not asked.text or any(asked.text in text for text in texts))
    )


def _statistics(bank_key: str, asked: ItemsQuery) -> items.Statistics:
    scope = scope_of(actor().grants, "course.author")
    if asked.class_id:
        classes.class_(db.session, asked.class_id, scope)
    wanted = items.Wanted(asked.class_id, asked.base_id, asked.since, asked.until)
    found = items.statistics(db.session, bank_key, scope, wanted)
    return items.ordered(found, asked.order)


def _choices() -> dict[str, list[tuple[str, Any]]]:
    scope = scope_of(actor().grants, "course.author")
    own = classes.classes(db.session, scope, classes.Filters(), limit=300)
    return {
        "class_id": [("", "全部班级"), *((one.id, one.name) for one in own)],
        "base_id": [("", "全部基地"), *((one.id, one.short_name) for one in places.bases(db.session, scope))],
        "order": [("", "题号"), ("share", "答对率，低的在前"), ("discrimination", "区分度，低的在前"),
                  ("time", "用时，长的在前")],
    }  # fmt: skip
