"""A question file is judged without saving anything, mended, chosen for, and imported whole or not at all."""

from __future__ import annotations

import base64
import io
import wave
from dataclasses import replace
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from tests.courses.test_question_drafts import SINGLE
from tests.courses.word_files import PICTURE, paragraph, word_file
from tests.people.town import Town
from yanglao.courses import question_import, question_queries, questions
from yanglao.courses.material_models import Recording
from yanglao.jobs.perform import perform
from yanglao.kernel.db import db, run
from yanglao.outside import workbook
from yanglao.web.api.question_imports import AROUND_BYTES, MB
from yanglao.work import queries as tasks

FILE = (
    "1.翻身多久一次比较好？\nA.1小时\nB.2小时\n答案：B\n知识点：不知道的\n"
    "2.发热是多少度以上？\nA.36\nB.38\n答案：C\n"
    "3.老年人要多喝水。\n答案：对\n"
    "4.翻身，多久一次比较好？\nA.1小时\nB.2小时\n答案：B\n"
    "5.翻身多久一次比较好呢？\nA.1小时\nB.2小时\nC.3小时\n答案：B\n"
)


@pytest.fixture
def bank(town: Town) -> str:
    """Give a bank of the administrator's base that holds one question."""
    with town.app.app_context():
        base, actor = town.bases["renhe"], town.actor("admin")
        key = run(lambda: questions.make_bank(db.session, "护理题库", base, now=town.now, actor=actor)).key
        run(lambda: questions.save_questions(db.session, key, [SINGLE], now=town.now, actor=actor))
        db.session.remove()
    return key


def held(town: Town, bank: str) -> list[Any]:
    """Return the texts of a bank's current questions, in order."""
    with town.app.app_context():
        found = sorted(one.text for one in question_queries.current(db.session, bank))
        db.session.remove()
    return found


def sent(api: Any, bank: str, content: bytes, name: str) -> Any:
    """Send a file as a browser does."""
    form = {"file": (io.BytesIO(content), name)}
    headers = {"Authorization": f"Bearer {api.token}"}
    return api.http.post(f"/api/v1/banks/{bank}/question-imports", data=form, headers=headers)


def test_a_file_is_judged_mended_chosen_for_and_imported(town: Town, bank: str) -> None:
    api = town.client("admin")
    made = api.post(f"/api/v1/banks/{bank}/question-imports", {"text": FILE}).get_json()
    url = f"/api/v1/question-imports/{made['id']}"
    told = [(one["outcome"], one["choice"]) for one in made["items"]]
    wanted = [("new", "keep"), ("faulty", "keep"), ("new", "keep"), ("duplicate", "skip"), ("near", "keep")]
    assert told == wanted and held(town, bank) == [SINGLE.text]
    assert made["items"][1]["place"] == "第 6–9 行"
    assert made["items"][1]["faults"][0]["code"] == "question_file.answer_not_an_option"
    assert made["items"][0]["notes"][0]["code"] == "question_file.topic_unknown"
    assert made["items"][3]["twins"][0]["number"] == 1 and made["items"][4]["twins"][0]["score"] < 100

    refused = api.post(f"{url}/commit")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "question_import.faulty_left")
    assert held(town, bank) == [SINGLE.text]


def test_what_is_wrong_is_mended_and_chosen_for_before_all_is_imported(town: Town, bank: str) -> None:
    api = town.client("admin")
    made = api.post(f"/api/v1/banks/{bank}/question-imports", {"text": FILE}).get_json()
    url = f"/api/v1/question-imports/{made['id']}"
    report = workbook.read(api.get(f"{url}/report.xlsx").data).sheets[0].rows
    assert "答案不在选项里" not in str(report) and "可是选项只到 B" in str(report)

    headers = {"Authorization": f"Bearer {api.token}"}
    two = api.http.put(
        f"{url}/items/2", json={"text": "1.甲？\nA.一\nB.二\n答案：A\n2.乙。\n答案：对"}, headers=headers
    )
    assert two.get_json()["code"] == "question_import.one_at_a_time"
    mended = "发热是多少度以上？\nA.36\nB.38\n答案：B"
    body = api.http.put(f"{url}/items/2", json={"text": mended}, headers=headers).get_json()
    assert (body["items"][1]["outcome"], body["items"][1]["typed"]) == ("new", mended)
    skipped = {"skip": [5]}
    assert api.post(f"{url}/choices", skipped).get_json()["items"][4]["choice"] == "skip"
    wrong = {"version": [1]}
    assert api.post(f"{url}/choices", wrong).get_json()["code"] == "question_import.choice_unknown"

    done = api.post(f"{url}/commit").get_json()
    assert (done["state"], done["report"]) == (
        "imported",
        {"new": 3, "new_versions": 0, "unchanged": 0, "left_out": 2},
    )
    assert api.post(f"{url}/commit").get_json()["report"] == done["report"]
    assert held(town, bank) == sorted(
        [SINGLE.text, "翻身多久一次比较好？", "发热是多少度以上？", "老年人要多喝水。"]
    )
    assert api.post(f"{url}/choices", skipped).get_json()["code"] == "question_import.already_imported"

    again = api.post(
        f"/api/v1/banks/{bank}/question-imports", {"text": FILE.replace("知识点：不知道的", "解析：因为")}
    )
    assert [one["outcome"] for one in again.get_json()["items"]] == [
        *("changed", "faulty", "unchanged", "duplicate", "near"),
    ]


def test_the_good_ones_alone_are_imported_only_when_that_is_said(town: Town, bank: str) -> None:
    api = town.client("admin")
    made = sent(api, bank, FILE.encode("gb18030"), "题.txt").get_json()
    done = api.post(f"/api/v1/question-imports/{made['id']}/commit", {"leave_faulty": True}).get_json()
    assert done["report"] == {"new": 3, "new_versions": 0, "unchanged": 0, "left_out": 2}


def worked(town: Town, import_id: str) -> bool:
    """Let a worker read a file that waits; return whether its bytes are gone and the task is done."""
    with town.app.app_context():
        task = tasks.last(db.session, question_import.TOPIC, import_id)
        assert task is not None
        done = perform(task.id)
        gone = not question_import.path_of(import_id).exists()
        db.session.remove()
    return done and gone


def test_a_large_file_is_read_by_a_worker_while_its_owner_watches(town: Town, bank: str) -> None:
    api = town.client("admin")
    body = (
        paragraph("1. 图里是什么？", more=PICTURE)
        + paragraph("A. 轮椅")
        + paragraph("B. 拐杖")
        + paragraph("答案：A")
    )
    pad = bytes(range(256)) * 20_000
    answer = sent(api, bank, word_file(body, word__media__other_dot_bin=pad), "大.docx")
    made = answer.get_json()
    url = f"/api/v1/question-imports/{made['id']}"
    assert (answer.status_code, made["state"], made["items"]) == (202, "reading", [])
    assert api.get(f"{url}/state").get_json()["progress"] == {"done": 0, "total": 0}
    assert api.post(f"{url}/commit").get_json()["code"] == "question_import.not_read"
    page = api.get(f"/office/banks/{bank}/import/{made['id']}")
    assert "正在读这份文件" in page.text and api.post(f"{url}/read").get_json()["given_up"] is False

    assert worked(town, made["id"]) and api.get(f"{url}/state").get_json()["state"] == "checked"
    assert [one["outcome"] for one in api.get(url).get_json()["items"]] == ["new"]
    shown = api.get(f"{url}/picture?name=image1.png")
    assert (shown.status_code, shown.content_type, shown.data[:3]) == (200, "image/jpeg", b"\xff\xd8\xff")
    assert api.get(f"{url}/picture?name=image2.png").status_code == 404
    for who, status in (("colleague", 404), ("stranger", 404), ("teacher", 403)):
        other = town.client(who)
        for path in ("/state", "/picture?name=image1.png"):
            assert (who, other.get(url + path).status_code) == (who, status)
    assert api.post(f"{url}/commit").get_json()["report"]["new"] == 1
    assert held(town, bank) == sorted([SINGLE.text, "图里是什么？"])


@pytest.mark.parametrize(("more", "status"), [(0, 202), (AROUND_BYTES, 413)])
def test_a_file_above_what_the_house_takes_is_refused_with_its_size_and_the_limit(
    town: Town, bank: str, more: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = replace(town.app.config["SETTINGS"], question_file_mb=1)
    monkeypatch.setitem(town.app.config, "SETTINGS", small)
    answer = sent(town.client("admin"), bank, b"1" * (MB + more), "护理题.txt")
    assert answer.status_code == status
    if status == 413:
        found = answer.get_json()
        assert (found["code"], found["facts"]) == ("question_file.too_big", {"most_mb": 1, "got_mb": 2})
        assert found["detail"] == "这个文件有 2 MB，最大收 1 MB，没有收下。"


def test_a_large_file_that_cannot_be_read_says_why_and_one_that_is_dropped_leaves_nothing(
    town: Town,
    bank: str,
) -> None:
    api = town.client("admin")
    broken = b"<quiz><question>" + b" " * 600_000 + b"</quiz>"
    first, second = (sent(api, bank, broken, "坏.xml").get_json()["id"] for _ in range(2))
    assert worked(town, first)
    told = api.get(f"/api/v1/question-imports/{first}/state").get_json()
    assert (told["state"], told["fault"]["code"]) == ("refused", "question_file.xml_broken")
    assert "没有读成" in api.get(f"/office/banks/{bank}/import/{first}").text
    assert api.http.delete(
        f"/api/v1/question-imports/{second}", headers={"Authorization": f"Bearer {api.token}"}
    ).get_json() == {"id": second}
    assert worked(town, second)
    listed = api.get("/api/v1/question-imports").get_json()["items"]
    assert [(one["id"], one["state"]) for one in listed] == [(first, "refused")]
    for _ in range(5):
        answer = sent(api, bank, broken, "坏.xml")
    assert answer.status_code == 202
    assert sent(api, bank, broken, "坏.xml").get_json()["code"] == "question_import.too_many_waiting"


SPOKEN = (
    "<quiz><question type='truefalse'><questiontext format='html'><text><![CDATA[要多喝水。<audio src='@@PLUGINFILE@@/{name}'></audio>]]>"
    "</text><file name='{name}' encoding='base64'>{held}</file></questiontext>"
    "<answer fraction='100'><text>true</text></answer><answer fraction='0'><text>false</text></answer></question></quiz>"
)


def test_a_sound_of_a_file_is_heard_in_the_preview_and_then_reads_its_question(town: Town, bank: str) -> None:
    api = town.client("admin")
    target = io.BytesIO()
    with wave.open(target, "wb") as tone:
        tone.setparams((1, 2, 8000, 0, "NONE", "not compressed"))
        tone.writeframes(b"\x00\x10" * 8000)
    held_ = base64.b64encode(target.getvalue()).decode()
    made = sent(api, bank, SPOKEN.format(name="声 1.wav", held=held_).encode(), "题.xml").get_json()
    url = f"/api/v1/question-imports/{made['id']}"
    (one,) = made["items"]
    assert (one["sound"], one["notes"]) == ("声 1.wav", [])
    heard = api.get(f"{url}/sound?name=声 1.wav")
    assert (heard.content_type, heard.data) == ("audio/wav", target.getvalue())
    assert town.client("colleague").get(f"{url}/sound?name=声 1.wav").status_code == 404
    assert "朗读" in api.get(f"/office/banks/{bank}/import/{made['id']}").text
    for _ in range(2):
        assert api.post(f"{url}/commit").get_json()["report"]["new"] == 1
    with town.app.app_context():
        view = next(one for one in question_queries.current(db.session, bank) if one.text == "要多喝水。")
        found = db.session.scalars(select(Recording)).all()
        assert [(row.target_id, row.state) for row in found] == [(view.id, "processing")]
        db.session.remove()
    text = base64.b64encode("不是声音".encode()).decode()
    made = sent(api, bank, SPOKEN.format(name="x.mp3", held=text).encode(), "题.xml").get_json()
    (one,) = made["items"]
    assert [note["code"] for note in one["notes"]] == ["question_file.sound_left_aside"]


@pytest.mark.parametrize("format_", ["xlsx", "txt", "gift", "xml"])
def test_a_bank_comes_back_unchanged_from_every_format(town: Town, bank: str, format_: str) -> None:
    api = town.client("admin")
    answer = api.get(f"/api/v1/banks/{bank}/questions.{format_}")
    assert answer.headers["X-Left-Out"] == "0"
    made = sent(api, bank, answer.data, "x").get_json()
    assert [one["outcome"] for one in made["items"]] == ["unchanged"]


def test_the_template_is_filled_in_and_its_example_is_not_imported(town: Town, bank: str) -> None:
    api = town.client("admin")
    content = api.get("/api/v1/question-template.xlsx").data
    book = workbook.read(content)
    assert [sheet.name for sheet in book.sheets] == ["题目", "示例", "填写说明"]
    assert len(book.sheets[1].rows) == 8
    # With no question on the first sheet nothing is to be imported, and the example stays an example.
    made = sent(api, bank, content, "模板.xlsx").get_json()
    assert made["items"] == [] and made["totals"]["all"] == 0
    refused = api.post(f"/api/v1/question-imports/{made['id']}/commit")
    assert refused.get_json()["code"] == "question_import.nothing"

    filled = openpyxl.load_workbook(io.BytesIO(content))
    for row in filled["示例"].iter_rows(min_row=2, values_only=True):
        filled["题目"].append(row)
    target = io.BytesIO()
    filled.save(target)
    made = sent(api, bank, target.getvalue(), "模板.xlsx").get_json()
    assert [(one["outcome"], one["notes"]) for one in made["items"]] == [("new", [])] * 5
    assert api.post(f"/api/v1/question-imports/{made['id']}/commit").get_json()["report"]["new"] == 5
    again = sent(api, bank, api.get(f"/api/v1/banks/{bank}/questions.xlsx").data, "题库.xlsx").get_json()
    assert {one["outcome"] for one in again["items"]} == {"unchanged"} and again["totals"]["unread"] == 0


def test_a_file_is_one_persons_until_its_time_is_over(town: Town, bank: str) -> None:
    api = town.client("admin")
    made = api.post(f"/api/v1/banks/{bank}/question-imports", {"text": FILE}).get_json()
    url = f"/api/v1/question-imports/{made['id']}"
    for who, bank_status, import_status in (
        ("colleague", 200, 404),
        ("stranger", 404, 404),
        ("city", 200, 404),
        ("officer", 403, 403),
        ("teacher", 403, 403),
        ("auditor", 403, 403),
    ):
        other = town.client(who)
        sent_status = other.post(f"/api/v1/banks/{bank}/question-imports", {"text": FILE}).status_code
        assert (who, sent_status) == (who, bank_status)
        assert (who, other.get(url).status_code) == (who, import_status)
        assert (who, other.post(f"{url}/commit").status_code) == (who, import_status)
        assert (who, other.get(f"/api/v1/banks/{bank}/questions.txt").status_code) == (who, bank_status)
    assert len(api.get("/api/v1/question-imports").get_json()["items"]) == 1
    town.later(days=3)
    assert api.get(url).status_code == 404
    with town.app.app_context():
        run(lambda: question_import.expire(db.session, now=town.now + timedelta(days=4)))
        db.session.remove()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "question_import.not_sent"),
        (b"   ", "question_file.nothing_read"),
        (b"%PDF-1.7", "question_file.unknown"),
        (b"PK\x03\x04broken", "question_file.unknown"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "question_file.old_word"),
        (b"<?xml version='1.0'?><!DOCTYPE q [<!ENTITY a 'b'>]><quiz>&a;</quiz>", "question_file.xml_refused"),
        (b"<quiz><question></quiz>", "question_file.xml_broken"),
        (b"\x00\x01\x02\x03" * 40, "question_file.unknown"),
    ],
)
def test_what_is_no_question_file_is_refused_by_name(
    town: Town,
    bank: str,
    content: bytes,
    code: str,
) -> None:
    answer = sent(town.client("admin"), bank, content, "x.docx" if content else "")
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)
