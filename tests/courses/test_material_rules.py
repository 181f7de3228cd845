from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yanglao.courses import captions
from yanglao.courses.material_rules import (
    MaterialRefused,
    Page,
    check_film,
    intervals,
    read_text,
    seconds_of,
)
from yanglao.kernel import policy
from yanglao.kernel.errors import Refused

FIGURES = policy.latest().material
FILM = {"form": "mov", "codec": "h264", "pixels": "yuv420p", "width": 1280, "height": 720, "duration_s": 60}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, None),
        ({"codec": "hevc"}, "material.codec"),
        ({"codec": "av1"}, "material.codec"),
        ({"pixels": "yuv420p10le"}, "material.codec"),
        ({"form": "matroska", "codec": "vp9"}, "material.codec"),
        ({"width": 1920, "height": 1080}, None),
        ({"width": 1921}, "material.too_wide"),
        ({"duration_s": 4}, "material.too_short"),
        ({"duration_s": 5}, None),
        ({"duration_s": 7200}, None),
        ({"duration_s": 7201}, "material.too_long"),
    ],
)
def test_only_what_every_phone_in_wechat_plays_becomes_a_film(facts, code):
    if code is None:
        return check_film({**FILM, **facts}, FIGURES)
    with pytest.raises(MaterialRefused) as told:
        check_film({**FILM, **facts}, FIGURES)
    assert told.value.code == code


@pytest.mark.parametrize(
    ("page", "drawn", "seconds"),
    [
        (Page("字" * 49), False, 10),
        (Page("字" * 50), False, 10),
        (Page("字" * 51), False, 11),
        (Page("字" * 1500), False, 300),
        (Page("字" * 1501), False, 300),
        (Page(""), True, 45),
        (Page("字 \n 字" * 150), True, 60),
    ],
)
def test_a_page_is_read_as_long_as_its_characters_take_within_the_limits(page, drawn, seconds):
    assert seconds_of(page, FIGURES, drawn=drawn) == seconds


def test_a_text_is_read_as_it_is_written():
    pages = read_text("# 洗手\n\n先湿手，\n再抹皂。\n\n![七步](1)\n---\n\n---\n第二页", pictures=1)
    assert [[(b.kind, b.text, b.picture) for b in page.blocks] for page in pages] == [
        [("heading", "洗手", 0), ("paragraph", "先湿手，\n再抹皂。", 0), ("picture", "七步", 1)],
        [("paragraph", "第二页", 0)],
    ]
    for text, code in (("", "text_empty"), ("---\n---", "text_empty"), ("![x](2)", "picture_missing")):
        with pytest.raises(MaterialRefused) as told:
            read_text(text, pictures=1)
        assert told.value.code == f"material.{code}"


@given(st.lists(st.integers(1, 300), min_size=1, max_size=50))
def test_pages_follow_each_other_without_gaps(seconds):
    found = intervals(seconds)
    assert found[0][0] == 0 and found[-1][1] == sum(seconds)
    assert all(before[1] == after[0] for before, after in zip(found, found[1:], strict=False))


SRT = "1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>洗手</i> & 擦干\r\n\r\n2\r\n00:01:00,000 --> 00:02:00,000\r\n晚了\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_captions_become_webvtt_whatever_they_were_written_with(encoding):
    assert captions.to_vtt(SRT.encode(encoding), duration_s=60).decode() == (
        "WEBVTT\n\n00:00:01.500 --> 00:00:03.000\n洗手 &amp; 擦干\n"
    )


@pytest.mark.parametrize("raw", [b"", b"\x00\xff\xfe", b"WEBVTT\n\nx --> y\n", b"00:03.000 --> 00:02.000\nx"])
def test_broken_captions_are_refused(raw):
    with pytest.raises(Refused):
        captions.to_vtt(raw, duration_s=60)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_as_captions(raw):
    try:
        assert captions.to_vtt(raw, duration_s=60).startswith(b"WEBVTT")
    except Refused:
        pass
