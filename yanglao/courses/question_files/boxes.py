"""Bring boxes, ticks and cells of forms into the letters and names that documents use, line by line. Pure."""

from __future__ import annotations

import re

from yanglao.courses.question_files.folding import folded
from yanglao.courses.question_files.options import first_letter

_TICKED = re.compile(r"^(\s*)[-*]?\s*\[\s*[xX√]\s*\]\s*(?=\S)(.*)$")
_BOX = re.compile(r"^\s*(?:[-*]\s*\[\s*\]|[○◯□☐◻⭕])\s*(?=\S)")
_NUMBERED = re.compile(r"\s*\(?\d{1,4}\s*[.、)．]")
_TICK_FIRST = re.compile(r"^\s*[√✓✔☑✅]\s*([A-JＡ-Ｊ]\s*[.、:)．：）].*)$")
_QUOTED = re.compile(r"^\s*>\s+(?!\d)")
_LAST_CELL = re.compile(r"^(.*\bA\s*[.、:)．：].*\bB\s*[.、:)．：].*?\S)(?:\t|\s{4,})\s*([A-J]{1,6})\s*$")


def boxed(lines: list[str]) -> list[str]:
    """Return the lines with letters for boxes (○ 一, □ 二, - [x] 三) before options, and a name for an answer in the last cell."""
    found, letter = [], 0
    for line in lines:
        line = _TICK_FIRST.sub(r"\1（正确答案）", line)
        line = _LAST_CELL.sub(r"\1 答案：\2", _QUOTED.sub("", line))
        ticked = _TICKED.match(line)
        box = _BOX.match(line)
        rest = f"{ticked[2]}（正确答案）" if ticked else line[box.end() :] if box else ""
        if not rest or _NUMBERED.match(rest):
            found.append(line)
            letter = 0 if line.strip() else letter
            continue
        if first_letter(folded(rest)) is None:
            rest = f"{chr(65 + letter)}. {rest}"
        found.append(rest)
        letter = min(letter + 1, 25)
    return found
