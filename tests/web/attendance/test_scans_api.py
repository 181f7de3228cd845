import pytest

from tests.capture.attendance.conftest import MINUTE, NINE, SECOND


def code(site):
    return site.ask("teacher", "GET", "sessions/S/code").json


@pytest.fixture
def opened(site):
    assert site.ask("teacher", "POST", "sessions/S/open").status_code == 200
    return site


def test_a_trainee_signs_in_by_the_room_code_and_out_again(opened):
    told = code(opened)
    first = opened.scan("wang", "room", told["url"])
    assert (first["outcome"], first["sentence"]) == ("accepted", "签到成功，09:00。下课记得签退。")
    opened.at(NINE + 100 * MINUTE)
    assert opened.scan("wang", "room", code(opened)["payload"], "out")["outcome"] == "accepted"


def test_the_instructor_scans_the_card_of_a_trainee(opened):
    card = opened.ask("wang", "GET", "me/card").json
    assert len(card["payload"]) == 30 and len(card["stock"]) == 10
    answer = opened.scan("teacher", "card", card["payload"], session_id="S")
    assert (answer["outcome"], answer["person"]["name"]) == ("accepted", "王秀英")
    listed = opened.ask("teacher", "GET", "sessions").json["items"][0]
    assert (listed["state"], listed["expected"], listed["present"]) == ("open", 2, 1)


def test_a_batch_answers_item_by_item_in_the_order_sent(opened):
    told = code(opened)
    scans = [
        opened.item("room", told["payload"]),
        opened.item("room", "x"),
        opened.item("room", told["payload"]),
    ]
    items = opened.ask("wang", "POST", "scans", {"scans": scans}).json["items"]
    assert [item["code"] for item in items] == [None, "code.malformed", "attendance.already_in"]
    assert [item["scan_uuid"] for item in items] == [scan["scan_uuid"] for scan in scans]


def test_what_a_client_cannot_mean_is_refused_as_a_whole(opened):
    body = opened.item("room", "x") | {"captured_at": "yesterday"}
    assert opened.ask("wang", "POST", "scans", body).status_code == 422
    assert opened.ask("wang", "POST", "scans", opened.item("room", "x") | {"more": 1}).status_code == 422


@pytest.mark.parametrize("location", [None, {"latitude": 35.1, "longitude": 118.35, "accuracy_m": 20}])
def test_a_location_is_taken_and_kept_apart(opened, location):
    assert opened.scan("wang", "room", code(opened)["payload"], location=location)["outcome"] == "accepted"


def test_the_code_is_for_those_who_teach_and_for_enrolled_screens_only(opened):
    asked = {
        who: opened.ask(who, "GET", "sessions/S/code").status_code for who in ("teacher", "admin", "wang", "")
    }
    assert asked == {"teacher": 200, "admin": 200, "wang": 404, "": 401}


def test_a_pc_becomes_a_screen_when_the_instructor_binds_it(opened):
    waiting = opened.ask("", "POST", "screens").json
    mine = {"X-Screen-Token": waiting["token"]}
    assert opened.ask("", "GET", "screens/me", **mine).json["session"] is None
    bound = opened.ask("teacher", "POST", f"screens/{waiting['pairing']}/bind", {"session_id": "S"})
    assert bound.status_code == 200
    assert opened.ask("", "GET", "screens/me", **mine).json["session"]["id"] == "S"
    assert opened.ask("", "GET", "sessions/S/code", **mine).status_code == 200
    assert opened.ask("", "GET", "sessions/S/code", **{"X-Screen-Token": "other"}).status_code == 401


def test_a_session_of_another_is_not_found_and_a_trainee_is_refused_by_role(site):
    assert site.ask("wang", "POST", "sessions/S/open").status_code == 403
    assert site.ask("teacher", "POST", "sessions/none/open").status_code == 404


def test_opening_too_early_says_when(site):
    site.at(NINE - 121 * MINUTE)
    answer = site.ask("teacher", "POST", "sessions/S/open")
    assert (answer.status_code, answer.json["code"]) == (409, "session.too_early")


def test_the_roster_shows_the_missing_first(opened):
    opened.scan("wang", "room", code(opened)["payload"])
    people = opened.ask("teacher", "GET", "sessions/S/people").json["people"]
    assert [(one["name"], one["state"]) for one in people] == [("李桂兰", "missing"), ("王秀英", "present")]


def test_a_late_scan_is_decided_by_the_administrator(opened):
    card = opened.ask("wang", "GET", "me/card").json
    item = opened.item("card", card["payload"], session_id="S")
    opened.at(NINE + 30 * MINUTE)
    item["sent_at"] = opened.item("card", "x")["sent_at"]
    assert opened.ask("teacher", "POST", "scans", item).json["items"][0]["outcome"] == "pending_review"
    path = f"scans/{item['scan_uuid']}/decision"
    assert opened.ask("teacher", "POST", path, {"accept": True}).status_code == 403
    assert opened.ask("admin", "POST", path, {}).status_code == 422
    assert opened.ask("admin", "POST", path, {"accept": True, "reason": "问过"}).json["outcome"] == "accepted"


def test_the_same_device_voids_its_scan(opened):
    told = opened.scan("wang", "room", code(opened)["payload"], device="d")
    answer = opened.ask("wang", "POST", f"scans/{told['scan_uuid']}/void", {"device": "d", "reason": "按错"})
    assert answer.status_code == 200
    opened.at(NINE + 20 * SECOND)
    assert opened.scan("wang", "room", code(opened)["payload"])["outcome"] == "accepted"
