from __future__ import annotations

import re
from datetime import date

import pytest

from tests.people.town import PASSWORD
from yanglao.kernel import policy

FORM = re.compile(r'name="csrf_token" value="([^"]+)"')


def token_in(page) -> str:
    return FORM.search(page.text).group(1)


def signed_in(town, who, next_url=""):
    http = town.app.test_client()
    page = http.get("/sign-in")
    form = {"csrf_token": token_in(page), "phone": town.phones[who], "password": PASSWORD, "next": next_url}
    return http, http.post("/sign-in", data=form)


@pytest.mark.parametrize(
    ("who", "home"),
    [
        ("trainee", "/learn/"),
        ("teacher", "/teach/"),
        ("admin", "/office/"),
        ("officer", "/office/"),
        ("sysadmin", "/office/"),
    ],
)
def test_everybody_lands_where_their_work_begins(town, who, home):
    _, answer = signed_in(town, who)
    assert (answer.status_code, answer.location) == (303, home)
    assert "HttpOnly" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("next_url", "leads_to"),
    [
        ("/learn/card", "/learn/card"),
        ("//evil.example", "/learn/"),
        ("https://evil.example", "/learn/"),
        ("/\\evil", "/learn/"),
    ],
)
def test_after_sign_in_one_goes_on_but_never_to_another_site(town, next_url, leads_to):
    assert signed_in(town, "trainee", next_url)[1].location == leads_to


def test_a_wrong_password_is_said_plainly_and_keeps_the_phone_number(town):
    http = town.app.test_client()
    form = {"csrf_token": token_in(http.get("/sign-in")), "phone": town.phones["trainee"], "password": "no"}
    answer = http.post("/sign-in", data=form)
    assert answer.status_code == 401
    assert "还可以再试 4 次" in answer.text
    assert town.phones["trainee"] in answer.text


def test_a_form_without_its_token_is_refused(town):
    http, _ = signed_in(town, "trainee")
    assert http.post("/account/font", data={"font_px": "24"}).status_code == 403
    assert town.app.test_client().post("/sign-in", data={"phone": "1", "password": "2"}).status_code == 403


def test_a_page_without_identity_leads_to_sign_in_and_back(town):
    answer = town.app.test_client().get("/account?x=1")
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/account%3Fx%3D1")


def test_the_cookie_alone_cannot_write_by_api(town):
    http, _ = signed_in(town, "trainee")
    assert http.get("/api/v1/me").status_code == 200
    refused = http.put("/api/v1/me/font", json={"font_px": 24})
    assert (refused.status_code, refused.json["code"]) == (403, "csrf.missing")
    token = token_in(http.get("/account"))
    assert (
        http.put("/api/v1/me/font", json={"font_px": 24}, headers={"X-CSRF-Token": token}).status_code == 204
    )


def test_who_has_not_agreed_is_led_to_the_notice_and_then_on(town):
    http, answer = signed_in(town, "new_trainee", "/account")
    assert answer.location == "/account"
    page = http.get("/consent?next=/account")
    form = {"csrf_token": token_in(page), "version": "v3", "next": "/account"}
    assert http.post("/consent", data=form).location == "/account"
    assert http.get("/api/v1/me").json["consent_required"] is False


def test_the_text_size_stays_with_the_person(town):
    http, _ = signed_in(town, "trainee")
    page = http.get("/account")
    http.post("/account/font", data={"csrf_token": token_in(page), "font_px": "30"})
    assert 'data-font="30"' in http.get("/account").text
    other, _ = signed_in(town, "trainee")
    assert 'data-font="30"' in other.get("/account").text


def test_changing_the_password_signs_the_other_devices_out(town):
    phone, _ = signed_in(town, "trainee")
    tablet, _ = signed_in(town, "trainee")
    form = {
        "csrf_token": token_in(phone.get("/account/password")),
        "old": PASSWORD,
        "new": "19750308ab",
        "again": "19750308ab",
    }
    assert phone.post("/account/password", data=form).status_code == 303
    assert phone.get("/account").status_code == 200
    assert tablet.get("/account").status_code == 302


def test_one_device_is_signed_out_from_another(town):
    phone, _ = signed_in(town, "trainee")
    tablet, _ = signed_in(town, "trainee")
    page = phone.get("/account")
    url = re.search(r'action="(/account/devices/[^"/]+/sign-out)"', page.text).group(1)
    assert phone.post(url, data={"csrf_token": token_in(page)}).status_code == 303
    assert tablet.get("/account").status_code == 302


def test_signing_out_takes_the_cookie_back(town):
    http, _ = signed_in(town, "trainee")
    page = http.get("/account")
    http.post("/sign-out", data={"csrf_token": token_in(page)})
    assert http.get("/account").status_code == 302


def test_a_certificate_that_is_not_on_record_is_not_invented(town):
    answer = town.app.test_client().get("/verify/YL-2026-000001")
    assert answer.status_code == 404
    assert "没有查到编号为 YL-2026-000001 的证书" in answer.text


def test_what_is_typed_into_the_search_is_never_read_as_html(town):
    answer = town.app.test_client().get("/verify/<script>alert(1)<%2Fscript>")
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("url", ["/", "/privacy", "/verify", "/sign-in", "/styleguide"])
def test_public_pages_open_for_strangers_with_safe_headers(town, url):
    answer = town.app.test_client().get(url)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "frame-ancestors" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_fault_or_a_wrong_address_is_a_plain_chinese_page(town):
    answer = town.app.test_client().get("/nowhere")
    assert answer.status_code == 404
    assert "没有找到" in answer.text


def test_a_number_asked_for_again_and_again_must_wait(town):
    http = town.app.test_client()
    for _ in range(60):
        http.get("/verify/ASKED-TOO-OFTEN")
    answer = http.get("/verify/ASKED-TOO-OFTEN")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert http.get("/verify/ANOTHER-NUMBER").status_code == 404


def test_old_browsers_and_bearers_get_no_form_cookie(town):
    answer = town.client("trainee").get("/account")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


def test_the_privacy_notice_names_every_picture_and_how_long_it_is_kept(town):
    told = town.app.test_client().get("/privacy").text
    kept = policy.on(date(2026, 3, 2))
    years = (
        kept.binding.photo_keep_days,
        kept.attendance.mark_photo_days,
        kept.attendance.signature_days,
        kept.practical.evidence_kept_days,
    )
    assert set(years) == {3 * 365} and told.count("留 3 年") == 5
    assert (
        f"{kept.attendance.place_kept_days} 天" in told and f"{kept.attendance.walk_in_kept_days} 天" in told
    )
    for word in ("认人的照片", "手工登记的照片", "实操考核的照片", "不在名单上的人", "请假", "签名"):
        assert word in told
