"""Find the running heads of a document: lines that come back on every page. Pure."""

from __future__ import annotations

import re
from collections import Counter

from yanglao.courses.question_files import marks
from yanglao.courses.question_files.options import first_letter

GAP = re.compile(r"\(\s*\)|_{2,}|\[\s*\]")
"""A gap to fill in, in a folded line."""


def running_heads(lines: list[str]) -> frozenset[str]:
    """Return lines that come back again and again, as the head of a page does: no mark of a question in them."""
    counted = Counter(line.strip() for line in lines if 6 <= len(line.strip()) <= 60)
    return frozenset(
        text
        for text, times in counted.items()
        if times >= 3
        and marks.numbered(text) is None
        and first_letter(text) is None
        and not marks.section(text)
        and marks.case(text) is None
        and not GAP.search(text)
        and all(not one.field for one in marks.pieces(text))
        and any(
            word in text
            for word in ("题库", "试卷", "试题", "考试", "公司", "中心", "培训", "版权", "www", "微信")
        )
    )
