"""Read questions from the rows of a spreadsheet: columns are found by their names, in any order. Pure.

One row is one question. A case stands in a row of its own; the rows below that name the same 案例 are its questions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from yanglao.courses.question_files.cells import with_cells
from yanglao.courses.question_files.entries import Entry, judged
from yanglao.courses.question_files.fields import difficulty_of, marks_of, without_tags
from yanglao.courses.question_files.folding import cleaned, folded
from yanglao.courses.question_files.keyed import keyed
from yanglao.courses.question_files.marks import kind_of
from yanglao.courses.question_files.options import split
from yanglao.courses.question_shapes import Fault, QuestionDraft

NAMES: Mapping[str, str] = {
    "text": r"题干|题目|试题|问题|题目内容|试题内容|试题题干|题干内容|题目描述|内容|题目名称|试题名称|question",
    "kind": r"题型|试题类型|题目类型|类型|题类|type",
    "options": r"选项|备选项|备选答案|选项内容|答案选项|全部选项",
    "answer": r"答案|正确答案|参考答案|标准答案|试题答案|答案选择|正确选项|answer",
    "explanation": r"解析|答案解析|试题解析|题目解析|解释|说明|详解|答案说明",
    "difficulty": r"难度|难易度|难易程度|难度等级|难度系数|试题难度",
    "topic": r"知识点|主题|考点|章节|所属章节|分类|知识模块|模块|标签",
    "marks": r"分值|分数|得分|分",
    "key": r"编号|题目编号|试题编号|题库编号|编码",
    "case": r"案例|案例编号|所属案例|材料|材料编号|题组|所属材料",
    "numerals": r"中文数字也算对|数字通用",
}
_OPTION = re.compile(
    r"(?:备?选项|答案|option)?\s*[(\[]?\s*([A-Z]|\d{1,2})\s*[)\]]?\s*(?:选项|项)?", re.IGNORECASE
)
_IGNORED = re.compile(r"序号|题号|no\.?|#|备注|.*(时间|人)$", re.IGNORECASE)
HEADER_WITHIN = 12
_EXAMPLES = re.compile(r"示例|样例|说明|填写|范例|readme", re.IGNORECASE)
ERRORS = re.compile(r"#(REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)")


def columns_of(row: Sequence[str]) -> dict[int, str] | None:
    """Return column -> field (``option:A`` for options) when the row is a header: it names at least text and answer."""
    found: dict[int, str] = {}
    for at, cell in enumerate(row):
        word = re.sub(r"[\s*＊]|\([^()]*\)", "", folded(cleaned(cell[:80])).replace("\n", " "))
        name = next((key for key, names in NAMES.items() if re.fullmatch(names, word, re.IGNORECASE)), "")
        option = _OPTION.fullmatch(word) if not name else None
        if option is not None and not (option[1].isdigit() and word.isdigit()):
            letter = option[1].upper() if option[1].isalpha() else chr(64 + int(option[1]))
            name = f"option:{letter}"
        if name and name not in found.values():
            found[at] = name
    fields = set(found.values())
    return (
        found
        if "text" in fields and ("answer" in fields or "options" in fields or "option:A" in fields)
        else None
    )


def read_rows(rows: Sequence[Sequence[str]], *, place: str = "") -> list[Entry] | None:
    """Return the entries of a sheet, None when no header is found. Rows count from 1, as a spreadsheet shows them."""
    header = next((at for at, row in enumerate(rows[:HEADER_WITHIN]) if columns_of(row)), None)
    if header is None:
        return None
    columns = columns_of(rows[header]) or {}
    unknown = [
        cleaned(cell).strip()
        for at, cell in enumerate(rows[header])
        if cell.strip() and at not in columns and not _IGNORED.fullmatch(folded(cell).strip())
    ]
    notes = tuple(Fault("question_file.column_left_aside", {"column": one[:40]}) for one in unknown)
    entries = [
        Entry("heading", at + 1, at + 1, _typed(row), place=place, notes=notes if at == header else ())
        for at, row in enumerate(rows[: header + 1])
        if any(cell.strip() for cell in row)
    ]
    found = []
    for at, row in enumerate(rows[header + 1 :], start=header + 2):
        if any(cell.strip() for cell in row) and columns_of(row) is None:
            found.append(_row(row, columns, at, place))
        elif any(cell.strip() for cell in row):
            entries.append(Entry("heading", at, at, _typed(row), place=place))
    return [*entries, *_with_cases(found, {name: at for at, name in columns.items()})]


def is_label(cell: str) -> bool:
    """Tell whether a cell names a field of a question (题目, 选项, 答案 …)."""
    word = re.sub(r"\s", "", folded(cleaned(cell[:20]))).rstrip(":")
    return any(re.fullmatch(names, word, re.IGNORECASE) for names in NAMES.values())


def is_example(name: str) -> bool:
    """Tell whether a sheet is called an example or an explanation, which nobody means to import."""
    return bool(_EXAMPLES.search(name))


def _typed(row: Sequence[str]) -> str:
    return "\t".join(cell.strip() for cell in row).strip()


def _row(row: Sequence[str], columns: Mapping[int, str], number: int, place: str) -> tuple[Entry, str, str]:
    cells = {name: cleaned(row[at]).strip() if at < len(row) else "" for at, name in columns.items()}
    faults, notes = [], []
    for at, name in columns.items():
        if at < len(row) and ERRORS.search(row[at]):
            faults.append(
                Fault(
                    "question_file.cell_is_error",
                    {"column": _heading(name), "value": row[at].strip()[:20], "at": name},
                )
            )
    named = kind_of(folded(cells.get("kind", "")))
    if cells.get("kind") and not named[0]:
        faults.append(Fault("question_file.kind_not_understood", {"kind": cells["kind"][:40]}))
    options = [
        (name[-1], text) for name, text in sorted(cells.items()) if name.startswith("option:") and text
    ]
    if not options and cells.get("options"):
        options = _one_cell(cells["options"])
    level, fault = difficulty_of(cells.get("difficulty", ""))
    faults += [fault] if fault else []
    text, tags = without_tags(cells.get("text", ""))
    draft = QuestionDraft(
        "single",
        text,
        explanation=cells.get("explanation", ""),
        difficulty=level,
        key=cells.get("key") or None,
        marks=marks_of(cells.get("marks", "")) or tags.marks or 1,
        numerals=folded(cells.get("numerals", "")).strip() in ("是", "Y", "√", "1"),
    )
    if cells.get("marks") and not marks_of(cells["marks"]):
        notes.append(Fault("question_file.marks_not_understood", {"marks": cells["marks"][:20]}))
    case = cells.get("case", "")
    if named[0] == "case" and not options and not cells.get("answer"):
        entry = Entry(
            "question", number, number, _typed(row), replace(draft, kind="case"), tuple(faults), tuple(notes)
        )
        return replace(entry, topic=cells.get("topic", ""), place=place), case or f"\x00{number}", "story"
    kind = named if named[0] != "case" else ("", "")
    made = keyed(draft, options, [cells.get("answer", "")], kind=kind if kind[0] else (tags.kind, tags.word))
    entry = Entry(
        "question", number, number, _typed(row), made.draft, (*faults, *made.faults), (*notes, *made.notes)
    )
    return replace(entry, topic=cells.get("topic", ""), place=place), case, "part" if case else ""


def _heading(name: str) -> str:
    own = {
        "text": "题干",
        "kind": "题型",
        "answer": "答案",
        "explanation": "解析",
        "difficulty": "难度",
        "topic": "知识点",
    }
    return f"选项{name[-1]}" if name.startswith("option:") else own.get(name, name)


def _one_cell(text: str) -> list[tuple[str, str]]:
    _, found = split(text.split("\n"))
    if len(found) >= 2:
        return found
    for separator in (r"\n", r"[|｜]", r"[;；]", r"\t|\s{2,}", r"[、，,]"):
        parts = [one.strip() for one in re.split(separator, text) if one.strip()]
        if len(parts) >= 2:
            return [(chr(65 + at), one) for at, one in enumerate(parts[:26])]
    return [("A", text)]


def _with_cases(found: Sequence[tuple[Entry, str, str]], places: Mapping[str, int]) -> list[Entry]:
    stories = {case: [entry] for entry, case, role in found if role == "story"}
    order: list[Entry | str] = []
    for entry, case, role in found:
        if role == "story":
            order.append(case)
        elif role == "part" and case in stories:
            stories[case].append(entry)
        elif role == "part":
            order.append(
                replace(
                    entry,
                    faults=(*entry.faults, Fault("question_file.case_story_missing", {"case": case[:40]})),
                )
            )
        else:
            order.append(entry)
    made = []
    for one in order:
        own = stories[one] if isinstance(one, str) else [one]
        entry = judged(_case(own) if isinstance(one, str) else one)
        made.append(with_cells(entry, [row.line for row in own], places))
    return made


def _case(entries: Sequence[Entry]) -> Entry:
    story, parts = entries[0], entries[1:]
    assert story.draft is not None
    faults = [*story.faults]
    notes = [*story.notes]
    drafts = []
    for number, part in enumerate(parts, start=1):
        assert part.draft is not None
        drafts.append(replace(part.draft, key=None))
        faults += [Fault(one.code, {**one.facts, "part": number}) for one in part.faults]
        notes += [Fault(one.code, {**one.facts, "part": number}) for one in part.notes]
    if not parts:
        faults.append(Fault("question_file.case_without_questions"))
    typed = "\n".join(one.typed for one in entries)
    last = max(one.last for one in entries)
    draft = replace(story.draft, parts=tuple(drafts))
    return replace(story, last=last, typed=typed, draft=draft, faults=tuple(faults), notes=tuple(notes))
