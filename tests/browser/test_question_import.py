"""One walk of a base administrator: paste a document, mend a question, leave one out, import, and find the bank fuller."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import sideways
from tests.courses.word_files import PICTURE, paragraph, word_file
from tests.factories import World
from yanglao.courses import question_import, question_queries, questions
from yanglao.jobs.perform import perform
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.people import queries as people
from yanglao.work import queries as tasks

pytestmark = pytest.mark.browser
TEXT = (
    "一、单选题\n1. 多久翻身一次？\nA. 1小时\nB. 2小时\n答案：B\n2. 几度是发热？\nA. 36\nB. 38\n答案：C\n"
    "二、判断题\n1. 水温越高越好。（×）\n2. 应当通风。（√）\n"
)


def large() -> bytes:
    """Return a Word file with a picture that is too large to be read at once."""
    body = paragraph("1. 图里是什么？", more=PICTURE) + paragraph("A. 轮椅") + paragraph("B. 拐杖")
    pad = bytes(range(256)) * 20_000
    return word_file(body + paragraph("答案：A"), word__media__other_dot_bin=pad)


def read_by_a_worker(page: Any) -> None:
    """Hand a large file in, open its page again meanwhile, and find it read; its picture is shown."""
    page.goto(page.url.rpartition("/")[0])
    page.set_input_files("#file", files=[{"name": "大.docx", "mimeType": "", "buffer": large()}])
    page.wait_for_selector("#reading")
    page.reload()
    assert "正在读这份文件" in page.inner_text("h1") and not sideways(page)
    db.session.rollback()
    task = tasks.last(db.session, question_import.TOPIC, page.url.rpartition("/")[2])
    assert task is not None and perform(task.id)
    page.wait_for_selector("#q-1")
    assert page.wait_for_function("document.querySelector('img.thumb').naturalWidth > 0")


@pytest.fixture
def bank(world: World) -> tuple[str, str]:
    """Give an empty bank of a base and the phone number of the base's administrator."""
    admin = world.city.staff["admin_a"]
    base = world.city.bases["a"]
    key = run(lambda: questions.make_bank(db.session, "护理题库", base, now=now(), actor=admin)).key
    return key, people.person(db.session, admin.person_id).account_phone or ""


def test_a_pasted_document_is_looked_at_mended_and_imported(phone: Any, bank: tuple[str, str]) -> None:
    key, number = bank
    made = phone(number, size={"width": 1366, "height": 768})
    page = made.open(f"/office/banks/{key}")
    page.click("text=导入试题")
    page.fill("#text", TEXT)
    page.click("#paste button")
    page.wait_for_selector("#q-4")
    assert "可以导入 3 道，还有 1 道要改。" in page.inner_text("#summary")
    assert page.locator("button:has-text('导入题库')").is_disabled()
    assert "可是选项只到 B" in page.inner_text("#q-2")

    page.fill("#q-2 textarea", "两道\n1.甲\nA.一\nB.二\n答案：A\n2.乙\n答案：对")
    page.click("#q-2 form button")
    page.wait_for_selector("text=一次只能改一道")
    page.keyboard.press("Escape")
    assert page.input_value("#q-2 textarea").startswith("两道")  # what was typed stays
    page.fill("#q-2 textarea", "几度是发热？\nA. 36\nB. 38\n答案：B")
    page.click("#q-2 form button")
    page.wait_for_selector("#q-2.new")
    page.select_option("#q-4 select", "skip")
    page.wait_for_selector("#q-4.left")
    assert page.inner_text("#summary") == "可以导入 3 道，不导入 1 道。"
    page.set_viewport_size({"width": 360, "height": 740})
    assert not sideways(page)
    page.click("button:has-text('导入题库')")
    page.wait_for_selector("text=新题 3 道")
    db.session.rollback()
    assert question_queries.sizes(db.session)[key] == 3
    db.session.rollback()

    read_by_a_worker(page)
    assert [line for line in made.said if "422" not in line] == []
