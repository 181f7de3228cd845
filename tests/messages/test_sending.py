from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.messages.makers import LI, NOTICE, TEMPLATE, TEXT, WANG, person
from yanglao.kernel.db import db, run
from yanglao.messages import choices, queries, rights
from yanglao.outside.wechat_errors import ERRORS

BUSY = "<html>502</html>"


def test_a_follower_gets_a_template_message_with_its_facts_and_a_link(office):
    wang = office.bound()
    office.tell(wang, "certificate_ready", title="养老护理员结业证书", code="YL-1")
    (body,) = office.sent(TEMPLATE)
    assert body["touser"] == WANG and body["template_id"] == "demo_certificate_ready"
    assert body["url"] == "https://learn.example.org/verify/YL-1" and len(body["client_msg_id"]) == 26
    assert body["data"] == {
        "thing1": {"value": "养老护理员结业证书"},
        "character_string2": {"value": "YL-1"},
    }
    assert office.deliveries() == [("template", "sent", "")]


def test_what_was_sent_is_not_sent_again(office):
    wang = office.bound()
    office.tell(wang)
    office.tell(wang)
    office.wait(7200)
    office.work()
    assert len(office.sent(TEMPLATE)) == 1


def test_who_is_not_bound_reads_it_on_our_own_pages_alone(office):
    wang = person()
    office.tell(wang)
    assert office.messages(wang) == ["account_bound"]
    assert office.stub.calls.total() == 0 and office.deliveries() == []


def test_who_does_not_follow_gets_the_notice_they_allowed(office):
    wang = office.bound()
    office.allow(WANG)
    office.faults(TEMPLATE, 43004)
    office.tell(wang)
    assert office.deliveries() == [("template", "failed", "wechat_43004"), ("notice", "sent", "")]
    (body,) = office.sent(NOTICE)
    assert body["template_id"] == "demo_account_bound" and body["data"]["thing1"] == {"value": "手机"}
    office.tell(wang, once="2")
    assert len(office.sent(NOTICE)) == 1  # the only right is used up


def test_wechats_own_word_of_a_notice_does_not_count_it_twice(office):
    wang = office.bound()
    office.allow(WANG, times=2)
    office.faults(TEMPLATE, 43004)
    office.tell(wang)
    sent = {"TemplateId": "demo_account_bound", "ErrorCode": "0", "MsgID": "1"}
    run(lambda: rights.note(db.session, WANG, "subscribe_msg_sent_event", sent, now=office.now))
    assert queries.remaining(db.session, WANG, "demo_account_bound") == 1
    office.tell(wang, once="2")
    assert len(office.sent(NOTICE)) == 2


def test_a_right_that_wechat_does_not_know_is_zeroed_and_an_answer_is_sent_while_it_may_be(office):
    wang = office.bound()
    office.allow(WANG, times=3)
    office.answerable(WANG)
    office.faults(TEMPLATE, 43004)
    office.faults(NOTICE, 43101)
    office.tell(wang)
    assert queries.remaining(db.session, WANG, "demo_account_bound") == 0
    (body,) = office.sent(TEXT)
    assert body["touser"] == WANG and "手机" in body["text"]["content"]
    assert '<a href="https://learn.example.org/account">' in body["text"]["content"]


def test_without_any_way_it_stays_on_our_own_pages(office):
    wang = office.bound()
    office.faults(TEMPLATE, 43004)
    office.tell(wang)
    assert office.deliveries() == [("template", "failed", "wechat_43004")]
    assert office.waiting() == [] and office.messages(wang) == ["account_bound"]


@pytest.mark.parametrize("code", [45015, 45047])
def test_a_window_that_wechat_closed_is_closed_here_too(office, code):
    wang = office.bound()
    office.answerable(WANG)
    office.faults(TEMPLATE, 43004)
    office.faults(TEXT, code)
    for once in "12":
        office.tell(wang, once=once)
    assert len(office.sent(TEXT)) == 1


REACTIONS = {
    "again": ("waiting", 4),
    "token": ("waiting", 1),
    "delay": ("waiting", 2),
    "midnight": ("waiting", 1),
    "other_way": ("failed", 1),
    "no_right": ("failed", 1),
    "stop": ("failed", 1),
    "alert": ("failed", 1),
    "bad_openid": ("failed", 1),
}


@pytest.mark.parametrize("code", sorted({*ERRORS, 99999}))
def test_each_code_has_its_reaction(desk, code):
    """Walk the table: what is tried again, how often within a minute and a half, and what is given up at once."""
    reaction = ERRORS[code].reaction if code in ERRORS else "alert"
    first, tries = REACTIONS[reaction]
    wang = desk.bound()
    desk.faults(TEMPLATE, code)
    desk.tell(wang)
    assert desk.deliveries() == [("template", first, f"wechat_{code}")]
    for _ in range(30):
        desk.wait(3)
        desk.work()
    retried = len(desk.sent(TEMPLATE)) // (2 if reaction == "token" else 1)
    assert retried == tries
    assert len({body["client_msg_id"] for body in desk.sent(TEMPLATE)}) == 1
    if reaction == "again":
        assert desk.deliveries() == [("template", "failed", f"wechat_{code}")] and desk.waiting() == []


def test_a_token_that_stays_refused_is_asked_with_rarely_and_then_given_up(office):
    """Each round is two calls and one new token at most; a refusal of ten minutes is survived."""
    wang = office.bound()
    office.faults(TEMPLATE, 40001, 40001, 0)
    office.tell(wang)
    assert (len(office.sent(TEMPLATE)), office.stub.calls["/cgi-bin/stable_token"]) == (2, 2)
    office.wait(610)
    office.work()
    assert office.deliveries() == [("template", "sent", "")] and len(office.sent(TEMPLATE)) == 3


def test_a_busy_wechat_is_asked_again_and_it_arrives_once(office):
    wang = office.bound()
    office.faults(TEMPLATE, -1, BUSY, -1, 0)
    office.tell(wang)
    for _ in range(4):
        office.wait(60)
        office.work()
    assert office.deliveries() == [("template", "sent", "")] and len(office.sent(TEMPLATE)) == 4


def test_a_notice_without_an_answer_is_never_asked_for_again(office):
    wang = office.bound()
    office.allow(WANG, times=2)
    office.faults(TEMPLATE, 43004)
    office.faults(NOTICE, BUSY)
    office.tell(wang)
    office.wait(3600)
    office.work()
    assert office.deliveries()[1] == ("notice", "unknown", "no_answer") and len(office.sent(NOTICE)) == 1


def test_the_quota_of_a_minute_holds_everybody_for_a_minute(office):
    wang, li = office.bound(), office.bound("李桂花", LI)
    office.faults(TEMPLATE, 45011, 0)
    office.tell(wang)
    office.tell(li)
    assert len(office.sent(TEMPLATE)) == 1
    office.wait(70)
    office.work()
    assert [body["touser"] for body in office.sent(TEMPLATE)[1:]].count(WANG) == 1
    assert len(office.sent(TEMPLATE)) == 3


def test_the_quota_of_a_day_holds_everybody_until_midnight_in_beijing(office):
    wang, li = office.bound(), office.bound("李桂花", LI)
    office.faults(TEMPLATE, 45009, 0)
    office.tell(wang)
    office.tell(li)
    office.until(datetime(2026, 3, 8, 15, 59, 59, tzinfo=timezone.utc))
    office.work()
    assert len(office.sent(TEMPLATE)) == 1
    office.wait(10)
    office.work()
    assert len(office.sent(TEMPLATE)) == 3 and {one[1] for one in office.deliveries()} == {"sent"}


def test_an_openid_that_is_not_ours_is_written_to_no_more_until_wechat_names_it_again(office):
    from yanglao.people import oauth

    wang = office.bound()
    office.faults(TEMPLATE, 40003, 0)
    office.tell(wang)
    office.tell(wang, once="2")
    assert len(office.sent(TEMPLATE)) == 1
    run(lambda: oauth.keep_exchange(db.session, "state", openid=WANG, unionid=None, now=office.now))
    office.tell(wang, once="3")
    assert len(office.sent(TEMPLATE)) == 2


def test_what_somebody_turned_off_is_not_sent_and_still_to_be_read(office):
    wang = office.bound()
    run(lambda: choices.choose(db.session, wang, off=["account_bound"], quiet_nights=False, now=office.now))
    office.tell(wang)
    assert office.deliveries() == [("template", "skipped", "not_wanted")]
    assert office.stub.calls.total() == 0 and office.messages(wang) == ["account_bound"]


def test_what_waited_past_its_time_is_not_sent(office):
    wang = office.bound()
    office.faults(TEMPLATE, 45009, 0)
    facts = {"class_name": "护理一班", "in_ms": 0, "ends_ms": 0}
    office.tell(wang, "sign_out_reminder", **facts)
    office.wait(86_400)
    office.work()
    assert office.deliveries() == [("template", "skipped", "expired")] and len(office.sent(TEMPLATE)) == 1


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("21:59", None),
        ("22:00", "07:00"),
        ("23:59", "07:00"),
        ("00:00", "07:00"),
        ("06:59", "07:00"),
        ("07:00", None),
    ],
)
def test_quiet_nights_put_off_until_seven(desk, at, due):
    wang = desk.bound()
    run(lambda: choices.choose(db.session, wang, off=[], quiet_nights=True, now=desk.now))
    hours, minutes = map(int, at.split(":"))
    desk.until(datetime(2026, 3, 9, 16, tzinfo=timezone.utc) + timedelta(hours=hours, minutes=minutes))
    facts = {"class_name": "护理一班", "at_ms": 0, "reason": "没有签退"}
    desk.tell(wang, "hours_refused", **facts)
    desk.tell(wang)  # a sign-in on a new device is told at any time
    assert len(desk.sent(TEMPLATE)) == (1 if due else 2)
    if due:
        (moment,) = desk.waiting()
        assert (moment + timedelta(hours=8)).strftime("%H:%M") == due and moment > desk.now
        desk.until(moment)
        desk.work()
        assert len(desk.sent(TEMPLATE)) == 2
