"""Read and write gaps of Moodle's embedded answers (Cloze): {1:SHORTANSWER:=六十~=60}. Pure.

Only gaps that are typed and judged exactly become ours; a text with choices or tolerances inside is not supported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from yanglao.courses.question_shapes import Fault

_GAP = re.compile(r"(?<!\\)\{\s*\d*\s*:\s*([A-Z_]+)\s*:((?:\\.|[^}\\])*)\}")
_TYPED = frozenset({"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC", "NUMERICAL", "NM"})
Gaps = tuple[str, tuple[tuple[str, ...], ...]]


def read_cloze(text: str) -> Gaps | None:
    """Return the text with ____ for each gap, and their spellings; None when a gap is of another kind, or there is none."""
    blanks: list[tuple[str, ...]] = []
    for hit in _GAP.finditer(text):
        if hit[1] not in _TYPED:
            return None
        full = []
        for one in re.split(r"(?<!\\)~", hit[2]):
            said = re.split(r"(?<!\\)#", one)[0].strip()
            weight = re.match(r"%(-?\d+)%", said)
            if said.startswith("=") or (weight and weight[1] == "100"):
                full.append(re.sub(r"\\(.)", r"\1", said[weight.end() if weight else 1 :]).strip())
        if hit[1] in ("NUMERICAL", "NM") and any(re.search(r":\s*0*[.]?0*[1-9]", one) for one in full):
            return None
        if not full:
            return None
        blanks.append(
            tuple(
                re.sub(r":\s*0+(\.0+)?$", "", one) if hit[1] in ("NUMERICAL", "NM") else one for one in full
            )
        )
    return (_GAP.sub("____", text), tuple(blanks)) if blanks else None


def left_aside(text: str) -> list[Fault]:
    """Say what ``read_cloze`` does not take: feedback, and answers that give a part of the marks."""
    answers = [one for hit in _GAP.finditer(text) for one in re.split(r"(?<!\\)~", hit[2])]
    told = sum(bool(re.search(r"(?<!\\)#.", one)) for one in answers)
    partly = sum(bool(re.match(r"\s*%0*[1-9]\d?%", one)) for one in answers)
    notes = [Fault("question_file.feedback_left_aside", {"count": told})] if told else []
    return notes + ([Fault("question_file.partial_marks_left_aside", {"count": partly})] if partly else [])


def write_gap(spellings: Sequence[str]) -> str:
    """Return one gap."""
    said = "~".join("=" + re.sub(r"([~}#\\=\"/])", r"\\\1", one) for one in spellings)
    return f"{{1:SHORTANSWER:{said}}}"
