"""Make a draft of the gathered lines of one question. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from yanglao.courses.question_files import marks
from yanglao.courses.question_files.answer_words import Listed
from yanglao.courses.question_files.entries import Entry
from yanglao.courses.question_files.fields import PICTURE, UNREADABLE, difficulty_of, marks_of, without_tags
from yanglao.courses.question_files.folding import folded
from yanglao.courses.question_files.keyed import Keyed, keyed
from yanglao.courses.question_files.options import split
from yanglao.courses.question_files.raw import Raw
from yanglao.courses.question_shapes import Fault, QuestionDraft

_CASE_WORD = re.compile(r"^\s*\[?\(?\s*(?:案例|材料|病例)\s*[一二三四五六七八九十\d]*\s*\]?\)?\s*[:：]\s*")


def read_raw(raw: Raw, typed: str, answers: Mapping[int, Listed]) -> Entry:
    """Return the entry of a question or a case; ``answers`` are the collected ones by ``id`` of the raw question."""
    line, last = raw.lines[0] + 1, max(raw.lines) + 1
    if raw.is_case and not raw.parts and not raw.options and not raw.answered and id(raw) not in answers:
        fault = Fault("question_file.case_without_questions")
        draft = QuestionDraft("case", "\n".join(raw.stem).strip())
        return Entry("question", line, last, typed, draft, (fault,))
    if raw.parts:
        return _case(raw, typed, answers)
    made = _single(raw, answers)
    return Entry("question", line, last, typed, made.draft, made.faults, made.notes, made.topic)


def _case(raw: Raw, typed: str, answers: Mapping[int, Listed]) -> Entry:
    story, found = without_tags("\n".join(raw.stem).strip())
    faults: list[Fault] = []
    notes: list[Fault] = []
    options: list[str] = []
    if raw.shares_options:
        before, cut = split([*story.split("\n"), *raw.options])
        story, options = before.strip() or "共用备选答案", [f"{letter}. {text}" for letter, text in cut]
    parts = []
    for number, part in enumerate(raw.parts, start=1):
        if options and not part.options:
            part.options = options
        made = _single(part, answers)
        parts.append(replace(made.draft, topic_code=None))
        faults += [Fault(one.code, {**one.facts, "part": number}) for one in made.faults]
        notes += [Fault(one.code, {**one.facts, "part": number}) for one in made.notes]
    text, picture, more = _without_picture(_CASE_WORD.sub("", story).strip() or story)
    faults += _unreadable(text)
    notes += more
    draft = QuestionDraft(
        "case",
        text,
        parts=tuple(parts),
        explanation=_joined(raw, "explanation"),
        difficulty=difficulty_of(_joined(raw, "difficulty"))[0],
        picture_name=picture,
        marks=found.marks or 1,
    )
    topic = _joined(raw, "topic") or next(
        (_joined(one, "topic") for one in raw.parts if "topic" in one.fields), ""
    )
    return Entry(
        "question", raw.lines[0] + 1, max(raw.lines) + 1, typed, draft, tuple(faults), tuple(notes), topic
    )


def _single(raw: Raw, answers: Mapping[int, Listed]) -> Keyed:
    if "twice" in raw.fields:
        whole = "\n".join([*raw.stem, *raw.options, *raw.fields["twice"]])
        return Keyed(QuestionDraft("single", whole), (Fault("question_file.two_on_a_line"),))
    stem, tags = without_tags("\n".join(raw.stem).strip())
    lines = stem.split("\n")
    options: list[tuple[str, str]] = []
    if raw.options:
        before, options = split(raw.options)
        lines += [before] if before.strip() else []
    else:
        before, cut = split(lines)
        if len(cut) >= 2:
            lines, options = before.split("\n"), cut
    text, picture, more = _without_picture("\n".join(line.strip() for line in lines if line.strip()))
    listed = answers.get(id(raw))
    values = [one for one in raw.fields.get("answer", []) if one.strip()]
    notes = [*tags.notes, *more]
    faults = [*_unreadable(text, *(said for _, said in options))]
    options = _plain_options(options, notes)
    if not values and listed is not None:
        values = [listed.value] if listed.value else []
    named = _joined(raw, "kind")
    kind = marks.kind_of(folded(named)) if named else (tags.kind, tags.word)
    if named and not kind[0]:
        faults.append(Fault("question_file.kind_not_understood", {"kind": named[:40]}))
    if not kind[0]:
        kind = (raw.section.kind, raw.section.word)
    if kind[0] == "case":
        kind = ("", "")
    level, fault = difficulty_of(_joined(raw, "difficulty"))
    faults += [fault] if fault else []
    left = [*raw.stray, *raw.fields.get("aside", [])]
    if left:
        notes.append(Fault("question_file.lines_left_aside", {"text": " ".join(left)[:200]}))
    explanation = _without_picture(
        "\n".join(
            part
            for part in (
                _joined(raw, "explanation") or (listed.explanation if listed else ""),
                f"依据：{_joined(raw, 'source')}" if "source" in raw.fields else "",
            )
            if part
        )
    )[0]
    if not options and kind[0] in ("", "single", "multiple", "choice"):
        text, options, values = _circled(text, values)
    draft = QuestionDraft(
        "single",
        text,
        explanation=explanation,
        difficulty=level,
        key=_joined(raw, "key") or None,
        picture_name=picture,
        marks=marks_of(_joined(raw, "marks")) or tags.marks or 1,
    )
    made = keyed(draft, options, values, kind=kind, lead=raw.lead, unmarked=not raw.options)
    return Keyed(made.draft, (*faults, *made.faults), (*notes, *made.notes), _joined(raw, "topic"))


_SIGNS = (
    re.compile(rf"[{marks.CIRCLES}]"),
    re.compile(r"\(\s*\d{1,2}\s*\)"),
    re.compile(r"(?:(?<=\n)|^)\s*\d{1,2}\s*\)"),
    re.compile(r"[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]"),
)


def _circled(text: str, values: list[str]) -> tuple[str, list[tuple[str, str]], list[str]]:
    """Take ①…②…, (1)…(2)…, Ⅰ…Ⅱ… below the text as options where the answer is nothing but such signs; return text, options, answer."""
    said = folded("".join(values))
    for sign in _SIGNS:
        told = [marks.value_of(one) for one in (sign.findall(said) or re.findall(r"\d{1,2}", said))]
        bare = re.sub(r"[\s、,;。.)]", "", sign.sub("", said))
        if not told or (bare and not (sign is _SIGNS[2] and bare.isdecimal())):
            continue
        cuts: list[re.Match[str]] = []
        for hit in sign.finditer(folded(text)):
            if marks.value_of(hit.group()) == len(cuts) + 1:
                cuts.append(hit)
        if len(cuts) < 2 or max(told) > len(cuts):
            continue
        ends = [*(hit.start() for hit in cuts[1:]), len(text)]
        letters = [chr(ord("A") + number) for number in range(len(cuts))]
        options = [
            (letter, text[hit.end() : end].strip(" \t\n;；、.．"))
            for letter, hit, end in zip(letters, cuts, ends, strict=True)
        ]
        return text[: cuts[0].start()].strip(), options, ["".join(letters[number - 1] for number in told)]
    return text, [], values


def _joined(raw: Raw, field: str) -> str:
    return "\n".join(one for one in raw.fields.get(field, []) if one).strip()


def _without_picture(text: str) -> tuple[str, str | None, tuple[Fault, ...]]:
    """Take the pictures' marks out of a text; return the text, the name of the first, and what is to be said of the others."""
    names = [hit["name"] for hit in PICTURE.finditer(text)]
    if not names:
        return text, None, ()
    more = Fault("question_file.first_picture_only", {"count": len(names)})
    lines = [line.strip() for line in PICTURE.sub("", text).split("\n")]
    notes = (more,) if len(set(names)) > 1 else ()
    return "\n".join(line for line in lines if line), names[0], notes


def _plain_options(options: list[tuple[str, str]], notes: list[Fault]) -> list[tuple[str, str]]:
    """Take pictures' marks out of options, which hold words only."""
    found = [(letter, PICTURE.sub("", text).strip()) for letter, text in options]
    if found != [(letter, text.strip()) for letter, text in options]:
        notes.append(Fault("question_file.option_pictures_left_aside"))
    return found


def _unreadable(*texts: str) -> tuple[Fault, ...]:
    """Say that a picture stands here that nobody could open; the question waits until a person has looked."""
    return (Fault("question_file.picture_unreadable"),) if any(UNREADABLE in one for one in texts) else ()
