"""Say what a question is, as its author hands it in, and find every fault in it. Pure."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from yanglao.courses.answer_text import bare, plain
from yanglao.kernel.canonical import digest

KINDS = ("single", "multiple", "true_false", "fill_in", "case")
TICKED = frozenset({"single", "multiple", "true_false"})
DIFFICULTIES = ("easy", "medium", "hard")
MOST_OPTIONS, MOST_PARTS, MOST_BLANKS, MOST_SPELLINGS = 10, 10, 10, 20
MOST_TEXT, MOST_OPTION_TEXT, MOST_SPELLING, MOST_MARKS = 4000, 200, 100, 100
BLANK = re.compile(r"[_＿]{2,}|（\s*）|\(\s*\)")
_KEY = re.compile(r"[A-Za-z0-9_.\-一-鿿]{1,36}")


@dataclass(frozen=True)
class OptionDraft:
    """One option and whether it belongs to the key."""

    text: str
    correct: bool


@dataclass(frozen=True)
class QuestionDraft:
    """A question as its author writes it.

    ``options`` belong to single, multiple and true_false (there 对 and 错, in this order); ``blanks`` to fill_in: for each blank
    in order the spellings that are accepted, the first one is shown as the answer. ``parts`` belong to case, whose ``text`` is the
    story; a part is no case. ``difficulty`` is easy, medium, hard or None. ``key`` names the question within its bank; None:
    the server makes one. ``picture_name`` and ``audio_name`` are file names. ``numerals``: Chinese and Arabic numerals are the same
    in blanks. ``marks`` weigh the question against the others of its paper.
    """

    kind: str
    text: str
    options: tuple[OptionDraft, ...] = ()
    blanks: tuple[tuple[str, ...], ...] = ()
    parts: "tuple[QuestionDraft, ...]" = ()
    explanation: str = ""
    topic_code: str | None = None
    difficulty: str | None = None
    key: str | None = None
    picture_name: str | None = None
    audio_name: str | None = None
    numerals: bool = False
    marks: int = 1


@dataclass(frozen=True)
class Fault:
    """What is wrong: a stable code with words in ``kernel/wording``, and facts (``part`` counts parts from 1)."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)


def check_draft(draft: QuestionDraft) -> list[Fault]:
    """Find every fault of a draft, in the order a reader meets them; none means it can be saved."""
    faults = [*_text_faults(draft), *_kind_faults(draft), *_small_faults(draft)]
    if draft.kind == "case" and not draft.parts:
        faults.append(Fault("question.parts_missing"))
    if draft.kind != "case" and draft.parts:
        faults.append(Fault("question.parts_unwanted"))
    if len(draft.parts) > MOST_PARTS:
        faults.append(Fault("question.too_many_parts", {"count": len(draft.parts), "most": MOST_PARTS}))
    for number, part in enumerate(draft.parts, start=1):
        found = [Fault("question.part_nested")] if part.kind == "case" else check_draft(part)
        faults += [Fault(one.code, {**one.facts, "part": number}) for one in found]
    return faults


def digest_of(draft: QuestionDraft) -> str:
    """Return a digest that is the same for a question typed twice: widths, spaces and punctuation do not matter.

    The order of options does not matter either; explanation, topic, difficulty, marks and pictures are left out.
    """
    return digest(_essence(draft))


def _essence(draft: QuestionDraft) -> list[Any]:
    options = sorted([bare(one.text) or one.text.strip(), one.correct] for one in draft.options)
    blanks = [
        sorted({plain(one, numerals=draft.numerals) for one in spellings}) for spellings in draft.blanks
    ]
    return [draft.kind, bare(draft.text), options, blanks, [_essence(part) for part in draft.parts]]


def tidy(draft: QuestionDraft) -> QuestionDraft:
    """Return the draft without spaces at the ends of its texts and without repeated spellings."""
    return replace(
        draft,
        text=draft.text.strip(),
        options=tuple(OptionDraft(one.text.strip(), one.correct) for one in draft.options),
        blanks=tuple(tuple(dict.fromkeys(one.strip() for one in all_)) for all_ in draft.blanks),
        parts=tuple(tidy(part) for part in draft.parts),
        explanation=draft.explanation.strip(),
        topic_code=draft.topic_code or None,
        difficulty=draft.difficulty or None,
        key=draft.key or None,
        picture_name=draft.picture_name or None,
        audio_name=draft.audio_name or None,
    )


def _text_faults(draft: QuestionDraft) -> Iterator[Fault]:
    if not draft.text.strip():
        yield Fault("question.text_missing")
    for name, text in (("text", draft.text), ("explanation", draft.explanation)):
        if len(text) > MOST_TEXT:
            yield Fault(f"question.{name}_too_long", {"length": len(text), "most": MOST_TEXT})


def _kind_faults(draft: QuestionDraft) -> Iterator[Fault]:
    if draft.kind not in KINDS:
        yield Fault("question.kind_unknown", {"kind": draft.kind[:40]})
    elif draft.kind in TICKED:
        yield from _option_faults(draft)
        if draft.blanks:
            yield Fault("question.blanks_unwanted")
    elif draft.options:
        yield Fault("question.options_unwanted")
    if draft.kind == "fill_in":
        yield from _blank_faults(draft)
    if draft.kind == "case" and draft.blanks:
        yield Fault("question.blanks_unwanted")


def _option_faults(draft: QuestionDraft) -> Iterator[Fault]:
    count, right = len(draft.options), sum(one.correct for one in draft.options)
    if draft.kind == "true_false" and count != 2:
        yield Fault("question.two_options_only", {"count": count})
    elif count < 2:
        yield Fault("question.too_few_options", {"count": count})
    if count > MOST_OPTIONS:
        yield Fault("question.too_many_options", {"count": count, "most": MOST_OPTIONS})
    for number, one in enumerate(draft.options):
        letter = chr(ord("A") + number) if number < 26 else str(number + 1)
        if not one.text.strip():
            yield Fault("question.option_empty", {"option": letter})
        if len(one.text.strip()) > MOST_OPTION_TEXT:
            facts = {"option": letter, "length": len(one.text.strip()), "most": MOST_OPTION_TEXT}
            yield Fault("question.option_too_long", facts)
    same = Counter(plain(one.text) or one.text.strip() for one in draft.options)
    for text, times in same.items():
        if times > 1 and text:
            yield Fault("question.options_alike", {"option": text[:40]})
    if not right:
        yield Fault("question.answer_missing")
    elif draft.kind == "multiple" and right < 2:
        yield Fault("question.one_right_of_multiple")
    elif draft.kind != "multiple" and right > 1:
        yield Fault("question.several_right", {"count": right})


def _blank_faults(draft: QuestionDraft) -> Iterator[Fault]:
    if not draft.blanks:
        yield Fault("question.answer_missing")
        return
    if len(draft.blanks) > MOST_BLANKS:
        yield Fault("question.too_many_blanks", {"count": len(draft.blanks), "most": MOST_BLANKS})
    shown = len(BLANK.findall(draft.text))
    if shown and shown != len(draft.blanks):
        yield Fault("question.blanks_differ", {"shown": shown, "answered": len(draft.blanks)})
    for number, spellings in enumerate(draft.blanks, start=1):
        if not any(plain(one) for one in spellings):
            yield Fault("question.blank_empty", {"blank": number})
        if len(spellings) > MOST_SPELLINGS:
            facts = {"blank": number, "count": len(spellings), "most": MOST_SPELLINGS}
            yield Fault("question.too_many_spellings", facts)
        for one in spellings:
            if len(one) > MOST_SPELLING:
                facts = {"blank": number, "length": len(one), "most": MOST_SPELLING}
                yield Fault("question.spelling_too_long", facts)


def _small_faults(draft: QuestionDraft) -> Iterator[Fault]:
    if draft.difficulty and draft.difficulty not in DIFFICULTIES:
        yield Fault("question.difficulty_unknown", {"difficulty": draft.difficulty[:40]})
    if draft.key and not _KEY.fullmatch(draft.key):
        yield Fault("question.key_malformed", {"key": draft.key[:40]})
    if not 1 <= draft.marks <= MOST_MARKS:
        yield Fault("question.marks_wrong", {"marks": draft.marks, "most": MOST_MARKS})
