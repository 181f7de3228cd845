from tests.capture.attendance.conftest import MINUTE, NINE
from yanglao.kernel.clock import rfc3339

TEN = NINE + 60 * MINUTE


def test_a_roll_call_is_started_by_the_instructor_and_answered_on_the_page_behind_the_room_code(site):
    site.ask("teacher", "POST", "sessions/S/open", {})
    code = site.ask("teacher", "GET", "sessions/S/code").json["payload"]
    assert site.scan("wang", "room", code)["outcome"] == "accepted"
    site.at(TEN)
    start = ("POST", "sessions/S/roll-calls", {"people": None})
    assert [site.ask(one, *start).status_code for one in ("wang", "zhao", "teacher")] == [403, 403, 200]
    assert site.ask("teacher", "GET", "sessions/nowhere/roll-calls").status_code == 404
    (call,) = site.ask("admin", "GET", "sessions/S/roll-calls").json["items"]
    assert [(one["name"], one["state"]) for one in call["people"]] == [("王秀英", "waiting")]
    (mine,) = [one for one in site.ask("wang", "GET", "me/attendance").json["items"] if one["id"] == "S"]
    assert (mine["direction"], mine["called_until"]) == ("in", call["until_at"])
    code = site.ask("teacher", "GET", "sessions/S/code").json["payload"]
    assert "点名：我在" in site.page("wang", f"/c/{code}").text
    said = site.scan("wang", "room", code)
    assert (said["code"], said["title"]) == ("attendance.here", "点到了")
    assert "签退" in site.page("wang", f"/c/{code}").text
    body = {"enrolment_id": "eW", "reason": "在"}
    excuse = f"roll-calls/{call['id']}/excuse"
    assert [site.ask(one, "POST", excuse, body).status_code for one in ("wang", "teacher", "admin")] == [
        403,
        403,
        409,
    ]


def test_a_phone_hands_in_the_roll_call_that_it_held_without_network(site):
    site.ask("teacher", "POST", "sessions/S/open", {})
    site.scan("teacher", "card", site.ask("wang", "GET", "me/card").json["payload"], session_id="S")
    site.at(TEN + 20 * MINUTE)
    times = {"captured_at": rfc3339(TEN), "sent_at": rfc3339(site.moment)}
    body = {"within_s": 120, "held": {"call_uuid": "call-00001", "drawn": ["eW"], **times}}
    tries = [site.ask(one, "POST", "sessions/S/roll-calls", body) for one in ("wang", "zhao", "teacher")]
    assert [one.status_code for one in tries] == [403, 403, 200]
    told = tries[-1].json
    assert (told["started_at"], told["until_at"]) == (rfc3339(TEN), rfc3339(TEN + 2 * MINUTE))
    mark = site.item("manual", "eW", session_id="S", reason="点名时在") | {
        "captured_at": rfc3339(TEN + MINUTE)
    }
    (said,) = site.ask("teacher", "POST", "scans", mark).json["items"]
    assert (said["outcome"], said["code"]) == ("accepted", "attendance.here")
