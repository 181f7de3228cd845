"""Understand the small fields of a question: difficulty, marks, and tags such as （单选题，2分） around its text. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yanglao.courses.question_files import marks
from yanglao.courses.question_files.folding import folded
from yanglao.courses.question_shapes import Fault

PICTURE = re.compile(r"[［\[]图[:：](?P<name>[^\]］\n]{1,120})[\]］][ \t]*")
"""How a picture stands in a text between reading a file and making a draft: ［图：name］."""
UNREADABLE = "［图片没有读出来］"
UNDERLINE = "\ue000"
"""Stands before and behind underlined words of a Word file: in a question of gaps they are the answer."""

_EASY = frozenset("易 容易 简单 较易 较简单 低 初级 易题 简单题 1 一 EASY LOW".split())
_MEDIUM = frozenset("中 中等 一般 适中 普通 中级 较难题中等 中等难度 2 二 MEDIUM MIDDLE NORMAL".split())
_HARD = frozenset("难 困难 较难 高 高级 难题 很难 3 三 HARD HIGH DIFFICULT".split())
_TAG = re.compile(r"[\[(]\s*([^\[\]()]{1,24}?)\s*[\])]")
_TAG_WORDS = re.compile(
    r"(?P<kind>[\u4e00-\u9fffA-Z\d]{2,8}?)??(?:题)?\s*[,、;:\s]?\s*(?:(?P<marks>\d{1,3})(?:\.0)?\s*分)?"
)
_STARS = re.compile(r"[★⭐]")


@dataclass(frozen=True)
class Tags:
    """What tags around a text said."""

    kind: str = ""
    word: str = ""
    marks: int = 0
    notes: tuple[Fault, ...] = ()


def difficulty_of(text: str) -> tuple[str | None, Fault | None]:
    """Return easy, medium or hard of a word, of stars, or of a difficulty coefficient (0 hard … 1 easy); or the fault."""
    word = folded(text).strip(" .。;[]()").upper()
    if not word:
        return None, None
    for names, level in ((_EASY, "easy"), (_MEDIUM, "medium"), (_HARD, "hard")):
        if word in names:
            return level, None
    stars = len(_STARS.findall(word))
    if stars:
        return (
            "easy" if stars == 1 else "hard" if stars > 3 or (stars == 3 and len(word) == 3) else "medium"
        ), None
    if re.fullmatch(r"0?\.\d+", word):
        share = float(word)
        return ("easy" if share >= 0.7 else "hard" if share < 0.4 else "medium"), None
    return None, Fault("question_file.difficulty_not_understood", {"difficulty": text[:40]})


def marks_of(text: str) -> int:
    """Return whole marks of 2, 2分 or 2.0; 0 when there are none."""
    found = re.match(r"\s*(\d{1,3})(?:\.0)?\s*分?\s*$", folded(text))
    return int(found[1]) if found else 0


def without_tags(text: str) -> tuple[str, Tags]:
    """Take tags at the begin and at the end of a text away: [单选题] …, … (2分), …（多选）*."""
    kind, word, points = "", "", 0
    text = re.sub(r"(?<=[\])】）])\s*\*\s*$", "", text)
    while True:
        low = folded(text)
        hit = _TAG.match(low.lstrip()) if low.strip() else None
        shift = len(low) - len(low.lstrip())
        span = (hit.start() + shift, hit.end() + shift) if hit else None
        if hit is None or _meaning(hit[1]) is None:
            ends = [one for one in _TAG.finditer(low) if not low[one.end() :].strip(" 。.?")]
            hit = ends[-1] if ends else None
            span = hit.span() if hit else None
        meaning = _meaning(hit[1]) if hit else None
        if hit is None or meaning is None or span is None:
            return text.strip(), Tags(kind, word, points)
        kind, word = (meaning[0], meaning[1]) if meaning[0] else (kind, word)
        points = meaning[2] or points
        text = text[: span[0]] + text[span[1] :]


def _meaning(inside: str) -> tuple[str, str, int] | None:
    found = _TAG_WORDS.fullmatch(inside)
    if not found or not (found["kind"] or found["marks"]):
        return None
    kind, word = marks.kind_of(found["kind"] or "")
    if found["kind"] and (not kind or not _only(found["kind"], word)):
        return None
    return kind, word, int(found["marks"] or 0)


def _only(text: str, word: str) -> bool:
    return text.removesuffix("题").removesuffix("选择") in (
        word,
        word.removesuffix("选择"),
        word.removesuffix("分析"),
    )
