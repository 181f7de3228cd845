"""The bundled courses: they load, load again, and never change once published."""

from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from sqlalchemy import func, select

from yanglao.courses import media, queries, service, sources
from yanglao.courses.models import Programme
from yanglao.courses.question_models import Question
from yanglao.places import service as places

NOW = datetime(2026, 3, 8, 1, 0, tzinfo=UTC)


@pytest.fixture
def loaded(session: Any) -> Any:
    places.load_notice(session)
    service.load_courses(session, NOW)
    return session


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return Path(copytree(sources.FOLDER, tmp_path / "data"))


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_four_programmes_are_published(loaded: Any) -> None:
    found = {one.code: one for one in queries.programmes(loaded)}
    assert set(found) == {"caregiver_l5", "caregiver_l4", "leader", "social_worker"}
    assert [one.mode for one in found["caregiver_l4"].segments] == ["online", "offline", "offline"]
    assert all("示例" in one.hours_note for one in found.values())


def test_loading_again_adds_nothing(loaded: Any) -> None:
    rows = loaded.scalar(select(func.count()).select_from(Question))
    assert service.load_courses(loaded, NOW) == service.Loaded(programmes=0, questions=0)
    assert loaded.scalar(select(func.count()).select_from(Question)) == rows


def test_the_live_class_programme_fits_its_lessons_and_one_session(loaded: Any) -> None:
    online, offline = queries.programme_by_code(loaded, "caregiver_l5").segments
    assert online.required_s * 100 <= 95 * sum(one.duration_s for one in online.lessons)
    assert (len(online.lessons), offline.required_s) == (3, 3 * 3600)


def test_a_published_programme_cannot_be_changed_in_its_file(loaded: Any, files: Path) -> None:
    change(files, "programme_leader.toml", "required_s = 21600", "required_s = 10800")
    with pytest.raises(service.VersionLoaded):
        service.load_courses(loaded, NOW, folder=files)


def test_a_new_version_stands_beside_the_old_and_keeps_the_segment_keys(loaded: Any, files: Path) -> None:
    change(files, "programme_leader.toml", "required_s = 21600", "required_s = 10800")
    change(files, "programme_leader.toml", "version = 1", "version = 2")
    assert service.load_courses(loaded, NOW, folder=files).programmes == 1
    old, new = (queries.programme_by_code(loaded, "leader", version=n) for n in (1, 2))
    assert [one.key for one in old.segments] == [one.key for one in new.segments]
    assert (old.segments[1].required_s, new.segments[1].required_s) == (21600, 10800)


def test_a_new_version_of_a_question_retires_the_old_one(loaded: Any, files: Path) -> None:
    change(files, "bank_five_topics.toml", 'key = "tf05_air"', 'key = "tf05_air"\nversion = 2')
    assert service.load_courses(loaded, NOW, folder=files).questions == 1
    segment = queries.programme_by_code(loaded, "leader").segments[0]
    assert [one.version for one in queries.bank(loaded, segment.id) if one.key == "tf05_air"] == [2]


def test_a_changed_question_without_a_new_version_is_refused(loaded: Any, files: Path) -> None:
    change(files, "bank_five_topics.toml", "同时注意不让老人受凉", "不必管老人受不受凉")
    with pytest.raises(service.VersionLoaded):
        service.load_courses(loaded, NOW, folder=files)


def test_publishing_twice_is_refused(loaded: Any) -> None:
    programme = loaded.scalars(select(Programme)).first()
    with pytest.raises(service.AlreadyPublished):
        service.publish(loaded, programme.id, now=NOW, actor=service.SYSTEM)


def test_a_file_with_an_unknown_entry_is_named(files: Path) -> None:
    change(files, "programme_leader.toml", "publish = true", "publish = true\nhours = 3")
    with pytest.raises(sources.CourseFileBroken, match=r"programme_leader\.toml"):
        sources.read(files)


@pytest.mark.parametrize("name", ["../models.py", "none.mp4", "", ".", "/etc/hostname"])
def test_only_names_of_bundled_files_are_found(name: str) -> None:
    with pytest.raises(media.MediaUnknown):
        media.path_of(name)
