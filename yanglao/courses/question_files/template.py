"""Say what the template for questions in a spreadsheet looks like: columns, explanations, and an example of every kind. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from yanglao.courses.question_files.writing import KIND_NAMES, LEVEL_NAMES, answer_of
from yanglao.courses.question_shapes import OptionDraft, QuestionDraft

LETTERS = "ABCDEFGHIJ"
COLUMNS: tuple[tuple[str, int, str], ...] = (
    ("题型", 10, "单选题、多选题、判断题、填空题、案例题。不填时看答案来定。"),
    ("题干", 48, "题目的文字。填空题用____或（ ）表示要填的地方。"),
    *((f"选项{letter}", 18, "一格一个选项；用几个填几个，最多 10 个。") for letter in LETTERS[:6]),
    ("答案", 16, "单选填 B，多选填 ABD，判断填 对 或 错，填空一空一个，用；隔开，几种写法用/隔开。"),
    ("解析", 30, "答完以后给学员看的说明，可以不填。"),
    ("难度", 8, "易、中、难，可以不填。"),
    ("知识点", 16, "和系统里的主题名称一样，可以不填。"),
    ("分值", 8, "整数，不填就是 1。"),
    ("案例", 10, "同一个案例的故事和小题填同一个编号，例如 案例1。"),
    ("编号", 14, "可以不填。填了以后，下次导入同一编号就是改这道题。"),
)
EXAMPLES = (
    QuestionDraft(
        "single", "长期卧床的老年人，一般多久翻身一次？",
        (OptionDraft("1 小时", False), OptionDraft("2 小时", True), OptionDraft("4 小时", False), OptionDraft("6 小时", False)),
        explanation="一般每 2 小时翻身一次，皮肤发红时要缩短。", difficulty="easy",
    ),
    QuestionDraft(
        "multiple", "下列哪些部位容易发生压疮？",
        (OptionDraft("骶尾部", True), OptionDraft("足跟", True), OptionDraft("髋部", True), OptionDraft("指甲", False)),
        difficulty="medium",
    ),
    QuestionDraft("true_false", "喂饭以后应让老年人马上平躺。", (OptionDraft("对", False), OptionDraft("错", True))),
    QuestionDraft("fill_in", "给老年人洗澡，水温一般是____到____摄氏度。", blanks=(("38",), ("40", "四十"))),
    QuestionDraft(
        "case", "一位 82 岁的老年人卧床三年，今天发现骶尾部皮肤发红，压之不褪色。",
        parts=(
            QuestionDraft(
                "single", "这是压疮的哪一期？",
                (OptionDraft("一期", True), OptionDraft("二期", False), OptionDraft("三期", False)),
            ),
            QuestionDraft("true_false", "应当用力按摩发红的地方。", (OptionDraft("对", False), OptionDraft("错", True))),
        ),
    ),
)  # fmt: skip


def rows_of(
    drafts: Iterable[QuestionDraft], topics: Mapping[str, str], letters: str = LETTERS[:6]
) -> list[list[str]]:
    """Return the rows of ``drafts`` in the template's columns; a case takes a row for its story and one for each part."""
    rows = []
    for number, draft in enumerate(drafts, start=1):
        case = f"案例{number}" if draft.kind == "case" else ""
        rows.append(_row(draft, topics, case, letters))
        rows += [_row(part, topics, case, letters) for part in draft.parts]
    return rows


def headings(letters: str = LETTERS[:6]) -> list[tuple[str, int, str]]:
    """Return (name, width, explanation) of the columns with as many options as ``letters``."""
    own = [one for one in COLUMNS if not one[0].startswith("选项")]
    options = [(f"选项{letter}", 18, COLUMNS[2][2]) for letter in letters]
    return [*own[:2], *options, *own[2:]]


def letters_for(drafts: Sequence[QuestionDraft]) -> str:
    """Return as many letters as the questions need, six at least."""
    most = max((len(one.options) for draft in drafts for one in (draft, *draft.parts)), default=0)
    return LETTERS[: max(6, min(most, len(LETTERS)))]


def _row(draft: QuestionDraft, topics: Mapping[str, str], case: str, letters: str) -> list[str]:
    options = [one.text for one in draft.options] if draft.kind != "true_false" else []
    return [
        KIND_NAMES[draft.kind],
        draft.text,
        *(options[at] if at < len(options) else "" for at in range(len(letters))),
        answer_of(draft),
        draft.explanation,
        LEVEL_NAMES.get(draft.difficulty or "", ""),
        topics.get(draft.topic_code or "", draft.topic_code or ""),
        str(draft.marks) if draft.marks != 1 else "",
        case,
        draft.key or "",
    ]
