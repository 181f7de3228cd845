"""Helper phones over HTTP: what the token opens, and that it opens nothing else of the whole site."""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from tests.capture.attendance.conftest import MINUTE, NINE
from tests.web.attendance.test_first_photos import change, picture, rows
from yanglao.web.auth import UNMARKED, rule_of


@pytest.fixture
def helped(site):
    """Open the session, invite and join; give (site, address of the code, token)."""
    assert site.ask("teacher", "POST", "sessions/S/open").status_code == 200
    made = site.ask("teacher", "POST", "sessions/S/helpers").json
    word = made["url"].rpartition("/")[2]
    assert "帮老师扫码" in site.page("", f"/teach/help/{word}").text
    joined = site.ask("", "POST", f"help/{word}/join", {"label": "李班长"})
    assert joined.status_code == 200 and "yl_help" in joined.headers["Set-Cookie"]
    assert (
        "SameSite=Strict; " in joined.headers["Set-Cookie"] + "; "
        and "HttpOnly" in joined.headers["Set-Cookie"]
    )
    return site, word, joined.json["token"]


def test_a_helper_scans_sees_answers_and_is_taken_back(helped):
    site, word, token = helped
    mine = {"X-Helper-Token": token}
    payload = site.ask("wang", "GET", "me/card").json["payload"]
    item = site.item("card", payload, session_id="T")
    (answer,) = site.ask("", "POST", "help/scans", item, **mine).json["items"]
    assert (answer["outcome"], answer["person"]["name"]) == ("accepted", "王秀英")
    back = f"help/scans/{answer['scan_uuid']}/void"
    assert site.ask("", "POST", back).status_code == 401, "who holds no token"
    assert site.ask("", "POST", "help/scans/nobodys-scan/void", **mine).status_code == 404
    assert site.ask("", "POST", back, **mine).json["scan_uuid"] == answer["scan_uuid"]
    assert site.ask("", "POST", back, **mine).json["code"] == "attendance.already_voided"
    assert site.ask("", "POST", "help/scans", site.item("manual", "eL"), **mine).status_code == 422
    assert site.ask("", "POST", "help/card-looks", {"payload": "x"}, **mine).json["code"] == "code.malformed"
    assert site.ask("", "POST", f"help/{word}/join", {"label": "x"}).status_code == 404
    assert "这个码用过了" in site.page("", f"/teach/help/{word}").text
    (listed,) = site.ask("teacher", "GET", "sessions/S/helpers").json["items"]
    assert (listed["label"], listed["scans"], listed["ended_at"]) == ("李班长", 1, None)
    assert site.ask("wang", "POST", "sessions/S/helpers").status_code == 403
    assert site.ask("teacher", "POST", f"sessions/S/helpers/{listed['id']}/end").status_code == 204
    for path, body in (
        ("help", None),
        ("help/scans", item),
        ("help/card-looks", {"payload": "x"}),
        (back, {}),
    ):
        assert site.ask("", "GET" if body is None else "POST", path, body, **mine).status_code == 403


def test_a_token_in_a_cookie_needs_the_pages_own_token_too(helped):
    site, word, token = helped
    client = site.app.test_client()
    client.set_cookie("yl_help", token, path="/api/v1/help")
    assert client.get("/api/v1/help").status_code == 200
    body = {"payload": "x"}
    assert client.post("/api/v1/help/card-looks", json=body).status_code == 403
    shown = client.get(f"/teach/help/{word}").text
    csrf = re.search(r'name="csrf-token" content="([^"]+)"', shown).group(1)
    assert (
        client.post("/api/v1/help/card-looks", json=body, headers={"X-CSRF-Token": csrf}).status_code == 200
    )


def test_the_token_opens_nothing_but_helping(helped):
    site, _, token = helped
    client, faults = site.app.test_client(), []
    client.set_cookie("yl_help", token)
    client.set_cookie("yl_session", token)
    carried = {"Authorization": f"Bearer {token}", "X-Helper-Token": token, "X-Screen-Token": token}
    for rule in site.app.url_map.iter_rules():
        held = None if rule.endpoint.startswith(UNMARKED) else _rule(site, rule)
        if held is None or held.public:
            continue
        address = re.sub(r"<int:[^>]+>", "1", re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule))
        address = re.sub(r"<[^>]+>", "S", address)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(address, method=method, headers=carried)
            if answer.status_code != 401 and not (
                answer.status_code == 302 and "/sign-in" in answer.location
            ):
                faults.append(f"{method} {rule.rule} {answer.status_code}")
    assert not faults
    for path in ("sessions/S/code", "sessions/S/people", "screens/me"):
        assert (
            site.ask("", "GET", path, **{"X-Screen-Token": token, "X-Helper-Token": token}).status_code == 401
        )


def _rule(site, rule):
    with site.app.app_context():
        return rule_of(rule.endpoint)


def test_closing_ends_all_helpers(helped):
    site, _, token = helped
    site.at(NINE + 180 * MINUTE)
    assert site.ask("teacher", "POST", "sessions/S/close").status_code == 200
    assert site.ask("", "GET", "help", **{"X-Helper-Token": token}).json["code"] == "helper.over"
    item = site.item("card", "YL1." + "A" * 26)
    (answer,) = site.ask("", "POST", "help/scans", item, **{"X-Helper-Token": token}).json["items"]
    assert answer["outcome"] == "refused"


def helper_of(site, session):
    """Let one more phone help at a session; give what it carries."""
    site.ask("teacher", "POST", f"sessions/{session}/open")
    word = site.ask("teacher", "POST", f"sessions/{session}/helpers").json["url"].rpartition("/")[2]
    return {"X-Helper-Token": site.ask("", "POST", f"help/{word}/join", {"label": "赵班长"}).json["token"]}


def send(site, scan_uuid, carried, content=None):
    given = {"photo": (BytesIO(content or picture()), "x.jpg")}
    return site.app.test_client().post(
        f"/api/v1/help/scans/{scan_uuid}/first-photo", data=given, headers=carried
    )


def test_the_first_photo_is_taken_by_the_phone_that_scanned_and_by_no_other_helper_nor_a_stranger(helped):
    site, _, token = helped
    mine, second, elsewhere = {"X-Helper-Token": token}, helper_of(site, "S"), helper_of(site, "T")
    payload = site.ask("li", "GET", "me/card").json["payload"]
    (scan,) = site.ask("", "POST", "help/scans", site.item("card", payload), **mine).json["items"]
    assert (scan["person"]["photo"], scan["person"]["first_photo"]) == (None, "open")
    uuid = scan["scan_uuid"]
    assert [send(site, uuid, one).status_code for one in (second, elsewhere, {})] == [404, 404, 401]
    assert send(site, uuid, mine, b"<svg onload=alert(1)>").json["code"] == "photo.unreadable"
    assert [send(site, uuid, mine).status_code for _ in range(2)] == [204, 204]
    assert rows(site) == [("li", "waiting", "teacher")]
    for one in site.ask("teacher", "GET", "sessions/S/helpers").json["items"]:
        site.ask("teacher", "POST", f"sessions/S/helpers/{one['id']}/end")
    assert send(site, uuid, mine).status_code == 403, "taken back"


def test_a_helper_sees_the_photo_of_whom_it_scans_at_its_own_session_for_minutes_only(helped):
    site, _, token = helped
    mine, elsewhere = {"X-Helper-Token": token}, helper_of(site, "T")
    payload = site.ask("li", "GET", "me/card").json["payload"]
    (first,) = site.ask("", "POST", "help/scans", site.item("card", payload), **mine).json["items"]
    send(site, first["scan_uuid"], mine)
    change(site, "UPDATE person_photo SET state = 'approved'")
    item = site.item("card", payload)
    (seen,) = site.ask("", "POST", "help/scans", item, **mine).json["items"]
    link = seen["person"]["photo"]
    assert link.startswith("/face/") and site.page("", link).status_code == 200
    for tried in (item, site.item("card", payload)):
        (told,) = site.ask("", "POST", "help/scans", tried, **elsewhere).json["items"]
        person = told["person"] or {"photo": None, "name": ""}
        assert (told["outcome"], person["photo"]) == ("refused", None) and "李桂兰" not in person["name"]
    assert site.ask("", "POST", "help/scans", item).status_code == 401
    forged = link[:-2] + ("aa" if link[-2:] != "aa" else "bb")
    assert site.page("", forged).status_code in (403, 404, 410)
    site.at(NINE + 4 * MINUTE)
    assert site.page("", link).status_code in (403, 404, 410)
