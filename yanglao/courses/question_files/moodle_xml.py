"""Read Moodle XML. Pure.

Multiple choice, true or false, short answers and exact numbers become ours; everything else is named as not supported.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from xml.etree import ElementTree

from yanglao.courses.question_files.answer_words import truth
from yanglao.courses.question_files.cloze import left_aside, read_cloze
from yanglao.courses.question_files.entries import Entry, Reading, judged
from yanglao.courses.question_files.gift import float_of
from yanglao.courses.question_files.html_text import Plain, from_html
from yanglao.courses.question_files.safe_xml import XmlBroken, tree_of
from yanglao.courses.question_shapes import Fault, OptionDraft, QuestionDraft

TYPE_NAMES = {
    "matching": "连线题", "essay": "问答题", "description": "说明文字", "cloze": "完形填空（Cloze）", "ddwtos": "拖放填空题",
    "gapselect": "选词填空题", "ddmatch": "拖放连线题", "ordering": "排序题", "calculated": "计算题", "calculatedmulti": "计算题",
    "calculatedsimple": "计算题", "randomsamatch": "连线题", "random": "随机题", "ddimageortext": "拖图题", "ddmarker": "拖标题",
    "coderunner": "编程题", "multianswer": "完形填空（Cloze）",
}  # fmt: skip
MOST_PICTURE_BYTES, MOST_SOUND_BYTES = 2 * 1024 * 1024, 10 * 1024 * 1024
_SOUNDS = (".mp3", ".m4a", ".ogg", ".oga", ".wav", ".amr", ".webm", ".mp4")
_LEVELS = {"easy": "easy", "medium": "medium", "hard": "hard", "易": "easy", "中": "medium", "难": "hard"}


def read_moodle_xml(content: bytes) -> Reading:
    """Return the questions of a Moodle XML file. Raises XmlRefused, XmlBroken."""
    root, lines = tree_of(content)
    if root.tag != "quiz":
        raise XmlBroken(line=1)
    entries: list[Entry] = []
    pictures: dict[str, bytes] = {}
    sounds: dict[str, bytes] = {}
    topic = ""
    if (root.text or "").strip():
        entries.append(Entry("unread", 1, 1, (root.text or "").strip()))
    for node in root:
        line = lines[id(node)]
        if (node.tail or "").strip():
            entries.append(Entry("unread", line, line, (node.tail or "").strip()))
        kind = node.get("type", "")
        if node.tag != "question":
            said = " ".join(one.strip() for one in node.itertext() if one.strip())
            entries.append(Entry("unread", line, line, f"<{node.tag}> {said}".strip()))
        elif kind == "category":
            category = _inner(node.find("category"))
            topic = category.rstrip("/").rpartition("/")[2].strip()
            topic = "" if topic.lower() in ("top", "default") or topic.startswith("$") else topic
            entries.append(Entry("heading", line, line, category))
        else:
            made, own = _question(node, kind)
            number = len(pictures) + len(sounds)
            renamed = {
                name: f"{number + at + 1}_{name}" if name in pictures or name in sounds else name
                for at, name in enumerate(own)
            }
            for name, held in own.items():
                (sounds if name == made.sound else pictures)[renamed[name]] = held
            draft = made.draft
            if draft is not None and draft.picture_name:
                draft = replace(draft, picture_name=renamed.get(draft.picture_name, draft.picture_name))
            entries.append(
                judged(
                    replace(
                        made,
                        line=line,
                        last=line,
                        topic=made.topic or topic,
                        draft=draft,
                        sound=renamed.get(made.sound, ""),
                    )
                )
            )
    return Reading("moodle_xml", tuple(entries), pictures, sounds)


def _question(node: ElementTree.Element, kind: str) -> tuple[Entry, dict[str, bytes]]:
    asked = _rich(node.find("questiontext"))
    notes: list[Fault] = []
    explanation = _rich(node.find("generalfeedback"))
    draft = QuestionDraft(
        "single",
        asked.text or _inner(node.find("name")),
        explanation=explanation.text,
        key=_inner(node.find("idnumber")).strip() or None,
        marks=_marks(node, notes),
        difficulty=_level(node),
    )
    typed = asked.text or _inner(node.find("name"))
    files, broken = _files(node.find("questiontext"), asked.embedded)
    draft, own = _with_picture(draft, asked, files, notes)
    sound = next((name for name in asked.sounds if name in files), "")
    if sound:
        own[sound] = files[sound]
    if len(asked.sounds) > bool(sound):
        notes.append(Fault("question_file.sound_left_aside"))
    faults = [Fault("question_file.picture_broken", {"name": name}) for name in broken]
    makers = {
        "multichoice": _choice,
        "truefalse": _true_false,
        "shortanswer": _short,
        "numerical": _numerical,
    }
    if explanation.pictures:
        notes.append(Fault("question_file.explanation_pictures_left_aside"))
    gaps = read_cloze(asked.text) if kind in ("cloze", "multianswer") else None
    if gaps is not None:
        notes += left_aside(asked.text)
        draft = replace(draft, kind="fill_in", text=gaps[0], blanks=gaps[1])
    elif kind in makers:
        draft, more_faults, more = makers[kind](node, draft)
        faults += more_faults
        notes += more
    else:
        faults.append(
            Fault(
                "question_file.kind_not_supported",
                {"kind": TYPE_NAMES.get(kind, kind[:30] or "没有写明的题型")},
            )
        )
    return Entry("question", 0, 0, typed, draft, tuple(faults), tuple(notes), sound=sound), own


Made = tuple[QuestionDraft, list[Fault], list[Fault]]


def _choice(node: ElementTree.Element, draft: QuestionDraft) -> Made:
    notes = _feedback_notes(node)
    answers = [(_rich(one), float_of(one.get("fraction", "0")) or 0) for one in node.findall("answer")]
    single = _inner(node.find("single")).strip().lower() in ("true", "1", "")
    right = [at for at, (_, share) in enumerate(answers) if (share >= 99.9 if single else share > 0)]
    partial = sum(1 for _, share in answers if 0 < share < 99.9) if single else 0
    if partial:
        notes.append(Fault("question_file.partial_marks_left_aside", {"count": partial}))
    if any(said.pictures for said, _ in answers):
        notes.append(Fault("question_file.option_pictures_left_aside"))
    options = tuple(OptionDraft(said.text, at in right) for at, (said, _) in enumerate(answers))
    if {truth(one.text) for one in options} == {True, False} and len(options) == 2 and len(right) == 1:
        pair = (
            OptionDraft("对", truth(options[right[0]].text) is True),
            OptionDraft("错", truth(options[right[0]].text) is False),
        )
        return replace(draft, kind="true_false", options=pair), [], notes
    return replace(draft, kind="single" if single else "multiple", options=options), [], notes


def _true_false(node: ElementTree.Element, draft: QuestionDraft) -> Made:
    answers = {
        _inner(one).strip().lower(): float_of(one.get("fraction", "0")) or 0 for one in node.findall("answer")
    }
    right = next((truth(name) for name, share in answers.items() if share > 0), None)
    pair = (OptionDraft("对", right is True), OptionDraft("错", right is False))
    return replace(draft, kind="true_false", options=pair), [], _feedback_notes(node)


def _short(node: ElementTree.Element, draft: QuestionDraft) -> Made:
    notes = _feedback_notes(node)
    full = [
        _rich(one).text for one in node.findall("answer") if (float_of(one.get("fraction", "0")) or 0) >= 99.9
    ]
    partial = len(node.findall("answer")) - len(full)
    if partial:
        notes.append(Fault("question_file.partial_marks_left_aside", {"count": partial}))
    if any("*" in one for one in full):
        notes.append(Fault("question_file.wildcard_kept"))
    return replace(draft, kind="fill_in", blanks=(tuple(full),) if full else ()), [], notes


def _numerical(node: ElementTree.Element, draft: QuestionDraft) -> Made:
    exact = []
    for one in node.findall("answer"):
        if (float_of(_inner(one.find("tolerance")) or "0") or 0) != 0:
            return (
                replace(draft, kind="fill_in"),
                [Fault("question_file.kind_not_supported", {"kind": "带误差的数值题"})],
                [],
            )
        if (float_of(one.get("fraction", "0")) or 0) >= 99.9:
            exact.append(_inner(one))
    return replace(draft, kind="fill_in", blanks=(tuple(exact),) if exact else ()), [], _feedback_notes(node)


def _inner(node: ElementTree.Element | None) -> str:
    """Return the text of an element, or of the <text> inside it."""
    if node is None:
        return ""
    inside = node.find("text")
    return ((inside.text if inside is not None else node.text) or "").strip()


def _rich(node: ElementTree.Element | None) -> Plain:
    said = _inner(node)
    if node is None or node.get("format") in ("plain_text", "moodle_auto_format", "markdown", None):
        return from_html(said) if "<" in said and ">" in said else Plain(said)
    return from_html(said)


def _feedback_notes(node: ElementTree.Element) -> list[Fault]:
    count = sum(1 for one in (*node.findall("answer/feedback"), *node.findall("hint")) if _inner(one))
    return [Fault("question_file.feedback_left_aside", {"count": count})] if count else []


def _marks(node: ElementTree.Element, notes: list[Fault]) -> int:
    value = float_of(_inner(node.find("defaultgrade")) or "1") or 1
    if value != int(value) or not 1 <= value <= 100:
        notes.append(Fault("question_file.marks_rounded", {"marks": str(value)}))
    return min(max(round(value), 1), 100)


def _level(node: ElementTree.Element) -> str | None:
    tags = [_inner(one).lower() for one in node.findall("tags/tag")]
    return next((_LEVELS[one] for one in tags if one in _LEVELS), None)


def _files(
    node: ElementTree.Element | None, embedded: Mapping[str, str]
) -> tuple[dict[str, bytes], list[str]]:
    found: dict[str, bytes] = {}
    broken = []
    beside = (
        [(one.get("name") or "picture", one.text or "") for one in node.findall("file")]
        if node is not None
        else []
    )
    for name, coded in (*beside, *embedded.items()):
        name = name[:120]
        try:
            content = base64.b64decode("".join(coded.split()), validate=True)
        except (binascii.Error, ValueError):
            content = b""
        most = MOST_SOUND_BYTES if name.lower().endswith(_SOUNDS) else MOST_PICTURE_BYTES
        if content and len(content) <= most:
            found[name] = content
        else:
            broken.append(name)
    return found, broken


def _with_picture(
    draft: QuestionDraft, asked: Plain, files: Mapping[str, bytes], notes: list[Fault]
) -> tuple[QuestionDraft, dict[str, bytes]]:
    wanted = [name for name in asked.pictures if name in files]
    if len(asked.pictures) > 1:
        notes.append(Fault("question_file.first_picture_only", {"count": len(asked.pictures)}))
    missing = [name for name in asked.pictures if name not in files]
    if missing:
        notes.append(Fault("question_file.picture_missing", {"name": missing[0][:60]}))
    unused = [name for name in files if name not in asked.pictures and name not in asked.sounds]
    if unused:
        notes.append(Fault("question_file.lines_left_aside", {"text": "、".join(unused)[:200]}))
    if not wanted:
        return draft, {}
    return replace(draft, picture_name=wanted[0]), {wanted[0]: files[wanted[0]]}
