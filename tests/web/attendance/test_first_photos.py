"""The photo that an instructor takes of somebody who signs in and has none: of who agreed to it, looked at by the base, refused to nobody."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from tests.capture.attendance.conftest import MINUTE, NINE
from tests.web.attendance.test_mark_photos import picture
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run
from yanglao.people.photo_models import PersonPhoto


@pytest.fixture
def opened(site):
    site.ask("teacher", "POST", "sessions/S/open", {})
    return site


def by_card(site, whose="wang"):
    """Let the teacher scan the card of somebody; return the answer."""
    payload = site.ask(whose, "GET", "me/card").json["payload"]
    return site.scan("teacher", "card", payload, session_id="S")


def send(site, who, scan_uuid, content):
    given = {"photo": (BytesIO(content), "x.jpg")}
    headers = {"Authorization": f"Bearer {who}"} if who else {}
    return site.app.test_client().post(f"/api/v1/scans/{scan_uuid}/first-photo", data=given, headers=headers)


def rows(site):
    with site.app.app_context():
        return [(one.person_id, one.state, one.taken_by) for one in db.session.query(PersonPhoto)]


def change(site, statement):
    with site.app.app_context():
        run(lambda: db.session.execute(db.text(statement)))


def seat(site, whose="wang"):
    told = site.ask("teacher", "GET", "sessions/S/people").json["people"]
    return next(one for one in told if one["person_id"] == whose)


def test_a_person_without_a_photo_is_signed_in_and_photographed_with_one_more_call(opened):
    assert seat(opened)["first_photo"] == "open"
    scan = by_card(opened)
    assert (scan["outcome"], scan["person"]["photo"], scan["person"]["first_photo"]) == (
        "accepted",
        None,
        "open",
    )
    uuid = scan["scan_uuid"]
    assert send(opened, "teacher", uuid, picture()).status_code == 204
    assert rows(opened) == [("wang", "waiting", "teacher")]
    assert seat(opened)["first_photo"] is None, "one waits already"
    assert send(opened, "teacher", uuid, picture()).status_code == 204
    assert len(rows(opened)) == 1, "the same again changes nothing"
    assert send(opened, "teacher", uuid, picture("blue")).status_code == 204
    assert [state for _, state, _ in rows(opened)] == ["replaced", "waiting"]
    shown = opened.ask("wang", "GET", "me/photo/file")
    assert Image.open(BytesIO(shown.data)).size == (960, 540) and b"SecretPhone" not in shown.data


def test_another_person_of_the_base_approves_it_and_it_is_shown_with_the_next_scan(opened):
    change(opened, "UPDATE role_grant SET base_id = 'base1', reach_key = 'base1' WHERE person_id = 'wang'")
    send(opened, "teacher", by_card(opened)["scan_uuid"], picture())
    (photo,) = opened.ask("admin", "GET", "person-photos").json["items"]
    assert "刘文老师签到时拍的" in opened.page("admin", "/office/photos").text
    change(opened, "UPDATE person_photo SET taken_by = 'admin'")
    assert photo["id"] not in opened.page("admin", "/office/photos").text
    own = opened.ask("admin", "POST", f"person-photos/{photo['id']}/decision", {"accept": True})
    assert (own.status_code, own.json["code"]) == (403, "photo.taken_by_you")
    change(opened, "UPDATE person_photo SET taken_by = 'teacher'")
    decided = opened.ask("admin", "POST", f"person-photos/{photo['id']}/decision", {"accept": True})
    assert decided.status_code == 204
    opened.at(NINE + 5 * MINUTE)
    again = by_card(opened)
    assert again["person"]["photo"].startswith("/face/") and again["person"]["first_photo"] is None


def test_only_who_made_the_scan_sends_one_and_only_for_a_card_that_counts(opened):
    scan = by_card(opened)["scan_uuid"]
    tries = {who: send(opened, who, scan, picture()).status_code for who in ("wang", "admin", "")}
    assert tries == {"wang": 403, "admin": 404, "": 401}
    by_hand = opened.scan("teacher", "manual", "eL", session_id="S", reason="手机没电")["scan_uuid"]
    again = by_card(opened)["scan_uuid"]
    assert [send(opened, "teacher", one, picture()).status_code for one in (by_hand, again, "0" * 26)] == [
        404
    ] * 3
    opened.ask("teacher", "POST", f"scans/{scan}/void", {"device": "d", "reason": "扫错了"})
    assert send(opened, "teacher", scan, picture()).status_code == 404
    assert rows(opened) == []


@pytest.mark.parametrize(
    ("statement", "told", "code"),
    [
        ("DELETE FROM consent WHERE person_id = 'wang'", "not_agreed", "photo.not_agreed"),
        ("UPDATE consent SET version = 'v1' WHERE person_id = 'wang'", "not_agreed", "photo.not_agreed"),
        ("UPDATE person_photo SET state = 'removed'", None, "photo.taken_back"),
        ("UPDATE person_photo SET state = 'approved'", None, "photo.there"),
        ("UPDATE person_photo SET state = 'refused'", "open", None),
    ],
)
def test_no_photo_is_kept_of_who_did_not_agree_took_theirs_back_or_has_one(opened, statement, told, code):
    payload = opened.ask("wang", "GET", "me/card").json["payload"]
    if "person_photo" in statement:
        moment = to_ms(NINE) - 1
        with opened.app.app_context():
            row = PersonPhoto(person_id="wang", file_id="f", taken_ms=moment)
            run(lambda: db.session.add(row))
    change(opened, statement)
    scan = opened.scan("teacher", "card", payload, session_id="S")
    assert (scan["outcome"], scan["person"]["first_photo"]) == ("accepted", told), "nobody is refused for it"
    answer = send(opened, "teacher", scan["scan_uuid"], picture())
    assert answer.status_code == (409 if code else 204) and (code or "") in answer.text


def test_it_is_looked_at_by_content_and_comes_within_a_quarter_of_an_hour(opened):
    scan = by_card(opened)["scan_uuid"]
    assert send(opened, "teacher", scan, b"<svg onload=alert(1)>").json["code"] == "photo.unreadable"
    opened.at(NINE + 15 * MINUTE + timedelta(seconds=1))
    assert send(opened, "teacher", scan, picture()).json["code"] == "first_photo.too_late"
    opened.at(NINE + 15 * MINUTE)
    assert send(opened, "teacher", scan, picture(kind="PNG")).status_code == 204
