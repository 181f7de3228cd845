from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from flask import Flask

from yanglao.files import disk, links, service
from yanglao.files.errors import FileUnknown, LinkExpired, WrongKind
from yanglao.files.models import StoredFile
from yanglao.kernel.db import db

NOW = datetime(2026, 3, 8, 1, 0, tzinfo=timezone.utc)
CSV = "姓名,学时\n王秀英,2.5\n".encode()


@pytest.fixture(autouse=True)
def bare(tmp_path):
    """Give an application with nothing but the table of files."""
    app = Flask("bare")
    app.config.update(
        SQLALCHEMY_DATABASE_URI="sqlite://", SECRET_KEY="x" * 40, SETTINGS=SimpleNamespace(data_dir=tmp_path)
    )
    db.init_app(app)
    with app.app_context():
        StoredFile.__table__.create(db.engine)
        yield app
        db.session.remove()
        db.engine.dispose()


def store(content=CSV, *, name="名单.csv", media_type="text/csv", owner="p1", **more):
    return service.store(
        db.session,
        content,
        name=name,
        media_type=media_type,
        owner_id=owner,
        purpose="roster",
        now=NOW,
        **more,
    )


def test_what_is_stored_is_what_is_opened():
    file = service.open_(db.session, store(), now=NOW)
    assert file.path.read_bytes() == CSV
    assert (file.name, file.size_bytes, file.media_type) == ("名单.csv", len(CSV), "text/csv")


def test_equal_content_lies_on_disk_once():
    store()
    store(name="另一份.csv")
    assert len(list(disk.all_names(service.folder()))) == 1


def test_a_file_of_another_owner_is_not_found():
    with pytest.raises(FileUnknown):
        service.open_(db.session, store(owner="p1"), now=NOW, owner_id="p2")


@pytest.mark.parametrize(("after_s", "found"), [(59, True), (60, False)])
def test_a_file_is_found_until_it_expires(after_s, found):
    file_id = store(keep_for=timedelta(seconds=60))
    moment = NOW + timedelta(seconds=after_s)
    if found:
        assert service.open_(db.session, file_id, now=moment)
    else:
        with pytest.raises(FileUnknown):
            service.open_(db.session, file_id, now=moment)


def test_expired_rows_go_and_content_goes_when_no_row_names_it_and_it_is_old(tmp_path):
    kept = store(content=b"kept", name="a.txt", media_type="text/plain")
    store(keep_for=timedelta(seconds=1))
    for path in (tmp_path / "files").glob("??/*"):
        os.utime(path, (0, 0))
    assert service.expire(db.session, now=NOW + timedelta(hours=2)) == 1
    assert [
        disk.path_of(service.folder(), name).read_bytes() for name in disk.all_names(service.folder())
    ] == [b"kept"]
    assert service.open_(db.session, kept, now=NOW)


@pytest.mark.parametrize("declared", ["image/png", "application/pdf"])
def test_content_of_another_kind_than_declared_is_refused(declared):
    with pytest.raises(WrongKind):
        store(media_type=declared)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\学员\\名单.csv", "名单.csv"),
        ("a\r\nb.csv", "ab.csv"),
        ("", "file"),
        ("..", "file"),
    ],
)
def test_a_name_never_carries_folders_or_line_breaks(name, kept):
    assert service.open_(db.session, store(name=name), now=NOW).name == kept


@pytest.mark.parametrize(("after_s", "opens"), [(899, True), (900, False)])
def test_a_link_opens_for_a_quarter_of_an_hour(after_s, opens):
    word, moment = links.make("f1", now=NOW), NOW + timedelta(seconds=after_s)
    if opens:
        assert links.read(word, now=moment) == "f1"
    else:
        with pytest.raises(LinkExpired):
            links.read(word, now=moment)


@pytest.mark.parametrize("spoil", [lambda word: word[:-2] + "xx", lambda word: "", lambda word: "a.b.c"])
def test_an_altered_link_opens_nothing(spoil):
    with pytest.raises(LinkExpired):
        links.read(spoil(links.make("f1", now=NOW)), now=NOW)
