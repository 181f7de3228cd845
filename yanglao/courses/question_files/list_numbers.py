"""Write out the numbers of automatic lists of a Word file: its text holds none, only which list and level a line belongs to. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from yanglao.courses.question_files.marks import CIRCLES, HAN

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HAN_FORMATS = frozenset(
    (
        "chineseCounting",
        "chineseCountingThousand",
        "ideographDigital",
        "japaneseCounting",
        "taiwaneseCounting",
        "chineseLegalSimplified",
    )
)


@dataclass(frozen=True)
class Level:
    """How one level of a list is written: format, text with %1, first number."""

    format: str
    text: str
    start: int


@dataclass
class Lists:
    """The lists of a file, and how far each has counted."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    abstract_of: dict[str, str] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)
    counted: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    begun: set[str] = field(default_factory=set)

    def mark_of(self, paragraph: Element) -> str:
        """Return what the list writes before this paragraph (“1. ”, “A. ”), and count on."""
        place = self._place_of(paragraph)
        if place is None:
            return ""
        number_id, depth = place
        level = self.levels.get(number_id, {}).get(depth)
        if level is None or level.format in ("bullet", "none"):
            return ""
        own = self.abstract_of.get(number_id, number_id)
        # Lists of one kind go on counting, unless a list says itself where it begins.
        counted = self.counted[number_id if number_id in self.begun else own]
        counted[depth] = counted.get(depth, level.start - 1) + 1
        for deeper in [one for one in counted if one > depth]:
            del counted[deeper]
        text = level.text
        for at in range(depth + 1):
            above = self.levels[number_id].get(at, level)
            text = text.replace(f"%{at + 1}", _written(counted.get(at, above.start), above.format))
        return f"{text} "

    def _place_of(self, paragraph: Element) -> tuple[str, int] | None:
        own = paragraph.find(f"{W}pPr/{W}numPr")
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        inherited = self.styles.get(style.get(f"{W}val", "")) if style is not None else None
        if own is None:
            return inherited
        number, depth = own.find(f"{W}numId"), own.find(f"{W}ilvl")
        number_id = number.get(f"{W}val", "0") if number is not None else inherited[0] if inherited else "0"
        return None if number_id == "0" else (number_id, _int(depth, 0))


def lists_of(numbering: Element | None, styles: Element | None) -> Lists:
    """Return the lists that ``word/numbering.xml`` and ``word/styles.xml`` describe."""
    made = Lists()
    abstract: dict[str, dict[int, Level]] = {}
    for one in numbering.findall(f"{W}abstractNum") if numbering is not None else ():
        abstract[one.get(f"{W}abstractNumId", "")] = {
            _key(level): _level(level) for level in one.findall(f"{W}lvl")
        }
    for one in numbering.findall(f"{W}num") if numbering is not None else ():
        number_id = one.get(f"{W}numId", "")
        link = one.find(f"{W}abstractNumId")
        made.abstract_of[number_id] = link.get(f"{W}val", "") if link is not None else ""
        made.levels[number_id] = dict(abstract.get(made.abstract_of[number_id], {}))
        for override in one.findall(f"{W}lvlOverride"):
            _override(made, number_id, override)
    for style in styles.findall(f"{W}style") if styles is not None else ():
        inside = style.find(f"{W}pPr/{W}numPr")
        number = inside.find(f"{W}numId") if inside is not None else None
        if inside is not None and number is not None and number.get(f"{W}val") != "0":
            place = (number.get(f"{W}val", ""), _int(inside.find(f"{W}ilvl"), 0))
            made.styles[style.get(f"{W}styleId", "")] = place
    return made


def _override(made: Lists, number_id: str, override: Element) -> None:
    at, own, start = _key(override), override.find(f"{W}lvl"), override.find(f"{W}startOverride")
    before = made.levels[number_id].get(at, Level("decimal", f"%{at + 1}.", 1))
    level = _level(own) if own is not None else before
    if start is not None:
        level = Level(level.format, level.text, _int(start, 1))
        made.begun.add(number_id)
    made.levels[number_id][at] = level


def _level(node: Element) -> Level:
    form, text, start = node.find(f"{W}numFmt"), node.find(f"{W}lvlText"), node.find(f"{W}start")
    return Level(
        form.get(f"{W}val", "decimal") if form is not None else "decimal",
        text.get(f"{W}val", "") if text is not None else f"%{_key(node) + 1}.",
        _int(start, 1),
    )


def _key(node: Element) -> int:
    value = node.get(f"{W}ilvl", "0")
    return int(value) if value.isdecimal() else 0


def _int(node: Element | None, otherwise: int) -> int:
    value = node.get(f"{W}val", "") if node is not None else ""
    return int(value) if value.isdecimal() else otherwise


def _written(number: int, form: str) -> str:
    if form in ("upperLetter", "lowerLetter"):
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if form == "upperLetter" else letter.lower()
    if form.startswith("decimalEnclosedCircle") and 1 <= number <= len(CIRCLES):
        return CIRCLES[number - 1]
    if form == "decimalEnclosedParen":
        return f"({number})"
    if form in _HAN_FORMATS and 1 <= number <= 99:
        tens, ones = divmod(number, 10)
        return ("" if not tens else ("" if tens == 1 else HAN[tens - 1]) + "十") + (
            HAN[ones - 1] if ones else ""
        )
    if form in ("upperRoman", "lowerRoman") and number < 40:
        roman = (
            "X" * (number // 10) + ["", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][number % 10]
        )
        return roman if form == "upperRoman" else roman.lower()
    return str(number)
