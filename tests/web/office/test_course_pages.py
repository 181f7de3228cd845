"""课程 on a PC: a base writes a draft, is told what it lacks, loses nothing typed, and strangers find nothing."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest

from tests import factories
from yanglao.courses import queries
from yanglao.demo.cast import PASSWORD
from yanglao.kernel.db import db
from yanglao.people import queries as people


@pytest.fixture
def door(app: Any) -> Any:
    """Give a way to ask as somebody of the staff: ``door(who, method, address, **form)``."""
    world = factories.world(trainees=2)
    tokens: dict[str, str] = {}

    def ask(who: str, method: str, address: str, **more: Any) -> Any:
        if who not in tokens:
            person = people.person(db.session, world.city.staff[who].person_id)
            body = {"phone": person.account_phone, "password": PASSWORD}
            tokens[who] = app.test_client().post("/api/v1/sign-in", json=body).get_json()["token"]
        headers = {"Authorization": f"Bearer {tokens[who]}"}
        return app.test_client().open(address, method=method, headers=headers, **more)

    return ask


def test_a_base_writes_a_draft_and_is_told_everything_it_lacks(door: Any) -> None:
    base = queries.programmes(db.session)
    assert "养老护理员五级" in door("admin_a", "GET", "/office/courses").text
    new = {"name": "夜班护理", "code": "night", "category": "caregiver", "level": "L5"}
    refused = door("admin_a", "POST", "/office/courses", data=new)
    assert refused.status_code == 403 and "夜班护理" in refused.text
    own = _own_base()
    led = door("admin_a", "POST", "/office/courses", data=new | {"base_id": own})
    assert led.status_code == 303 and len(queries.programmes(db.session, drafts=True)) == len(base) + 1
    address = led.location
    empty = door("admin_a", "GET", address).text
    assert "还没有分段" in empty and "没有选大纲" in empty and "发布以前还缺 2 样" in empty
    segment = {"act": "add", "what": "segment", "form": "add-segment---", "title": "夜班线上", "mode": "online",
               "kind": "theory", "minutes": "5", "revision": "1"}  # fmt: skip
    assert door("admin_a", "POST", f"{address}/edit", data=segment).status_code == 303
    late = door("admin_a", "POST", f"{address}/edit", data=segment | {"title": "晚到的一段"})
    assert late.status_code == 409 and 'value="晚到的一段"' in late.text and "别人刚刚改过" in late.text
    module = {"act": "add", "what": "module", "segment": "s1", "title": "第一讲", "revision": "2"}
    assert door("admin_a", "POST", f"{address}/edit", data=module).status_code == 303
    lesson = {"act": "add", "what": "lesson", "segment": "s1", "module": "m1", "title": "手卫生", "revision": "3",
              "topic": "health", "source": "media:" + queries.programmes(db.session)[0].segments[0].lessons[0].media_name}  # fmt: skip
    assert door("admin_a", "POST", f"{address}/edit", data=lesson).status_code == 303
    page = door("admin_a", "GET", address).text
    assert "手卫生" in page and "没有考核" in page
    assert door("admin_a", "GET", f"{address}/preview").status_code == 200
    assert door("admin_b", "GET", address).status_code == 404
    assert door("admin_b", "POST", f"{address}/edit", data=lesson | {"revision": "4"}).status_code == 404
    assert door("admin_a", "POST", f"{address}/publish", data={"revision": "4"}).status_code == 403
    assert door("city_ca", "POST", f"{address}/publish", data={"revision": "4"}).status_code == 422
    assert door("teacher_a", "GET", "/office/courses").status_code == 403


def _own_base() -> str:
    from yanglao.classes import queries as classes
    from yanglao.kernel.actor import EVERYTHING

    return classes.classes(db.session, EVERYTHING, classes.Filters(), limit=1)[0].base_id


def test_a_rubric_is_written_as_rows_counted_to_a_hundred_and_read_by_everybody_in_the_office(
    door: Any,
) -> None:
    old = queries.programme_by_code(db.session, "caregiver_l5")
    draft = door("city_ca", "POST", f"/office/courses/{old.id}/copy", data={}).location
    address = f"{draft}/rubrics"
    assert "不能再改" not in door("city_ca", "GET", address).text
    assert "示例评分表" in door("auditor", "GET", f"/office/courses/{old.id}/rubrics").text
    form = {"revision": "1", "segment": "offline_practice", "use": "required", "pass_mark": "70", "note": "",
            "title_0": "翻身", "look_for_0": "不拖不拽", "points_0": "60", "key_0": "turning", "title_1": "刹车", "look_for_1": "",
            "points_1": "39", "must_1": "1", "key_1": "", "title_2": "", "points_2": ""}  # fmt: skip
    wrong = door("city_ca", "POST", address, data=form | {"points_0": "很多", "title_0": "翻身与拍背"})
    assert wrong.status_code == 422 and 'value="翻身与拍背"' in wrong.text and "1 到 100 的整数" in wrong.text
    assert door("city_ca", "POST", address, data=form).status_code == 303
    assert "评分表不是满分 100" in door("city_ca", "GET", draft).text
    assert (
        door("city_ca", "POST", address, data=form | {"revision": "2", "points_1": "40"}).status_code == 303
    )
    assert "评分表不是满分 100" not in door("city_ca", "GET", draft).text
    assert "3 项" not in (told := door("auditor", "GET", f"{draft}/diff/{old.id}").text)
    assert "2 项，70 分合格，合格才算完成" in told
    held = queries.programme(db.session, draft.rpartition("/")[2]).segments[1].practical
    assert held and [(one.key, one.points, one.must_pass) for one in held.items] == [
        ("turning", 60, False), ("i1", 40, True),
    ]  # fmt: skip
    late = door("city_ca", "POST", address, data=form)
    assert late.status_code == 409 and 'value="刹车"' in late.text
    assert door("admin_b", "GET", address).status_code == 404
    assert door("admin_a", "POST", address, data=form).status_code == 404
    none = door("city_ca", "POST", address, data=form | {"revision": "3", "use": ""})
    assert none.status_code == 303
    assert queries.programme(db.session, draft.rpartition("/")[2]).segments[1].practical is None


def test_a_published_programme_is_copied_compared_exported_and_imported(door: Any) -> None:
    old = queries.programme_by_code(db.session, "caregiver_l5")
    address = f"/office/courses/{old.id}"
    assert "不能再改" in door("city_ca", "GET", address).text
    made = door("city_ca", "POST", f"{address}/copy", data={}).location
    edit = {"act": "up", "what": "lesson", "segment": "online_theory", "module": "main", "revision": "1"}
    assert door("city_ca", "POST", f"{made}/edit", data=edit | {"lesson": "hand_washing"}).status_code == 422
    remove = edit | {"act": "remove", "lesson": "hand_washing"}
    assert door("city_ca", "POST", f"{made}/edit", data=remove).status_code == 303
    told = door("auditor", "GET", f"{made}/diff/{old.id}").text
    assert "删去" in told and "手卫生：七步洗手法" in told
    assert "请另一位" in door("city_ca", "POST", f"{made}/publish", data={"revision": "2"}).text
    sent = json.loads(door("city_ca", "GET", f"{address}/document.json").text)
    wrong = sent | {"code": "other", "category": "none"}
    checked = door(
        "city_ca", "POST", "/office/courses/import", data={"text": json.dumps(wrong), "act": "save"}
    )
    assert "有 1 处对不上" in checked.text
    good = {"text": json.dumps(sent | {"code": "other"})}
    assert "可以导入" in door("city_ca", "POST", "/office/courses/import", data=good).text
    assert door("city_ca", "POST", "/office/courses/import", data=good | {"act": "save"}).status_code == 303
    assert queries.programme_by_code(db.session, "other", version=1).segments[0].lessons[0].duration_s > 0
    broken = door("city_ca", "POST", "/office/courses/import", data={"text": "{", "act": "save"})
    assert broken.status_code == 422 and "文件读不懂" in broken.text


def test_a_syllabus_is_typed_kept_and_followed(door: Any) -> None:
    form = {"name": "护理大纲", "code": "care", "category": "caregiver", "valid_from": "2026-03-01",
            "source": "鲁民函", "title": ["翻身", ""], "topic": ["health", ""], "theory": ["x", ""],
            "practice": ["", ""]}  # fmt: skip
    wrong = door("city_ca", "POST", "/office/courses/syllabi/new", data=form)
    assert wrong.status_code == 422 and 'value="翻身"' in wrong.text and "第 1 行" in wrong.text
    made = door("city_ca", "POST", "/office/courses/syllabi/new", data=form | {"theory": ["5", ""]}).location
    assert "护理大纲" in door("admin_a", "GET", "/office/courses/syllabi").text
    body = door("auditor", "GET", "/api/v1/syllabi").get_json()["items"][0]
    assert (body["theory_s"], body["practice_s"], body["state"]) == (300, None, "draft")
    own = door("city_ca", "POST", f"{made}/publish", data={"revision": "1"})
    assert own.status_code == 403
    assert door("city_ca", "GET", made).status_code == 200


def test_a_resource_goes_through_the_library_page_with_its_file(door: Any) -> None:
    address, form = (
        "/office/courses/library",
        {"title": "翻身手册", "kind": "textbook", "base_id": _own_base()},
    )
    book = b"%PDF-1.4\n%%EOF\n"
    sent = form | {
        "kind": "courseware",
        "title": "",
        "about": "第三章",
        "file": (io.BytesIO(book), "手册.pdf"),
    }
    wrong = door("admin_a", "POST", address, data=sent)
    assert wrong.status_code == 422 and "第三章</textarea>" in wrong.text and "已收到“手册.pdf”" in wrong.text
    kept = re.search(r'name="file_id" value="(\w+)"', wrong.text)
    assert kept is not None
    for title, content in (("网页", b"<html></html>"), ("程序", b"MZ\x00\x00")):
        refused = door(
            "admin_a", "POST", address, data=form | {"file": (io.BytesIO(content), "a.pdf"), "title": title}
        )
        assert refused.status_code == 422 and f'value="{title}"' in refused.text and "不能放" in refused.text
    led = door("admin_a", "POST", address, data=form | {"file_id": kept[1]})
    own = led.location
    assert led.status_code == 303 and "手册.pdf" in door("admin_a", "GET", own).text
    assert door("admin_b", "GET", own).status_code == 404
    changed = door("admin_a", "POST", f"{own}/edit", data=form | {"about": "新的介绍"})
    assert changed.status_code == 303 and "新的介绍" in door("admin_a", "GET", own).text
    assert door("admin_b", "POST", f"{own}/edit", data=form).status_code == 404
    assert door("admin_a", "POST", own, data={"act": "propose"}).status_code == 303
    assert door("admin_a", "POST", f"{own}/edit", data=form).status_code == 409
    assert door("admin_a", "POST", own, data={"act": "review", "reason": "好"}).status_code == 403
    assert door("city_ca", "POST", own, data={"act": "review"}).status_code == 422
    for act in ("review", "publish"):
        assert door("city_ca", "POST", own, data={"act": act, "reason": "内容准确"}).status_code == 303
    assert "翻身手册" in door("admin_b", "GET", f"{address}?kind=textbook").text
    link = re.search(r'href="(/media/[^"]+)"', door("admin_b", "GET", own).text)
    assert link is not None
    saved = door("admin_b", "GET", link[1], buffered=True)
    assert saved.data == book and saved.headers["Content-Disposition"].startswith("attachment")
    assert door("admin_a", "GET", link[1]).status_code == 404


def test_a_shared_courseware_is_put_into_a_draft_from_both_pages_and_the_draft_is_deleted(door: Any) -> None:
    old = queries.programme_by_code(db.session, "leader")
    lesson = old.segments[0].lessons[0]
    body = {"kind": "courseware", "title": "共用的课", "base_id": _own_base(), "lesson_id": lesson.id}
    made = door("admin_a", "POST", "/api/v1/resources", json=body).get_json()["id"]
    for who, act in (("admin_a", "propose"), ("city_ca", "review"), ("city_ca", "publish")):
        step = {"act": act, "reason": "好"}
        assert door(who, "POST", f"/api/v1/resources/{made}/steps", json=step).status_code == 200
    address = f"/office/courses/library/{made}"
    assert "还没有带线上模块的方案草稿" in door("admin_a", "GET", address).text
    draft = door("city_ca", "POST", f"/office/courses/{old.id}/copy", data={}).location
    key = draft.rpartition("/")[2]
    spot = f"{key}:1:online_theory:main"
    assert f'value="{spot}"' in door("city_ca", "GET", address).text
    assert door("admin_a", "POST", f"{address}/put", data={"spot": spot}).status_code == 404
    assert door("city_ca", "POST", f"{address}/put", data={"spot": "x"}).status_code == 422
    assert door("city_ca", "POST", f"{address}/put", data={"spot": spot}).status_code == 303
    assert door("city_ca", "POST", f"{address}/put", data={"spot": spot}).status_code == 409
    edit = {"act": "add", "what": "lesson", "segment": "online_theory", "module": "main", "revision": "2",
            "title": "换了名字", "source": f"shared:{made}"}  # fmt: skip
    assert f'value="shared:{made}"' in door("city_ca", "GET", draft).text
    assert door("city_ca", "POST", f"{draft}/edit", data=edit).status_code == 303
    titles = [one.title for one in queries.programme(db.session, key).segments[0].lessons]
    assert titles[-2:] == ["共用的课", "换了名字"]
    withdraw = {"act": "withdraw", "reason": "有新版"}
    assert door("city_ca", "POST", address, data=withdraw).status_code == 303
    assert "已下架，照常用" in door("city_ca", "GET", draft).text
    assert door("city_ca", "POST", f"{draft}/edit", data=edit | {"revision": "3"}).status_code == 404
    for who, status in (("admin_b", 404), ("teacher_a", 403), ("city_ca", 200)):
        assert door(who, "GET", f"{draft}/delete").status_code == status
    assert door("city_ca", "POST", f"{draft}/delete", data={"revision": "2"}).status_code == 409
    assert door("admin_b", "POST", f"{draft}/delete", data={"revision": "3"}).status_code == 404
    assert (
        door("city_ca", "POST", f"/office/courses/{old.id}/delete", data={"revision": "1"}).status_code == 409
    )
    assert door("city_ca", "POST", f"{draft}/delete", data={"revision": "3"}).status_code == 303
    assert door("city_ca", "GET", draft).status_code == 404


def _module_quiz(door: Any, old: Any) -> tuple[str, dict[str, str]]:
    """Copy a programme into a draft; return its address and the form of its first module's quiz."""
    made = door("city_ca", "POST", f"/office/courses/{old.id}/copy", data={}).location
    assert f'href="{made}/quizzes"' in door("city_ca", "GET", made).text
    module = queries.programme(db.session, made.rpartition("/")[2]).segments[0].modules[0]
    form = {"revision": "1", "segment": "online_theory", "module": module.key, "bank": "five_topics", "questions": "10",
            "pass_mark": "70", "limit_minutes": "5", "attempts": "2", "gap_minutes": "0", "feedback": "nothing",
            "topic_law": "1", "level_hard": "1"}  # fmt: skip
    return made, form


def test_the_quizzes_of_a_draft_are_checked_on_their_page_and_nothing_typed_is_lost(door: Any) -> None:
    old = queries.programme_by_code(db.session, "caregiver_l5")
    made, form = _module_quiz(door, old)
    for who, status in (("teacher_a", 403), ("admin_a", 404)):
        assert door(who, "POST", f"{made}/quizzes", data=form).status_code == status
    told = door("city_ca", "GET", f"{made}/quizzes/check", query_string=form).text
    assert "题库不够" in told and "要 10 题，只有" in told
    assert "题库够用" in door("city_ca", "GET", f"{made}/quizzes/check", query_string=form | {"topic_law": "", "level_hard": ""}).text  # fmt: skip
    assert (
        "填得不对"
        in door("city_ca", "GET", f"{made}/quizzes/check", query_string=form | {"attempts": "x"}).text
    )
    wrong = door("city_ca", "POST", f"{made}/quizzes", data=form | {"pass_mark": "101", "topic_law": "9"})
    assert wrong.status_code == 422 and "及格分" in wrong.text and 'value="101"' in wrong.text
    foreign = door("city_ca", "POST", f"{made}/quizzes", data=form | {"bank": "nobody"})
    assert foreign.status_code == 422 and "nobody" in foreign.text
    read = door("auditor", "GET", f"/office/courses/{old.id}/quizzes").text
    for who, led in (("city_ca", True), ("auditor", False)):
        assert (
            '<a class="button" href="/office/banks"'
            in door(who, "GET", f"/office/courses/{old.id}/quizzes").text
        ) is led
    assert "不能再改" in read and "data-check" not in read
    assert door("city_ca", "POST", f"/office/courses/{old.id}/quizzes", data=form).status_code == 409


def test_the_quizzes_of_a_draft_travel_with_its_file_and_versions(door: Any) -> None:
    old = queries.programme_by_code(db.session, "caregiver_l5")
    made, form = _module_quiz(door, old)
    assert door("city_ca", "POST", f"{made}/quizzes", data=form).status_code == 303
    assert door("city_ca", "POST", f"{made}/quizzes", data=form).status_code == 409
    own = form | {"revision": "2", "module": "", "feedback": "score", "topic_law": "", "level_hard": ""}
    assert door("city_ca", "POST", f"{made}/quizzes", data=own).status_code == 303
    plain = {"act": "change", "what": "segment", "segment": "online_theory", "title": "线上", "mode": "online", "kind": "theory",
             "minutes": "5", "bank": "five_topics", "pass_mark": "80", "questions": "9", "limit_minutes": "9",
             "attempts": "3", "gap_minutes": "1", "revision": "3"}  # fmt: skip
    assert door("city_ca", "POST", f"{made}/edit", data=plain).status_code == 303
    sent = json.loads(door("city_ca", "GET", f"{made}/document.json").text)
    quiz = sent["segments"][0]["quiz"]
    assert (quiz["feedback"], quiz["questions"], quiz["pass_mark"]) == ("score", 9, 80)
    held = sent["segments"][0]["modules"][0]["quiz"]
    assert (held["feedback"], held["blueprint"]) == (
        "nothing",
        {"topics": {"law": 1}, "difficulties": {"hard": 1}},
    )
    body = {"text": json.dumps(sent | {"code": "twin"}), "act": "save"}
    twin = door("city_ca", "POST", "/office/courses/import", data=body).location
    assert json.loads(door("city_ca", "GET", f"{twin}/document.json").text) == sent | {"code": "twin"}
    assert "不公布分数" in door("auditor", "GET", f"{made}/diff/{old.id}").text
    none = form | {"revision": "4", "bank": ""}
    assert door("city_ca", "POST", f"{made}/quizzes", data=none).status_code == 303
    assert queries.programme(db.session, made.rpartition("/")[2]).segments[0].module_quizzes == ()
