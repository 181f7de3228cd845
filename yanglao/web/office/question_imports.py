"""题库·导入: hand a question file in, see every question as trainees would, mend what is wrong, import all or nothing."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import current_app
from pydantic import Field

from yanglao.courses import import_sheets, question_import, question_queries
from yanglao.courses.question_files.writing import KIND_NAMES, LEVEL_NAMES
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.kernel.wording import sentence, todo, words
from yanglao.people.roles import scope_of
from yanglao.web import forms
from yanglao.web.auth import actor, who
from yanglao.web.page import page

bp = APIBlueprint("office_question_imports", __name__, url_prefix="/office/banks", enable_openapi=False)
PAGE_ROWS = 40
FORMAT_NAMES = {
    "pasted": "文档里的题",
    "docx": "Word 文档",
    "xlsx": "表格",
    "xls": "表格",
    "csv": "表格",
    "gift": "GIFT",
    "moodle_xml": "Moodle XML",
}


class ShownQuery(forms.Query):
    """Which questions are shown: an outcome, ``notes``, ``other`` or all; and from which on (0: the first)."""

    show: str = Field(default="", max_length=12)
    start: int = Field(default=0, ge=0)


@bp.get("/import")
@who("course.author")
def choose_bank() -> str:
    """Show the banks one may import into, and the files of one's own that wait."""
    me = actor()
    return page(
        "office/question_import_banks.html",
        banks=question_queries.banks(db.session, scope_of(me.grants, "course.author")),
        waiting=question_import.imports(db.session, now=now(), actor=me),
    )


@bp.get("/<bank_key>/import")
@who("course.author")
def hand_in(bank_key: str) -> str:
    """Show where a question file is handed in for a bank."""
    me = actor()
    bank = question_queries.bank(db.session, bank_key, scope_of(me.grants, "course.author"))
    own = [
        one for one in question_import.imports(db.session, now=now(), actor=me) if one.bank_key == bank.key
    ]
    most_mb = current_app.config["SETTINGS"].question_file_mb
    return page("office/question_import_new.html", bank=bank, own=own, most_mb=most_mb)


@bp.get("/<bank_key>/import/<import_id>")
@who("course.author")
def show(bank_key: str, import_id: str) -> str:
    """Show what was read of a question file."""
    asked, me = forms.read_query(ShownQuery), actor()
    bank = question_queries.bank(db.session, bank_key, scope_of(me.grants, "course.author"))
    view = question_import.import_(db.session, import_id, now=now(), actor=me)
    if view.state in ("reading", "refused"):
        return page(
            "office/question_import_wait.html",
            bank=bank, view=view, words=words, sentence=sentence, todo=todo,
        )  # fmt: skip
    topics = import_sheets.names_of_topics(db.session)
    found = [one for one in view.items if import_sheets.is_shown(one, asked.show)]
    shown = found[asked.start : asked.start + PAGE_ROWS]
    return page(
        "office/question_import.html",
        bank=bank,
        view=view,
        asked=asked,
        shown=shown,
        found=len(found),
        rows=PAGE_ROWS,
        texts={one.number: import_sheets.text_of(one, topics) for one in shown if one.number},
        place_of=import_sheets.place_of,
        told=import_sheets.told,
        outcome_names=import_sheets.OUTCOME_NAMES,
        kind_names=KIND_NAMES,
        level_names=LEVEL_NAMES,
        topic_names=topics,
        format_name=FORMAT_NAMES.get(view.format, view.format),
    )
