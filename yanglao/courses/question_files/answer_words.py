"""Understand answers as people write them: letters, ticks, spellings of blanks; and answers collected in a list. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yanglao.courses.question_files.folding import folded

TRUE_WORDS = frozenset({"√", "对", "正确", "是", "T", "TRUE", "Y", "YES", "V", "对的", "正确的"})
FALSE_WORDS = frozenset(
    {"×", "X", "错", "错误", "否", "F", "FALSE", "N", "NO", "不对", "不正确", "错的", "错误的", "非"}
)
_LETTERS = re.compile(r"[(\[]?\s*[A-Za-z](?:[\s、,;/和与及&+.|]*[A-Za-z])*\s*[)\]]?\s*[.。]?")
_LETTER_AND_TEXT = re.compile(r"^\s*([A-Za-z])\s*(?:[.、:)]\s*|\s+|(?=[\u4e00-\u9fff(]))\S")
_SEVERAL_AND_TEXT = re.compile(r"(?:^|[\s;；,、])([A-Z])\s*[.、:)]\s*(?=[^\s.、])")
_UNIT = re.compile(
    r"\d[^/]*/\s*(?:L|h|min|s|d|kg|m|ml|dl|cm|分|分钟|日|天|小时|时|秒|次|人|周|月|年|\d.*)\s*$"
)
_RANGE = re.compile(r"(?P<from>\d{1,4})\s*[-至到]{1,3}\s*(?P<to>\d{1,4})\s*(?:题)?\s*[.、:)]?\s*")
_MARK = re.compile(r"(?P<from>\d{1,4})\s*(?:[-至到]{1,3}\s*(?P<to>\d{1,4}))?\s*(?:小?题)?\s*[.、:)]?\s*")
_COMPACT = re.compile(r"(?:(\d{1,3})\s*[.、:)]?\s*([A-J]{1,6}|√|×|对|错)[\s,;、。]*){2,}")
_SINGLE = re.compile(
    r"(?:(?<=[\s;。,，；])|^)(?:第\s*)?\(?\s*(?P<n>\d{1,4})\s*\)?\s*(?:题|小题)?\s*[.、:)]?\s*(?=\S)"
)
_TOKEN = re.compile(r"[A-Za-z]+|√|×|正确|错误|对|错")


@dataclass(frozen=True)
class Listed:
    """One answer of a list: for which number, as typed, on which line (from 1), and an explanation behind it.

    ``lost``: so many answers stood there for a range of another length, so none is believed.
    """

    number: int
    value: str
    line: int
    explanation: str = ""
    lost: int | None = None


def truth(text: str) -> bool | None:
    """Return what a word for true or false means, None for other words."""
    word = folded(text).strip(" ()[].。,;:、\"'").upper()
    return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None


def letters(text: str) -> tuple[str, ...]:
    """Return the letters of an answer (B / ABD / A、B、D / B.六十五岁), each once and in order; empty when it has none."""
    low = re.sub(r"\s*\([^()]*[\u4e00-\u9fff][^()]*\)\s*$", "", folded(text)).strip()
    if _LETTERS.fullmatch(low):
        found = re.findall(r"[A-Za-z]", low)
        return tuple(sorted({one.upper() for one in found}))
    several = _SEVERAL_AND_TEXT.findall(low)
    if len(several) > 1 and several == sorted(set(several)):
        return tuple(several)
    one = _LETTER_AND_TEXT.match(low)
    return (one[1].upper(),) if one else ()


def spellings(text: str) -> tuple[str, ...]:
    """Return the accepted spellings of one blank: 60/六十 are two, 120/80 and 5次/分 are one."""
    if "/" in folded(text) and not _UNIT.search(folded(text)):
        found = re.split(r"[/／]", text)
    else:
        found = re.split(r"\s*(?:\||｜|或者|\s或\s?)\s*", text)
    kept = tuple(one.strip() for one in found if one.strip())
    return kept or (text.strip(),)


_SEPARATORS = (r"[;；]", r"[|｜]", r"\n", r"\t|\s{2,}", r"、", r"[,，]", r"\s+")
_ENUMERATED = re.compile(r"(?:\(\d{1,2}\)|[①-⑩]|(?:^|(?<=[\s;,。]))\d{1,2}\s*[.、)](?!\d))\s*")


def blanks(text: str, shown: int) -> tuple[tuple[str, ...], ...]:
    """Return the spellings of each blank of an answer for a text that shows ``shown`` blanks (0: none to be seen)."""
    value = re.sub(r"[。.]\s*$", "", text.strip())
    if not value:
        return ()
    if shown == 1:
        found = [one.strip() for one in re.split(r"[;；]", value) if one.strip()]
        return (tuple(dict.fromkeys(word for one in found for word in spellings(one))),)
    low = folded(value)
    marks = list(_ENUMERATED.finditer(low))
    if len(marks) > 1 and marks[0].start() == 0:
        ends = [one.start() for one in marks[1:]] + [len(value)]
        cut = [value[one.end() : end].strip(" ;；,，、\n") for one, end in zip(marks, ends, strict=True)]
        if shown in (0, len(cut)):
            return tuple(spellings(one) for one in cut)
    for separator in _SEPARATORS if shown else _SEPARATORS[:3]:
        cut = [one.strip() for one in re.split(separator, value)]
        cut = cut[:-1] if cut and not cut[-1] else cut
        if len(cut) == shown or (not shown and len(cut) > 1):
            return tuple(spellings(one) for one in cut)
    cut = [one.strip() for one in re.split(r"[;；]", value) if one.strip()]
    return tuple(spellings(one) for one in cut)


def listed(text: str, line: int) -> list[Listed] | None:
    """Return the answers of one line of a list (1-5 ABCDA 6-10 BBCDA; 1.A 2.B; 1、√ 2、×), None when it is none."""
    low = folded(text)
    if _RANGE.match(low.strip()) and not re.match(r"\s*\d+\s*-+\s*\d+\s*[岁年次天%度]", low):
        return _ranged(low.strip(), line)
    if _COMPACT.fullmatch(low.strip()):
        pairs = re.findall(r"(\d{1,3})\s*[.、:)]?\s*([A-J]{1,6}|√|×|对|错)", low)
        return [Listed(int(number), value, line) for number, value in pairs]
    marks = list(_SINGLE.finditer(low))
    if not marks or low[: marks[0].start()].strip():
        return None
    kept = [marks[0]]
    for one in marks[1:]:
        if int(one["n"]) == int(kept[-1]["n"]) + 1:
            kept.append(one)
    ends = [one.start() for one in kept[1:]] + [len(text)]
    found = []
    for one, end in zip(kept, ends, strict=True):
        value, explanation = _without_explanation(text[one.end() : end].strip(" \t;；,，、"))
        found.append(Listed(int(one["n"]), value, line, explanation))
    return found


def looks_listed(text: str) -> bool:
    """Tell whether a line is surely a list of answers and not a question: ranges, or short answers behind numbers."""
    found = listed(text, 0)
    if not found:
        return False
    if _RANGE.match(folded(text).strip()):
        return True
    short = all(letters(one.value) or truth(one.value) is not None for one in found)
    return short and all(len(one.value) <= 12 for one in found)


def _ranged(low: str, line: int) -> list[Listed] | None:
    marks = list(_MARK.finditer(low))
    ends = [one.start() for one in marks[1:]] + [len(low)]
    found: list[Listed] = []
    for one, end in zip(marks, ends, strict=True):
        first, last = int(one["from"]), int(one["to"] or one["from"])
        count, tokens = last - first + 1, _TOKEN.findall(low[one.end() : end])
        if count < 1 or count > 500:
            return None
        if len(tokens) != count and all(re.fullmatch("[A-Za-z]+", token) for token in tokens):
            tokens = list("".join(tokens)) if one["to"] else ["".join(tokens)]
        if not tokens:
            return None
        if len(tokens) == count:
            found += [Listed(first + at, token, line) for at, token in enumerate(tokens)]
        else:  # nobody knows which of them is missing
            found += [Listed(first + at, "", line, lost=len(tokens)) for at in range(count)]
    return found


def in_a_row(text: str, count: int) -> list[str] | None:
    """Return answers that stand in a row without numbers (BAB, √ × √), None when they are not ``count``."""
    low = folded(text).strip(" 。.;")
    if not re.fullmatch(rf"(?:{_TOKEN.pattern})(?:[\s、,;]*(?:{_TOKEN.pattern}))*", low):
        return None
    tokens = _TOKEN.findall(low)
    if len(tokens) != count and len(tokens) == 1 and re.fullmatch("[A-J]+", tokens[0]):
        tokens = list(tokens[0])
    return tokens if len(tokens) == count else None


def _without_explanation(value: str) -> tuple[str, str]:
    low = folded(value)
    hit = re.search(r"\[?\s*(?:答案)?解析\s*\]?\s*:?\s*", low)
    own = value[: hit.start()] if hit else value
    own = re.sub(r"^\s*[\[【]?\s*(?:参考)?答案\s*[\]】]?\s*[:：]?\s*", "", own)
    return own.strip(" \t;；,，"), value[hit.end() :].strip() if hit else ""
