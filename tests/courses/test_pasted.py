"""Questions pasted from documents: every style is read, nothing is dropped in silence, what is wrong is named at its line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.courses.documents import DOCUMENTS, in_short
from yanglao.courses.question_files.folding import lines_of
from yanglao.courses.question_files.pasted import read_pasted
from yanglao.courses.question_files.reading import read_text


@pytest.mark.parametrize(
    ("text", "wanted"), [one[1:] for one in DOCUMENTS], ids=[one[0] for one in DOCUMENTS]
)
def test_a_document_is_read(text: str, wanted: list[str]) -> None:
    assert in_short(read_text(text)) == wanted


def test_the_small_fields_of_a_question_are_read() -> None:
    text = "1.甲？（2分）\nA.一\nB.二\n答案：B\n解析：因为二。\n更多。\n难度：较难\n知识点：翻身\n依据：某法第一条\n题目编号：k-7"
    (one,) = read_pasted(text).questions
    assert one.draft is not None and (one.line, one.last, one.topic) == (1, 10, "翻身")
    assert (one.draft.marks, one.draft.difficulty, one.draft.key) == (2, "hard", "k-7")
    assert one.draft.explanation == "因为二。\n更多。\n依据：某法第一条"


def test_a_fault_names_its_lines_and_repeats_what_was_typed() -> None:
    text = "题库\n\n一、单选题\n1．甲？\nＡ．一\nＢ．二\n答案：Ｆ\n\n孤单的一行没有人认识它，它太长了，不像标题，前后都没有题目，所以只能说没有看懂，请您自己看看，谢谢，再见，就这样，没有了，完。"
    found = read_pasted(text).entries
    assert [(one.kind, one.line, one.last) for one in found] == [
        *(("heading", 1, 1), ("heading", 3, 3), ("question", 4, 9)),
    ]
    assert found[2].typed.startswith("1．甲？\nＡ．一") and found[2].faults[0].facts == {
        "letters": "F",
        "last": "B",
    }
    assert [one.code for one in found[2].notes] == ["question_file.lines_left_aside"]


@pytest.mark.parametrize("text", [one[1] for one in DOCUMENTS], ids=[one[0] for one in DOCUMENTS])
def test_every_line_that_is_not_empty_stands_in_an_entry(text: str) -> None:
    held = {line for one in read_pasted(text).entries for line in range(one.line, one.last + 1)}
    assert {at for at, line in enumerate(lines_of(text), start=1) if line.strip()} <= held


PIECES = st.sampled_from(
    ["1.", "2、", "（1）", "①", "一、", "A.", "B.", "c)", "答案：", "B", "√", "（ ）", "（对）", "____", "解析：", "案例：", "参考答案",
    "一、单选题", "二、判断题", "甲？", "65岁", " ", "\n", "\n\n", "1-5 ABCDA", "\t", "【", "】", "{", "}", "\x0b", "题号", "3.5"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_no_text_breaks_the_reader_or_loses_a_line(text: str) -> None:
    found = read_pasted(text).entries
    held = {line for one in found for line in range(one.line, one.last + 1)}
    assert {at for at, line in enumerate(lines_of(text), start=1) if line.strip()} <= held
