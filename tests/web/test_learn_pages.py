"""The trainee's pages as the server draws them, and the media behind a lesson."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests import factories
from tests.factories import NINE, World, phone_of
from yanglao.completion.hours import Stretch
from yanglao.completion.shapes import EvidenceLine
from yanglao.demo.cast import PASSWORD
from yanglao.kernel.clock import held, to_ms
from yanglao.kernel.db import db
from yanglao.web.hours_told import told
from yanglao.web.learn.hours import weeks


@pytest.fixture
def world(app: Any) -> World:
    return factories.world()


@pytest.fixture
def wang(client: Any, world: World) -> Any:
    """Give a browser in which the first trainee is signed in."""
    number = phone_of(world.wang)
    db.session.rollback()
    with held(NINE):
        token = client.post("/api/v1/sign-in", json={"phone": number, "password": PASSWORD}).json["token"]
    client.set_cookie("yl_session", token)
    return client


def read(client: Any, path: str, **more: Any) -> Any:
    with held(NINE):
        return client.get(path, **more)


def media_of(client: Any, world: World) -> Any:
    """Return the links to the first lesson."""
    return read(client, f"/api/v1/lessons/{world.online.lessons[0].id}/material").json


def test_the_first_page_leads_to_the_first_lesson(wang: Any, world: World) -> None:
    text = read(wang, "/learn/").text
    assert f"/learn/lessons/{world.wang.enrolment_id}/{world.online.lessons[0].id}" in text
    assert "还差什么" in text and "线上" in text and "线下" in text


def test_somebody_in_no_class_is_told_whom_to_ask(wang: Any, world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr("yanglao.web.learn.home.queries.enrolments_of", lambda *_, **__: [])
    text = read(wang, "/learn/").text
    assert "不在任何班的名单里" in text and "联系培训基地" in text


def test_a_lesson_that_somebody_passed_on_opens_as_ones_own(wang: Any, world: World) -> None:
    other, lesson = world.trainees[1].enrolment_id, world.online.lessons[0].id
    led = read(wang, f"/learn/lessons/{other}/{lesson}")
    assert (led.status_code, led.location) == (302, f"/learn/lessons/{world.wang.enrolment_id}/{lesson}")
    shown = read(wang, led.location).text
    assert "别人的链接" in shown and other not in shown


@pytest.mark.parametrize(
    "path", ["lessons/{other}/none", "lessons/none/none", "quiz/{other}/none", "quiz/none"]
)
def test_a_link_to_nothing_of_ones_own_leads_home_with_a_sentence(wang: Any, world: World, path: str) -> None:
    led = read(wang, f"/learn/{path.format(other=world.trainees[1].enrolment_id)}")
    assert led.location == "/learn/" and "您点的是别人的链接" in read(wang, "/learn/").text


def test_a_film_is_sent_in_ranges_once_and_to_its_own_person(wang: Any, client: Any, world: World) -> None:
    media = media_of(wang, world)
    link = media["versions"][0]["url"]
    answer = read(wang, link, headers={"Range": "bytes=0-99"})
    assert answer.status_code == 206 and len(answer.data) == 100
    assert answer.headers["Content-Range"].startswith("bytes 0-99/")
    assert answer.mimetype == "video/mp4" and "private" in answer.headers["Cache-Control"]
    assert read(wang, link, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert read(wang, media["poster"]).mimetype == "image/jpeg"
    assert read(wang, media["captions"]).mimetype == "text/vtt"
    client.delete_cookie("yl_session")
    assert read(client, link).status_code == 302


def test_links_are_not_made_for_people_of_other_classes(wang: Any, world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr("yanglao.web.api.materials.classes.enrolments_of", lambda *_: [])
    assert media_of(wang, world)["code"] == "courses.lesson_unknown"


def test_my_hours_without_a_record_say_so(wang: Any, world: World) -> None:
    text = read(wang, "/learn/hours").text
    assert "这一周" in text and "还没有记录" in text


def line(kind: str, **changes: Any) -> EvidenceLine:
    noon_ms = to_ms(NINE)
    return replace(
        EvidenceLine(
            position=1, kind=kind, client="wechat", grade=None, recorded_ms=noon_ms, occurred_ms=noon_ms,
            segment_id="s1", title="线上学习", sentence="学习《翻身与拍背》", counted_s=600, not_counted=(), facts={},
            device="a1b2c3", actor_id="p1", hash="", prev_hash="", voided=False,
        ),
        **changes,
    )  # fmt: skip


def test_the_first_page_of_the_player_weighs_at_most_150_kb_compressed(wang: Any, world: World) -> None:
    squeezed = {"Accept-Encoding": "gzip"}
    page = read(
        wang, f"/learn/lessons/{world.wang.enrolment_id}/{world.online.lessons[0].id}", headers=squeezed
    )
    text = gzip.decompress(page.data) if page.headers.get("Content-Encoding") == "gzip" else page.data
    parts = re.findall(r'(?:src|href)="(/static/[^"#]+)', text.decode())
    weights = {path: len(read(wang, path, headers=squeezed).data) for path in set(parts)}
    assert any("lesson.js" in path for path in weights) and len(weights) > 10
    assert len(page.data) + sum(weights.values()) <= 150 * 1024, weights


def stretch(kind: str, **changes: Any) -> Stretch:
    noon_ms = to_ms(NINE)
    return replace(
        Stretch(
            position=1, kind=kind, segment_id="s1", segment_title="线上", mode="online", from_ms=noon_ms, to_ms=noon_ms,
            title="线上学习", sentence="学习《翻身与拍背》", client="wechat", device="a1b2c3", late=False, counted_s=600,
            lost=(), parts=(), state="counted",
        ),
        **changes,
    )  # fmt: skip


def test_a_refused_stretch_says_why_and_from_which_device() -> None:
    shown = told(stretch("attendance.refused", sentence="实操：这个码过期了。", counted_s=None, state="none"))
    assert (shown.worth, shown.tone, shown.device) == ("没有计入", "red", "微信 · 设备 a1b2c3")
    assert shown.how == "实操：这个码过期了。"


def test_seconds_that_did_not_count_stand_with_their_reason() -> None:
    lost = (("viewing.too_late", 60, "有 1 分钟没有计入：断网太久才传上来。"),)
    shown = told(stretch("viewing.span", counted_s=0, lost=lost, late=True, state="none"))
    assert shown.lost == (lost[0][2],) and shown.tone == "amber" and "断网补传" in shown.device


def test_what_was_voided_has_no_colour_of_hours() -> None:
    shown = told(stretch("attendance.in", counted_s=None, state="void"))
    assert (shown.worth, shown.tone) == ("已撤销", "")


def test_a_stretch_of_several_parts_tells_each_and_sums_up_the_rest() -> None:
    start = to_ms(NINE)
    parts = tuple((start + n * 120_000, start + n * 120_000 + 60_000, 60) for n in range(14))
    said = told(stretch("viewing.span", parts=parts)).parts
    assert said[0] == "09:00–09:01 计入 1 分钟" and said[-1] == "另有 2 小段，计入 2 分钟"


def test_the_week_begins_on_monday_and_marks_the_days_of_both_accounts() -> None:
    found = weeks([line("viewing.span"), line("attendance.out", counted_s=3600)], today=NINE.date())
    sunday = found[0]["days"][6]
    assert sunday["today"] and sunday["online"] and sunday["offline"]
    assert "线上 10 分钟，线下 1 小时" in sunday["words"]
    assert not any(day["online"] for week in found[1:] for day in week["days"])


def test_static_files_are_kept_for_a_year_and_sent_compressed(client: Any) -> None:
    answer = client.get("/static/shared/base.css?v=1", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get("/static/shared/base.css?v=1").headers.get("Content-Encoding") is None


def test_api_answers_tell_the_servers_time(client: Any) -> None:
    with held(NINE + timedelta(seconds=5)):
        assert client.get("/api/v1/me").headers["X-Server-Time"] == "2026-03-08T01:00:05.000Z"
