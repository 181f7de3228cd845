from tests.capture.attendance.conftest import MINUTE, NINE
from yanglao.completion import refresh
from yanglao.kernel.db import db, run
from yanglao.oversight import attendance_book


def test_leave_is_asked_for_once_decided_by_another_and_worth_no_minutes(site):
    ask = ("POST", "sessions/S/leave", {"reason": "家里老人住院"})
    assert (
        site.ask("wang", "POST", "sessions/S/leave", {"reason": " "}).json["code"] == "leave.reason_missing"
    )
    assert site.ask("zhao", *ask).status_code == 404
    first, again = site.ask("wang", *ask).json, site.ask("wang", *ask).json
    assert first["state"] == "pending" and first["id"] == again["id"]
    path = f"leaves/{first['id']}/decision"
    assert site.ask("wang", "POST", path, {"accept": True}).status_code == 403
    assert site.ask("teacher", "POST", path, {"accept": False}).json["code"] == "leave.reason_missing"
    assert "家里老人住院" in site.page("admin", "/office/scans").text
    assert "等老师同意" in site.page("wang", "/learn/leave/S").text
    assert site.ask("teacher", "POST", path, {"accept": True}).json["state"] == "granted"
    assert site.ask("admin", "POST", path, {"accept": True}).json["code"] == "leave.decided"
    assert [one["state"] for one in site.ask("teacher", "GET", "leaves").json["items"]] == ["granted"]
    people = site.ask("teacher", "GET", "sessions/S/people").json["people"]
    assert {one["name"]: one["on_leave"] for one in people} == {"李桂兰": False, "王秀英": True}
    after = NINE + 200 * MINUTE
    site.at(after)
    with site.app.app_context():
        folded = attendance_book.fold(db.session, ["eW"])
        assert folded.on_leave == {("eW", "S")} and folded.held == {}
        run(lambda: refresh.refresh(db.session, "wang", now=after))
        assert refresh.check(db.session) == []
    (own,) = [one for one in site.ask("wang", "GET", "enrolments").json["items"] if one["class_id"] == "A"]
    assert "请了假" in own["sentence"] and own["segments"][0]["entered_s"] == 0


def test_who_is_refused_may_ask_again_until_a_day_after(site):
    path = "sessions/S/leave"
    site.at(NINE + (180 + 1440) * MINUTE)
    first = site.ask("wang", "POST", path, {"reason": "发烧"}).json
    refused = site.ask(
        "admin", "POST", f"leaves/{first['id']}/decision", {"accept": False, "reason": "没有凭据"}
    )
    assert refused.json["state"] == "refused"
    assert site.ask("wang", "POST", path, {"reason": "有病历"}).json["id"] != first["id"]
    site.at(NINE + (180 + 1441) * MINUTE)
    assert site.ask("li", "POST", path, {"reason": "忘了"}).json["code"] == "leave.too_late"


def told(site, who):
    return [
        (one["kind"], one["link"], one["sentence"])
        for one in site.ask(who, "GET", "me/messages").json["items"]
        if one["kind"].startswith("leave_")
    ]


def test_the_instructor_is_told_of_the_asking_and_the_trainee_of_the_decision(site):
    first = site.ask("wang", "POST", "sessions/S/leave", {"reason": "发烧"}).json
    ((kind, link, sentence),) = told(site, "teacher")
    assert (kind, link) == ("leave_asked", "/teach/sessions/S/present") and "王秀英请" in sentence
    assert "请假要定" in site.page("admin", "/office/").text
    path = f"leaves/{first['id']}/decision"
    site.ask("teacher", "POST", path, {"accept": False, "reason": "没有凭据"})
    ((kind, link, sentence),) = told(site, "wang")
    assert (kind, link) == ("leave_decided", "/learn/leave/S") and "没有凭据" in sentence
    assert told(site, "li") == []


def test_leave_is_withdrawn_by_who_asked_before_anybody_decided(site):
    path = "sessions/S/leave/withdraw"
    assert site.ask("wang", "POST", path).status_code == 404
    first = site.ask("wang", "POST", "sessions/S/leave", {"reason": "发烧"}).json
    assert "收回" in site.page("wang", "/learn/leave/S").text
    assert site.ask("li", "POST", path).status_code == 404
    assert [site.ask("wang", "POST", path).json["state"] for _ in range(2)] == ["withdrawn"] * 2
    decision = ("POST", f"leaves/{first['id']}/decision", {"accept": True})
    assert site.ask("teacher", *decision).json["code"] == "leave.decided"
    site.at(NINE + MINUTE)
    again = site.ask("wang", "POST", "sessions/S/leave", {"reason": "又发烧"}).json
    assert again["state"] == "pending"
    site.ask("teacher", "POST", f"leaves/{again['id']}/decision", {"accept": True})
    assert site.ask("wang", "POST", path).json["code"] == "leave.decided"
    (held,) = site.ask("teacher", "GET", "leaves?session_id=S").json["items"][:1]
    assert (
        held["state"] == "granted" and site.ask("teacher", "GET", "leaves?session_id=T").json["items"] == []
    )
