"""Follow the answers that stand together, behind a section or at the end of a document. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from yanglao.courses.question_files import marks
from yanglao.courses.question_files.answer_words import Listed, in_a_row, letters, listed, looks_listed, truth
from yanglao.courses.question_files.folding import folded
from yanglao.courses.question_files.raw import AnswerList, Raw

if TYPE_CHECKING:
    from yanglao.courses.question_files.splitting import Splitter

_HEADING = re.compile(
    r"^\s*[#*]*\s*[\[(]?\s*(?:[一二三四五六七八九十]、)?\s*(?:附(?:件|录)?\s*\d?\s*:?)?\s*(?:本卷|试题|试卷|习题|练习题?|全部|以上题目|各题)?\s*(?:的)?"
    r"(?:参考|标准|正确)?答案(?:及|与|和)?(?:详细|评分)?(?:解析|标准|要点|部分|汇总|一览|表)?\s*[\])]?\s*:?\s*$"
)
_BEHIND = re.compile(
    r"^\s*(?:\(?[一二三四五六七八九十]{1,3}\)?\s*[、.]?\s*)?(?P<words>[\u4e00-\u9fff]{2,8}题?)?\s*(?:答案)?\s*:?\s*(?=\(?\d)"
)
_KIND_AND_ROW = re.compile(
    r"^\s*(?:\(?[一二三四五六七八九十]{1,3}\)?\s*[、.]?\s*)?(?P<words>[\u4e00-\u9fff]{2,8}?题?)\s*(?:答案)?\s*:\s*(?P<row>\S.*)$"
)
_NUMBERS = re.compile(r"^\s*题\s*号\s*[:|]?\s*((?:\d{1,4}[\s|]+)*\d{1,4}[\s|]*)$")
_ANSWERS = re.compile(r"^\s*答\s*案\s*[:|]?\s*(.+)$")


class Answers:
    """Know whether the walk is within answers, and gather them in the splitter's lists."""

    def __init__(self, splitter: Splitter) -> None:
        self._splitter = splitter
        self._on = False
        self._kind = ""
        self._numbers: list[int] = []
        self._last = max((at for at, line in enumerate(splitter.low) if _HEADING.match(line)), default=-1)

    def ahead(self, at: int) -> bool:
        """Tell whether a list of answers comes later in the document."""
        return self._last >= at

    def heading_within(self, at: int, kind: str) -> bool:
        """Take a section's heading for one of the answers when answers are being read and answers follow."""
        follower = self._splitter.next_line(at)
        if not self._on or follower is None or self._is_question(follower):
            self._on = False
            return False
        self._kind = kind
        return True

    def take(self, at: int) -> bool:
        """Take the line when it belongs to collected answers."""
        splitter = self._splitter
        low = splitter.low[at]
        if _NUMBERS.match(low):
            self._numbers = [int(one) for one in re.findall(r"\d+", low)]
            splitter.other("heading", at)
            return True
        if self._numbers and (row := _ANSWERS.match(low)):
            tokens = [one for one in re.split(r"[\s|]+", row[1]) if one]
            row_answers = [Listed(n, value, at + 1) for n, value in zip(self._numbers, tokens, strict=False)]
            self._numbers = []
            return self._keep(at, row_answers, within=None)
        if _HEADING.match(low) and self._opens(at):
            self._on, self._kind = True, ""
            splitter.other("heading", at)
            splitter.close()
            return True
        if not self._on:
            return self._named(at) or self._within_section(at)
        return self._answers(at)

    def _opens(self, at: int) -> bool:
        splitter = self._splitter
        follower = splitter.next_line(at)
        if follower is None or (splitter.section.kind == "other" and splitter.cur is not None):
            return False
        if self._of_kind(follower) is not None:
            return True
        if marks.section(splitter.low[follower]) or marks.heading(splitter.low[follower]):
            follower = splitter.next_line(follower)
        if follower is None or _NUMBERS.match(splitter.low[follower]):
            return follower is not None
        if self._of_kind(follower) is not None:
            return True
        behind = _behind(splitter.low[follower])
        return listed(splitter.low[follower][behind:], 0) is not None and not self._is_question(follower)

    def _within_section(self, at: int) -> bool:
        """Take 答案：1-5 ABCDA behind the questions of a section."""
        splitter = self._splitter
        parts = marks.pieces(splitter.low[at])
        if len(parts) == 1 and not parts[0].field:
            return self._unnamed(at)
        if len(parts) != 1 or parts[0].field != "answer" or splitter.cur is None:
            return False
        value = splitter.lines[at][parts[0].start :]
        found = listed(value, at + 1) if looks_listed(value) else None
        if not found:
            found = self._row_of(value, at)
        if not found or len(found) < 2:
            return False
        splitter.close()
        return self._keep(at, found, within=splitter.section.id)

    def _row_of(self, value: str, at: int) -> list[Listed] | None:
        """Take BAB behind three questions of a section that have no answers as theirs."""
        splitter = self._splitter
        open_: list[Raw] = []
        for one in reversed(splitter.questions):
            if one.section.id != splitter.section.id or one.answered:
                break
            open_.insert(0, one)
        if len(open_) < 2 or open_[-1] is not splitter.cur:
            return None
        if any(one.number is None or one.parts or one.is_case for one in open_):
            return None
        values = in_a_row(value, len(open_)) or []
        # ABD may as well be the answer of the last question alone.
        if splitter.section.kind not in ("single", "true_false") and values == sorted(set(values)):
            return None
        return [Listed(one.number or 0, said, at + 1) for one, said in zip(open_, values, strict=False)]

    def _of_kind(self, at: int) -> list[Listed] | None:
        """Take 一、单选题：B A as the answers of all questions of that kind that have none."""
        splitter = self._splitter
        found = _KIND_AND_ROW.match(splitter.low[at])
        kind = marks.kind_of(found["words"])[0] if found else ""
        if not found or not kind:
            return None
        open_ = [one for one in splitter.questions if one.section.kind == kind and not one.answered]
        values = in_a_row(found["row"], len(open_))
        if (
            not values
            or len({one.section.id for one in open_}) > 1
            or any(one.number is None for one in open_)
        ):
            return None
        self._kind = kind
        return [Listed(one.number or 0, said, at + 1) for one, said in zip(open_, values, strict=True)]

    def _named(self, at: int) -> bool:
        """Take 判断题答案：1.√ 2.× behind the questions."""
        splitter = self._splitter
        behind = _behind(splitter.low[at])
        if not behind or "答案" not in splitter.low[at][:behind] or not splitter.questions:
            return False
        found = listed(splitter.lines[at][behind:], at + 1)
        self._kind = marks.kind_of(splitter.low[at][:behind])[0]
        return bool(found) and self._keep(at, found or [], within=None)

    def _unnamed(self, at: int) -> bool:
        """Take 1-5 ABCDA behind questions although nobody wrote 答案 before it."""
        splitter = self._splitter
        if not splitter.questions or not looks_listed(splitter.low[at]):
            return False
        found = listed(splitter.lines[at], at + 1) or []
        cur = splitter.cur
        awaited = cur is not None and cur.bare and found and cur.number == found[0].number - 1
        return len(found) > 1 and not awaited and self._keep(at, found, within=splitter.section.id)

    def _answers(self, at: int) -> bool:
        splitter = self._splitter
        line, low = splitter.lines[at], splitter.low[at]
        if self._is_question(at):
            self._on = False
            return False
        behind = _behind(low)
        if rows := self._of_kind(at):
            return self._keep(at, rows, within=None)
        found = listed(line[behind:], at + 1)
        if found:
            words = low[:behind]
            self._kind = marks.kind_of(words)[0] or self._kind
            return self._keep(at, found, within=None)
        if splitter.lists and splitter.lists[-1].last >= at - 2:
            return self._explained(at)
        if marks.heading(low):
            splitter.other("heading", at)
            return True
        return False

    def _explained(self, at: int) -> bool:
        """Add a line to the explanation of the last answer."""
        own = self._splitter.lists[-1]
        text = self._splitter.lines[at]
        parts = marks.pieces(folded(text))
        said = (
            text[parts[0].start : parts[0].end].strip()
            if parts and parts[0].field == "explanation"
            else text.strip()
        )
        before = own.answers[-1]
        joined = f"{before.explanation}\n{said}".strip()
        own.answers[-1] = replace(before, explanation=joined)
        own.last = at + 1
        return True

    def _is_question(self, at: int) -> bool:
        splitter = self._splitter
        low = splitter.low[at]
        if re.search(r"\(\s*(?:[√×对错]|正确|错误)?\s*\)|_{3,}", low):
            return True
        follower = splitter.next_line(at)
        option = splitter.option_at[follower] if follower is not None else None
        return option is not None and option[0] == "A" and splitter.number_at[at] is not None

    def _keep(self, at: int, found: list[Listed], *, within: int | None) -> bool:
        kept = [replace(one, line=at + 1) for one in found]
        self._splitter.lists.append(AnswerList(at + 1, at + 1, kept, self._kind, within))
        return True


def _behind(low: str) -> int:
    """Return where the answers begin behind 一、单选题： on the same line."""
    found = _BEHIND.match(low)
    if not found or (found["words"] and not marks.kind_of(found["words"])[0]):
        return 0
    return found.end()


__all__ = ["Answers", "letters", "truth"]
