"""What an author sends arrives whole, is judged by its content, and is opened by its own person's links alone."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.media_files import film, pdf, picture, voice
from tests.people.town import Town
from yanglao.courses.material_models import MaterialPage
from yanglao.files.upload_models import Upload
from yanglao.jobs.perform import perform
from yanglao.kernel.db import db, reading
from yanglao.work import queries as tasks
from yanglao.work.models import WorkTask


class Author:
    """Somebody who sends files to the town."""

    def __init__(self, town: Town, who: str = "admin") -> None:
        self.town, self.api = town, town.client(who)
        self.http, self.headers = self.api.http, self.api._headers()

    def put(self, upload_id: str, offset: int, piece: bytes) -> Any:
        return self.http.put(f"/api/v1/uploads/{upload_id}?offset={offset}", data=piece, headers=self.headers)

    def upload(self, content: bytes, name: str = "x") -> str:
        opened = self.api.post("/api/v1/uploads", {"name": name, "size": len(content)}).json
        assert self.put(opened["id"], 0, content).json["offset"] == len(content)
        assert self.api.post(f"/api/v1/uploads/{opened['id']}/complete").status_code == 200
        return str(opened["id"])

    def material(self, kind: str, *contents: bytes, text: str = "") -> Any:
        """Send files, make a material of them, prepare it, and return it as it then is."""
        body = {
            "kind": kind,
            "title": "翻身",
            "uploads": [self.upload(one) for one in contents],
            "text": text,
        }
        made = self.api.post("/api/v1/materials", body)
        assert made.status_code == 202, made.text
        work_off(self.town)
        return self.api.get(f"/api/v1/materials/{made.json['id']}").json

    def form(self, method: str, url: str, **fields: Any) -> Any:
        return self.http.open(url, method=method, data=fields, headers=self.headers)


def work_off(town: Town) -> None:
    with town.app.app_context():
        with reading():
            due = tasks.due(db.session, now=town.now)
        assert all([perform(task_id) for task_id in due])
        db.session.remove()


@pytest.fixture
def author(town: Town) -> Author:
    return Author(town)


def test_an_upload_goes_on_where_it_broke_off(author: Author, town: Town) -> None:
    content = bytes(range(256)) * 20
    body = {"name": "片子.mp4", "size": len(content), "sha256": sha256(content).hexdigest()}
    opened = author.api.post("/api/v1/uploads", body).json
    assert (opened["offset"], opened["state"]) == (0, "open")
    at = f"/api/v1/uploads/{opened['id']}"
    assert author.put(opened["id"], 0, content[:2000]).json["offset"] == 2000
    again = author.put(opened["id"], 0, content[:2000])
    assert (again.status_code, again.json["code"], again.json["facts"]["offset"]) == (
        409,
        "upload.offset",
        2000,
    )
    assert author.put(opened["id"], 2000, content[2000:] + b"x").status_code == 422
    assert author.api.post(f"{at}/complete").json["code"] == "upload.offset"
    for other in ("colleague", "stranger", "city"):
        assert town.client(other).get(at).status_code == 404
    assert town.client("teacher").post("/api/v1/uploads", body).status_code == 403
    assert author.put(opened["id"], 2000, content[2000:]).json["offset"] == len(content)
    assert [author.api.post(f"{at}/complete").json["state"] for _ in range(2)] == ["complete", "complete"]
    wrong = author.api.post("/api/v1/uploads", {"name": "x", "size": 3, "sha256": "0" * 64}).json["id"]
    author.put(wrong, 0, b"abc")
    assert author.api.post(f"/api/v1/uploads/{wrong}/complete").json["code"] == "upload.hash"


def test_a_film_is_measured_packed_anew_and_opened_in_ranges_by_its_own_person(
    author: Author, town: Town
) -> None:
    one = author.material("video", film(7))
    assert (one["state"], one["duration_s"], one["fault"]) == ("ready", 7, None)
    at = f"/api/v1/materials/{one['id']}"
    assert town.client("colleague").get(at).status_code == 200
    assert [town.client(who).get(at).status_code for who in ("stranger", "teacher", "finance")] == [
        404,
        403,
        403,
    ]
    srt = "1\n00:00:01,000 --> 00:00:03,000\n先湿手\n".encode("gb18030")
    assert author.form("PUT", f"{at}/captions", file=(BytesIO(srt), "a.srt")).json["captions"] is True
    shown = author.api.get(f"{at}/preview").json
    link = shown["versions"][0]["url"]
    assert "先湿手" in author.api.get(shown["captions"]).text
    whole = author.api.get(link)
    assert (whole.status_code, whole.mimetype, len(whole.data)) == (200, "video/mp4", one["bytes"])
    tag = whole.headers["ETag"]

    def ranged(what: str, **more: str) -> Any:
        return author.http.get(link, headers={**author.headers, "Range": what, **more})

    part = ranged("bytes=10-19")
    assert (part.status_code, part.data) == (206, whole.data[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{one['bytes']}"
    assert ranged("bytes=9999999-").status_code == 416
    assert ranged("bytes=0-1", **{"If-Range": tag}).status_code == 206
    assert ranged("bytes=0-1", **{"If-Range": '"old"'}).status_code == 200
    assert author.http.head(link, headers=author.headers).headers["Content-Length"] == str(one["bytes"])
    assert town.client("colleague").get(link).status_code == 404
    assert town.client().get(link).status_code in (302, 401)
    assert author.api.get(link[:-2] + "xx").status_code == 404
    town.later(hours=3)
    assert author.api.get(link).status_code == 404


WRONG = (
    ("video", film(6)[:-300], "material.truncated"),
    ("video", film(6) + b"PK\x03\x04" + bytes(60), "material.disguised"),
    ("video", film(6, codec="libx264", form="matroska"), "material.codec"),
    ("video", film(3), "material.too_short"),
    ("video", voice(), "material.no_picture"),
    ("video", b"#EXTM3U\nfile:///etc/hostname\n", "material.no_film"),
    ("audio", b"<html><script>1</script></html>", "material.no_sound_file"),
    ("pdf", b"%PDF-1.4 and nothing more", "material.truncated"),
    ("pdf", film(5), "material.no_pdf"),
)


def test_what_is_not_what_it_says_is_refused_in_words(author: Author) -> None:
    for kind, content, code in WRONG:
        one = author.material(kind, content)
        assert (one["state"], one["fault"]["code"]) == ("refused", code)
        assert one["fault"]["sentence"] and "…" not in one["fault"]["sentence"] and one["fault"]["todo"]


@pytest.mark.parametrize(
    ("kind", "size", "status"), [("pdf", 104857600, 202), ("pdf", 104857601, 413), ("text", 15728641, 413)]
)
def test_each_kind_has_its_own_most_bytes(
    author: Author, town: Town, kind: str, size: int, status: int
) -> None:
    facts = {
        "state": "complete",
        "size_bytes": size,
        "received_bytes": size,
        "created_ms": 0,
        "touched_ms": 0,
    }
    with town.app.app_context():
        row = Upload(owner_id=town.people["admin"], name="x", sha256="", **facts)
        db.session.add(row)
        db.session.commit()
        body = {"kind": kind, "title": "x", "uploads": [row.id], "text": "字"}
        db.session.remove()
    answer = author.api.post("/api/v1/materials", body)
    assert answer.status_code == status, answer.text


def test_a_preparation_that_was_given_up_says_so_and_is_asked_for_once_more(
    author: Author, town: Town
) -> None:
    body = {"kind": "text", "title": "洗手", "text": "先湿手"}
    made = author.api.post("/api/v1/materials", body).json
    at = f"/api/v1/materials/{made['id']}"
    assert (made["state"], author.api.post(f"{at}/prepare").status_code) == ("processing", 409)
    with town.app.app_context():
        db.session.execute(update(WorkTask).values(state="failed"))
        db.session.commit()
        db.session.remove()
    given_up = author.api.get(at).json
    assert (given_up["state"], given_up["fault"]["title"]) == ("given_up", "没做成")
    for url in ("/office/materials", f"/office/materials/{made['id']}"):
        assert "再试一次" in author.api.get(url).text
    for other in ("stranger", "teacher"):
        assert town.client(other).post(f"{at}/prepare").status_code in (403, 404)
    assert town.client("colleague").post(f"{at}/prepare").json["state"] == "processing"
    work_off(town)
    assert author.api.get(at).json["state"] == "ready"


def test_pages_follow_each_other_with_their_seconds_and_a_voice(author: Author, town: Town) -> None:
    drawn = author.material("pdf", pdf(2))
    shown = author.api.get(f"/api/v1/materials/{drawn['id']}/preview").json
    assert [(page["from_s"], page["to_s"]) for page in shown["pages"]] == [(0, 45), (45, 90)]
    assert author.api.get(shown["pages"][1]["picture"]).mimetype == "image/jpeg"
    written = author.material("text", picture(), text="# 洗手\n\n" + "字" * 148 + "\n\n![七步](1)\n---\n完")
    shown = author.api.get(f"/api/v1/materials/{written['id']}/preview").json
    assert [(page["from_s"], page["to_s"]) for page in shown["pages"]] == [(0, 46), (46, 56)]
    assert author.api.get(shown["pages"][0]["blocks"][2]["url"]).mimetype == "image/jpeg"
    teacher, page_id = Author(town, "teacher"), shown["pages"][0]["id"]
    told = {"target_kind": "page", "target_id": page_id, "speech": "临沂话"}
    made = teacher.form("POST", "/api/v1/recordings", file=(BytesIO(voice(3)), "r.webm"), **told)
    assert made.status_code == 202, made.text
    work_off(town)
    assert teacher.api.get(f"/api/v1/recordings/{made.json['id']}").json["state"] == "ready"
    heard = author.api.get(f"/api/v1/materials/{written['id']}/preview").json["pages"][0]["recording"]
    assert (heard["duration_s"], heard["speech"]) == (3, "临沂话")
    assert author.api.get(heard["url"]).mimetype == "audio/mp4"
    bad = teacher.form("POST", "/api/v1/recordings", file=(BytesIO(b"no sound"), "r.webm"), **told)
    work_off(town)
    assert (
        teacher.api.get(f"/api/v1/recordings/{bad.json['id']}").json["fault"]["code"]
        == "material.no_sound_file"
    )
    assert (
        Author(town, "stranger")
        .form("POST", "/api/v1/recordings", file=(BytesIO(voice(1)), "r.webm"), **told)
        .status_code
        == 404
    )
    with town.app.app_context():
        assert len(list(db.session.scalars(select(MaterialPage)))) == 4
