"""Hand question imports around as frozen values, and keep them as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from yanglao.courses.question_shapes import Fault, OptionDraft, QuestionDraft

OUTCOMES = ("new", "changed", "unchanged", "duplicate", "near", "faulty")
CHOICES = ("keep", "skip", "version")


@dataclass(frozen=True)
class Twin:
    """A question that is, or may be, the same.

    ``score`` is 100 for the same, less for alike; ``bank_key`` and ``key`` name a question of a bank; ``number`` an item of the
    same file.
    """

    score: int
    text: str
    bank_key: str = ""
    bank_name: str = ""
    key: str = ""
    number: int = 0


@dataclass(frozen=True)
class Item:
    """One piece of a file, counted from 1 over the questions (0 for what is none), and what becomes of it.

    ``kind`` … ``topic`` and ``sound`` as in ``question_files.entries.Entry``. ``outcome`` is one of OUTCOMES, empty for what is no question.
    ``choice``: keep (save it), skip (leave it out), version (a new version of the twin of the same bank); ``chosen``: by a person.
    """

    number: int
    kind: str
    line: int
    last: int
    place: str
    typed: str
    draft: QuestionDraft | None = None
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    topic: str = ""
    outcome: str = ""
    choice: str = "keep"
    chosen: bool = False
    twins: tuple[Twin, ...] = ()
    sound: str = ""


@dataclass(frozen=True)
class ImportHead:
    """A question file as it waits, without its questions.

    ``state``: reading, refused (``fault`` says why), checked or imported. ``progress``: steps done and steps in all while it is read;
    ``given_up``: nobody reads it any more. ``totals`` as of ``totals_of``; ``report`` is what an import saved.
    """

    id: str
    bank_key: str
    bank_name: str
    file_name: str
    format: str
    state: str
    totals: Mapping[str, int]
    created_ms: int
    expires_ms: int
    imported_ms: int | None = None
    report: Mapping[str, int] = field(default_factory=dict)
    fault: Fault | None = None
    progress: tuple[int, int] = (0, 0)
    given_up: bool = False


@dataclass(frozen=True)
class ImportView(ImportHead):
    """A question file with its items.

    ``pictures`` and ``thumbs`` map names in drafts to stored files, ``sounds`` those of items.
    """

    items: tuple[Item, ...] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    thumbs: Mapping[str, str] = field(default_factory=dict)
    sounds: Mapping[str, str] = field(default_factory=dict)

    @property
    def questions(self) -> tuple[Item, ...]:
        """Return the items that are questions."""
        return tuple(one for one in self.items if one.number)


def totals_of(items: Iterable[Item]) -> dict[str, int]:
    """Return how many questions there are, in all and by outcome; how many are skipped, and how many pieces unread."""
    counted = dict.fromkeys(("all", *OUTCOMES, "skipped", "open", "unread"), 0)
    for one in items:
        counted["unread"] += one.kind == "unread"
        if one.number:
            counted["all"] += 1
            if one.outcome:
                counted[one.outcome] += 1
            counted["skipped"] += one.choice == "skip"
            counted["open"] += one.outcome == "faulty" and one.choice != "skip"
    return counted


def to_json(item: Item) -> dict[str, Any]:
    """Return an item as JSON takes it."""
    return {
        **vars(item),
        "draft": _draft_to_json(item.draft) if item.draft else None,
        "faults": [{"code": one.code, "facts": one.facts} for one in item.faults],
        "notes": [{"code": one.code, "facts": one.facts} for one in item.notes],
        "twins": [dict(vars(one)) for one in item.twins],
    }


def _draft_to_json(draft: QuestionDraft) -> dict[str, Any]:
    # dataclasses.asdict copies every value: for thousands of questions that is seconds.
    return {
        **vars(draft),
        "options": [{"text": one.text, "correct": one.correct} for one in draft.options],
        "blanks": [list(one) for one in draft.blanks],
        "parts": [_draft_to_json(one) for one in draft.parts],
    }


def from_json(row: Mapping[str, Any]) -> Item:
    """Return the item that ``to_json`` wrote."""
    facts = dict(row)
    facts["draft"] = draft_from(row["draft"]) if row["draft"] else None
    for name in ("faults", "notes"):
        facts[name] = tuple(Fault(one["code"], one["facts"]) for one in row[name])
    facts["twins"] = tuple(Twin(**one) for one in row["twins"])
    return Item(**facts)


def draft_from(row: Mapping[str, Any]) -> QuestionDraft:
    """Return the draft of its JSON."""
    facts = dict(row)
    facts["options"] = tuple(OptionDraft(**one) for one in row["options"])
    facts["blanks"] = tuple(tuple(one) for one in row["blanks"])
    facts["parts"] = tuple(draft_from(one) for one in row["parts"])
    return QuestionDraft(**facts)
