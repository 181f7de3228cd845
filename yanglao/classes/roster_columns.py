"""Find the header of a roster and say what each column is. Pure; positions count from 0.

A cell is anything with ``text``. Headings come as people write them: merged titles above, the header anywhere in
the first rows or in two rows, blanks, stars, brackets and line breaks inside; or no header at all when cells are pasted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

LOOK_WITHIN = 15
IGNORED = ""


class HasText(Protocol):
    """A cell of a table."""

    @property
    def text(self) -> str: ...


Rows = Sequence[Sequence[HasText]]


@dataclass(frozen=True)
class Field:
    """What a column can be: its name for people, its other names (the first ones count more), what it never is."""

    label: str
    synonyms: tuple[str, ...]
    never: tuple[str, ...] = ()


_OTHERS = ("紧急", "家属", "联系人", "监护", "负责人", "教师", "讲师", "法人", "推荐")

FIELDS: dict[str, Field] = {
    "name": Field(
        "姓名",
        (
            "姓名",
            "学员姓名",
            "名字",
            "学员",
            "参训人员",
            "参训人员姓名",
            "培训人员",
            "培训对象",
            "人员姓名",
            "员工姓名",
            "职工姓名",
        ),
        (*_OTHERS, "单位", "班级", "拼音"),
    ),
    "id_number": Field(
        "身份证号",
        (
            "身份证号",
            "身份证号码",
            "公民身份号码",
            "公民身份证号",
            "居民身份证号",
            "居民身份证号码",
            "证件号码",
            "证件号",
            "身份证",
            "身份号码",
            "身份证件号码",
            "有效证件号",
            "社会保障号",
            "社会保障号码",
        ),
        (*_OTHERS, "地址", "住址", "有效期", "类型", "类别", "种类", "照片", "复印", "资格", "技能"),
    ),
    "id_type": Field(
        "证件类型", ("证件类型", "证件种类", "证件名称", "身份证件类型", "有效证件类型", "证件类别")
    ),
    "phone": Field(
        "手机号",
        (
            "手机",
            "手机号",
            "手机号码",
            "联系电话",
            "电话",
            "联系方式",
            "电话号码",
            "移动电话",
            "本人电话",
            "本人手机",
            "联系手机",
            "联系号码",
            "学员电话",
            "tel",
            "phone",
        ),
        (*_OTHERS, "单位电话", "固定", "固话", "座机", "办公", "邮箱"),
    ),
    "sex": Field("性别", ("性别",)),
    "employer": Field(
        "工作单位",
        (
            "工作单位",
            "单位",
            "所在单位",
            "单位名称",
            "就业单位",
            "用人单位",
            "就业安排单位",
            "现工作单位",
            "工作机构",
            "所在机构",
            "机构名称",
            "养老机构",
            "就职单位",
            "企业名称",
        ),
        ("电话", "地址", "性质", "类型", "联系", "发证", "盖章", "意见"),
    ),
    "trainee_status": Field(
        "人员类别",
        (
            "人员类别",
            "人员类型",
            "学员类别",
            "人员身份",
            "培训对象类别",
            "身份类别",
            "群体类别",
            "人群类别",
            "享受补贴人员类别",
        ),
    ),
    "division": Field(
        "县区",
        (
            "县区",
            "所属县区",
            "区县",
            "县市区",
            "所在县区",
            "所属区县",
            "行政区划",
            "所属地区",
            "区域",
        ),
    ),
    "education": Field("学历", ("学历", "文化程度", "文化水平", "教育程度")),
    "registered": Field(
        "户口所在地",
        ("户口所在地", "户籍所在地", "户口地", "户籍地", "户籍地址", "户口地址"),
        (*_OTHERS, "性质"),
    ),
    "household": Field("户口性质", ("户口性质", "户籍性质", "户口类型", "户籍类型", "户口类别")),
    "birth": Field("出生日期", ("出生日期", "出生年月", "出生年月日", "生日")),
    "age": Field("年龄", ("年龄",)),
    "seq": Field("序号", ("序号", "编号", "no", "序", "学号")),
    "note": Field("备注", ("备注", "说明", "其他")),
}
NEEDED = ("name", "id_number")

_ID_SHAPE = re.compile(r"\d{17}[\dXx]|\d{15}|\d(\.\d+)?[Ee]\+?1[4-7]")
_PHONE_SHAPE = re.compile(r"1[3-9]\d{9}")
_NAME_SHAPE = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af·]{2,12}")


@dataclass(frozen=True)
class Header:
    """Where the header stands: its first row and how many rows it has (0: there is none), and each column's heading."""

    row: int
    rows: int
    headings: tuple[str, ...]

    @property
    def first_below(self) -> int:
        """Return the position of the first row under the header."""
        return self.row + self.rows


def bare(text: str) -> str:
    """Return a heading without what people add to it: blanks, stars, colons, brackets and what is in them."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub(r"[(\[【〔{].*?[)\]】〕}]", "", plain)
    return re.sub(r"[\s\u200b-\u200f\ufeff*:：、,.。_/\\|-]+", "", plain)


def field_of(heading: str) -> str:
    """Return the field that a heading names, IGNORED when it names none."""
    plain = bare(heading)
    if not plain or len(plain) > 20:
        return IGNORED
    for name, field in FIELDS.items():
        if plain in field.synonyms:
            return name
    for name, field in FIELDS.items():
        if any(word in plain for word in field.never):
            continue
        if any(len(word) > 1 and word in plain for word in field.synonyms):
            return name
    return IGNORED


def find_header(rows: Rows, remembered: Mapping[str, str] | None = None) -> Header | None:
    """Find the header in the first rows: the row, or pair of rows, that names most fields; None when none does.

    ``remembered`` maps bare headings to the fields that a person gave them before.
    """
    best: tuple[tuple[int, int], Header] | None = None
    for at in range(min(LOOK_WITHIN, len(rows))):
        for count in (1, 2):
            if at + count > len(rows) or (count == 2 and not _can_be_lower(rows[at + 1])):
                continue
            header = header_at(rows, at, count)
            named = len(set(columns_of(header.headings, remembered or {})) - {IGNORED})
            score = (named, 1 if count == 1 else 2 * _is_upper(rows[at]))
            if named >= 2 and (best is None or score > best[0]):
                best = (score, header)
    if best is None or not set(NEEDED) & set(columns_of(best[1].headings, remembered or {})):
        return None
    return best[1]


def _is_upper(row: Sequence[HasText]) -> bool:
    return len({field_of(cell.text) for cell in row} - {IGNORED}) >= 2


def _can_be_lower(row: Sequence[HasText]) -> bool:
    """Tell a second header row from the first person: it names a field exactly and holds no long number."""
    if any(re.search(r"\d{6}", re.sub(r"[\s-]", "", cell.text)) for cell in row):
        return False
    return any(bare(cell.text) in field.synonyms for cell in row for field in FIELDS.values())


def header_at(rows: Rows, row: int, count: int) -> Header:
    """Read the header that begins at ``row`` and has ``count`` rows (0, 1 or 2)."""
    width = max((len(one) for one in rows), default=0)
    if count == 0:
        return Header(row, 0, tuple("" for _ in range(width)))
    upper = _spread([_text(rows[row], column) for column in range(width)]) if count == 2 else []
    headings = []
    for column in range(width):
        low = _text(rows[row + count - 1], column)
        high = upper[column] if upper else ""
        headings.append(_joined(high, low))
    return Header(row, count, tuple(headings))


def columns_of(headings: Iterable[str], remembered: Mapping[str, str]) -> list[str]:
    """Say what each column is; a field is given once, to the heading that names it most exactly, then leftmost."""
    texts = list(headings)
    found = [remembered.get(bare(text), field_of(text)) for text in texts]
    for name in set(found) - {IGNORED}:
        places = [at for at, field in enumerate(found) if field == name]
        keep = min(places, key=lambda at: (_looseness(texts[at], name, remembered), at))
        for at in places:
            if at != keep:
                found[at] = IGNORED
    return found


def columns_by_content(rows: Rows) -> list[str]:
    """Say what columns without a heading are by what stands in them: ID numbers, phones, and the names beside them."""
    width = max((len(row) for row in rows), default=0)
    found = [IGNORED] * width
    shares = {
        name: [_share(rows, column, shape) for column in range(width)]
        for name, shape in (("id_number", _ID_SHAPE), ("phone", _PHONE_SHAPE), ("name", _NAME_SHAPE))
    }
    for name in ("id_number", "phone", "name"):
        free = [column for column in range(width) if found[column] == IGNORED and shares[name][column] >= 0.6]
        if free:
            anchor = found.index("id_number") if name == "name" and "id_number" in found else 0
            found[min(free, key=lambda column: (abs(column - anchor), column))] = name
    return found


def completed(columns: Sequence[str], rows: Rows) -> list[str]:
    """Take from the content what no heading named: only the fields that are needed, only from columns not in use."""
    guessed = columns_by_content(rows)
    return [
        guess if name == IGNORED and guess in NEEDED and guess not in columns else name
        for name, guess in zip(columns, [*guessed, *[IGNORED] * len(columns)], strict=False)
    ]


def headless(rows: Rows, remembered: Mapping[str, str]) -> tuple[Header, list[str]]:
    """Read a table in which no header was found, by what stands in its columns.

    A row of words right above the first ID number is taken as headings that nobody knows yet, so that a person can
    say what they are.
    """
    columns = columns_by_content(rows)
    if "id_number" not in columns:
        return header_at(rows, 0, 0), columns
    at = columns.index("id_number")
    first = next(
        (number for number, row in enumerate(rows[:LOOK_WITHIN]) if _ID_SHAPE.fullmatch(_text(row, at))), 0
    )
    above = rows[first - 1] if first else ()
    if not _text(above, at) or any(char.isdigit() for char in _text(above, at)):
        return header_at(rows, 0, 0), columns
    header = header_at(rows, first - 1, 1)
    known = columns_of(header.headings, remembered)
    return header, [
        seen or (said if said not in columns else IGNORED) for seen, said in zip(columns, known, strict=True)
    ]


def missing_fields(columns: Sequence[str]) -> list[str]:
    """Return the labels of the fields without which no row can be judged."""
    return [FIELDS[name].label for name in NEEDED if name not in columns]


def _looseness(heading: str, name: str, remembered: Mapping[str, str]) -> int:
    plain = bare(heading)
    if plain in remembered:
        return -1
    synonyms = FIELDS[name].synonyms
    return synonyms.index(plain) if plain in synonyms else len(synonyms)


def _joined(high: str, low: str) -> str:
    if not high or bare(high) == bare(low):
        return low or high
    if not low:
        return high
    return low if field_of(low) != IGNORED else f"{high} {low}"


def _spread(texts: list[str]) -> list[str]:
    """Repeat an upper heading over the empty cells to its right, as a merged one looks."""
    spread, last = [], ""
    for text in texts:
        last = text or last
        spread.append(last)
    return spread


def _share(rows: Rows, column: int, shape: re.Pattern[str]) -> float:
    texts = [re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", _text(row, column))) for row in rows]
    texts = [text for text in texts if text]
    return sum(shape.fullmatch(text) is not None for text in texts) / len(texts) if texts else 0.0


def _text(row: Sequence[HasText], column: int) -> str:
    return " ".join(row[column].text.split()) if column < len(row) else ""
