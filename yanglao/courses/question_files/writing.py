"""Write questions as text that ``reading`` takes again: pasted style, GIFT, Moodle XML. Pure.

Each returns the file and how many questions its format cannot hold; those stand in it as a comment. GIFT holds no cases and no
question with several gaps, Moodle XML no cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from yanglao.courses.question_files.cloze import write_gap
from yanglao.courses.question_shapes import BLANK, QuestionDraft

KIND_NAMES = {
    "single": "单选题",
    "multiple": "多选题",
    "true_false": "判断题",
    "fill_in": "填空题",
    "case": "案例题",
}
LEVEL_NAMES = {"easy": "易", "medium": "中", "hard": "难"}
Names = Mapping[str, str]


def to_pasted(drafts: Iterable[QuestionDraft], topics: Names) -> str:
    """Return questions as a document has them; ``topics`` maps codes to names."""
    found = []
    for number, draft in enumerate(drafts, start=1):
        if draft.kind == "case":
            head = [f"【案例】{draft.text}"]
            parts = [_pasted(part, f"（{at}）", topics) for at, part in enumerate(draft.parts, start=1)]
            found.append("\n".join([*head, *_tail(draft, topics), *parts]))
        else:
            found.append(_pasted(draft, f"{number}. ", topics))
    return "\n\n".join(found) + "\n"


def _pasted(draft: QuestionDraft, mark: str, topics: Names) -> str:
    lines = [f"{mark}【{KIND_NAMES[draft.kind]}】{_with_picture(draft)}"]
    if draft.kind != "true_false":
        lines += [f"{chr(65 + at)}. {_one_line(one.text)}" for at, one in enumerate(draft.options)]
    return "\n".join([*lines, f"答案：{answer_of(draft)}", *_tail(draft, topics)])


def _tail(draft: QuestionDraft, topics: Names) -> list[str]:
    lines = [f"【解析】{draft.explanation}"] if draft.explanation else []
    lines += [f"【难度】{LEVEL_NAMES[draft.difficulty]}"] if draft.difficulty in LEVEL_NAMES else []
    lines += [f"【知识点】{topics.get(draft.topic_code, draft.topic_code)}"] if draft.topic_code else []
    lines += [f"【分值】{draft.marks}"] if draft.marks != 1 else []
    lines += [f"【题目编号】{draft.key}"] if draft.key else []
    return lines


def answer_of(draft: QuestionDraft) -> str:
    """Return the answer as people write it: B, ABD, 对, 60/六十；18."""
    if draft.kind == "true_false":
        return next((one.text for one in draft.options if one.correct), "")
    if draft.kind == "fill_in":
        return "；".join("/".join(one) for one in draft.blanks)
    return "".join(chr(65 + at) for at, one in enumerate(draft.options) if one.correct)


def _with_picture(draft: QuestionDraft) -> str:
    return f"{draft.text}［图：{draft.picture_name}］" if draft.picture_name else draft.text


def _one_line(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text)


# GIFT


def to_gift(drafts: Iterable[QuestionDraft], topics: Names) -> tuple[str, int]:
    """Return GIFT, and how many questions it cannot hold."""
    found, left, topic = [], 0, ""
    for draft in drafts:
        if draft.kind == "case" or len(draft.blanks) > 1:
            left += 1
            found.append(f"// {KIND_NAMES[draft.kind]}不能用 GIFT 表示：{_one_line(draft.text)[:60]}")
            continue
        name = topics.get(draft.topic_code or "", draft.topic_code or "")
        if name != topic:
            found.append(f"$CATEGORY: $course$/top/{name}" if name else "$CATEGORY: $course$/top")
            topic = name
        found.append(_gift(draft))
    return "\n\n".join(found) + "\n", left


def _gift(draft: QuestionDraft) -> str:
    tags = [f"[id:{draft.key}]"] if draft.key else []
    tags += [f"[tag:{draft.difficulty}]"] if draft.difficulty else []
    head = f"// {' '.join(tags)}\n" if tags else ""
    behind = f"\n####{_gift_text(draft.explanation)}" if draft.explanation else ""
    if draft.kind == "true_false":
        right = any(one.correct and one.text == "对" for one in draft.options)
        return f"{head}[plain]{_gift_text(draft.text)} {{{'T' if right else 'F'}{behind}}}"
    if draft.kind == "fill_in":
        said = "\n".join(f"={_gift_text(one)}" for one in draft.blanks[0])
    elif draft.kind == "single":
        said = "\n".join(f"{'=' if one.correct else '~'}{_gift_text(one.text)}" for one in draft.options)
    else:
        right_count = sum(one.correct for one in draft.options) or 1
        share = f"%{round(100 / right_count, 5):g}%"
        said = "\n".join(
            f"~{share if one.correct else '%-100%'}{_gift_text(one.text)}" for one in draft.options
        )
    return f"{head}[plain]{_gift_text(draft.text)} {{\n{said}{behind}\n}}"


def _gift_text(text: str) -> str:
    return re.sub(r"([~=#{}:\\])", r"\\\1", text).replace("\n", "\\n")


# Moodle XML


def to_moodle_xml(
    drafts: Iterable[QuestionDraft], topics: Names, pictures: Mapping[str, str] | None = None
) -> tuple[str, int]:
    """Return Moodle XML, and how many questions it cannot hold. ``pictures`` maps names to base64."""
    found, left, topic = [], 0, ""
    for draft in drafts:
        if draft.kind == "case":
            left += 1
            found.append(
                f"<!-- 案例题不能用 Moodle XML 表示：{escape(_one_line(draft.text)[:60]).replace('--', '—')} -->"
            )
            continue
        name = topics.get(draft.topic_code or "", draft.topic_code or "")
        if name != topic:
            path = escape(f"$course$/top/{name}" if name else "$course$/top")
            found.append(f'<question type="category"><category><text>{path}</text></category></question>')
            topic = name
        found.append(_xml(draft, pictures or {}))
    return '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "\n".join(found) + "\n</quiz>\n", left


def _xml(draft: QuestionDraft, pictures: Mapping[str, str]) -> str:
    kind = {
        "single": "multichoice",
        "multiple": "multichoice",
        "true_false": "truefalse",
        "fill_in": "shortanswer",
    }[draft.kind]
    text = draft.text
    if len(draft.blanks) > 1 or "{" in text:
        kind = "cloze" if draft.kind == "fill_in" and len(BLANK.findall(text)) == len(draft.blanks) else kind
    if kind == "cloze":
        gaps = iter(draft.blanks)
        text = BLANK.sub(lambda _: write_gap(next(gaps)), text)
    picture = ""
    if draft.picture_name in pictures:
        name = escape(draft.picture_name or "", {'"': "&quot;"})
        text_html = f'{_html(text)}<p><img src="@@PLUGINFILE@@/{name}" alt=""></p>'
        picture = (
            f'<file name="{name}" path="/" encoding="base64">{pictures[draft.picture_name or ""]}</file>'
        )
    else:
        text_html = _html(text)
    lines = [
        f'<question type="{kind}">',
        f"<name><text>{_xml_text(_one_line(draft.text)[:60])}</text></name>",
    ]
    lines.append(f'<questiontext format="html"><text>{_xml_text(text_html)}</text>{picture}</questiontext>')
    if draft.explanation:
        lines.append(
            f'<generalfeedback format="html"><text>{_xml_text(_html(draft.explanation))}</text></generalfeedback>'
        )
    lines.append(f"<defaultgrade>{draft.marks}</defaultgrade>")
    lines += [f"<idnumber>{_xml_text(draft.key)}</idnumber>"] if draft.key else []
    lines += (
        [f"<single>{'false' if draft.kind == 'multiple' else 'true'}</single>"]
        if kind == "multichoice"
        else []
    )
    lines += _xml_answers(draft, kind)
    lines += [f"<tags><tag><text>{draft.difficulty}</text></tag></tags>"] if draft.difficulty else []
    return "\n".join([*lines, "</question>"])


def _xml_answers(draft: QuestionDraft, kind: str) -> list[str]:
    if kind == "truefalse":
        right = any(one.correct and one.text == "对" for one in draft.options)
        pairs = [("true", 100 if right else 0), ("false", 0 if right else 100)]
        return [f'<answer fraction="{share}"><text>{word}</text></answer>' for word, share in pairs]
    if kind == "shortanswer":
        return [
            f'<answer fraction="100"><text>{_xml_text(one)}</text></answer>'
            for one in (draft.blanks or ((),))[0]
        ]
    if kind == "cloze":
        return []
    count = sum(one.correct for one in draft.options) or 1
    right_share = "100" if draft.kind == "single" else f"{round(100 / count, 5):g}"
    wrong = "0" if draft.kind == "single" else "-100"
    return [
        f'<answer fraction="{right_share if one.correct else wrong}" format="html"><text>{_xml_text(_html(one.text))}</text></answer>'
        for one in draft.options
    ]


def _html(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))


def _xml_text(text: str | None) -> str:
    return escape(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text or ""))
