"""One person on WeChat, PC and app: one progress within a beat, and each line of evidence says where it came from."""

from __future__ import annotations

import io
import json

import pytest
from PIL import Image

from tests.factories import NINE, PASSWORD, phone_of, world
from tests.web.phone import Phone, beat
from yanglao.kernel import clock
from yanglao.kernel.db import db

WECHAT = "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/86.0 Mobile Safari/537.36 MicroMessenger/8.0.50"
ANDROID = "Mozilla/5.0 (Linux; Android 10) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"


@pytest.fixture
def there(app, tmp_path):
    made = world(now=NINE)
    clock.use_file(tmp_path / "clock")
    return made


def test_three_ends_show_the_same_progress_within_one_beat(app, there, tmp_path):
    ends = {
        client: Phone(app, phone_of(there.wang), NINE, tmp_path / "clock")
        for client in ("wechat", "pc", "app")
    }
    moment, seen = NINE, 0
    for client, phone in ends.items():
        phone.at = moment
        opened = phone.open(there, client=client, takeover=seen > 0)
        assert opened["position_s"] == seen and opened["covered"] == ([[0, seen]] if seen else [])
        phone.wait(15)
        told = phone.call("POST", f"viewings/{opened['id']}/beats", beat(1, seen, seen + 15, 15_000))
        seen, moment = seen + 15, phone.at
        assert told["credited_s"] == told["covered_s"] == seen
        for other in ends.values():
            segment = other.segment(there)
            assert (segment["credited_s"], segment["lessons"][0]["covered_s"]) == (seen, seen)
    phone.call("POST", f"viewings/{opened['id']}/close")
    for other in ends.values():
        lines = other.call("GET", f"enrolments/{there.wang.enrolment_id}/evidence")["items"]
        assert [(line["client"], line["counted_s"]) for line in lines] == [(one, 15) for one in ends]


# user agent, what the page's form said at sign-in -> the sign-in's end; then what a page says -> the end it acts from
ENDS = (
    (ANDROID, "", "pc", "app", "app"),
    (ANDROID, "app", "app", "pc", "pc"),
    (ANDROID, "app", "app", "wechat", "app"),
    (WECHAT, "app", "wechat", "app", "wechat"),
)


def test_a_page_says_which_end_it_is_and_wechat_is_known_by_itself(app, there):
    phone = phone_of(there.wang)
    for agent, form_said, at_sign_in, said, acts_from in ENDS:
        browser, headers = app.test_client(), {"User-Agent": agent}
        db.session.remove()
        token = browser.get("/sign-in").text.split('csrf-token" content="')[1].split('"')[0]
        form = {"phone": phone, "password": PASSWORD, "client": form_said, "csrf_token": token}
        assert browser.post("/sign-in", data=form, headers=headers).status_code == 303
        assert browser.get("/api/v1/me", headers=headers).json["client"] == at_sign_in
        assert browser.get("/api/v1/me", headers=headers | {"X-Client": said}).json["client"] == acts_from


def test_the_manifest_names_icons_that_are_as_large_as_it_says(app, client):
    answer = client.get("/manifest.webmanifest")
    told = json.loads(answer.text)
    assert answer.mimetype == "application/manifest+json" and told["display"] == "standalone"
    for icon in told["icons"]:
        picture = Image.open(io.BytesIO(client.get(icon["src"], buffered=True).data))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]
        corner = picture.convert("RGBA").getpixel((0, 0))
        assert (corner[3] == 255) is (icon["purpose"] == "maskable")
    assert {"any", "maskable"} == {icon["purpose"] for icon in told["icons"]}
    for address in (told["start_url"], *(one["url"] for one in told["shortcuts"])):
        assert client.get(address).status_code == 302


def test_the_worker_keeps_versioned_files_only_and_is_not_given_to_wechat(app, client):
    text = client.get("/sw.js").text
    files = json.loads(text.split("var FILES = ")[1].split(";")[0])
    assert files and all(one.startswith("/static/") and "?v=" in one for one in files)
    assert all(client.get(one, buffered=True).status_code == 200 for one in files)
    assert client.get("/sw.js", headers={"User-Agent": WECHAT}).status_code == 404
    assert "退出登录" not in client.get("/offline").text
