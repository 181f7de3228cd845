"""Read the rows of a roster and say of each what will happen to it and why. Pure.

Row numbers count from 1 as a spreadsheet shows them. Facts of a verdict hold no whole ID number or phone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from yanglao.classes.roster_columns import HasText, field_of
from yanglao.kernel.identifiers import mask_id, mask_name
from yanglao.people.rules import CheckedId, age_on, check_id, clean_name, clean_phone, name_holds, phone_holds

YOUNGEST = 16

_INVISIBLE = re.compile(
    r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\u0000-\u0008\u000b-\u001f]"
)
_HAN = r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
_DOT = re.compile(rf"(?<={_HAN})\s*[·・･•‧∙⋅●．.。ꞏ᛫\u0387]\s*(?={_HAN})")
_TOTAL = re.compile(r"(合|小|总|共)\s*计|总人数|累\s*计|本页")
_NOTE = re.compile(
    r"(备\s*注|说\s*明|注)\s*[:：]|(填表|填报|制表|审核|经办|复核|负责|联系)\s*人\s*[:：(（]|"
    r"(填表|填报|制表)?\s*(日期|时间)\s*[:：]|.{0,12}[(（]\s*(盖章|公章|签字|签章)"
)
_SAMPLE = re.compile(r"(示?例|样例|范例|填写示例)\s*[:：]?\d*$")
_EXPONENT = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")


class RosterCell(HasText, Protocol):
    """A cell of a roster; ``damaged``: a number too long for a spreadsheet to keep."""

    @property
    def damaged(self) -> bool: ...


@dataclass(frozen=True)
class Row:
    """One row as it was understood; ``dropped`` is the code of the rule that says it is nobody's row, else empty."""

    row: int
    name: str = ""
    id_type: str = "resident"
    id_number: str = ""
    id_damaged: bool = False
    phone: str = ""
    phone_written: bool = False
    sex: str = ""
    employer: str = ""
    trainee_status: str = ""
    division: str = ""
    dropped: str = ""
    schooling: str = ""
    registered: str = ""
    household: str = ""


@dataclass(frozen=True)
class Known:
    """What is known already of the person behind an ID number; ``enrolled`` is "", enrolled or withdrawn."""

    person_id: str
    name: str
    enrolled: str = ""
    busy: tuple[str, ...] = ()
    has_account: bool = False


@dataclass(frozen=True)
class Circumstances:
    """What the rows are judged against.

    ``persons`` by (id_type, id_number), ``phones`` sign-in phone -> person id, ``divisions`` name -> code,
    ``room`` places left in the class.
    """

    today: date
    starts_on: date
    room: int
    persons: Mapping[tuple[str, str], Known] = field(default_factory=dict)
    phones: Mapping[str, str] = field(default_factory=dict)
    divisions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What happens to one row: ``outcome`` add, same, bad or dropped; ``warnings`` are (code, facts) beside it."""

    row: int
    outcome: str
    code: str
    facts: dict[str, Any]
    name: str = ""
    masked_id: str = ""
    warnings: tuple[tuple[str, dict[str, Any]], ...] = ()
    opens_account: bool = False
    division_code: str = ""


def read_rows(rows: Sequence[Sequence[RosterCell]], columns: Sequence[str], *, first: int) -> list[Row]:
    """Read every row from position ``first`` on; ``columns`` names the field of each column, "" where not needed."""
    return [_read_row(row, columns, number) for number, row in enumerate(rows[first:], start=first + 1)]


def judge(rows: Sequence[Row], known: Circumstances) -> list[Verdict]:
    """Say of each row, in order, what will happen to it."""
    seen: dict[tuple[str, str], int] = {}
    phones: dict[str, int] = {}
    room = known.room
    verdicts = []
    for row in rows:
        verdict = _judge_row(row, known, seen)
        if verdict.outcome == "add":
            room -= 1
            if room < 0:
                verdict = replace(
                    verdict, outcome="bad", code="roster.class_full", facts={"room": known.room}
                )
        if verdict.outcome in {"add", "same"}:
            seen.setdefault((row.id_type, row.id_number), row.row)
            verdict = _with_warnings(row, verdict, known, phones)
        verdicts.append(verdict)
    return verdicts


def clean_text(text: str) -> str:
    """Return ``text`` in normal width, without invisible characters, blanks joined into one."""
    return " ".join(unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).split())


def tidy_name(text: str) -> str:
    """Return a name in its one written form: 张　三 -> 张三, every kind of dot between Han characters -> ·"""
    return clean_name(_DOT.sub("·", clean_text(text)))


def tidy_id(text: str) -> str:
    """Return an ID number in its one written form: half-width, no blanks, dashes or quotes, capital X."""
    plain = re.sub(r"[\s'`’‘\"，,。]", "", clean_text(text)).upper()
    if re.fullmatch(r"[\d-]+[\dX×ΧХ]", plain):
        plain = plain.replace("-", "")
    return re.sub(r"[×ΧХ]$", "X", plain) if re.fullmatch(r"\d{17}.", plain) else plain


def tidy_phone(text: str) -> tuple[str, bool]:
    """Return the first mobile number in ``text`` and whether it is the only thing there; "" when there is none."""
    plain = clean_phone(re.sub(r"[‐-―−－]", "-", clean_text(text)))
    if phone_holds(plain):
        return plain, True
    parts = [clean_phone(part) for part in re.split(r"[/、,，;；\s]+", clean_text(text))]
    good = [part for part in parts if phone_holds(part)]
    return (good[0], False) if good else ("", False)


def id_type_of(text: str) -> str:
    """Return the ID type that a cell names: resident where it says nothing."""
    plain = clean_text(text)
    if not plain or "身份证" in plain:
        return "resident"
    for word, id_type in (("港", "hkmo"), ("澳", "hkmo"), ("台", "taiwan"), ("护照", "passport")):
        if word in plain:
            return id_type
    return "other"


def division_code(text: str, divisions: Mapping[str, str]) -> str:
    """Return the code of the division whose name, with or without 区/县, stands in ``text``; "" when none does."""
    plain = clean_text(text).replace("苍山", "兰陵")
    for name, code in sorted(divisions.items(), key=lambda one: -len(one[0])):
        short = re.sub(r"(区|县)$", "", name)
        if name in plain or (len(short) >= 2 and short in plain) or plain == short:
            return code
    return ""


def totals(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """Count rows by outcome, and how many carry a warning."""
    counted = dict.fromkeys(("add", "same", "bad", "dropped", "added", "left_out"), 0)
    for verdict in verdicts:
        counted[verdict.outcome] += 1
    return {**counted, "warned": sum(bool(verdict.warnings) for verdict in verdicts), "rows": len(verdicts)}


def _read_row(cells: Sequence[RosterCell], columns: Sequence[str], number: int) -> Row:
    found = {name: cells[at] for at, name in enumerate(columns) if name and at < len(cells)}
    text = {name: clean_text(cell.text) for name, cell in found.items()}
    dropped = _dropped(cells, text)
    if dropped:
        return Row(number, dropped=dropped, name=text.get("name", "")[:40])
    raw_id = found["id_number"].text if "id_number" in found else ""
    written = tidy_id(raw_id)
    id_type = id_type_of(text.get("id_type", ""))
    # A number longer than 15 digits that was kept as a number has lost its end, whatever it looks like now.
    damaged = ("id_number" in found and found["id_number"].damaged) or bool(_EXPONENT.fullmatch(written))
    phone, _ = tidy_phone(text.get("phone", ""))
    return Row(
        number,
        name=tidy_name(found["name"].text)[:60] if "name" in found else "",
        id_type=id_type,
        id_number=written,
        id_damaged=damaged and id_type == "resident",
        phone=phone,
        phone_written=bool(text.get("phone")),
        sex={"男": "male", "女": "female"}.get(text.get("sex", "")[:1], ""),
        employer=text.get("employer", "")[:120],
        trainee_status=text.get("trainee_status", "")[:40],
        # Where no column says the county, the household registration does.
        division=(text.get("division") or text.get("registered", ""))[:80],
        schooling=text.get("education", ""),
        registered=text.get("registered", ""),
        household=text.get("household", ""),
    )


def _dropped(cells: Sequence[RosterCell], text: Mapping[str, str]) -> str:
    """Return the code of the rule by which a row is nobody's, or an empty string."""
    filled = [clean_text(cell.text) for cell in cells if clean_text(cell.text)]
    if not filled:
        return "roster.row_blank"
    if len(re.sub(r"\D", "", text.get("id_number", ""))) >= 8:
        return "roster.row_sample" if _SAMPLE.fullmatch(text.get("seq", "")) else ""
    first, name = filled[0], text.get("name", "")
    if any(_TOTAL.match(words) for words in (first, name)):
        return "roster.row_total"
    if _NOTE.match(first) or (_NOTE.match(name) is not None):
        return "roster.row_note"
    headings = {field_of(words) for words in filled} - {"", "employer", "note"}
    if len(headings) >= 2 and {"name", "id_number"} & headings:
        return "roster.row_header"
    if set(text) and not any(text.get(key) for key in ("name", "id_number", "phone")):
        # Only a serial number or a remark stands here: the empty lines that a form keeps for later names.
        return "roster.row_blank"
    return ""


def _judge_row(row: Row, known: Circumstances, seen: Mapping[tuple[str, str], int]) -> Verdict:
    if row.dropped:
        return Verdict(row.row, "dropped", row.dropped, {}, row.name)
    base = Verdict(row.row, "bad", "", {}, row.name, mask_id(row.id_number))
    if not row.name:
        return replace(base, code="roster.name_missing")
    if not name_holds(row.name):
        return replace(base, code="roster.name_bad", facts={"name": row.name})
    if row.id_damaged:
        return replace(base, code="id.spoilt_by_excel")
    checked = check_id(row.id_type, row.id_number, today=known.today)
    if not isinstance(checked, CheckedId):
        return replace(base, code=checked.code, facts={"length": len(row.id_number)})
    if (row.id_type, row.id_number) in seen:
        return replace(base, code="roster.id_doubled", facts={"first_row": seen[row.id_type, row.id_number]})
    if checked.birth_on is not None and age_on(checked.birth_on, known.starts_on) < YOUNGEST:
        return replace(base, code="roster.too_young", facts={"youngest": YOUNGEST})
    found = known.persons.get((row.id_type, row.id_number))
    if found is not None and found.name != row.name:
        return replace(base, code="roster.name_differs", facts={"known_name": mask_name(found.name)})
    if found is not None and found.enrolled == "enrolled":
        return replace(base, outcome="same", code="roster.already_here")
    code = "roster.comes_back" if found is not None and found.enrolled else "roster.will_add"
    return replace(base, outcome="add", code=code)


def _with_warnings(row: Row, verdict: Verdict, known: Circumstances, phones: dict[str, int]) -> Verdict:
    found = known.persons.get((row.id_type, row.id_number))
    warnings = _phone_warnings(row, found, known, phones)
    opens = bool(row.phone) and not warnings and (found is None or not found.has_account)
    if found is not None and found.busy and verdict.outcome == "add":
        warnings.append(("roster.busy_elsewhere", {"classes": list(found.busy)}))
    checked = check_id(row.id_type, row.id_number, today=known.today)
    if isinstance(checked, CheckedId) and row.sex and checked.sex and row.sex != checked.sex:
        warnings.append(("roster.sex_differs", {}))
    code = division_code(row.division, known.divisions) if row.division else ""
    if row.division and not code:
        warnings.append(("roster.division_unknown", {"division": row.division}))
    return replace(verdict, warnings=tuple(warnings), opens_account=opens, division_code=code)


def _phone_warnings(
    row: Row, found: Known | None, known: Circumstances, phones: dict[str, int]
) -> list[tuple[str, dict[str, Any]]]:
    """Say why no account can be opened with the row's phone; nothing when one can, or is there already."""
    if found is not None and found.has_account:
        return []
    if not row.phone:
        return [("roster.phone_bad" if row.phone_written else "roster.phone_missing", {})]
    owner = known.phones.get(row.phone)
    if owner is not None and (found is None or owner != found.person_id):
        return [("roster.phone_of_another", {})]
    if row.phone in phones:
        return [("roster.phone_doubled", {"first_row": phones[row.phone]})]
    phones[row.phone] = row.row
    return []
