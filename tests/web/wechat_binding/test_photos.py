"""A photo of Wang: taken by her, drawn anew, approved by the base, seen by who teaches her and by nobody else."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from tests.web.wechat_binding.conftest import signed_in, staff
from yanglao.capture.attendance import cards
from yanglao.files import service as files
from yanglao.files.models import StoredFile
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db, run
from yanglao.people.photo_models import PersonPhoto


def picture(*, size=(600, 800), kind="JPEG", colour="#336699", exif=None):
    out = BytesIO()
    more = {"exif": exif} if exif else {}
    Image.new("RGB", size, colour).save(out, kind, **more)
    return out.getvalue()


def sent(caller, content, name="photo.jpg"):
    db.session.remove()
    return caller.app.test_client().post(
        "/api/v1/me/photo",
        data={"photo": (BytesIO(content), name)},
        headers={"Authorization": f"Bearer {caller.token}"},
    )


def wang(house):
    return signed_in(house, house.people[0])


def approved(house, me):
    photo_id = sent(me, picture()).json["id"]
    answer = staff(house, "admin_a").post(f"/api/v1/person-photos/{photo_id}/decision", {"accept": True})
    assert answer.status_code == 204
    return photo_id


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_drawn_anew_small_and_without_what_the_phone_hid_in_it(house, kind):
    hidden = Image.Exif()
    hidden[0x010F], hidden[0x0112] = "SECRET PHONE", 6
    me = wang(house)
    given = picture(size=(2400, 1800), kind=kind, exif=hidden)
    assert sent(me, given, f"x.{kind.lower()}").status_code == 201
    shown = me.get("/api/v1/me/photo/file")
    with Image.open(BytesIO(shown.data)) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("JPEG", (720, 960), {})
    assert b"SECRET PHONE" not in shown.data and "no-store" in shown.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "photo.unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422, "photo.unreadable"),
        (b"GIF89a" + b"\0" * 100, 422, "photo.unreadable"),
        (picture()[:400], 422, "photo.unreadable"),
        (picture(size=(100, 100)), 422, "photo.unreadable"),
        (b"\xff\xd8\xff" + b"x" * (8 * 1024 * 1024), 413, "photo.too_large"),
    ],
    ids=["empty", "svg", "gif", "torn", "tiny", "too large"],
)
def test_what_is_no_photo_is_refused(house, content, status, code):
    answer = sent(wang(house), content)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert db.session.query(PersonPhoto).count() == 0


def test_a_photo_waits_then_stands_and_is_shown_with_the_scan_of_a_personal_code(house):
    me, teacher, admin = wang(house), staff(house, "teacher_a"), staff(house, "admin_a")
    teacher.post(f"/api/v1/sessions/{house.there.session_id}/open")
    photo_id = sent(me, picture()).json["id"]
    person_id = house.people[0].person_id
    assert scanned(house, teacher)["person"]["photo"] is None
    assert teacher.get(f"/api/v1/people/{person_id}/photo").status_code == 404
    assert [one["id"] for one in admin.get("/api/v1/person-photos").json["items"]] == [photo_id]
    admin.post(f"/api/v1/person-photos/{photo_id}/decision", {"accept": True})
    house.wait(60)
    found = scanned(house, teacher, direction="out")
    link = found["person"]["photo"]
    assert person_id not in link and teacher.get(link).content_type == "image/jpeg"
    assert teacher.get(f"{link[:-2]}xx").status_code == 404
    assert admin.get("/api/v1/person-photos").json["items"] == []
    house.wait(180)
    assert teacher.get(link).status_code == 404, "the link has ended by itself"


def scanned(house, teacher, *, direction="in"):
    from uuid import uuid4

    card = run(lambda: cards.card(db.session, house.people[0].person_id, now=house.now))
    body = {
        "scan_uuid": str(uuid4()),
        "kind": "card",
        "payload": card.now.payload,
        "session_id": house.there.session_id,
        "direction": direction,
        "captured_at": rfc3339(house.now),
        "sent_at": rfc3339(house.now),
        "device": "6f1c1f4e-0000-4000-8000-000000000001",
    }
    return teacher.post("/api/v1/scans", body).json["items"][0]


@pytest.mark.parametrize(
    ("who", "seen", "decides"),
    [("admin_a", 200, 204), ("admin_b", 404, 404), ("teacher_a", 403, 403), ("trainee", 403, 403)],
)
def test_only_the_own_base_looks_at_waiting_photos(house, who, seen, decides):
    photo_id = sent(wang(house), picture()).json["id"]
    caller = signed_in(house, house.people[1]) if who == "trainee" else staff(house, who)
    assert caller.get(f"/api/v1/person-photos/{photo_id}/file").status_code == seen
    path = f"/api/v1/person-photos/{photo_id}/decision"
    assert caller.post(path, {"accept": True}).status_code == decides


@pytest.mark.parametrize(("who", "status"), [("teacher_a", 200), ("admin_a", 200), ("teacher_b", 404)])
def test_only_who_teaches_them_sees_an_approved_photo(house, who, status):
    approved(house, wang(house))
    path = f"/api/v1/people/{house.people[0].person_id}/photo"
    assert staff(house, who).get(path).status_code == status
    assert signed_in(house, house.people[1]).get(path).status_code == 403
    assert signed_in(house, house.people[1]).get("/api/v1/me/photo").status_code == 404


def test_a_refused_photo_is_erased_and_its_reason_told(house):
    me, admin = wang(house), staff(house, "admin_a")
    photo_id = sent(me, picture()).json["id"]
    path = f"/api/v1/person-photos/{photo_id}/decision"
    assert admin.post(path, {"accept": False}).status_code == 422
    assert admin.post(path, {"accept": False, "reason": "看不清脸"}).status_code == 204
    assert admin.post(path, {"accept": True}).status_code == 409
    own = me.get("/api/v1/me/photo").json
    assert (own["state"], own["reason"], own["url"]) == ("refused", "看不清脸", None)
    assert me.get("/api/v1/me/photo/file").status_code == 404
    assert "看不清脸" in me.page("/wx/photo").get_data(as_text=True)


def test_a_new_photo_takes_the_place_of_the_old_one_once_it_is_approved(house):
    me = wang(house)
    first = approved(house, me)
    house.wait(1)
    second = sent(me, picture(colour="#993333")).json["id"]
    assert {row.id: row.state for row in db.session.query(PersonPhoto)} == {
        first: "approved",
        second: "waiting",
    }
    staff(house, "admin_a").post(f"/api/v1/person-photos/{second}/decision", {"accept": True})
    db.session.expire_all()
    assert {row.id: row.state for row in db.session.query(PersonPhoto)} == {
        first: "replaced",
        second: "approved",
    }


def test_the_person_erases_their_photo_and_its_content_goes(house):
    me = wang(house)
    approved(house, me)
    db.session.remove()
    gone = house.app.test_client().delete("/api/v1/me/photo", headers={"Authorization": f"Bearer {me.token}"})
    assert gone.status_code == 204
    assert me.get("/api/v1/me/photo").status_code == 404
    path = f"/api/v1/people/{house.people[0].person_id}/photo"
    assert staff(house, "teacher_a").get(path).status_code == 404
    assert run(lambda: files.expire(db.session, now=house.now)) == 1
    assert db.session.query(StoredFile).count() == 0


def test_an_approved_photo_stands_beside_the_claim_in_class(house):
    from tests.web.wechat_binding.test_class_code import claimed, claims, window

    approved(house, wang(house))
    teacher = staff(house, "teacher_a")
    code = window(house, teacher)
    claimed(house, code, 0, "openid-of-wang-0001")
    assert claims(house, teacher)[0]["photo"] == f"/api/v1/people/{house.people[0].person_id}/photo"
    house.wait(1)
    claimed(house, code, 1, "openid-of-li-000002")
    assert claims(house, teacher)[0]["photo"] is None


def test_nobody_decides_on_their_own_photo(house):
    me = staff(house, "admin_a")
    photo_id = sent(me, picture()).json["id"]
    answer = me.post(f"/api/v1/person-photos/{photo_id}/decision", {"accept": True})
    assert answer.status_code in (403, 404)
    assert photo_id not in me.page("/office/photos").get_data(as_text=True)
