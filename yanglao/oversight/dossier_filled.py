"""Fill the chapters of a class's dossier that are about people: roster, attendance, hours and their evidence, results, words, certificates."""

from __future__ import annotations

from collections.abc import Sequence

from yanglao.oversight import attendance_book
from yanglao.oversight.book_rules import LEGEND, MARKS
from yanglao.oversight.dossier_blocks import Block, Chapter, Shelf, chapter, head, note, table_or, text
from yanglao.oversight.dossier_class import (
    BOOK,
    CERTIFICATES,
    EVIDENCE,
    HOURS,
    PRACTICAL,
    QUIZ,
    ROSTER,
    TITLES,
    WHO,
    WORDS,
)  # fmt: skip
from yanglao.oversight.dossier_people import Frame, Member
from yanglao.oversight.dossier_words import (
    PROOF_COLUMNS,
    account_text,
    attempt_rows,
    certificate_rows,
    day_rows,
    hour_note,
    lacking_text,
    practical_rows,
    state_text,
    word_rows,
)  # fmt: skip
from yanglao.oversight.sheets import MODES
from yanglao.papers import rules

DATES, WIDE, MOST_DAYS = 20, 12, 180
PROOF_NOTE = "每个人、每一天、每一段：计入多少、靠什么证明、在证据链里是第几条。每一条的全文在一人一档。"


class Filled:
    """The chapters that people fill. They are opened together, each block is added to all of them, and closed together."""

    def __init__(self, shelf: Shelf, frame: Frame) -> None:
        self.shelf, self.frame = shelf, frame
        self.roster = self._chapter(ROSTER, "本班还没有学员。", (
            *WHO, ("证件号", 35, "l"), ("工作单位", -1, "l"), ("人员类别", 22, "l"), ("怎么来的", 16, "l"), ("状态", 34, "l")
        ))  # fmt: skip
        self.hours = self._chapter(HOURS, "本班还没有学员。", (
            *WHO, ("线上 已计 / 应计", 38, "l"), ("线下 已计 / 应计", 38, "l"), ("完成", 26, "l"), ("还缺什么", -1, "l")
        ), also=[note(hour_note())])  # fmt: skip
        self.quiz = self._chapter(QUIZ, "本班没有人交过理论考卷。", (
            *WHO, ("考核", -1, "l"), ("第几次", 16, "l"), ("交卷时间", 29, "l"), ("成绩", 16, "r"), ("合格线", 22, "l"), ("结果", 18, "l")
        ))  # fmt: skip
        self.practical = self._chapter(PRACTICAL, "本班没有实操考核的记录。", (
            *WHO, ("考核", -1, "l"), ("第几次", 15, "l"), ("评定时间", 28, "l"), ("成绩", 15, "r"), ("结果", 22, "l"), ("说明", 22, "l")
        ))  # fmt: skip
        self.words = self._chapter(WORDS, "本班还没有人确认过自己的学时。", (
            *WHO, ("培训段", -2, "l"), ("当时学时", 18, "r"), ("本人说", -3, "l"), ("时间", 28, "l"), ("方式", 20, "l")
        ))  # fmt: skip
        self.certificates = self._chapter(CERTIFICATES, "本班还没有证书。", (
            *WHO, ("证书", -1, "l"), ("编号", 43, "l"), ("日期", 19, "l"), ("签发", -1, "l"), ("状态", 20, "l")
        ))  # fmt: skip
        self.books = self._books()
        self.heads = {
            id_: (position, hash_) for kind, id_, position, hash_ in frame.heads if kind == "enrolment"
        }
        self.first = True

    def _chapter(
        self,
        number: int,
        nothing: str,
        columns: Sequence[tuple[str, int, str]],
        *,
        also: Sequence[Block] = (),
    ) -> Chapter:
        return Chapter(self.shelf, (number,), TITLES[number], columns, nothing, also=also)

    def _books(self) -> list[Chapter]:
        found = []
        meetings = self.frame.meetings
        for part, at in enumerate(range(0, len(meetings), DATES)):
            shown = meetings[at : at + DATES]
            size = -1 if len(shown) > WIDE else 16
            dates = [
                (f"{attendance_book.column_day(one)} {attendance_book.clock(one.starts_ms)}", size, "c")
                for one in shown
            ]
            title = TITLES[BOOK] if part == 0 else f"第 {at + 1} 次课起"
            found.append(
                Chapter(self.shelf, (BOOK, part), title, (*WHO, *dates, ("分钟", 13, "r")), "本班还没有学员。", also=[note(f"{LEGEND}。空白是还没有上课。")] if part == 0 else [], facts={"flipped": True}, level=1 if part == 0 else 2)
            )  # fmt: skip
        return found

    def add(self, block: Sequence[Member]) -> None:
        """Add a block of people to every chapter."""
        for one in block:
            who = [str(one.own.roster_no), one.person.name]
            about = [one.person.masked_id, one.own.employer, one.own.trainee_status]
            self.roster.add([[*who, *about, _source(one), _state(one)]])
            accounts = [account_text(self.frame, one, mode) for mode in MODES]
            self.hours.add([[*who, *accounts, state_text(one), lacking_text(one)]])
            for filled, rows in (
                (self.quiz, attempt_rows(self.frame, one)),
                (self.practical, practical_rows(one)),
                (self.words, word_rows(self.frame, one)),
                (self.certificates, certificate_rows(one)),
            ):
                if rows:
                    filled.add([[*who, *row] for row in rows])
            self._mark(one, who)
        self._prove(block)

    def _mark(self, one: Member, who: list[str]) -> None:
        for part, book in enumerate(self.books):
            shown = self.frame.meetings[part * DATES : (part + 1) * DATES]
            cells = attendance_book.cells(shown, one.own.id, one.entries, moment_ms=self.frame.ms)
            minutes = sum(cell.counted_s for cell in cells) // 60
            book.add([[*who, *(MARKS[cell.mark][0] for cell in cells), str(minutes)]])

    def _prove(self, block: Sequence[Member]) -> None:
        """Write the parts of the chapter that says what proves each day; a part is a few pages, since what setting one takes grows with it."""
        parts: list[list[Block]] = [[]]
        rows = 0
        for one in block:
            days = day_rows(self.frame, one)
            if rows and rows + len(days) > MOST_DAYS:
                parts.append([])
                rows = 0
            rows += len(days)
            parts[-1] += self._proved(one, days)
        numbers = f"{block[0].own.roster_no}–{block[-1].own.roster_no} 号"
        for at, blocks in enumerate(parts):
            begins = self.first and at == 0
            title = TITLES[EVIDENCE] if begins else "" if at else numbers
            whole = [chapter(TITLES[EVIDENCE]), note(PROOF_NOTE), *blocks] if begins else blocks
            self.shelf.add((EVIDENCE, len(self.shelf.parts)), title, whole, level=1 if begins else 2)
        self.first = False

    def _proved(self, one: Member, days: Sequence[Sequence[str]]) -> list[Block]:
        """Return who it is, where their chain stood, and a line per day and segment."""
        blocks = [head(f"{one.own.roster_no} 号　{one.person.name}　{one.person.masked_id}")]
        if (place := self.heads.get(one.own.id)) is not None:
            blocks.append(
                note(
                    f"证据链 {place[0]} 条 · 链头 {rules.short(place[1])} · 没有计入的扫码 {_refused(one)} 次"
                )
            )
        return [*blocks, table_or(PROOF_COLUMNS, days, "还没有证据。")]

    def close(self) -> None:
        """Write what is left of every chapter; a chapter that nobody filled says so."""
        for one in (
            self.roster,
            self.hours,
            self.quiz,
            self.practical,
            self.words,
            self.certificates,
            *self.books,
        ):
            one.close()
        if not self.books:
            self.shelf.add((BOOK,), TITLES[BOOK], [chapter(TITLES[BOOK]), text("本班没有线下课，没有考勤。")])
        if self.first:
            self.shelf.add(
                (EVIDENCE, 0), TITLES[EVIDENCE], [chapter(TITLES[EVIDENCE]), text("本班还没有学员。")]
            )


def _source(one: Member) -> str:
    return "补报" if one.own.source == "late" else "花名册"


def _state(one: Member) -> str:
    if one.own.state == "enrolled":
        return "在册"
    return f"已退班：{one.own.withdrawn_reason}" if one.own.withdrawn_reason else "已退班"


def _refused(one: Member) -> int:
    return sum(line.kind == "attendance.refused" for line in one.lines)
