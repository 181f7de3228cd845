from datetime import timedelta
from io import BytesIO

from PIL import Image

from tests.capture.attendance.conftest import MINUTE, NINE
from yanglao.capture.attendance import mark_photos
from yanglao.completion.lines import evidence_lines
from yanglao.files import service as files
from yanglao.kernel.db import db, run


def picture(colour="red", kind="JPEG"):
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    Image.new("RGB", (1600, 900), colour).save(out, kind, exif=exif)
    return out.getvalue()


def send(site, who, scan_uuid, content):
    client, headers = site.app.test_client(), {"Authorization": f"Bearer {who}"}
    given = {"photo": (BytesIO(content), "x.jpg")}
    return client.post(f"/api/v1/scans/{scan_uuid}/photo", data=given, headers=headers)


def test_a_mark_by_hand_may_carry_one_photo_that_reviewers_open_by_a_link_of_their_own(site):
    site.ask("teacher", "POST", "sessions/S/open", {})
    mark = site.scan("teacher", "manual", "eW", session_id="S", reason="手机没电")["scan_uuid"]
    code = site.ask("teacher", "GET", "sessions/S/code").json["payload"]
    room = site.scan("li", "room", code)["scan_uuid"]
    (told,) = site.ask("teacher", "GET", "sessions/S/marks").json["items"]
    assert (told["name"], told["photo"], told["open"]) == ("王秀英", False, True)
    assert site.ask("admin", "GET", "sessions/S/marks").json["items"][0]["open"] is False
    assert [send(site, one, mark, picture()).status_code for one in ("wang", "admin")] == [403, 404]
    assert send(site, "teacher", room, picture()).status_code == 404
    assert send(site, "teacher", mark, b"<svg onload=alert(1)>").json["code"] == "photo.unreadable"
    assert site.ask("admin", "GET", f"scans/{mark}/photo").status_code == 404
    assert send(site, "teacher", mark, picture()).status_code == 200
    assert send(site, "teacher", mark, picture()).status_code == 200
    assert send(site, "teacher", mark, picture("blue")).json["code"] == "mark_photo.there"
    seen = {one: site.ask(one, "GET", f"scans/{mark}/photo") for one in ("admin", "wang", "li", "zhao")}
    assert [one.status_code for one in seen.values()] == [200, 200, 404, 404]
    shown = site.page("admin", seen["admin"].json["url"])
    assert shown.mimetype == "image/jpeg" and b"SecretPhone" not in shown.data
    assert max(Image.open(BytesIO(shown.data)).size) == 1280
    assert site.page("li", seen["admin"].json["url"]).status_code == 404
    assert site.page("admin", f"/office/scans/{mark}/photo").headers["Location"].startswith("/media/")
    with site.app.app_context():
        lines = evidence_lines(db.session, "eW")
    assert [one.kind for one in lines] == ["attendance.in", "attendance.photo"]
    assert lines[1].facts["file"].startswith("sha256:")


def test_a_photo_goes_when_its_time_is_over_and_the_page_says_so(site):
    site.ask("teacher", "POST", "sessions/S/open", {})
    mark = site.scan("teacher", "manual", "eW", session_id="S", reason="手机没电")["scan_uuid"]
    send(site, "teacher", mark, picture())
    with site.app.app_context():
        for after, there in ((timedelta(days=1095, seconds=-1), True), (timedelta(days=1095), False)):
            assert mark_photos.having(db.session, [mark], now=NINE + after) == {mark: there}
        file_id = db.session.scalars(db.text("SELECT file_id FROM mark_photo")).one()
        run(lambda: files.drop(db.session, file_id, now=NINE))
        run(lambda: files.expire(db.session, now=NINE))
    (row,) = site.ask("teacher", "GET", "sessions/S/marks").json["items"]
    assert (row["photo"], row["expired"]) == (False, True)
    assert site.ask("wang", "GET", f"scans/{mark}/photo").json["code"] == "mark_photo.expired"
    assert "已按期删除" in site.page("admin", "/office/review/eW").text
    with site.app.app_context():
        assert evidence_lines(db.session, "eW")[1].facts["file"].startswith("sha256:")


def test_a_photo_comes_within_a_quarter_of_an_hour(site):
    site.ask("teacher", "POST", "sessions/S/open", {})
    mark = site.scan("teacher", "manual", "eW", session_id="S", reason="手机没电")["scan_uuid"]
    site.at(NINE + 15 * MINUTE + timedelta(seconds=1))
    assert send(site, "teacher", mark, picture()).json["code"] == "mark_photo.too_late"
    site.at(NINE + 15 * MINUTE)
    assert send(site, "teacher", mark, picture(kind="PNG")).status_code == 200
