"""Name the cell of a spreadsheet that a fault speaks of: B12. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from yanglao.courses.question_files.entries import Entry
from yanglao.courses.question_shapes import Fault

FIELD_OF: Mapping[str, str] = {
    "question_file.answer_not_an_option": "answer",
    "question_file.answer_unclear": "answer",
    "question_file.case_story_missing": "case",
    "question_file.difficulty_not_understood": "difficulty",
    "question_file.kind_not_supported": "kind",
    "question_file.kind_not_understood": "kind",
    "question_file.marks_not_understood": "marks",
    "question_file.options_not_found": "option:A",
    "question.answer_missing": "answer",
    "question.blanks_differ": "answer",
    "question.explanation_too_long": "explanation",
    "question.one_right_of_multiple": "answer",
    "question.several_right": "answer",
    "question.spelling_too_long": "answer",
    "question.text_missing": "text",
    "question.text_too_long": "text",
    "question.too_few_options": "option:A",
}
"""The field that each fault speaks of; faults of one option name it themselves."""


def with_cells(entry: Entry, rows: Sequence[int], places: Mapping[str, int]) -> Entry:
    """Return the entry whose faults and notes name their cells (fact ``cell``) where they are known.

    ``rows``: the row of the question, then of each part. ``places``: field -> column, from 0.
    """

    def located(fault: Fault) -> Fault:
        row, at = rows[0], places.get(_field(fault, places))
        part = fault.facts.get("part")
        if isinstance(part, int) and part < len(rows):
            row = rows[part]
        return fault if at is None else Fault(fault.code, {**fault.facts, "cell": f"{column_name(at)}{row}"})

    return replace(
        entry,
        faults=tuple(located(one) for one in entry.faults),
        notes=tuple(located(one) for one in entry.notes),
    )


def column_name(at: int) -> str:
    """Return the letters of a column counted from 0: A … Z, AA …"""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def _field(fault: Fault, places: Mapping[str, int]) -> str:
    letters = str(fault.facts.get("option") or fault.facts.get("letters") or "")[:1]
    own = str(fault.facts.get("at") or FIELD_OF.get(fault.code, ""))
    if (
        not own
        and letters
        and fault.code
        in (
            "question_file.option_gap",
            "question.option_empty",
            "question.option_too_long",
        )
    ):
        own = f"option:{letters}"
    return own if own in places or not own.startswith("option:") else "options"
