"""Read the form of one question into a draft, and a draft into what the form shows. Nothing typed is lost.

Names: ``kind text option_1…option_10 right_1… blanks numerals explanation topic difficulty marks``, the same behind ``part_1_`` …
``part_10_`` for the parts of a case. ``blanks`` has a line for each blank, its spellings apart by ``|``.
"""

from __future__ import annotations

from collections.abc import Mapping

from yanglao.courses.question_shapes import MOST_OPTIONS, MOST_PARTS, OptionDraft, QuestionDraft

MOST_CHARS = 20_000
TRUE_FALSE = ("对", "错")


def draft_of(form: Mapping[str, str], *, key: str | None, picture_name: str | None) -> QuestionDraft:
    """Return the draft that a form spells; what the kind has no use for is left out."""
    kind = _text(form, "kind")
    parts = []
    if kind == "case":
        parts = [
            _one(form, f"part_{number}_")
            for number in range(1, MOST_PARTS + 1)
            if _text(form, f"part_{number}_text").strip()
        ]
    draft = _one(form, "", parts=tuple(parts), key=key, picture_name=picture_name)
    return draft


def _one(
    form: Mapping[str, str],
    before: str,
    *,
    parts: tuple[QuestionDraft, ...] = (),
    key: str | None = None,
    picture_name: str | None = None,
) -> QuestionDraft:
    kind = _text(form, f"{before}kind")
    marks = _text(form, f"{before}marks") or "1"
    return QuestionDraft(
        kind=kind,
        text=_text(form, f"{before}text"),
        options=_options(form, before, kind),
        blanks=_blanks(_text(form, f"{before}blanks")) if kind == "fill_in" else (),
        parts=parts,
        explanation=_text(form, f"{before}explanation"),
        topic_code=_text(form, f"{before}topic") or None,
        difficulty=_text(form, f"{before}difficulty") or None,
        key=key,
        picture_name=picture_name,
        numerals=bool(form.get(f"{before}numerals")),
        marks=int(marks) if marks.isascii() and marks.isdigit() and len(marks) < 6 else 0,
    )


def _options(form: Mapping[str, str], before: str, kind: str) -> tuple[OptionDraft, ...]:
    if kind in ("fill_in", "case"):
        return ()
    if kind == "true_false":
        right = _text(form, f"{before}truth")
        return tuple(OptionDraft(word, word == right) for word in TRUE_FALSE)
    return tuple(
        OptionDraft(text, bool(form.get(f"{before}right_{number}")))
        for number in range(1, MOST_OPTIONS + 1)
        if (text := _text(form, f"{before}option_{number}")).strip()
    )


def _blanks(text: str) -> tuple[tuple[str, ...], ...]:
    lines = [line for line in text.replace("｜", "|").splitlines() if line.strip()]
    return tuple(tuple(one.strip() for one in line.split("|") if one.strip()) for line in lines)


def _text(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").replace("\r\n", "\n")[:MOST_CHARS]
