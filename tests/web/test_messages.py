"""Messages on pages and by API: one's own, what one chooses, and what the office sees of others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.factories import NINE
from yanglao.kernel.clock import held, to_ms
from yanglao.kernel.db import db, run
from yanglao.messages import service
from yanglao.messages.models import Delivery, Message
from yanglao.people import service as people


@pytest.fixture
def world(app):
    return factories.world()


class Browser:
    """A browser in which somebody is signed in; the clock stands at nine."""

    def __init__(self, app, actor):
        with held(NINE):
            found = run(lambda: people.let_in(db.session, actor.person_id, client="pc", now=NINE))
        self.bearer = {"Authorization": f"Bearer {found.token}"}
        self.http = app.test_client()
        self.http.set_cookie("yl_session", found.token)

    def read(self, path):
        db.session.remove()
        with held(NINE):
            return self.http.get(path)

    def send(self, method, path, **more):
        db.session.remove()
        with held(NINE):
            return self.http.open(path, method=method, **more)

    def post(self, path, **form):
        token = (
            self.read("/learn/messages/choices").text.split('name="csrf-token" content="')[1].split('"')[0]
        )
        return self.send("POST", path, data={"csrf_token": token, **form})

    def api(self, method, path, body=None):
        """Call the API with the bearer token alone."""
        self.http.delete_cookie("yl_session")
        more = {"headers": self.bearer} | ({"json": body} if body is not None else {})
        return self.send(method, f"/api/v1/{path}", **more)


@pytest.fixture
def wang(app, world):
    return Browser(app, world.wang.actor)


def tell(actor, once="1", at=NINE, kind="account_bound", **facts):
    said = facts or {"device": "电脑", "at_ms": to_ms(NINE)}
    return run(lambda: service.tell(db.session, actor.person_id, kind, said, once=once, now=at))


def quiz(actor):
    facts = {
        "class_name": "护理一班",
        "title": "翻身与拍背",
        "score": 85,
        "pass_mark": 60,
        "variant": "passed",
    }
    return tell(actor, "q", NINE - timedelta(days=1), "quiz_result", **facts)


def test_messages_stand_by_day_newest_first_with_their_next_step(wang, world):
    tell(world.wang.actor)
    quiz(world.wang.actor)
    text = wang.read("/learn/messages").text
    assert text.index("账号在新设备登录") < text.index("考核合格")
    assert 'href="/account"' in text and 'href="/learn/hours"' in text and "都看过了" in text


def test_nobody_sees_the_messages_of_another(app, wang, world):
    message_id = tell(world.trainees[1].actor)
    assert "还没有消息" in wang.read("/learn/messages").text
    assert wang.api("POST", f"me/messages/{message_id}/read").status_code == 404
    assert wang.api("GET", "me/messages").json == {"items": [], "next": None, "unread": 0}
    stranger = app.test_client()
    assert stranger.get("/api/v1/me/messages").status_code == 401
    assert stranger.get("/learn/messages").status_code in (302, 303)


def test_the_bell_counts_until_all_was_seen_and_later_ones_stay_new(wang, world):
    first = tell(world.wang.actor)
    assert "1<span" in wang.read("/learn/").text
    tell(world.wang.actor, "2", NINE + timedelta(seconds=1))
    assert wang.post("/learn/messages/read", until=first).status_code == 303
    db.session.remove()
    assert [row.read_ms is None for row in db.session.query(Message).order_by(Message.told_ms)] == [
        False,
        True,
    ]
    assert wang.post("/learn/messages/read", until="nobody").status_code == 303


def test_opening_a_message_reads_it_once_and_a_get_reads_nothing(wang, world):
    message_id = tell(world.wang.actor)
    wang.read("/learn/messages")
    assert wang.api("GET", "me/messages").json["unread"] == 1
    for _ in range(2):
        assert wang.api("POST", f"me/messages/{message_id}/read").status_code == 204
    (item,) = wang.api("GET", "me/messages").json["items"]
    assert item["read_at"] and item["link"] == "/account" and "电脑" in item["sentence"]


def test_a_long_list_is_read_in_parts(wang, world):
    for number in range(5):
        tell(world.wang.actor, str(number), NINE + timedelta(minutes=number))
    seen, after = [], ""
    while after is not None:
        part = wang.api("GET", f"me/messages?limit=2&after={after}").json
        seen += [item["told_at"] for item in part["items"]]
        after = part["next"]
    assert len(seen) == len(set(seen)) == 5 and seen == sorted(seen, reverse=True)


def test_what_is_not_ticked_is_off_and_nights_can_be_quiet(wang, world):
    wang.post("/learn/messages/choices", on="daily_digest", quiet="on")
    text = wang.read("/learn/messages/choices").text
    assert 'value="daily_digest" checked' in text and 'value="quiz_result" checked' not in text
    found = wang.api("GET", "me/message-choices").json
    assert found["quiet_nights"] and not found["bound"]
    assert [one["kind"] for one in found["items"] if one["wechat"]] == ["daily_digest"]
    assert "binding_requested" not in [one["kind"] for one in found["items"]]


@pytest.mark.parametrize(
    "body",
    [{}, {"off": ["nobody"], "quiet_nights": True}, {"off": "quiz_result", "quiet_nights": True},
     {"off": [], "quiet_nights": "yes"}, {"off": [], "quiet_nights": True, "more": 1}],
)  # fmt: skip
def test_choices_that_cannot_be_are_refused(wang, body):
    assert wang.api("PUT", "me/message-choices", body).status_code == 422


def test_choices_by_api_are_those_of_the_page(wang):
    body = {"off": ["session_moved"], "quiet_nights": False}
    answer = wang.api("PUT", "me/message-choices", body).json
    assert [one["kind"] for one in answer["items"] if not one["wechat"]] == ["session_moved"]


def test_an_instructor_and_an_office_have_messages_too(app, world):
    for name in ("teacher_a", "admin_a"):
        browser = Browser(app, world.city.staff[name])
        assert browser.read("/learn/messages").status_code == 200
        assert "上课提醒" in browser.read("/learn/messages/choices").text or name == "admin_a"
    assert "消息" in Browser(app, world.teacher).read("/teach/").text


def test_the_office_of_the_base_sees_what_was_told_and_how_it_went(app, world):
    message_id = quiz(world.wang.actor)
    row = Delivery(message_id=message_id, way="template", state="failed", reason="wechat_43004", changed_ms=0)
    run(lambda: db.session.add(row))
    path = f"/office/people/{world.wang.actor.person_id}/messages"
    own = Browser(app, world.city.staff["admin_a"])
    assert "微信模板消息：没有发成（没有关注服务号）" in own.read(path).text
    assert f'href="{path}"' in own.read(path.removesuffix("/messages")).text
    assert Browser(app, world.city.staff["admin_b"]).read(path).status_code == 404
    assert Browser(app, world.wang.actor).read(path).status_code == 403
    assert app.test_client().get(path).status_code in (302, 303)


def test_what_only_the_system_administrator_can_mend_stands_on_the_settings_page_and_in_the_numbers(
    app, world
):
    message_id = quiz(world.wang.actor)
    row = Delivery(
        message_id=message_id, way="template", state="failed", reason="wechat_40037", changed_ms=to_ms(NINE)
    )
    run(lambda: db.session.add(row))
    admin = Browser(app, world.city.staff["sysadmin"])
    text = admin.read("/office/settings").text
    assert "模板编号不对" in text and "40037" in text
    assert 'yanglao_wechat_alerts{code="40037"} 1.0' in admin.read("/metrics").text
