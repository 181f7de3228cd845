"""The bundled films and questions are what they claim to be."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from yanglao.courses import media, sources

FILES = sources.read()


def film_seconds(path: Path) -> int:
    """Read the whole seconds of an MP4 from its movie header."""
    raw = path.read_bytes()
    at = raw.index(b"mvhd") + 4
    scale, length = struct.unpack(">II", raw[at + 12 : at + 20])
    return int(length // scale)


@pytest.mark.parametrize("key", sorted(FILES.lessons))
def test_a_film_is_the_one_in_the_index_and_plays_from_its_start(key: str) -> None:
    lesson = FILES.lessons[key]
    path = media.path_of(lesson.media)
    raw = path.read_bytes()
    assert (media.digest_of(path), len(raw)) == (lesson.digest, lesson.bytes)
    assert film_seconds(path) == lesson.duration_s
    assert 100 <= lesson.duration_s <= 170
    assert raw.index(b"moov") < raw.index(b"mdat")
    assert lesson.bytes <= 450_000
    assert media.path_of(lesson.poster).stat().st_size <= 15_000


@pytest.mark.parametrize("key", sorted(FILES.lessons))
def test_a_film_has_a_low_traffic_version_to_its_end(key: str) -> None:
    lesson = FILES.lessons[key]
    light = media.light_of(lesson.media)
    assert light is not None and light.stat().st_size < 0.7 * lesson.bytes
    assert lesson.duration_s <= film_seconds(light) <= lesson.duration_s + 1
    raw = light.read_bytes()
    assert raw.index(b"moov") < raw.index(b"mdat")
    assert media.light_of(light.name) is None


@pytest.mark.parametrize("key", sorted(FILES.lessons))
def test_captions_run_in_order_to_the_end_of_the_film(key: str) -> None:
    lesson = FILES.lessons[key]
    text = media.path_of(lesson.captions).read_text("utf-8")
    cues = [line.split(" --> ") for line in text.splitlines() if " --> " in line]
    times = [stamp for cue in cues for stamp in cue]
    assert text.startswith("WEBVTT\n")
    assert all(start < end for start, end in cues)
    assert times[-1] <= f"00:{lesson.duration_s // 60:02d}:{lesson.duration_s % 60:02d}.999"


def test_the_bank_for_caregivers_is_large_and_spread() -> None:
    bank = next(one for one in FILES.banks if one.bank == "caregiver_basic")
    assert len(bank.questions) >= 45
    for kind in ("single", "multiple", "true_false"):
        assert sum(one.kind == kind for one in bank.questions) >= 14
    assert {"law", "ethics", "conduct", "quality", "health"} <= {one.topic for one in bank.questions}


def test_no_bank_asks_the_same_thing_twice() -> None:
    for bank in FILES.banks:
        assert len({one.key for one in bank.questions}) == len(bank.questions)
        assert len({one.text for one in bank.questions}) == len(bank.questions)


def test_the_right_place_of_single_questions_is_not_always_the_same() -> None:
    places = [one.right[0] for bank in FILES.banks for one in bank.questions if one.kind == "single"]
    assert len(set(places)) >= 3
