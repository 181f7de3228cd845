"""Cut the lines of a document into headings, questions and lists of answers. Pure; a line at a time, looking ahead only."""

from __future__ import annotations

import re

from yanglao.courses.question_files import answer_lists, marks
from yanglao.courses.question_files.answer_words import looks_listed
from yanglao.courses.question_files.boxes import boxed
from yanglao.courses.question_files.entries import Entry
from yanglao.courses.question_files.folding import cleaned, folded, lines_of
from yanglao.courses.question_files.marks import Numbered, Section
from yanglao.courses.question_files.options import first_letter, letter_after
from yanglao.courses.question_files.raw import LONG_TEXT, AnswerList, Raw
from yanglao.courses.question_files.running_heads import GAP, running_heads

AHEAD = 30
LONGEST = 4500  # a longer line is no question; it is shown as not understood
_OWN_ANSWER = re.compile(r"\(\s*([A-Ja-j](?:\s*[、,/]?\s*[A-Ja-j])*|√|×|对|错|正确|错误|[TFXVtfxv])\s*\)")
_INLINE = re.compile(r"(?<![A-Za-z0-9])A\s*[.、:)].{0,200}?(?<![A-Za-z0-9])B\s*[.、:)]")
_BULLET = re.compile(r"^\s*[-*•·●○■□◆]\s+(?=\(?\w{1,3}[.、)．])")
_STARRED = re.compile(r"^\s*[*★]\s*([A-Ja-jＡ-Ｊ]\s*[.、:)．：）].*[^*])$")
_LONE_LETTERS = re.compile(r"\s*(?P<open>[\[(])?\s*(?P<letters>[A-J]{1,6})\s*(?(open)[\])])\s*")
_SUB = ("paren", "half", "circle", "square", "hanparen", "dot")


class Splitter:
    """Walk through a text once; then ``questions``, ``lists`` and ``others`` hold what was found."""

    def __init__(self, text: str) -> None:
        self.source = lines_of(text)
        bare = [_BULLET.sub("", cleaned(line).replace("**", "")).rstrip() for line in boxed(self.source)]
        self.lines = [_STARRED.sub(r"\1（正确答案）", line) for line in bare]
        self.lines = ["" if len(line) > LONGEST else line for line in self.lines]
        self.low = [folded(line) for line in self.lines]
        parts = marks.in_parts(self.low)
        self.number_at = [marks.numbered(line, parts=parts) for line in self.low]
        self.option_at = [first_letter(line) for line in self.low]
        self.answer_at = [any(one.field == "answer" for one in marks.pieces(line)) for line in self.low]
        self.running_heads = running_heads(self.low)
        self.has_numbers = sum(one is not None and not one.weak for one in self.number_at) > 0
        self.questions: list[Raw] = []
        self.lists: list[AnswerList] = []
        self.others: list[Entry] = []
        self.section = Section()
        self.main = ""
        self.last = 0
        self.cur: Raw | None = None
        self.case: Raw | None = None
        self.gap = False
        self.notices = False
        self.answers = answer_lists.Answers(self)

    def typed(self, lines: list[int]) -> str:
        """Return the lines at these places as they were typed."""
        return "\n".join(self.source[at] for at in sorted(set(lines)))

    def run(self) -> None:
        """Walk through all lines."""
        for at in range(len(self.lines)):
            self._step(at)

    def other(self, kind: str, at: int) -> None:
        """Note a line that belongs to no question."""
        self.others.append(Entry(kind, at + 1, at + 1, self.source[at].strip("\r\n")))

    def next_line(self, at: int) -> int | None:
        """Return the next line that is not empty."""
        return next((one for one in range(at + 1, len(self.lines)) if self.low[one].strip()), None)

    def first_option(self, at: int) -> bool:
        """Tell whether a line begins with the option A."""
        found = self.option_at[at]
        return found is not None and found[0] == "A"

    def close(self) -> None:
        """End the question and the case that are open."""
        self.cur = self.case = None

    def _step(self, at: int) -> None:
        low = self.low[at]
        if len(self.source[at]) > LONGEST and not low:
            self.other("unread", at)
        if not low.strip():
            self.gap = True
            return
        if marks.page(low) or low.strip() in self.running_heads:
            self.other("page", at)
            return
        found = marks.section(low)
        if found is not None and not (
            self.cur and self.cur.place in LONG_TEXT and not self.gap and not re.match(r"\s*\S{1,3}、", low)
        ):
            self._open_section(at, *found)
        elif not self.questions and marks.notices(low):
            self.notices = True
            self.other("heading", at)
        elif not (self.answers.take(at) or self._case(at) or self._numbered(at)):
            self._text(at)
        self.gap = False

    def _open_section(self, at: int, kind: str, word: str) -> None:
        self.other("heading", at)
        self.notices = False
        if self.answers.heading_within(at, kind):
            return
        self.close()
        self.section = Section(self.section.id + 1, kind, word)
        self.main, self.last = "", 0

    # cases

    def _case(self, at: int) -> bool:
        low = self.low[at]
        shared = marks.shared(low)
        if shared is not None:
            self._open_case(at, shared[3], until=shared[1])
            assert self.case is not None
            self.case.shares_options = "答案" in shared[2]
            return True
        begin = marks.case(low)
        if begin is None and self.section.kind == "case" and not self._asks(at, any_number=True):
            begin = marks.told(low)
        if begin is None or (self.cur is not None and self.cur.place in LONG_TEXT and not self.gap):
            return False
        sure = self.section.kind == "case" or not re.match(r"\s*\S{2,4}\s*:", low)
        open_ = self.cur is not None and self.cur.bare and not self.cur.is_case and not self.gap
        if open_ and not sure:
            return False
        self._open_case(at, begin)
        return True

    def _open_case(self, at: int, begin: int, until: int | None = None) -> None:
        self.close()
        if until is None:
            found = marks.RANGE.search(self.low[at])
            until = int(found[2]) if found else None
        self.case = self.cur = Raw(self.section, is_case=True, until=until, lines=[at])
        if self.lines[at][begin:].strip():
            self.case.add("stem", self.lines[at][begin:].strip())
        self.questions.append(self.case)

    # numbers

    def _numbered(self, at: int) -> bool:
        number = self.number_at[at]
        role = self._role(at, number) if number is not None else ""
        if number is None or not role:
            return False
        if self.notices and not self._asks(at):
            self.other("comment", at)
            return True
        self.notices = False
        if role == "convert":
            assert self.cur is not None
            self.case, self.cur.is_case = self.cur, True
        raw = Raw(self.section, number.number, number.style, number.lead, lines=[at])
        if role in ("part", "convert"):
            assert self.case is not None
            self.case.parts.append(raw)
            self.case.lines.append(at)
        else:
            self.case, self.main, self.last = None, number.style, number.number
            self.questions.append(raw)
        self.cur = raw
        raw.take((f"［{number.tag}］" if number.tag else "") + self.lines[at][number.end :])
        if marks.case(self.low[at][number.end :]) is not None and role == "question":
            raw.is_case, self.case = True, raw
        return True

    def _role(self, at: int, number: Numbered) -> str:
        if self.case is not None and (role := self._role_in_case(at, number)):
            return role if role != "text" else ""
        cur, due = self.cur, number.number == self.last + 1
        if number.style == "multi":
            # 1.2 behind 1.1, 2.1 behind 1.9; what else looks so may be a quantity, so it must ask something.
            first = number.number == 1 and (cur is None or not cur.bare)
            if self.main in ("", "multi") and (due or first or (cur is not None and cur.answered)):
                return "question" if due or self._asks(at) else ""
            return ""
        if number.weak and not (due and self.main in ("", number.style)):
            return ""
        if number.style in ("han", "hanparen") and not self.main.startswith("han"):
            return "question" if not self.main and self._asks(at, any_number=True) else ""
        if self.main and number.style != self.main:
            if (
                cur is not None
                and cur.bare
                and number.number == 1
                and number.style in _SUB
                and self._opens_parts(at, number)
            ):
                return "convert"
            open_ = cur is not None and (cur.bare or cur.place in (*LONG_TEXT, "options"))
            return "question" if not open_ and self._asks(at) else ""
        if number.style == "circle" and cur is not None and not self.main:
            return ""
        if cur is not None and cur.place in LONG_TEXT:
            return (
                "question"
                if self._asks(at) and (due or number.number > self.last or number.number == 1)
                else ""
            )
        if cur is not None and cur.bare and not due:
            return "question" if self._asks(at) else ""
        return "question"

    def _role_in_case(self, at: int, number: Numbered) -> str:
        case, cur = self.case, self.cur
        assert case is not None
        last = case.parts[-1] if case.parts else None
        if case.style and number.style == case.style:
            return "" if last or number.number != 1 else "text"
        if last is None:
            explicit = case.until is not None or bool(self.answers.ahead(at)) or self.section.kind == "case"
            return "part" if self._asks(at) or (explicit and not number.weak) else "text"
        if number.style != last.style:
            within = cur is not None and (cur.bare or cur.place in (*LONG_TEXT, "options"))
            return "text" if within and not self._asks(at) else ""
        due = number.number == (last.number or 0) + 1
        if case.until is not None and number.number > case.until:
            return ""
        if due and not (cur is not None and cur.place in LONG_TEXT and not self._asks(at)):
            return "part"
        if not self._asks(at):
            return "text"
        return "" if number.number == 1 else "part"

    def _opens_parts(self, at: int, number: Numbered) -> bool:
        """Tell whether (1) opens questions of its own: it is answered before (2) comes, and (2) comes before the next question."""
        second = None
        for one in range(at + 1, min(at + AHEAD * 2, len(self.lines))):
            found = self.number_at[one]
            if found is not None and found.style == number.style and found.number == 2:
                second = one
                break
            if marks.section(self.low[one]) or (
                found is not None and found.style == self.main and not found.weak
            ):
                return False
        return second is not None and (self._asks(at) or self.section.kind == "case")

    def _asks(self, at: int, *, any_number: bool = False) -> bool:
        """Tell whether a question begins here: a gap to fill, options or an answer come before the next number."""
        own = self.number_at[at]
        for one in range(at, min(at + AHEAD, len(self.lines))):
            low = self.low[one]
            if one > at:
                found = self.number_at[one]
                if found is not None and (any_number or (own is not None and found.style == own.style)):
                    return False
                if marks.section(low) or marks.page(low):
                    return False
            if (self.first_option(one) and one > at) or self.answer_at[one]:
                return True
            if GAP.search(low) or _OWN_ANSWER.search(low) or _INLINE.search(low):
                return True
        return False

    # everything else

    def _text(self, at: int) -> None:
        cur, low = self.cur, self.low[at]
        label = marks.pieces(low)[0].field
        begins = label in ("kind", "stem") and (cur is None or cur.answered or label in cur.fields)
        if begins and not self.has_numbers:
            self._open_unnumbered(at)
            return
        lone = _LONE_LETTERS.fullmatch(low) if cur and cur.options and not cur.answered else None
        if cur and lone and (not lone["open"] or max(lone["letters"]) < letter_after(cur.options)):
            self._give(at, cur, "answer", self.lines[at])
            return
        if cur is not None and cur.place not in LONG_TEXT and self._option(at, cur):
            self._give(at, cur, "options", self.lines[at])
            return
        if cur is not None and self._goes_on(at, cur):
            self._give(at, cur, "", self.lines[at])
            return
        if marks.heading(low) and not self._asks_unnumbered(at):
            self.other("heading", at)
            self.close()
            return
        if self._asks_unnumbered(at):
            self._open_unnumbered(at)
            return
        if cur is not None:
            cur.stray.append(self.lines[at].strip())
            cur.lines.append(at)
            return
        first = not self.questions or self.gap
        told = first and len(low.strip()) <= 60 and not self.option_at[at]
        # Cells and pictures are never a title: somebody has to look at them.
        cells = re.search(r"\S\t+\S|［图|[{｛]", self.source[at])
        self.other("heading" if told and not cells else "unread", at)

    def _open_unnumbered(self, at: int) -> None:
        if self.case is not None and (self.case.parts or self.cur is self.case) and not self.has_numbers:
            raw = Raw(self.section, lines=[at])
            self.case.parts.append(raw)
            self.case.lines.append(at)
        else:
            self.case = None
            raw = Raw(self.section, lines=[at])
            self.questions.append(raw)
        self.cur = raw
        raw.take(self.lines[at])

    def _option(self, at: int, cur: Raw) -> bool:
        """Tell whether the line is an option of the question that is open."""
        expected = letter_after(cur.options) if cur.options else "A"
        found = first_letter(self.low[at], bare=expected)
        if found is None:
            return False
        if not cur.options:
            if found[0] != "A" or ("answer" in cur.fields and cur.place != "options"):
                return found[0] == "A" and not cur.options and cur.place == "answer" and self.has_numbers
            follower = self.next_line(at)
            strict = first_letter(self.low[at]) is not None
            return strict or (follower is not None and first_letter(self.low[follower], bare="B") is not None)
        return cur.place == "options" or (cur.place == "answer" and found[0] != "A" and found[0] == expected)

    def _goes_on(self, at: int, cur: Raw) -> bool:
        """Tell whether a line without number or mark belongs to the question that is open."""
        field = next((one.field for one in marks.pieces(self.low[at]) if one.start == 0 or one.field), "")
        if field == "stem" and self.case is not None:
            return False
        if field:
            return True
        if cur.place == "stem":
            told = _OWN_ANSWER.search(folded(cur.stem[-1])) if cur.stem else None
            return self.has_numbers or cur.is_case or told is None or not self._asks_unnumbered(at)
        fresh = self._asks_unnumbered(at)
        follower = self.next_line(at)
        if follower is not None and self.first_option(follower) and cur.options:
            return False
        if marks.heading(self.low[at]) and (self.gap or cur.answered):
            return cur.place in LONG_TEXT and not self.gap
        if cur.place == "options":
            return not (fresh and (self.gap or not self.has_numbers) and (cur.answered or self.gap))
        if cur.place in LONG_TEXT:
            return not fresh or (self.has_numbers and not self.gap)
        return not any(cur.fields.get(cur.place, [""])) or (
            cur.place == "answer" and not fresh and self._awaits_more(cur)
        )

    def _awaits_more(self, cur: Raw) -> bool:
        """Tell whether the answer of a question of gaps may go on in the next line."""
        gaps = len(GAP.findall(folded("\n".join(cur.stem))))
        return self.section.kind == "fill_in" or (
            not cur.options and gaps > sum(map(bool, cur.fields["answer"]))
        )

    def _asks_unnumbered(self, at: int) -> bool:
        """Tell whether a question without a number begins here: options or an answer come before a number or a heading."""
        if _INLINE.search(self.low[at]) or (not self.has_numbers and _OWN_ANSWER.search(self.low[at])):
            return True
        if self.answer_at[at] and not any(
            one.field == "answer" and one.start == 0 for one in marks.pieces(self.low[at])
        ):
            return marks.pieces(self.low[at])[0].field in ("", "stem")
        field = marks.pieces(self.low[at])[0].field
        if self.option_at[at] or field not in ("", "stem"):
            return False
        for one in range(at + 1, min(at + 12, len(self.lines))):
            found = self.number_at[one]
            if marks.section(self.low[one]) or (found is not None and not found.weak and self._asks(one)):
                return False
            if self.first_option(one):
                return True
            if self.answer_at[one]:
                return not looks_listed(self.low[one])
        return False

    def _give(self, at: int, cur: Raw, place: str, text: str) -> None:
        cur.lines.append(at)
        if self.case is not None and self.case is not cur:
            self.case.lines.append(at)
        if place == "options":
            low = folded(text)
            found = marks.pieces(low)
            own = found[0].end if found and not found[0].field else len(text) if not found else 0
            cur.add("options", text[:own])
            if own < len(text):
                cur.take(text[own:])
        elif place == "answer":
            cur.add(place, text.strip())
        else:
            cur.take(text)
