"""课程 on a PC: a base writes a draft, is told what it lacks, loses nothing typed, and strangers find nothing."""

from __future__ import annotations

import json
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


def test_a_resource_goes_through_the_library_page(door: Any) -> None:
    address, form = (
        "/office/courses/library",
        {"title": "翻身手册", "kind": "textbook", "base_id": _own_base()},
    )
    assert door("admin_a", "POST", address, data=form).status_code == 303
    wrong = door("admin_a", "POST", address, data=form | {"kind": "courseware"})
    assert wrong.status_code == 422 and 'value="翻身手册"' in wrong.text
    assert "翻身手册" not in door("admin_b", "GET", address).text
    made = door("admin_a", "GET", "/api/v1/resources").get_json()["items"][0]["id"]
    assert door("admin_a", "POST", f"{address}/{made}", data={"act": "propose"}).status_code == 303
    assert (
        door("admin_a", "POST", f"{address}/{made}", data={"act": "review", "reason": "好"}).status_code
        == 403
    )
    assert door("city_ca", "POST", f"{address}/{made}", data={"act": "review"}).status_code == 422
    for act in ("review", "publish"):
        data = {"act": act, "reason": "内容准确"}
        assert door("city_ca", "POST", f"{address}/{made}", data=data).status_code == 303
    assert "翻身手册" in door("admin_b", "GET", f"{address}?kind=textbook").text
