"""Read GIFT, Moodle's text format of questions. Pure.

Questions are parted by empty lines; a backslash takes ``~ = # { } :`` their meaning. What our kinds cannot hold is named:
matching, essays, descriptions, numbers with a tolerance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from yanglao.courses.question_files.entries import Entry, Reading, judged
from yanglao.courses.question_files.folding import cleaned, lines_of
from yanglao.courses.question_files.html_text import from_html
from yanglao.courses.question_shapes import Fault, OptionDraft, QuestionDraft

_COMMENT = re.compile(r"^\s*//")
_CATEGORY = re.compile(r"^\s*\$(?:CATEGORY|course)\b.*?:?\s*(.*)$", re.IGNORECASE)
_TAGS = re.compile(r"\[(id|tag):([^\]]*)\]")
_NAME = re.compile(r"^\s*::(?P<name>(?:\\.|[^\\])*?)::", re.DOTALL)
_FORMAT = re.compile(r"^\s*\[(html|markdown|moodle|plain)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"^\s*%(-?\d+(?:\.\d+)?)%")
_MATCHING = re.compile(r"(?<!\\)->")
_TRUTH = re.compile(r"^\s*(TRUE|T|FALSE|F)\s*(?=$|#)", re.IGNORECASE | re.DOTALL)
_BEGINS = re.compile(r"^\s*::|(?<!\\)\{")  # a question without an empty line before it
_IMAGE = re.compile(r"<img\b[^>]*\bsrc\s*=\s*[\"']?(?:[^\"'>]*/)?([^\"'>/\s]+)", re.IGNORECASE)
_ESCAPE = re.compile(r"\\([~=#{}:\\n\"])")
_LEVELS = {"easy": "easy", "medium": "medium", "hard": "hard", "易": "easy", "中": "medium", "难": "hard"}


@dataclass(frozen=True)
class Answer:
    """One answer of a question: its sign (= or ~), its weight in per cent or None, text, feedback."""

    sign: str
    weight: float | None
    text: str
    feedback: str


def read_gift(text: str) -> Reading:
    """Return the questions of a GIFT file."""
    lines = [cleaned(line) for line in lines_of(text)]
    entries: list[Entry] = []
    topic = tags = ""
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif _COMMENT.match(line):
            tags += line
            entries.append(Entry("comment", at + 1, at + 1, line))
            at += 1
        elif found := _CATEGORY.match(line):
            topic = found[1].strip()
            entries.append(Entry("heading", at + 1, at + 1, line))
            at += 1
        else:
            end, closed = _end_of(lines, at)
            inside = [one for one in range(at, end) if _COMMENT.match(lines[one])]
            body = "\n".join(lines[one] for one in range(at, end) if one not in inside)
            made = _question(body, closed) if body.strip() else None
            if made is not None:
                entries.append(
                    judged(_tagged(replace(made, line=at + 1, last=end, topic=_last_name(topic)), tags))
                )
            tags = ""
            at = end
    return Reading("gift", tuple(entries))


def _last_name(category: str) -> str:
    name = re.sub(r"^\$\w+\$/?", "", category).rstrip("/").rpartition("/")[2].strip()
    return "" if name.lower() in ("top", "default", "") else name


def _tagged(entry: Entry, tags: str) -> Entry:
    draft = entry.draft
    for name, value in _TAGS.findall(tags):
        if draft is not None and name == "id":
            draft = replace(draft, key=value.strip() or None)
        if draft is not None and name == "tag" and value.strip().lower() in _LEVELS:
            draft = replace(draft, difficulty=_LEVELS[value.strip().lower()])
    return replace(entry, draft=draft)


def _end_of(lines: list[str], begin: int) -> tuple[int, bool]:
    """Return where the question ends (not included), and whether its braces were closed."""
    depth, first_gap = 0, None
    for at in range(begin, len(lines)):
        line = lines[at]
        if not line.strip():
            if depth == 0:
                return at, True
            first_gap = first_gap or at
        if _COMMENT.match(line):
            continue
        if depth and first_gap and (_NAME.match(line) or _CATEGORY.match(line)):
            return first_gap, False
        bare = re.sub(r"\\.", "", line)
        depth += bare.count("{") - bare.count("}")
        if depth <= 0 and "}" in bare and at + 1 < len(lines) and _BEGINS.search(lines[at + 1]):
            return at + 1, True
    return (len(lines), True) if depth <= 0 else (first_gap or len(lines), False)


def _question(body: str, closed: bool) -> Entry | None:
    named = _NAME.match(body)
    rest = body[named.end() :] if named else body
    format_ = _FORMAT.match(rest)
    rest = rest[format_.end() :] if format_ else rest
    kind = format_[1].lower() if format_ else ""
    opened = re.search(r"(?<!\\)\{", rest)
    if not closed or (opened and not re.search(r"(?<!\\)\}", rest)):
        draft = QuestionDraft("single", _plain(rest[: opened.start()] if opened else rest, kind))
        return Entry("question", 0, 0, body, draft, (Fault("question_file.brace_open"),))
    if opened is None:
        return _not_supported(body, _plain(rest, kind), "说明文字")
    close = re.search(r"(?<!\\)\}", rest[opened.end() :])
    assert close is not None
    inside = rest[opened.end() : opened.end() + close.start()]
    after = rest[opened.end() + close.end() :]
    before, behind = _plain(rest[: opened.start()], kind), _plain(after, kind)
    made = _answered(body, _around_gap(before, behind), inside, kind)
    if made.draft is not None and not made.draft.text and named:
        made = replace(made, draft=replace(made.draft, text=_plain(named["name"], "")))
    gone = tuple(
        Fault("question_file.picture_missing", {"name": one[:60]}) for one in _IMAGE.findall(body)[:1]
    )
    return replace(made, notes=(*made.notes, *gone))


def _around_gap(before: str, behind: str) -> str:
    """Put a gap between the words before and behind it; words in Latin letters keep their spaces."""
    if not behind:
        return before
    left = " " if before[-1:].isascii() and before else ""
    right = " " if behind[:1].isascii() and behind[:1].isalnum() else ""
    return f"{before}{left}____{right}{behind}"


def _answered(body: str, text: str, inside: str, kind: str) -> Entry:
    general = re.search(r"(?<!\\)####", inside)
    explanation = _plain(inside[general.end() :], kind) if general else ""
    inside = inside[: general.start()] if general else inside
    draft = QuestionDraft("single", text, explanation=explanation)
    if not inside.strip():
        return _not_supported(body, text, "问答题")
    if truth := _TRUTH.match(inside):
        right = truth[1].upper().startswith("T")
        pair = (OptionDraft("对", right), OptionDraft("错", not right))
        notes = _feedback_note(1 if "#" in inside else 0)
        return Entry("question", 0, 0, body, replace(draft, kind="true_false", options=pair), notes=notes)
    if inside.strip().startswith("#"):
        return _numerical(body, draft, inside.strip()[1:])
    answers = _answers(inside)
    if not answers:
        return Entry(
            "question",
            0,
            0,
            body,
            draft,
            (Fault("question_file.answer_unclear", {"answer": inside.strip()[:60]}),),
        )
    if all(_MATCHING.search(one.text) for one in answers) and len(answers) > 1:
        return _not_supported(body, text, "连线题")
    made = (_short if all(one.sign == "=" for one in answers) else _choice)(body, draft, answers, kind)
    notes = _feedback_note(sum(bool(one.feedback) for one in answers))
    return replace(made, notes=(*notes, *made.notes))


def _answers(inside: str) -> list[Answer]:
    """Cut at every = and ~ that is not escaped."""
    marks = [one for one in re.finditer(r"(?<!\\)[=~]", inside)]
    if not marks or inside[: marks[0].start()].strip():
        return []
    ends = [one.start() for one in marks[1:]] + [len(inside)]
    found = []
    for mark, end in zip(marks, ends, strict=True):
        own = inside[mark.end() : end]
        weight = _WEIGHT.match(own)
        own = own[weight.end() :] if weight else own
        said, _, feedback = _cut_feedback(own)
        found.append(
            Answer(mark.group(), float(weight[1]) if weight else None, said.strip(), feedback.strip())
        )
    return found


def _cut_feedback(text: str) -> tuple[str, str, str]:
    hit = re.search(r"(?<!\\)#", text)
    return (text[: hit.start()], "#", text[hit.end() :]) if hit else (text, "", "")


def _choice(body: str, draft: QuestionDraft, answers: list[Answer], kind: str) -> Entry:
    notes: tuple[Fault, ...] = ()
    sure = [one for one in answers if one.sign == "=" or one.weight == 100]
    weighed = [one for one in answers if one.weight is not None and one.weight > 0]
    several = not any(one.sign == "=" for one in answers) and len(weighed) > 1
    right = weighed if several else sure
    partly = sum(one not in right for one in weighed)
    if partly:
        notes += (Fault("question_file.partial_marks_left_aside", {"count": partly}),)
    options = tuple(OptionDraft(_plain(one.text, kind), one in right) for one in answers)
    made = replace(draft, kind="multiple" if several or len(right) > 1 else "single", options=options)
    return Entry("question", 0, 0, body, made, notes=notes)


def _short(body: str, draft: QuestionDraft, answers: list[Answer], kind: str) -> Entry:
    notes: tuple[Fault, ...] = ()
    full = [one for one in answers if one.weight in (None, 100)]
    if len(full) < len(answers):
        notes += (Fault("question_file.partial_marks_left_aside", {"count": len(answers) - len(full)}),)
    spellings = tuple(_plain(one.text, kind) for one in full)
    made = replace(draft, kind="fill_in", blanks=(spellings,) if spellings else ())
    return Entry("question", 0, 0, body, made, notes=notes)


def _numerical(body: str, draft: QuestionDraft, inside: str) -> Entry:
    """Take exact numbers as a gap to fill; a number with a tolerance or a range is refused by name."""
    found = _answers(inside) or [Answer("=", None, _cut_feedback(inside)[0].strip(), "")]
    exact = []
    for one in found:
        number, _, tolerance = one.text.partition(":")
        if ".." in number or (tolerance.strip() and float_of(tolerance) != 0):
            return replace(
                _not_supported(body, draft.text, "带误差的数值题"), draft=replace(draft, kind="fill_in")
            )
        if float_of(number) is None:
            fault = Fault("question_file.answer_unclear", {"answer": one.text[:60]})
            return Entry("question", 0, 0, body, replace(draft, kind="fill_in"), (fault,))
        if one.weight in (None, 100):
            exact.append(number.strip())
    return Entry(
        "question", 0, 0, body, replace(draft, kind="fill_in", blanks=(tuple(exact),) if exact else ())
    )


def float_of(text: str) -> float | None:
    """Return the number a text is, None for other texts."""
    try:
        return float(text.strip())
    except ValueError:
        return None


def _not_supported(body: str, text: str, kind: str) -> Entry:
    fault = Fault("question_file.kind_not_supported", {"kind": kind})
    return Entry("question", 0, 0, body, QuestionDraft("single", text), (fault,))


def _feedback_note(count: int) -> tuple[Fault, ...]:
    return (Fault("question_file.feedback_left_aside", {"count": count}),) if count else ()


def _plain(text: str, kind: str) -> str:
    said = _ESCAPE.sub(lambda hit: "\n" if hit[1] == "n" else hit[1], text)
    if kind == "html" or (
        not kind and re.search(r"</?(?:p|br|b|i|strong|em|span|div|sub|sup|img)\b[^>]*>", said)
    ):
        return from_html(said).text
    if kind == "markdown":
        said = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", said)
    return "\n".join(line.strip() for line in said.strip().split("\n")).strip()
