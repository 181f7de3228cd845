"""Bring text, options and answer of one question together: which kind it is, and which options are right. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from yanglao.courses.answer_text import plain
from yanglao.courses.question_files.answer_words import blanks, letters, spellings, truth
from yanglao.courses.question_files.folding import folded
from yanglao.courses.question_shapes import BLANK, Fault, OptionDraft, QuestionDraft

GAP = "（ ）"
LONG_ANSWER = 30
_OWN = re.compile(r"[\[(]\s*([A-Ja-j](?:[\s、,;/]*[A-Ja-j])*)\s*[\])]")
_OWN_LINED = re.compile(r"_+\s*([A-J](?:[\s、,;/]*[A-J])*)\s*_+")
_OWN_LAST = re.compile(r"(?<=[?。:])\s*()([A-J]{1,6})\s*$")
_OWN_TRUTH = re.compile(r"[\[(]\s*(√|×|[xX]|对|错|正确|错误|[TFVtfv]|TRUE|FALSE|True|False|是|否)\s*[\])]")
_FILLED = re.compile(r"\(\s*([^()]{1,40}?)\s*\)")
_RIGHT = re.compile(r"\s*(?:√|\(\s*(?:正确|正确答案|答案|√)\s*\)|\[\s*(?:正确|正确答案|√)\s*\])\s*$")
_LOOSE_GAP = re.compile(r"[\[【]\s*[\]】]|（\s*）|\(\s*\)|(?<![_＿])[_＿](?![_＿])|[﹍﹎…]{3,}|_(?:\s+_)+")
# What a statement ends or begins with: …。——对, …。 错, × 老年人…; a word needs a mark or, in a section of such, a space before it.
_TAIL = re.compile(r"\s*(?:-{1,6}|(?<=[。.?!;]))\s*(√|×|对|错|正确|错误)\s*[。.]?\s*$|\s*(√|×)\s*[。.]?\s*$")
_TAIL_IN_SECTION = re.compile(_TAIL.pattern + r"|(?:\s+|(?<=[。.?!;]))(对|错|正确|错误|[TFtf])\s*[。.]?\s*$")
_HEAD = re.compile(r"^\s*(√|×)\s*(?=[^\s√×])")
# _16_ and __5__ are gaps with their answers: a single line on each side, or lines around a figure.
_UNDERLINED = re.compile(
    r"(?<![_＿A-Za-z0-9])(?:[_＿](?P<one>[^_＿\n]{1,30})[_＿]|[_＿]{2,}\s*(?P<figure>[\d０-９][\d０-９.．~～%％℃/:：a-zA-Z+-]*)\s*[_＿]{2,})(?![_＿])"
)


@dataclass(frozen=True)
class Keyed:
    """A draft with its key, and what is to be said of it."""

    draft: QuestionDraft
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    topic: str = ""


def keyed(
    draft: QuestionDraft,
    options: Sequence[tuple[str, str]],
    values: Sequence[str],
    *,
    kind: tuple[str, str],
    lead: str | None = None,
    unmarked: bool = False,
) -> Keyed:
    """Return ``draft`` with kind, options or blanks.

    ``options`` are (letter, text); ``values`` what stands behind 答案, the first one counts. ``kind`` is what the file says,
    ("", "") when it says nothing. ``lead``: an answer in brackets before the number. ``unmarked``: options may stand below the
    text as lines without letters.
    """
    value = "\n".join(values).strip()
    said, word = kind
    inside: list[str] = []
    if not value and not options and not lead and said in ("", "fill_in"):
        draft, inside = _emptied(draft)
    draft = replace(
        draft, text=_LOOSE_GAP.sub(lambda hit: GAP if hit.group()[0] in "[【（(" else "____", draft.text)
    )
    if said == "other":
        return Keyed(
            replace(draft, kind="single"), (Fault("question_file.kind_not_supported", {"kind": word}),)
        )
    if not value and lead:
        value = lead
    if inside:
        return Keyed(replace(draft, kind="fill_in", blanks=tuple(spellings(one) for one in inside)))
    options = list(options)
    if unmarked and not options and said in ("", "single", "multiple", "choice"):
        draft, options = _lines_as_options(draft, value, said)
    if len(options) == 2 and {truth(text) for _, text in options} == {True, False}:
        return _true_false(draft, value, options)
    if options:
        return _ticked(draft, options, value, said)
    if said == "true_false" or (not said and _truth_given(draft, value)):
        return _true_false(draft, value, options, said)
    if said in ("single", "multiple", "choice"):
        fallback = "multiple" if said == "multiple" else "single"
        return Keyed(replace(draft, kind=fallback), (Fault("question_file.options_not_found"),))
    return _fill_in(draft, value, said)


def _truth_given(draft: QuestionDraft, value: str) -> bool:
    if value:
        return truth(value) is not None and not BLANK.search(
            re.sub(r"[（(]\s*[)）]\s*[。.]?\s*$", "", draft.text)
        )
    low = folded(draft.text)
    return bool(_OWN_TRUTH.search(low) or _TAIL.search(low) or (_HEAD.match(low) and not BLANK.search(low)))


# options


def _ticked(draft: QuestionDraft, options: list[tuple[str, str]], value: str, said: str) -> Keyed:
    faults: list[Fault] = []
    notes: list[Fault] = []
    names = [letter for letter, _ in options]
    marked = [bool(_RIGHT.search(folded(text))) for _, text in options]
    texts = [
        text[: _right_at(text)].strip() if hit else text
        for (_, text), hit in zip(options, marked, strict=True)
    ]
    repeated = sorted({one for one in names if names.count(one) > 1})
    if repeated:
        faults.append(Fault("question_file.letters_repeated", {"letters": "、".join(repeated)}))
    missing = [chr(one) for one in range(ord("A"), ord(max(names))) if chr(one) not in names]
    if missing:
        faults.append(Fault("question_file.option_gap", {"letters": "、".join(missing)}))
    text, own = _own_letters(draft.text, names)
    right: set[str] = set()
    if value:
        right, fault = _right_letters(value, names, texts)
        faults += [fault] if fault else []
        if own and set(own) == right:
            draft = replace(draft, text=text)
        elif own and right and set(own) <= set(names) and _at_end(draft.text):
            facts = {"inside": "".join(own), "behind": "".join(sorted(right))}
            faults.append(Fault("question_file.answers_differ", facts))
    elif own:
        right, draft = set(own), replace(draft, text=text)
        outside = [one for one in own if one not in names]
        if outside:
            right = set()
            faults.append(_outside(outside, names))
    elif any(marked):
        right = {name for name, hit in zip(names, marked, strict=True) if hit}
        notes.append(Fault("question_file.marked_options", {"letters": "".join(sorted(right))}))
    if not (value or own) and not any(marked):
        texts = [text for _, text in options]
    drafts = tuple(OptionDraft(text, name in right) for name, text in zip(names, texts, strict=True))
    chosen = said if said in ("single", "multiple") else "multiple" if len(right) > 1 else "single"
    if said == "true_false":
        faults.append(Fault("question.two_options_only", {"count": len(options)}))
    return Keyed(replace(draft, kind=chosen, options=drafts), tuple(faults), tuple(notes))


def _right_at(text: str) -> int:
    found = _RIGHT.search(folded(text))
    return found.start() if found else len(text)


def _right_letters(value: str, names: list[str], texts: list[str]) -> tuple[set[str], Fault | None]:
    same = [
        name for name, text in zip(names, texts, strict=True) if plain(text) and plain(text) == plain(value)
    ]
    if same:
        return {same[0]}, None
    found = letters(value)
    if found:
        outside = [one for one in found if one not in names]
        return (set(), _outside(outside, names)) if outside else (set(found), None)
    by_text = {plain(text): name for name, text in zip(names, texts, strict=True)}
    spoken = [plain(one) for one in re.split(r"[;；\n]", value) if one.strip()]
    if spoken and all(one in by_text for one in spoken):
        return {by_text[one] for one in spoken}, None
    digits = re.fullmatch(r"\s*(\d)(?:[\s、,，;；]*(\d))*\s*", folded(value))
    if digits and all(1 <= int(one) <= len(names) for one in re.findall(r"\d", folded(value))):
        return {names[int(one) - 1] for one in re.findall(r"\d", folded(value))}, None
    return set(), Fault("question_file.answer_unclear", {"answer": value[:60]})


def _outside(letters_: Sequence[str], names: Sequence[str]) -> Fault:
    facts = {"letters": "、".join(letters_), "last": names[-1] if names else ""}
    return Fault("question_file.answer_not_an_option", facts)


def _own_letters(text: str, names: list[str]) -> tuple[str, tuple[str, ...]]:
    """Return the text with an empty gap, and the letters that stood in its brackets: …是（ B ）。"""
    hits = list(_OWN.finditer(folded(text)))
    low = folded(text)
    hits = [
        one
        for one in hits
        if not (low[one.start() - 1 : one.start()].isascii() and low[one.start() - 1 : one.start()].isalnum())
    ]
    if not hits and (lined := _OWN_LINED.search(low)):
        return text[: lined.start()] + "____" + text[lined.end() :], letters(lined[1])
    if not hits and (last := _OWN_LAST.search(low)) and set(last[2]) <= set(names):
        return text[: last.start()], letters(last[2])
    if not hits or BLANK.search(text):
        return text, ()
    hit = hits[-1]
    return text[: hit.start()] + GAP + text[hit.end() :], letters(hit[1])


def _at_end(text: str) -> bool:
    return bool(re.search(r"[)\]]\s*[。.?!:]?\s*$", folded(text)))


def _lines_as_options(
    draft: QuestionDraft, value: str, said: str
) -> tuple[QuestionDraft, list[tuple[str, str]]]:
    """Take the lines below the first one as options when the answer is letters, or one of the lines."""
    lines = [line.strip() for line in draft.text.split("\n") if line.strip()]
    body = lines[1:]
    spoken = letters(value) if re.fullmatch(r"[A-Za-z\s、,，;；]+", folded(value).strip() or "-") else ()
    reached = bool(spoken) and ord(max(spoken)) - 65 < len(body)
    named = any(plain(value) == plain(line) for line in body if plain(line))
    if not 2 <= len(body) <= 10 or not (reached or named) or not (said or reached or named):
        return draft, []
    if any(len(line) > 200 for line in body):
        return draft, []
    return replace(draft, text=lines[0]), [(chr(65 + at), line) for at, line in enumerate(body)]


# true or false


def _at_an_end(text: str, *, in_section: bool) -> tuple[bool | None, str]:
    """Return the answer that stands behind or before a statement, and the statement without it."""
    low = folded(text)
    if tail := (_TAIL_IN_SECTION if in_section else _TAIL).search(low):
        return truth(next(one for one in tail.groups() if one)), text[: tail.start()]
    if head := _HEAD.match(low):
        return truth(head[1]), text[head.end() :]
    return None, text


def _true_false(
    draft: QuestionDraft, value: str, options: Sequence[tuple[str, str]], said: str = ""
) -> Keyed:
    faults: tuple[Fault, ...] = ()
    answer = truth(value) if value else None
    by_letter = {letter: truth(text) for letter, text in options}
    spoken = letters(value) if value else ()
    if options and len(spoken) == 1 and spoken[0] in by_letter:
        answer = by_letter[spoken[0]]
    elif not options and answer is None and spoken in (("A",), ("B",)):
        answer = spoken == ("A",)
    elif answer is None and value:
        answer = truth(re.split(r"[,，。;；:：\s]", value.strip())[0])
    text = draft.text
    if value and answer is None:
        faults = (Fault("question_file.answer_unclear", {"answer": value[:60]}),)
    if not value:
        hits = list(_OWN_TRUTH.finditer(folded(text))) or (
            list(_OWN.finditer(folded(text))) if options else []
        )
        if hits:
            inside = hits[-1][1]
            answer = by_letter.get(inside.upper(), truth(inside)) if options else truth(inside)
            text = text[: hits[-1].start()] + text[hits[-1].end() :]
        elif not options:
            answer, text = _at_an_end(text, in_section=said == "true_false")
    text = re.sub(r"\s*(?:（\s*）|\(\s*\))\s*([。.?？]?)\s*$", r"\1", text).strip()
    text = re.sub(r"^\s*(?:（\s*）|\(\s*\))\s*", "", text)
    pair = (OptionDraft("对", answer is True), OptionDraft("错", answer is False))
    return Keyed(replace(draft, kind="true_false", text=text, options=pair), faults)


# blanks


def _fill_in(draft: QuestionDraft, value: str, said: str) -> Keyed:
    text = draft.text
    shown = len(BLANK.findall(text))
    if not value and not shown:
        text, found = _filled(text)
        if found and said == "fill_in":
            return Keyed(replace(draft, kind="fill_in", text=text, blanks=found))
    if value and not shown and said != "fill_in" and len(value) > LONG_ANSWER:
        return Keyed(
            replace(draft, kind="fill_in"), (Fault("question_file.kind_not_supported", {"kind": "问答题"}),)
        )
    notes: tuple[Fault, ...] = ()
    if not value and shown:
        text, value = _answer_behind(text, shown)
        draft = replace(draft, text=text)
    found = blanks(value, shown)
    if shown == 1 and re.search(r"[;；]", value):
        notes = (
            Fault("question_file.one_blank_several_spellings", {"count": len(found[0]) if found else 0}),
        )
    if value and not shown:
        notes = (Fault("question_file.no_gap_in_text"),)
    kind = "fill_in" if said == "fill_in" or shown or value else "single"
    if kind == "single":
        return Keyed(draft, (Fault("question_file.not_a_question"),))
    return Keyed(replace(draft, kind=kind, blanks=found), notes=notes)


def _emptied(draft: QuestionDraft) -> tuple[QuestionDraft, list[str]]:
    """Empty the underlined gaps that hold their answers: …为_24_到_26_摄氏度."""
    found: list[str] = []

    def take(hit: re.Match[str]) -> str:
        said = (hit["one"] or hit["figure"]).strip()
        if not said:
            return "____"
        found.append(said)
        return "____"

    text = _UNDERLINED.sub(take, draft.text)
    return (replace(draft, text=text), found) if found else (draft, [])


def _answer_behind(text: str, shown: int) -> tuple[str, str]:
    """Take the answer that stands in brackets behind the text: …（ ）岁以上。（60，80）"""
    hit = re.search(r"\(\s*([^()]*[^()\s][^()]*)\)\s*[。.]?\s*$", folded(text))
    if hit is None or len(blanks(text[hit.start(1) : hit.end(1)], shown)) != shown:
        return text, ""
    return text[: hit.start()].rstrip(), text[hit.start(1) : hit.end(1)]


def _filled(text: str) -> tuple[str, tuple[tuple[str, ...], ...]]:
    """Empty the gaps that hold their answers: …是（60）周岁."""
    low, found = folded(text), []
    out, at = [], 0
    for hit in _FILLED.finditer(low):
        found.append((text[hit.start(1) : hit.end(1)].strip(),))
        out += [text[at : hit.start()], GAP]
        at = hit.end()
    return "".join(out) + text[at:], tuple(found)
