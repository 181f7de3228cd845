"""Make the files around question imports: the template, the report, and a bank in every format."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.courses import question_queries
from yanglao.courses.import_shapes import ImportView, Item
from yanglao.courses.question_files import template, writing
from yanglao.courses.question_shapes import Fault
from yanglao.files import service as files
from yanglao.files.errors import FileUnknown
from yanglao.kernel.actor import Scope
from yanglao.kernel.wording import sentence, todo
from yanglao.outside.workbook import Column, Table, write
from yanglao.places import queries as places

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain; charset=utf-8",
    "gift": "text/plain; charset=utf-8",
    "xml": "application/xml",
}
OUTCOME_NAMES = {
    "new": "新题",
    "changed": "改了",
    "unchanged": "没有变",
    "duplicate": "文件里重复",
    "near": "很像别的题",
    "faulty": "要改",
}


def template_file(session: Session) -> bytes:
    """Return the .xlsx to fill in: choices in its cells, an example of every kind on a sheet that is never imported."""
    topics = tuple(one.name for one in places.topics(session))
    choices = {
        "题型": tuple(writing.KIND_NAMES.values()),
        "难度": tuple(writing.LEVEL_NAMES.values()),
        "知识点": topics if sum(len(one) + 1 for one in topics) < 250 else (),
    }
    columns = [Column(name, width, choices.get(name, ()), hint) for name, width, hint in template.headings()]
    plain = [Column(name, width) for name, width, _ in template.headings()]
    notes = [(name, hint) for name, _, hint in template.headings()]
    return write(
        [
            Table("题目", columns, []),
            Table("示例", plain, template.rows_of(template.EXAMPLES, {})),
            Table("填写说明", [Column("列", 12), Column("怎么填", 80)], notes),
        ]
    )


def report_file(session: Session, view: ImportView) -> bytes:
    """Return the questions that need a person, in the template's columns with the reasons behind; and every unread piece."""
    asked = [one for one in view.questions if one.outcome == "faulty" or one.notes or one.twins]
    topics = names_of_topics(session)
    letters = template.letters_for([one.draft for one in asked if one.draft])
    columns = [Column(name, width) for name, width, _ in template.headings(letters)]
    columns += [Column("结果", 12), Column("位置", 14), Column("原因", 48), Column("原文", 48)]
    rows: list[list[str]] = []
    tints: dict[int, str] = {}
    for item in asked:
        if item.draft is None:
            continue
        for at, row in enumerate(template.rows_of([item.draft], topics, letters)):
            if item.outcome == "faulty":
                tints[len(rows)] = "red"
            behind = [OUTCOME_NAMES.get(item.outcome, ""), place_of(item), reasons_of(item), item.typed]
            rows.append([*row, *(behind if at == 0 else ["", "", "", ""])])
    unread = [[place_of(one), one.typed] for one in view.items if one.kind == "unread"]
    tables = [Table("题目", columns, rows, tints=tints)]
    if unread:
        tables.append(Table("没有看懂的", [Column("位置", 14), Column("原文", 80)], unread))
    return write(tables)


def bank_file(
    session: Session, bank_key: str, format_: str, scope: Scope, *, now: datetime
) -> tuple[str, bytes, int]:
    """Return (name, content, how many questions the format cannot hold) of a bank's current questions.

    Raises: BankUnknown; KeyError for a format that is none of FORMATS.
    """
    bank = question_queries.bank(session, bank_key, scope)
    held = question_queries.current(session, bank_key)
    drafts = [question_queries.draft_of(one) for one in held]
    topics = names_of_topics(session)
    name = f"{bank.name}.{'gift.txt' if format_ == 'gift' else format_}"
    if format_ == "xlsx":
        letters = template.letters_for(drafts)
        columns = [Column(heading, width) for heading, width, _ in template.headings(letters)]
        return name, write([Table("题目", columns, template.rows_of(drafts, topics, letters))]), 0
    if format_ == "txt":
        return name, writing.to_pasted(drafts, topics).encode("utf-8-sig"), 0
    if format_ == "gift":
        text, left = writing.to_gift(drafts, topics)
        return name, text.encode(), left
    pictures = _pictures(session, {one.picture_name: one.picture_id for one in held}, now)
    text, left = writing.to_moodle_xml(drafts, topics, pictures)
    return name, text.encode(), left


def names_of_topics(session: Session) -> dict[str, str]:
    """Return topic code -> Chinese name."""
    return {one.code: one.name for one in places.topics(session)}


def place_of(item: Item) -> str:
    """Return where an item stands, as people say it: 第 12–15 行, 题目 第 3 行."""
    lines = f"第 {item.line} 行" if item.line == item.last else f"第 {item.line}–{item.last} 行"
    return f"{item.place} {lines}".strip()


def is_shown(item: Item, show: str) -> bool:
    """Tell whether an item belongs to a filter: an outcome, ``notes``, ``skipped``, ``other`` (no question), or all questions."""
    if show == "other":
        return not item.number
    if show == "notes":
        return bool(item.number and item.notes)
    if show == "skipped":
        return bool(item.number) and item.choice == "skip"
    return bool(item.number) and (not show or item.outcome == show)


def told(fault: Fault) -> str:
    """Return a fault in words, with the part of a case it belongs to and its cell in a spreadsheet."""
    part = f"第 {fault.facts['part']} 小题：" if "part" in fault.facts else ""
    cell = f"{fault.facts['cell']} 格：" if "cell" in fault.facts else ""
    return cell + part + sentence(fault.code, fault.facts) + todo(fault.code, fault.facts)


def reasons_of(item: Item) -> str:
    """Return what is wrong with an item and what was understood how, a line each."""
    lines = [told(one) for one in (*item.faults, *item.notes)]
    for twin in item.twins:
        where = f"第 {twin.number} 题" if twin.number else f"题库“{twin.bank_name}”里的题"
        lines.append(f"{'和' + where + '一样' if twin.score == 100 else '很像' + where}：{twin.text[:60]}")
    return "\n".join(lines)


def text_of(item: Item, topics: Mapping[str, str]) -> str:
    """Return an item as text to be mended by hand: as it was typed where that says it all, else in pasted style."""
    draft = item.draft
    if draft is None or (
        "\t" not in item.typed and item.faults and item.kind == "question" and _as_document(item)
    ):
        return item.typed
    return writing.to_pasted([draft], topics).strip()


def _as_document(item: Item) -> bool:
    return (
        not item.place and not item.typed.startswith("<") and "{" not in item.typed and "::" not in item.typed
    )


def _pictures(session: Session, ids: Mapping[str | None, str | None], now: datetime) -> dict[str, str]:
    found = {}
    for name, file_id in ids.items():
        if not name or not file_id:
            continue
        try:
            found[name] = base64.b64encode(files.open_(session, file_id, now=now).path.read_bytes()).decode()
        except FileUnknown:
            continue
    return found
