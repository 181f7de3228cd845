"""Printed cards over HTTP: who may make them, what the PDF holds, what an instructor sees before he scans one."""

from __future__ import annotations

import re

import pypdfium2
import pytest

from tests.capture.attendance.conftest import MINUTE, NINE
from yanglao.outside import qr_reading


def token_of(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)


@pytest.fixture
def office(site):
    """Sign the administrator in with a cookie and open the page of cards."""
    client = site.app.test_client()
    client.set_cookie("yl_session", "admin")
    shown = client.get("/office/classes/A/cards").text

    def post(act, **fields):
        path = f"/office/classes/A/cards/{act}"
        return client.post(path, data={"csrf_token": token_of(shown)} | fields)

    post.shown = lambda: client.get("/office/classes/A/cards").text
    return post


def test_cards_are_made_printed_looked_at_scanned_and_revoked(site, office):
    assert "给还没有的 2 人做卡" in office.shown()
    assert office("print").status_code == 422, "nobody has one yet"
    assert office("issue").status_code == 303
    made = office("print", enrolment_id=["eW", "eL"])
    assert (made.status_code, made.content_type) == (200, "application/pdf")
    sheet = pypdfium2.PdfDocument(made.data)
    text = sheet[0].get_textpage().get_text_range()
    assert "王秀英" in text and "仁和基地" in text and "****" not in text
    codes, _ = qr_reading.read(sheet[0].render(scale=3, grayscale=True).to_pil())
    assert len(codes) == 2 and all(re.fullmatch(r"YLP\.[A-Z2-7]{26}", one) for one in codes)

    assert site.ask("teacher", "POST", "sessions/S/open").status_code == 200
    looks = [site.ask("teacher", "POST", "sessions/S/card-looks", {"payload": one}).json for one in codes]
    assert {one["person"]["name"] for one in looks} == {"王秀英", "李桂兰"}
    mine = next(one for one, look in zip(codes, looks, strict=True) if look["person"]["id"] == "wang")
    ticks = {"photo_ticked": True, "id_checked": True}
    answer = site.scan("teacher", "card", mine, session_id="S", **ticks)
    assert (answer["outcome"], answer["facts"]["printed"]) == ("accepted", True)
    assert "老师扫纸卡" in site.ask("admin", "GET", "enrolments/eW/evidence").text
    assert "您有一张纸卡" in site.page("wang", "/learn/card").text

    assert office("revoke", person_id="wang", reason="丢了").status_code == 303
    site.at(NINE + MINUTE)
    refused = site.scan("teacher", "card", mine, "out", session_id="S")
    assert (refused["code"], "作废" in refused["sentence"]) == ("code.card_revoked", True)
    look = site.ask("teacher", "POST", "sessions/S/card-looks", {"payload": mine}).json
    assert (look["person"], look["code"]) == (None, "code.card_revoked")
    assert office("renew").status_code == 303 and "请先在名单里选" in office.shown()


def test_who_may_do_what_with_cards(site):
    path, body = "classes/A/printed-cards", {"enrolment_ids": ["eW"]}
    asked = {who: site.ask(who, "POST", path, body).status_code for who in ("teacher", "wang", "", "admin")}
    assert asked == {"teacher": 403, "wang": 403, "": 401, "admin": 200}
    (first, second) = site.ask("admin", "GET", path).json["items"]
    assert (first["issued_at"] is None, second["issued_at"] is None) == (False, True)
    assert "YLP" not in site.ask("admin", "GET", path).text
    assert site.ask("admin", "POST", path, {"enrolment_ids": ["eZ"]}).status_code == 422
    assert site.ask("admin", "POST", "classes/none/printed-cards", body).status_code == 404
    looked = {
        who: site.ask(who, "POST", "sessions/S/card-looks", {"payload": "x"}) for who in ("teacher", "wang")
    }
    assert looked["teacher"].json["code"] == "code.malformed" and looked["wang"].status_code == 403
    assert site.ask("admin", "POST", "people/wang/printed-card/revoke", {"reason": ""}).status_code == 422
    assert site.ask("admin", "POST", "people/wang/printed-card/revoke", {"reason": "丢了"}).status_code == 204
    assert site.ask("admin", "POST", "people/wang/printed-card/revoke", {"reason": "丢了"}).status_code == 404
