"""Hold what belongs to one question while its lines are gathered."""

from __future__ import annotations

from dataclasses import dataclass, field

from yanglao.courses.question_files import marks
from yanglao.courses.question_files.answer_words import Listed
from yanglao.courses.question_files.folding import folded
from yanglao.courses.question_files.marks import Section

LONG_TEXT = ("explanation", "source")


@dataclass(eq=False)
class Raw:
    """The lines of one question, sorted: ``stem``, ``options`` (lines from the first mark on), ``fields`` by name.

    ``lines`` are the places of its lines from 0. A case holds its story in ``stem`` and its questions in ``parts``; ``until``
    is the number of its last part where the file says so.
    """

    section: Section
    number: int | None = None
    style: str = ""
    lead: str | None = None
    is_case: bool = False
    shares_options: bool = False
    until: int | None = None
    stem: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    fields: dict[str, list[str]] = field(default_factory=dict)
    parts: list[Raw] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    place: str = "stem"

    @property
    def bare(self) -> bool:
        """Tell whether only a stem was seen yet."""
        return not (self.options or self.fields or self.parts)

    @property
    def answered(self) -> bool:
        """Tell whether an answer stands with the question."""
        return "answer" in self.fields or bool(self.lead)

    def add(self, place: str, text: str) -> None:
        """Add a line to a place; a field that comes again goes on."""
        if place == "stem":
            self.stem.append(text)
        elif place == "options":
            self.options.append(text)
        else:
            self.fields.setdefault(place, []).append(text)
        self.place = place

    def take(self, text: str) -> None:
        """Sort a text into a question: what stands before the first field goes on where we are."""
        low = folded(text)
        answer = marks.bracketed_answer(low)
        if answer is not None and self.place not in LONG_TEXT:
            self.add("answer", answer[0])
            self.place = "stem" if not self.options else "options"
            text = text[: answer[1]] + text[answer[2] :]
            low = folded(text)
        found = marks.pieces(low)
        if found and found[0].field in LONG_TEXT and not self.stem and not low.lstrip().startswith("["):
            self.add("stem", text.strip())
            return
        if sum(one.field == "answer" for one in found) > 1:
            self.add("twice", text.strip())
            return
        for piece in found:
            said = text[piece.start : piece.end].strip()
            if piece.field:
                self.add(piece.field, said)
            elif said or not self.stem:
                self.add(self.place, said)


@dataclass
class AnswerList:
    """Answers collected in one place; ``kind`` and ``within`` (a section's id) say for which questions, where known."""

    line: int
    last: int
    answers: list[Listed]
    kind: str = ""
    within: int | None = None
