"""A zip of photos named 姓名+身份证号: every file told, all or nothing, numbers in no answer and no log."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.web.wechat_binding.conftest import signed_in, staff
from tests.web.wechat_binding.test_photos import picture
from yanglao.kernel.db import db
from yanglao.outside import archive
from yanglao.outside.ciphers import ciphers
from yanglao.people import photo_names
from yanglao.people.models import Person
from yanglao.people.photo_models import PersonPhoto

LIMITS = {"most_files": 3, "most_each": 1000, "most_all": 2500}


def packed(files, encoding="utf-8"):
    """Return a zip as a Chinese Windows (gb18030, nothing said) or as others write it."""
    out = io.BytesIO()
    marks = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for at, (name, content) in enumerate(files):
            raw = name.encode(encoding)
            mark = f"{at:03d}".ljust(len(raw), "-")
            marks[mark.encode()] = raw
            made.writestr(name if encoding == "said" else mark, content)
    content = out.getvalue()
    for mark, raw in marks.items():
        content = content.replace(mark, raw)
    return content


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_names_are_read_as_they_were_written(encoding):
    given = [("照片/王秀英110101199001010015.jpg", b"x"), ("䶮.png", b"y")]
    found = list(archive.members(packed(given, encoding), **LIMITS))
    assert [(one.name, one.content) for one in found] == given


def test_a_bomb_ends_at_its_limit():
    whole = packed([("aaa", b"1" * 1000), ("bbb", b"2" * 1001)])
    assert [one.content is None for one in archive.members(whole, **LIMITS)] == [False, True]
    bombs = {
        "too_many": packed([(f"{at}.jpg", b"") for at in range(4)]),
        "too_large": packed([(f"{at}.jpg", b"x" * 900) for at in range(3)]),
        "damaged": packed([("aaa", b"1" * 900)])[:-30],
    }
    bombs["too_large "] = packed([(f"{at}.jpg", b"x" * 20_000_000) for at in range(3)])
    for why, content in bombs.items():
        with pytest.raises(archive.NoArchive, match=why.strip()):
            list(archive.members(content, **LIMITS))


@pytest.mark.parametrize(
    ("path", "name", "fault"),
    [
        ("王秀英11010119900101001X.jpg", "王秀英", None),
        ("a/11010119900101001x_王 秀英.JPEG", "王秀英", None),
        ("阿依玉•买买提+１１０１０１１９９００１０１００１５.png", "阿依玉·买买提", None),
        ("王秀英.jpg", "王秀英", "photo_zip.no_number"),
        ("110101199001010015.jpg", "", "photo_zip.no_name"),
        ("王秀英110101199001010015110101199001010023.jpg", None, "photo_zip.no_number"),
        ("王秀英110101199001010015.gif", "", "photo_zip.kind"),
    ],
)
def test_a_name_says_whose_photo_it_is(path, name, fault):
    found = photo_names.read(path)
    assert found.fault == fault and (name is None or found.name == name)
    assert "19900101" not in photo_names.shown(path)


def sent(caller, path, content, **more):
    db.session.remove()
    return caller.app.test_client().post(
        path,
        data={"zip": (io.BytesIO(content), "photos.zip")} | more,
        headers={"Authorization": f"Bearer {caller.token}"},
    )


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
def test_a_zip_is_looked_at_then_taken_whole_or_not_at_all(house, caplog, capfd):
    db.session.remove()
    rows = [db.session.get(Person, one.person_id) for one in house.people[:2]]
    people = [(row.name, ciphers().open(row.id_cipher)) for row in rows]
    good = [(f"{name}{number}.jpg", picture()) for name, number in people]
    bad = [
        (f"__MACOSX/._{people[0][0]}.jpg", b"litter"),
        (f"张三{people[0][1]}.jpg", picture()),
        (f"李四{'110101199001010023'}.jpg", picture()),
        (f"{people[1][0]}+{people[1][1]}.png", b"no picture"),
    ]
    admin = staff(house, "admin_a")

    mixed = packed(good + bad, "gb18030")
    told = sent(admin, "/api/v1/photo-zips/look", mixed)
    assert told.status_code == 200, told.text
    codes = [one["code"] for one in told.json["lines"]]
    wrong = ["photo_zip.other_name", "photo_zip.unknown_person", "photo.unreadable"]
    assert codes == [None, "photo_zip.twice", *wrong] and told.json["faults"] == 4
    refused = sent(admin, "/api/v1/photo-zips", mixed, digest=told.json["digest"])
    assert (refused.status_code, refused.json["code"]) == (422, "photo_zip.faulty")
    assert db.session.query(PersonPhoto).count() == 0

    told = sent(admin, "/api/v1/photo-zips/look", packed(good)).json
    assert (told["files"], told["faults"], told["taken"]) == (2, 0, False)
    assert sent(admin, "/api/v1/photo-zips", packed(good), digest="sha256:x").status_code == 409
    done = sent(admin, "/api/v1/photo-zips", packed(good), digest=told["digest"])
    assert (done.status_code, done.json["taken"]) == (201, True)
    waiting = admin.get("/api/v1/person-photos").json["items"]
    assert {one["person_id"] for one in waiting} == {one.person_id for one in house.people[:2]}
    assert "成批传照片" in admin.page("/office/photos").text

    other = sent(staff(house, "admin_b"), "/api/v1/photo-zips/look", packed(good)).json
    assert {one["code"] for one in other["lines"]} == {"photo_zip.unknown_person"}
    for who, status in (("teacher_a", 403), (None, 403)):
        caller = staff(house, who) if who else signed_in(house, house.people[0])
        assert sent(caller, "/api/v1/photo-zips/look", packed(good)).status_code == status
    logged = caplog.text + "".join(capfd.readouterr())
    answers = str(told) + str(done.json) + str(other)
    assert not any(number in logged + answers for _, number in people)
