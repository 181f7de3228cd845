"""Word files, sheets, GIFT and Moodle XML of strangers are read; what cannot be held is named; nothing in them is run."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.courses.documents import drawn, in_short
from tests.courses.word_files import DELETED, GAP, PICTURE, paragraph, table, word_file
from tests.media_files import spoilt
from yanglao.courses.question_files import template, writing
from yanglao.courses.question_files.reading import NoHeader, decoded, read_file, read_text
from yanglao.courses.question_files.sheet import read_rows
from yanglao.courses.question_shapes import OptionDraft, QuestionDraft, check_draft
from yanglao.kernel.errors import Problem
from yanglao.outside.workbook import Column, Table, write


def test_a_word_file_has_its_automatic_numbers_and_pictures() -> None:
    body = paragraph("单项选择题", 2)
    body += paragraph("翻身多久一次？", 0, more=PICTURE) + paragraph("1小时", 1) + paragraph("2小时", 1)
    body += paragraph("答案：B")
    body += (
        paragraph("发热是几度？", 0, more=DELETED)
        + paragraph("36", 1)
        + paragraph("38", 1)
        + paragraph("答案：B")
    )
    body += paragraph("填空题", 2) + paragraph("老年人满", 0, more=GAP + "<w:r><w:t>周岁。</w:t></w:r>")
    body += paragraph("答案：60")
    body += table([["题干", "选项A", "选项B", "答案"], ["喝水好不好", "好", "不好", "A"], ["", "", "", ""]])
    found = read_file(word_file(body))
    assert (found.format, list(found.pictures)) == ("docx", ["image1.png"])
    assert in_short(found) == [
        *("单|翻身多久一次？|1小时,*2小时", "单|发热是几度？|36,*38"),
        *("填|老年人满______周岁。|60", "单|喝水好不好|*好,不好"),
    ]
    assert [one.draft.picture_name for one in found.questions if one.draft] == [
        "image1.png",
        None,
        None,
        None,
    ]


def run_of(text: str, look: str) -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


LINED, RAISED = '<w:u w:val="single"/>', '<w:vertAlign w:val="superscript"/>'
ASKED = paragraph("A. 一") + paragraph("B. 二") + paragraph("答案：A")
BOX = f"<w:r><w:pict><w:txbxContent>{paragraph('2. 乙？')}{paragraph('A. 一  B. 二  答案：B')}</w:txbxContent></w:pict></w:r>"
NOTE = b'<w:x xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:p><w:r><w:t>\xe8\xa7\x81\xe4\xb9\xa6</w:t></w:r></w:p></w:x>'
WORDS_OF = '<w:r><w:drawing><a:blip r:embed="rId404"/></w:drawing></w:r>'
MERGED = (
    f"<w:tbl><w:tr><w:tc>{paragraph('外面')}{table([['题干', '答案'], ['甲。', '对']])}</w:tc></w:tr></w:tbl>"
)
WORD: list[tuple[str, bytes, list[str]]] = [
    ("stems on a list, answers inside", word_file(paragraph("甲？（ B ）", 0) + paragraph("A.一  B.二") + paragraph("乙？（ A ）", 0) + paragraph("A.一  B.二")), ["单|甲？（ ）|一,*二", "单|乙？（ ）|*一,二"]),
    ("cells without a header", word_file(table([["1", "甲？", "A. 一", "B. 二", "B"], ["2", "乙？", "A. 一", "B. 二", "A"]])), ["单|甲？|一,*二", "单|乙？|*一,二"]),
    ("a table for each question", word_file(table([["题目", "甲？"], ["选项", "A. 一  B. 二"], ["答案", "B"], ["解析", "因为"]])), ["单|甲？|一,*二"]),
    ("options in cells", word_file(paragraph("1. 甲？") + table([["A. 一", "B. 二"], ["C. 三", "D. 四"]]) + paragraph("答案：C")), ["单|甲？|一,二,*三,四"]),
    ("answers in a table at the end", word_file(paragraph("1. 甲？") + ASKED[:-len(paragraph("答案：A"))] + paragraph("参考答案") + table([["题号", "1"], ["答案", "B"]])), ["单|甲？|一,*二"]),
    ("a table in a table", word_file(MERGED), ["判|甲。|对"]),
    ("underlined answers", word_file(paragraph("填空题") + paragraph("1. 满", more=run_of(" 60 ", LINED) + run_of("岁。", "")) + paragraph("2. 分为", more=run_of("四", LINED) + run_of("期。", ""))), ["填|满____岁。|60", "填|分为____期。|四"]),
    ("underlined words that are stressed", word_file(paragraph("1. 下列", more=run_of("错误", LINED) + run_of("的是？", "")) + ASKED), ["单|下列错误的是？|*一,二"]),
    ("signs above the line", word_file(paragraph("1. 10m", more=run_of("2", RAISED) + run_of("是？", "")) + ASKED), ["单|10m²是？|*一,二"]),
    ("a text box", word_file(paragraph("1. 甲？") + ASKED + paragraph("", more=BOX)), ["单|甲？|*一,二", "单|乙？|一,*二"]),
    ("pictures as options", word_file(paragraph("1. 甲？") + paragraph("A. ", more=PICTURE) + paragraph("B. 二") + paragraph("答案：A")), ["单|甲？|*,二!option_empty"]),
    ("a picture nobody can open", word_file(paragraph("1. 甲？", more=WORDS_OF) + ASKED), ["单|甲？［图片没有读出来］|*一,二!picture_unreadable"]),
    ("a note below the page", word_file(paragraph("1. 甲？") + ASKED, word__footnotes_dot_xml=NOTE), ["单|甲？|*一,二"]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "wanted"), [one[1:] for one in WORD], ids=[one[0] for one in WORD])
def test_a_word_file_is_read_however_it_is_laid_out(content: bytes, wanted: list[str]) -> None:
    assert in_short(read_file(content)) == wanted


def test_what_belongs_to_no_question_of_a_word_file_is_named() -> None:
    body = paragraph("", more=PICTURE) + paragraph(
        "1. 甲？", more=PICTURE + PICTURE.replace("rId9", "rId404")
    )
    found = read_file(word_file(body + ASKED, word__endnotes_dot_xml=NOTE)).entries
    assert [(one.kind, one.typed) for one in found if one.kind != "question"] == [
        *(("unread", "［图：image1.png］"), ("comment", "见书")),
    ]
    assert found[-1].place == "尾注"


# Made when asked for: a file says in its bytes when it was made.
BROKEN_WORD: dict[str, Callable[[], bytes]] = {
    "no document": lambda: word_file("").replace(b"word/document.xml", b"word/documenx.xml"),
    "an entity": lambda: word_file("x", word__styles_dot_xml=b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"),
    "broken numbering": lambda: word_file("", word__numbering_dot_xml=b"<broken"),
    "an open paragraph": lambda: word_file("<w:p><w:r><w:t>" + "x" * 10),
    "a bomb": lambda: word_file(paragraph("1"), a=b"0" * (130 * 1024 * 1024)),
    "a stream that cannot be unpacked": lambda: spoilt(
        word_file(paragraph("1.翻身多久一次？")), "word/document.xml"
    ),
}


@pytest.mark.parametrize("name", BROKEN_WORD)
def test_a_word_file_that_is_broken_or_a_trap_is_refused(name: str) -> None:
    with pytest.raises(Problem):
        read_file(BROKEN_WORD[name]())


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_a_text_is_read_in_the_codings_of_chinese_computers(coding: str) -> None:
    text = "1.翻身多久一次？\r\nA.1小时\r\nB.2小时\r\n答案：B\r\n" + "2.x\nA.y\nB.z\n答案：A\n" * 30
    assert decoded(text.encode(coding)).lstrip("\ufeff") == text


SHEETS: list[tuple[str, list[list[Any]], list[str]]] = [
    ("any order, synonyms", [["正确答案", "题目", "B", "A", "试题类型"], ["A", "甲？", "二", "一", "单选"]], ["单|甲？|*一,二"]),
    ("a title above, numbers as numbers", [["题库"], [None], ["序号", "题干*", "选项A", "选项B", "答案"], [1, "几度？", 36, 38.5, "B"]], ["单|几度？|36,*38.5"]),
    ("options in one cell", [["题干", "选项", "答案"], ["甲？", "A.一\nB.二\nC.三", "AC"], ["乙？", "一|二", "B"]], ["多|甲？|*一,二,*三", "单|乙？|一,*二"]),
    ("true or false", [["题型", "题干", "答案"], ["判断题", "甲。", "√"], ["判断", "乙。", "错误"], ["判断", "丙。", "B"]], ["判|甲。|对", "判|乙。|错", "判|丙。|错"]),
    ("gaps", [["题型", "题干", "答案"], ["填空题", "____和____", "一；二/贰"], ["填空题", "满____岁", 60]], ["填|____和____|一;二/贰", "填|满____岁|60"]),
    ("case", [["题型", "题干", "选项A", "选项B", "答案", "案例"], ["案例题", "王奶奶。", None, None, None, "案例1"], ["单选题", "甲？", "一", "二", "A", "案例1"], ["判断题", "乙。", None, None, "对", "案例1"]],
     ["案|王奶奶。{单|甲？|*一,二 判|乙。|对}"]),
    ("options numbered, answer as number", [["题目", "选项1", "选项2", "答案"], ["甲？", "一", "二", 2]], ["单|甲？|一,*二"]),
    ("answer as text of the option", [["题目", "选项A", "选项B", "答案"], ["甲？", "坐位", "卧位", "卧位"]], ["单|甲？|坐位,*卧位"]),
    ("an empty row between, rows at the end", [["题目", "选项A", "选项B", "答案"], [None], ["甲？", "一", "二", "A"], [None, " "]], ["单|甲？|*一,二"]),
    ("faults by row", [["题型", "题干", "选项A", "选项C", "答案"], ["单选题", "甲？", "一", "三", "B"], ["作文", "乙", None, None, None]],
     ["单|甲？|一,三!option_gap!answer_not_an_option", "单|乙|!kind_not_supported"]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "wanted"), [one[1:] for one in SHEETS], ids=[one[0] for one in SHEETS])
def test_a_sheet_is_read(rows: list[list[Any]], wanted: list[str]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    assert in_short(read_file(target.getvalue())) == wanted


def test_a_sheet_names_row_and_column_and_a_sheet_without_a_header_is_refused() -> None:
    found = read_file("题干,选项A,选项B,答案,出题心得\n甲？,一,二,C,不错\n".encode("gb18030"))
    (one,) = found.questions
    assert (found.format, one.line, one.faults[0].facts) == (
        "csv",
        2,
        {"letters": "C", "last": "B", "cell": "D2"},
    )
    assert [note.facts["column"] for entry in found.entries for note in entry.notes] == ["出题心得"]
    rows = [
        ["案例", "答案", "题干", "题型", "选项A", "选项B"],
        ["1", "", "故事", "案例题", "", ""],
        ["1", "D", "甲？", "", "一", "二"],
    ]
    rows += [
        ["", "A", "乙？", "", "一", "长" * 201],
        ["", "对", "", "判断", "", ""],
        ["", "B", "丁？", "", "", "二"],
    ]
    told = [fault.facts.get("cell") for one in read_rows(rows) or () for fault in one.faults]
    assert told == ["B3", "F4", "C5", "E6", "E6"]
    with pytest.raises(NoHeader):
        read_file(write([Table("x", [Column("姓名")], [["王秀英"]])]))


GIFTS: list[tuple[str, list[str]]] = [
    ("::q:: 甲{=一 ~二#不对 ~三}", ["单|甲|*一,二,三"]),
    ("甲{~%50%一 ~%50%二 ~%-100%三}", ["多|甲|*一,*二,三"]),
    ("甲{T}\n\n乙{FALSE#错了#对了}", ["判|甲|对", "判|乙|错"]),
    ("满{=60 =六十}岁。", ["填|满____岁。|60/六十"]),
    ("几{#3}\n\n几{#3:0.5}\n\n几{#1..5}", ["填|几|3", "填|几|!kind_not_supported", "填|几|!kind_not_supported"]),
    ("连{=甲 -> 一 =乙 -> 二}\n\n写{}\n\n看看", ["单|连|!kind_not_supported", "单|写|!kind_not_supported", "单|看看|!kind_not_supported"]),
    ("一\\=一\\: \\{对\\}{=a\\~b ~c\\#d}", ["单|一=一: {对}|*a~b,c#d"]),
    ("[html]<p>甲<b>乙</b></p><script>x</script>{=<i>一</i> ~二}", ["单|甲乙|*一,二"]),
    ("甲{\n  =一\n\n  ~二\n}\n\n乙 {=a\n\n::丙::丙{T}", ["单|甲|*一,二", "单|乙|!brace_open", "判|丙|对"]),
    ("// 说明\n$CATEGORY: a/翻身\n\n甲{=%50%一 =二}", ["填|甲|二"]),
    ("甲{~一 ~二}", ["单|甲|一,二!answer_missing"]),
    ("甲。{T}\n乙。{FALSE}\n::丙::丙{=一 ~二}", ["判|甲。|对", "判|乙。|错", "单|丙|*一,二"]),
    ("{=水~火}是什么？", ["单|____是什么？|*水,火"]),
    ("\ufeff// 注\r\n甲？{\r\n=一\r\n~二\r\n}\r\n", ["单|甲？|*一,二"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), GIFTS)
def test_gift_is_read(text: str, wanted: list[str]) -> None:
    assert in_short(read_text(text)) == wanted


def moodle(kind: str, inside: str) -> str:
    return f'<?xml version="1.0"?><quiz><question type="{kind}"><questiontext format="html"><text>{inside}</question></quiz>'


XMLS: list[tuple[str, str, str]] = [
    ("multichoice", "甲</text></questiontext><single>true</single><answer fraction='100'><text>一</text></answer><answer fraction='0'><text>二</text></answer>", "单|甲|*一,二"),
    ("multichoice", "甲</text></questiontext><single>false</single><answer fraction='50'><text>一</text></answer><answer fraction='50'><text>二</text></answer><answer fraction='-50'><text>三</text></answer>", "多|甲|*一,*二,三"),
    ("truefalse", "<![CDATA[<p>甲&nbsp;乙</p>]]></text></questiontext><answer fraction='0'><text>true</text></answer><answer fraction='100'><text>false</text></answer>", "判|甲 乙|错"),
    ("shortanswer", "&lt;p&gt;满几岁&lt;/p&gt;</text></questiontext><answer fraction='100'><text>60</text></answer><answer fraction='100'><text>六十</text></answer><answer fraction='50'><text>61</text></answer>", "填|满几岁|60/六十"),
    ("numerical", "几</text></questiontext><answer fraction='100'><text>3</text><tolerance>0</tolerance></answer>", "填|几|3"),
    ("numerical", "几</text></questiontext><answer fraction='100'><text>3</text><tolerance>1</tolerance></answer>", "填|几|!kind_not_supported"),
    ("cloze", "满{1:SHORTANSWER:=60~=六十}岁，{:SA:=人}。</text></questiontext>", "填|满____岁，____。|60/六十;人"),
    ("cloze", "满{1:MULTICHOICE:=60~70}岁</text></questiontext>", "单|满{1:MULTICHOICE:=60~70}岁|!kind_not_supported"),
    ("essay", "写</text></questiontext>", "单|写|!kind_not_supported"),
    ("multichoice", "<![CDATA[10m<sup>2</sup>]]></text></questiontext><answer fraction='100'><text>一</text></answer><answer fraction='0'><text>二</text></answer>", "单|10m²|*一,二"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "inside", "wanted"), XMLS)
def test_moodle_xml_is_read(kind: str, inside: str, wanted: str) -> None:
    assert in_short(read_file(moodle(kind, inside).encode())) == [wanted]
    assert in_short(
        read_file(moodle(kind, inside).replace('"1.0"?', '"1.0" encoding="GB2312"?').encode("gb18030"))
    ) == [wanted]


NOTES: list[tuple[str, list[str]]] = [
    ("甲{=一 ~%50%二#差不多}", ["feedback_left_aside", "partial_marks_left_aside"]),
    ("图<img src='@@PLUGINFILE@@/a.png'>{=一 ~二}", ["picture_missing"]),
    (moodle("cloze", "满{1:SA:=60#对~%50%61}岁</text></questiontext>"), ["feedback_left_aside", "partial_marks_left_aside"]),
    (moodle("essay", "<![CDATA[甲<audio src='@@PLUGINFILE@@/s.mp3'></audio>]]></text></questiontext>"), ["sound_left_aside"]),
    (moodle("essay", "甲</text><file name='x.png' encoding='base64'>aGFsbG8=</file></questiontext>"), ["lines_left_aside"]),
    (moodle("essay", "甲</text></questiontext><generalfeedback format='html'><text><![CDATA[因为<img src='f.png'>]]></text></generalfeedback>"), ["explanation_pictures_left_aside"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), NOTES)
def test_what_our_kinds_cannot_hold_is_named(text: str, wanted: list[str]) -> None:
    (one,) = read_text(text).questions
    assert sorted(note.code.partition(".")[2] for note in one.notes) == wanted


def test_words_between_the_questions_of_moodle_xml_are_shown() -> None:
    found = read_file("<quiz>散落<foo>别的</foo><question type='essay'/>的字</quiz>".encode())
    assert [one.typed for one in found.entries if one.kind == "unread"] == ["散落", "<foo> 别的", "的字"]


def test_a_picture_that_stands_in_the_html_is_kept() -> None:
    inside = "<![CDATA[甲<img src='data:image/png;base64,aGFsbG8='>]]></text></questiontext>"
    found = read_file(moodle("essay", inside).encode())
    (one,) = found.questions
    assert one.draft is not None and one.draft.picture_name == "picture1.png"
    assert found.pictures == {"picture1.png": b"hallo"}


def test_xml_that_blows_up_is_refused_at_once() -> None:
    bomb = '<!DOCTYPE q [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9)
    )
    for text in (
        bomb + "]><quiz>&j;</quiz>",
        '<!DOCTYPE q SYSTEM "file:///etc/passwd"><quiz/>',
        "<quiz>" + "<a>" * 900,
    ):
        for coding in ("utf-8", "utf-16"):
            with pytest.raises(Problem):
                read_file(f'<?xml version="1.0" encoding="{coding}"?>{text}'.encode(coding))


WORDS = st.text("老年人翻身喝水温度血压护理站坐卧行", min_size=2, max_size=12)
LONGER = st.lists(WORDS, min_size=1, max_size=3).map("，".join)


@st.composite
def drafts(draw: Any, kinds: str = "single multiple true_false fill_in case") -> QuestionDraft:
    """Return a question without faults, as an author may write it."""
    kind = draw(st.sampled_from(kinds.split()))
    made = QuestionDraft(
        kind,
        draw(LONGER) + "？",
        explanation=draw(st.just("") | LONGER),
        difficulty=draw(st.sampled_from((None, "easy", "hard"))),
    )
    if kind == "case":
        parts = draw(st.lists(drafts("single multiple true_false fill_in"), min_size=2, max_size=3))
        return replace(made, explanation="", difficulty=None, text=made.text[:-1] + "。", parts=tuple(parts))
    if kind == "fill_in":
        gaps = draw(
            st.lists(st.lists(WORDS, min_size=1, max_size=2, unique=True).map(tuple), min_size=1, max_size=3)
        )
        return replace(
            made, text=made.text[:-1] + "____" + "，____" * (len(gaps) - 1) + "。", blanks=tuple(gaps)
        )
    if kind == "true_false":
        right = draw(st.booleans())
        return replace(
            made, text=made.text[:-1] + "。", options=(OptionDraft("对", right), OptionDraft("错", not right))
        )
    texts = draw(st.lists(WORDS, min_size=3, max_size=6, unique=True))
    right = {0} if kind == "single" else {0, 2}
    return replace(made, options=tuple(OptionDraft(text, at in right) for at, text in enumerate(texts)))


@settings(max_examples=60, deadline=None)
@given(st.lists(drafts(), min_size=1, max_size=5))
def test_what_is_written_is_read_again(found: list[QuestionDraft]) -> None:
    assert all(not check_draft(one) for one in found)
    wanted = [drawn(one) for one in found]
    pasted = read_text(writing.to_pasted(found, {}))
    assert [one.draft for one in pasted.questions] == found and in_short(pasted) == wanted
    letters = template.letters_for(found)
    rows = read_rows([[one[0] for one in template.headings(letters)], *template.rows_of(found, {}, letters)])
    assert [one.draft for one in rows or () if one.kind == "question"] == found
    flat = [one for one in found if one.kind != "case"]
    text, left = writing.to_moodle_xml(found, {})
    assert left == len(found) - len(flat)
    assert not flat or [one.draft for one in read_text(text).questions] == flat
    short = [one for one in flat if len(one.blanks) < 2]
    text, left = writing.to_gift(found, {})
    assert left == len(found) - len(short)
    assert not short or [one.draft for one in read_text(text).questions] == short


def test_a_packed_file_of_another_kind_is_refused_by_name() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.txt", "1")
    with pytest.raises(Problem) as refused:
        read_file(target.getvalue())
    assert refused.value.code == "question_file.unknown"


@pytest.mark.parametrize("text", ["题号 " + "1" * 5000 + "x", "a\n" * 90_000, "（" * 20_000 + " " * 20_000])
def test_a_text_made_to_keep_the_reader_busy_is_done_with_quickly(text: str) -> None:
    began = time.process_time()
    with suppress(Problem):
        read_text(text)
    assert time.process_time() - began < 5
