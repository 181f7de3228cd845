"""Say what was found in a question file, piece by piece and in the order of the file. Pure.

Every piece of the file that is not empty belongs to exactly one entry, so that nothing is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from yanglao.courses.question_shapes import Fault, QuestionDraft, check_draft, tidy

KINDS_OF_ENTRY = ("question", "heading", "answers", "comment", "page", "unread")


@dataclass(frozen=True)
class Entry:
    """One piece of a file.

    ``line`` and ``last`` count from 1: lines of a text, rows of a sheet, paragraphs of a Word file. ``place`` names the sheet.
    ``typed`` is the piece as it stands in the file. A ``question`` has a draft as far as one could be made; ``faults`` keep it
    out until they are mended, ``notes`` say what was understood in a certain way or left aside. ``topic`` is a topic in the
    author's words, ``sound`` the name of a voice that reads it. Other kinds: ``heading`` (sections, titles, categories), ``answers`` (answers collected elsewhere),
    ``comment``, ``page`` (page numbers, running heads), ``unread`` (nobody could say what it is).
    """

    kind: str
    line: int
    last: int
    typed: str
    draft: QuestionDraft | None = None
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    topic: str = ""
    place: str = ""
    sound: str = ""


@dataclass(frozen=True)
class Reading:
    """A whole file: its format, its entries in order, its pictures and sounds by the names that drafts and entries use."""

    format: str
    entries: tuple[Entry, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    sounds: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def questions(self) -> tuple[Entry, ...]:
        """Return the entries that are questions."""
        return tuple(one for one in self.entries if one.kind == "question")


def judged(entry: Entry) -> Entry:
    """Return a question's entry with tidied draft and with the faults of the draft itself after those of reading it."""
    if entry.draft is None:
        return entry
    draft = tidy(entry.draft)
    known = {_sign(one) for one in entry.faults}
    explained = {(code, part) for said, part in known for code in EXPLAINS.get(said, ())}
    more = [one for one in check_draft(draft) if _sign(one) not in known | explained]
    return replace(entry, draft=draft, faults=(*entry.faults, *more))


_ANSWER = ("question.answer_missing", "question.one_right_of_multiple")
_NO_OPTIONS = ("question.too_few_options", "question.two_options_only")
EXPLAINS: Mapping[str, tuple[str, ...]] = {
    "question_file.answer_unclear": _ANSWER,
    "question_file.answer_not_an_option": _ANSWER,
    "question_file.kind_not_supported": (
        *_ANSWER,
        *_NO_OPTIONS,
        "question.blanks_differ",
        "question.spelling_too_long",
    ),
    "question_file.options_not_found": _NO_OPTIONS,
    "question_file.not_a_question": (*_ANSWER, *_NO_OPTIONS),
    "question_file.case_without_questions": ("question.parts_missing",),
    "question_file.two_on_a_line": (*_ANSWER, *_NO_OPTIONS),
    "question_file.brace_open": (*_ANSWER, *_NO_OPTIONS),
}
"""Faults of reading that say already why the draft has faults of its own."""


def _sign(fault: Fault) -> tuple[str, object]:
    return fault.code, fault.facts.get("part")
