"""Recognise the marks of Chinese question documents: headings, numbers, fields, page numbers. Pure; works on folded lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

HAN = "一二三四五六七八九十"
CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
KIND_WORDS = (
    (r"不定项选择|不定项|选择", "choice"),
    (r"单项选择|单选|最佳选择|A1(?:/A2)?型|A2型|B1?型", "single"),
    (r"多项选择|多选", "multiple"),
    (r"判断(?:正误|对错|改错)?|是非|对错", "true_false"),
    (r"填空", "fill_in"),
    (r"案例(?:分析|选择)?|病例分析|材料(?:分析)?|综合(?:分析|案例)?|情景(?:分析|模拟)?|A3(?:/A4)?型|A4型|共用题干(?:单选)?", "case"),
    (r"简答|问答|论述|名词解释|计算|操作|实操|连线|匹配|配伍|排序|写作|作文|主观", "other"),
)  # fmt: skip
_ALL_KINDS = "|".join(f"(?:{words})" for words, _ in KIND_WORDS)
_ORDINAL = rf"\(?\s*(?:第\s*)?(?:[{HAN}]{{1,3}}|[IVX]{{1,4}}|[ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ]|\d{{1,2}})\s*\)?\s*(?:部分|大题|章|节|题型)?\s*[、.:,)]?\s*"
_SECTION = re.compile(
    rf"^\s*[#*]*\s*(?:{_ORDINAL})?[\[(]?\s*(?P<words>{_ALL_KINDS})(?P<ti>题?)(?:目|部分)?\s*[\])]?\s*(?P<rest>.*)$"
)
_SECTION_REST = re.compile(
    r"^(\(.*\)?[。.:]?|\[.*\]|[,。.]?\s*(共|每|本|满分|\d+\s*[道题小]|请|在?(?:下列|以下|每小?题).*(?:选|题|打|填|涂|正确的)).*|部分.*|)$"
)
_AFTER_COLON = re.compile(r"^:\s*(.*(每|共|满分|打|填|涂|请|备选|各题|小题|正确的|括号|横线).*)?$")
_MARKS_TOLD = re.compile(r"每(小?题|空)|满分|共\s*\d+\s*[分道题小]")
_HEADING = re.compile(
    rf"^\s*(?:第\s*[{HAN}百\d]+\s*[部章节单模篇]|[{HAN}]{{1,3}}\s*、|\([{HAN}]{{1,3}}\)|附[件录]?\s*[:\d])"
)
_NOTICES = re.compile(
    r"^\s*(?:[一二三四五]、)?\s*[\[(]?\s*(?:注意事项|(?:考生|考试|答题)(?:须知|说明|要求))\s*[\])]?\s*:?\s*$"
)
_PAGE = re.compile(
    r"^\s*(第\s*\d+\s*页.*|-+\s*\d+\s*-+|\d+\s*/\s*\d+|page\s*\d+.*|共\s*\d+\s*页.*|[-=_*#.·\s]{3,}|"
    r"(?=.*(得分|评卷人|姓名|考号|准考证|阅卷))(\s*(得\s*分|评\s*卷\s*人|阅\s*卷\s*人|姓\s*名|单\s*位|考\s*号|准考证号?|班\s*级|总\s*分|日\s*期)\s*[:_\s|]*\d*)+)\s*$",
    re.IGNORECASE,
)
_CASE = re.compile(
    rf"^\s*[\[(]?\s*(?:案例|病例|病历|材料|资料|情景|情境|背景资料|案例背景|阅读材料|题组)\s*(?:分析|描述|材料)?题?\s*"
    rf"\(?(?P<n>[{HAN}]{{1,3}}|\d{{1,3}})?\)?\s*(?:(?P<mark>[\])])\s*(?P<colon0>[:.、])?|(?P<colon>[:.、]|\s|$|(?=\()))\s*"
)
_SHARED = re.compile(
    r"^\s*[\[(]?\s*(?P<from>\d{1,4})\s*(?:题)?\s*[-至到]\s*(?P<to>\d{1,4})\s*题?\s*,?\s*共用(?P<what>题干|备选答案|答案)?\s*[\])]?\s*:?\s*"
)
RANGE = re.compile(r"(\d{1,4})\s*[-至到]\s*(\d{1,4})\s*(?:小?题)")


@dataclass(frozen=True)
class Section:
    """A run of questions under one heading; ``kind`` is a question kind, ``choice``, ``other`` or empty; ``word`` as typed."""

    id: int = 0
    kind: str = ""
    word: str = ""


@dataclass(frozen=True)
class Numbered:
    """A number at the begin of a line. ``weak``: may be a quantity, believe it only when it is the next number.

    ``tag`` is a kind's name in brackets before the number. ``end`` is where the text begins; ``lead`` what stood in brackets before the number, None without brackets.
    """

    style: str
    number: int
    end: int
    weak: bool = False
    lead: str | None = None
    tag: str = ""


def kind_of(words: str) -> tuple[str, str]:
    """Return (kind, word) of a kind's name as people write it, ("", "") when there is none."""
    for pattern, kind in KIND_WORDS[1:] + KIND_WORDS[:1]:
        if found := re.search(pattern, words):
            return ("choice" if "不定项" in words else kind), found.group()
    return "", ""


def section(line: str) -> tuple[str, str] | None:
    """Return (kind, word) when the line is the heading of a kind of questions."""
    found = _SECTION.match(line)
    if not found or len(line.strip()) > 90:
        return None
    rest = found["rest"].strip()
    tagged = re.match(r"[\s\S]*?[\[]", line[: found.start("words")]) is not None
    if tagged and rest and not re.match(r"\(.*[分题].*\)$", rest):
        return None
    plain = not rest or bool(
        found["ti"] and _SECTION_REST.match(rest) and not re.search(r"\(\s*\)|_{2,}|[?]", rest)
    )
    if not (plain or _AFTER_COLON.match(rest)):
        return None
    if (
        not found["ti"]
        and not rest
        and re.match(r"\s*\d", line)
        and found["words"] in ("选择", "综合", "材料", "操作")
    ):
        return None
    if (
        rest.startswith(":")
        and len(rest) > 16
        and kind_of(found["words"])[0] == "case"
        and not _MARKS_TOLD.search(rest)
    ):
        return None
    if re.fullmatch(r"(案例|材料|情景|综合)", found["words"]) and not found["ti"]:
        return None
    return kind_of(found["words"])


def notices(line: str) -> bool:
    """Tell whether a line opens what is told to examinees: 注意事项, 考生须知."""
    return bool(_NOTICES.match(line))


def heading(line: str) -> bool:
    """Tell whether a line may be a heading that says nothing of the kind: 第一章 …, 一、…"""
    return bool(_HEADING.match(line)) and len(line.strip()) <= 60


def page(line: str) -> bool:
    """Tell whether a line is a page number, a rule, or the box for names and marks."""
    return bool(_PAGE.match(line))


def case(line: str) -> int | None:
    """Return where the story begins when the line opens a case, else None."""
    found = _CASE.match(line)
    if not found:
        return None
    sure = found["n"] or found["mark"] or found["colon"] == ":" or RANGE.search(line)
    if not sure and line[found.end() :].strip():
        return None
    return found.end()


_TOLD = re.compile(rf"^\s*(?:\([{HAN}]{{1,3}}\)|[{HAN}]{{1,3}}\s*[、.])\s*(?=.{{12,}}$)")


def told(line: str) -> int | None:
    """Return where a story begins under a heading of cases: （一）李奶奶，82 岁…"""
    found = _TOLD.match(line)
    return found.end() if found else None


def shared(line: str) -> tuple[int, int, str, int] | None:
    """Return (first, last, what is shared, where the text begins) of （11～13题共用题干）."""
    found = _SHARED.match(line)
    return (int(found["from"]), int(found["to"]), found["what"] or "题干", found.end()) if found else None


_LEAD = re.compile(r"^\s*(?:\(\s*(?P<lead>[^()]{0,12}?)\s*\)|(?P<tick>[√×]))\s*(?=\d{1,4}\s*[.、])")
_TAG = re.compile(r"^\s*[\[(]\s*(?P<tag>[\u4e00-\u9fff]{2,7})\s*[\])]\s*(?=\d{1,4}\s*[.、])")
_NUMBERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ti", re.compile(rf"\s*第\s*(\d{{1,4}}|[{HAN}]{{1,3}})\s*小?题\s*[.、:)]?\s*")),
    ("word", re.compile(r"\s*(?:题目|试题|问题|Question|question|Q)\s*(\d{1,4})\s*[.、:)]?\s*")),
    ("dot", re.compile(r"\s*\**(\d{1,4})\s*[.、:。]\s*")),
    ("half", re.compile(r"\s*\**(\d{1,4})\s*\)\s*[、.]?\s*")),
    ("paren", re.compile(r"\s*\(\s*(\d{1,3})\s*\)\s*[.、:]?\s*")),
    ("square", re.compile(r"\s*\[\s*(\d{1,3})\s*\]\s*[.、:]?\s*")),
    ("circle", re.compile(rf"\s*([{CIRCLES}])\s*[.、:]?\s*")),
    ("han", re.compile(rf"\s*([{HAN}]{{1,3}})\s*[、.]\s*")),
    ("hanparen", re.compile(rf"\s*\(\s*([{HAN}]{{1,3}})\s*\)\s*[.、:]?\s*")),
    ("bare", re.compile(r"\s*(\d{1,4})(?:\s+|\s*,\s*|(?=[\u4e00-\u9fff]))")),
)


_PARTS = re.compile(r"\s*(\d{1,3}(?:[.-]\d{1,3}){1,3})(?:\s*[.、:)]\s*|\s+|(?=[\u4e00-\u9fff(]))(?=\S)")


def in_parts(lines: Sequence[str]) -> bool:
    """Tell whether questions are counted 1.1, 1.2, 2.1: else 1.65 begins question 1, which speaks of 65."""
    found = {tuple(re.split("[.-]", hit[1])) for line in lines if (hit := _PARTS.match(line))}
    counted = {(one[:-1], int(one[-1])) for one in found}
    chapters = [str(number) for number in range(1, 4)]
    return any(number == 1 and (chapter, 2) in counted for chapter, number in counted) or all(
        ((chapter,), 1) in counted for chapter in chapters
    )


def numbered(line: str, *, parts: bool = False) -> Numbered | None:
    """Return the number a folded line begins with; ``parts``: 1.2 is the second question of the first part."""
    lead = _LEAD.match(line)
    tag = _TAG.match(line)
    tag = tag if tag and kind_of(tag["tag"])[0] else None
    lead = None if tag else lead
    begin = lead.end() if lead else tag.end() if tag else 0
    for style, pattern in (("multi", _PARTS), *_NUMBERS) if parts else _NUMBERS:
        found = pattern.match(line, begin)
        if found:
            after = line[found.end() :]
            weak = style in ("bare", "multi") or (
                style == "dot" and found.group()[-1] in ".:" and after[:1].isdigit()
            )
            return Numbered(
                style,
                number_of(re.split("[.-]", found[1])[-1]),
                found.end(),
                weak,
                (lead["lead"] or lead["tick"]) if lead else None,
                tag["tag"] if tag else "",
            )
    return None


def number_of(text: str) -> int:
    """Return the value of digits, a circled number, or a Chinese numeral up to ninety-nine."""
    if text in CIRCLES:
        return CIRCLES.index(text) + 1
    if text.isdecimal():
        return int(text)
    tens, mark, ones = text.rpartition("十") if "十" in text else ("", "", text)
    value = (HAN.index(tens) + 1 if tens and tens in HAN else 1) * 10 if mark else 0
    return value + (HAN.index(ones) + 1 if ones and ones in HAN else 0)


def value_of(sign: str) -> int:
    """Return the number of a sign: ②, (2), 2), Ⅱ."""
    sign = sign.strip(" \n().")
    if sign in "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ":
        return "ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩ".index(sign) + 1
    return number_of(sign)


FIELDS = (
    (
        "explanation",
        r"(?:参考|正确)?(?:答案|试题|题目|本题|详细|考点)?(?:解析|详解)|改正|更正|订正|EXPLANATION|Explanation",
    ),
    (
        "answer",
        r"(?:参考|正确|标准|本题|试题|题目|最佳)?答案(?:是|为|选)?|正确选项|(?:(?:Correct|CORRECT|correct)\s+)?(?:ANSWER|Answer|answer|ANS|Ans|KEY|Key)|正解",
    ),
    ("difficulty", r"(?:试题|题目)?难(?:易)?(?:度|程度)(?:系数|等级|级别)?"),
    ("topic", r"(?:所属|相关|考查)?(?:知识点|考点|考查点|知识模块|章节)|主题"),
    ("kind", r"题型|(?:试题|题目)类型"),
    ("marks", r"(?:本题)?分值|分数"),
    ("key", r"(?:题目|试题)编号"),
    ("aside", r"(?:我的|你的|您的|学生|考生|用户|学员)(?:的)?答案|(?:本题)?得分"),
    ("source", r"(?:法规|参考|出题)?依据|出处|(?:题目)?来源"),
)
_AT_BEGIN = (
    ("answer", r"答"),
    ("explanation", r"分析|解释|点评|说明|解答|理由"),
    ("stem", r"题干|题目|试题|问题|问"),
    ("options", r"选项|备选项|备选答案"),
    ("key", r"编号"),
    ("topic", r"标签"),
)
_IN_BRACKETS = (("stem", r"题干|题目|试题内容"), ("options", r"选项|备选项|备选答案"))
_BRACKET_NAMES = "|".join(f"(?P<{name}>{words})" for name, words in (*FIELDS, *_IN_BRACKETS))
_NAMES = "|".join(f"(?P<{name}>{words})" for name, words in FIELDS)
_BEGIN_NAMES = "|".join(f"(?P<{name}0>{words})" for name, words in _AT_BEGIN)
_FIELD = re.compile(
    rf"\[\s*(?:{_BRACKET_NAMES})\s*\]\s*:?\s*".replace("(?P<", "(?P<b_")
    + rf"|(?:(?<=[\s。;.)\]!?])|^)(?:{_NAMES})\s*:\s*".replace("(?P<", "(?P<c_")
    + rf"|^\s*\[?\s*(?:{_BEGIN_NAMES})\s*\]?\s*:\s*".replace("(?P<", "(?P<d_")
    + r"|^\s*(?P<e_answer>(?:参考|正确|标准)?答案|ANSWER)\s*(?:是|为|选)?(?=\s*(?:[A-Ja-j√×]|对|错|正确|错误|$)|\s+\S)\s*"
    + r"|(?<=[\s。)])(?P<f_answer>(?:参考|正确)?答案)\s*(?:是|为|选)?\s*(?=[A-J√×]+\s*(?:$|\s))"
    + r"|^\s*(?P<g_answer>(?:故|本题|此题|因此|所以)?应?选|答)\s*:?\s*(?=[A-J](?:\s*[、,]?\s*[A-J])*\s*[。.]?\s*$)"
    + r"|^\s*(?P<e_explanation>(?:答案)?解析)\s+"
)
_BRACKETED_ANSWER = re.compile(r"\(\s*(?:参考|正确|标准)?答案\s*:?\s*([^()]*)\)")


@dataclass(frozen=True)
class Piece:
    """A part of a line: ``field`` is empty for what stands before the first field."""

    field: str
    start: int
    end: int


def pieces(line: str) -> list[Piece]:
    """Cut a folded line at its fields: [text] 答案：B 解析：… → pieces with the span of each value."""
    found, last, name = [], 0, ""
    for hit in _FIELD.finditer(line):
        if name in ("explanation", "source") and not line[hit.start() : hit.end()].strip().startswith("["):
            continue  # an explanation may speak of an answer
        if hit.start() > last or name:
            found.append(Piece(name, last, hit.start()))
        name = next(key for key, value in hit.groupdict().items() if value is not None)[2:].rstrip("0")
        last = hit.end()
    if last < len(line) or name or not found:
        found.append(Piece(name, last, len(line)))
    return [one for one in found if one.field or line[one.start : one.end].strip()]


def bracketed_answer(line: str) -> tuple[str, int, int] | None:
    """Return (value, start, end) of （答案：B） inside a line."""
    found = _BRACKETED_ANSWER.search(line)
    return (found[1], found.start(), found.end()) if found else None
