"""题库: banks, questions and their figures, for who may write them, with everything typed kept."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from PIL import Image

from tests.capture.quiz.school import School, campus, school  # noqa: F401
from tests.people.town import Town, database_url, town  # noqa: F401
from tests.web.test_account_pages import signed_in, token_in
from yanglao.courses import question_queries as queries
from yanglao.kernel.db import db

LIST = "/office/banks"
SINGLE = {
    "kind": "single", "text": "给卧床老人翻身，多久一次？", "option_1": "两小时", "option_2": "一天", "right_1": "yes",
    "explanation": "防压疮", "topic": "health", "difficulty": "easy", "marks": "2",
}  # fmt: skip
GAP = {"kind": "fill_in", "text": "洗手至少 ____ 秒。", "blanks": "20 | 二十\r\n", "numerals": "yes"}


def post(http: Any, url: str, page: str = LIST, **form: Any) -> Any:
    return http.post(url, data={"csrf_token": token_in(http.get(page)), **form})


@pytest.fixture
def web(town: Town) -> Any:  # noqa: F811
    """Give the base administrator's browser."""
    return signed_in(town, "admin")[0]


@pytest.fixture
def bank(town: Town, web: Any) -> str:  # noqa: F811
    """Give the address of a new bank of the administrator's base."""
    made = post(web, LIST, name="护理题库", base_id=town.bases["renhe"])
    assert made.status_code == 303
    return str(made.location)


def newest(town: Town, bank: str, key: str) -> Any:  # noqa: F811
    with town.app.app_context():
        return queries.versions(db.session, bank.rpartition("/")[2], key)[0]


def test_a_question_is_written_looked_at_changed_and_retired(town: Town, web: Any, bank: str) -> None:  # noqa: F811
    saved = post(web, f"{bank}/questions/new", **SINGLE, version="0")
    assert saved.status_code == 303
    page, key = web.get(saved.location).text, saved.location.rpartition("/")[2]
    assert "两小时" in page and "防压疮" in page and "存好了" in page
    found = newest(town, bank, key)
    assert (found.version, found.marks, found.difficulty, found.topic_code) == (1, 2, "easy", "health")
    form = web.get(f"{saved.location}/edit").text
    assert 'value="两小时"' in form and "checked" in form
    edit = f"{saved.location}/edit"
    assert post(web, edit, **{**SINGLE, "text": "多久翻身一次？"}, version="1").status_code == 303
    stale = post(web, edit, **{**SINGLE, "text": "我写的另一版"}, version="1")
    assert stale.status_code == 409 and "我写的另一版" in stale.text and "别人刚改过" in stale.text
    assert newest(town, bank, key).text == "多久翻身一次？"
    assert "以前的版本（1）" in web.get(saved.location).text
    listed = web.get(f"{bank}?kind=single&difficulty=easy&text=翻身").text
    assert "多久翻身一次？" in listed and "没有符合条件" in web.get(f"{bank}?kind=case").text
    assert post(web, f"{saved.location}/retire").location == bank
    assert "题库是空的" in web.get(bank).text


def test_every_fault_is_named_and_nothing_typed_is_lost(web: Any, bank: str) -> None:
    typed = {
        "kind": "single",
        "text": "只写了题目",
        "option_1": "甲",
        "option_2": "甲",
        "marks": "0",
        "version": "0",
    }
    answer = post(web, f"{bank}/questions/new", **typed)
    assert answer.status_code == 422
    for words in ("只写了题目", 'value="甲"', "有两个选项都是“甲”", "没有写答案", "分值是 0", "请改掉一个"):
        assert words in answer.text, words
    assert (
        "题库要有名字" not in post(web, LIST, name="", base_id="").text
    )  # the city's bank is not the base's to make
    assert post(web, LIST, name="", base_id="").status_code == 404


def test_a_case_with_parts_a_gap_and_a_picture(town: Town, web: Any, bank: str) -> None:  # noqa: F811
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(picture, "PNG")
    parts = {f"part_{n}_{name}": value for n, one in ((1, SINGLE), (3, GAP)) for name, value in one.items()}
    case = {"kind": "case", "text": "王奶奶，82 岁。", **parts, "version": "0"}
    fake = (io.BytesIO(b"<svg onload=alert(1)>"), "a.png")
    refused = post(web, f"{bank}/questions/new", **case, picture=fake)
    assert refused.status_code == 422 and "王奶奶" in refused.text and "图片不能用" in refused.text
    saved = post(web, f"{bank}/questions/new", **case, picture=(io.BytesIO(picture.getvalue()), "护理.png"))
    found = newest(town, bank, saved.location.rpartition("/")[2])
    assert [(one.kind, one.position) for one in found.parts] == [("single", 1), ("fill_in", 2)]
    assert found.parts[1].blanks == (("20", "二十"),) and found.parts[1].numerals
    sent = web.get(f"{saved.location}/picture")
    assert (sent.status_code, sent.mimetype, sent.data) == (200, "image/png", picture.getvalue())
    kept = {**case, "text": "李爷爷，85 岁。", "version": "1", "picture_name": found.picture_name}
    post(web, f"{saved.location}/edit", **kept)
    again = newest(town, bank, found.key)
    assert (again.version, again.picture_id) == (2, found.picture_id)


@pytest.mark.parametrize(
    ("who", "there", "list_status"),
    [
        ("colleague", 200, 200),
        ("city", 200, 200),
        ("stranger", 404, 200),
        ("officer", 403, 403),
        ("teacher", 403, 403),
        ("trainee", 403, 403),
    ],
)
def test_a_bank_opens_for_its_base_and_the_city(
    town: Town,  # noqa: F811
    web: Any,
    bank: str,
    who: str,
    there: int,
    list_status: int,
) -> None:
    saved = post(web, f"{bank}/questions/new", **SINGLE, version="0").location
    http, _ = signed_in(town, who)
    pages = (bank, f"{bank}/items", f"{bank}/items.xlsx", saved, f"{saved}/edit", f"{bank}/questions/new")
    assert {http.get(one).status_code for one in pages} == {there}
    assert http.get(LIST).status_code == list_status
    if there == 404:
        for url in (f"{saved}/edit", f"{saved}/retire", f"{bank}/rule", f"{bank}/questions/new"):
            assert post(http, url, **({} if url.endswith(("retire", "rule")) else SINGLE)).status_code == 404
        assert newest(town, bank, saved.rpartition("/")[2]).retired_ms is None


def test_figures_stand_on_a_page_and_in_a_sheet(campus: School) -> None:  # noqa: F811
    with campus.town.app.app_context():
        for n in range(5):
            paper = campus.start(hours=n)
            campus.tick(paper, wrong=5, hours=n, seconds=40)
            campus.submit(paper, hours=n, minutes=5)
        db.session.remove()
    http, _ = signed_in(campus.town, "city")
    items = f"{LIST}/{campus.segment.bank_key}/items"
    page = http.get(items).text
    assert "5 份交了的卷子" in page and "太少" in page
    book = openpyxl.load_workbook(io.BytesIO(http.get(f"{items}.xlsx?class_id={campus.class_id}").data))
    assert book.sheetnames == ["题目", "选项"] and book["题目"].max_row > 10
    assert http.get(f"{items}?class_id=none").status_code == 404
    assert "没有符合条件" in http.get(f"{items}?until=2020-01-01").text
