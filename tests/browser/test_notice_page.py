"""The notice of a class on an instructor's phone: its pictures are drawn, its names masked, its calls kept."""

from __future__ import annotations

import pytest

from tests.browser.conftest import sideways, small_text, until
from yanglao.kernel.db import db
from yanglao.people import queries as people

pytestmark = pytest.mark.browser
TALL = """(() => { const all = document.querySelectorAll('.picture img');
  return all.length && Array.from(all).every((one) => one.naturalWidth === 1125 && one.naturalHeight > 600); })()"""


def number(world) -> str:
    """Return the phone number of the instructor of today's session."""
    return people.person(db.session, world.teacher.person_id).account_phone or ""


@pytest.mark.parametrize("font", [18, 30])
def test_the_notice_is_drawn_masked_and_fits_the_phone(world, phone, font):
    held = phone(number(world), font=font)
    page = held.open(f"/teach/classes/{world.class_id}/notice")
    until(page, TALL)
    assert "*" in page.inner_text("#text")
    masked = page.get_attribute(".picture img", "src")
    page.click(".mask")
    until(page, "!document.getElementById('text').textContent.includes('*')")
    assert page.get_attribute(".picture img", "src") != masked
    assert sideways(page) <= 0 and small_text(page, 18) == [] and held.said == []


def test_more_than_thirty_people_stand_on_several_pictures(world, phone):
    page = phone(number(world)).open(f"/teach/classes/{world.class_id}/notice")
    until(page, TALL)
    page.evaluate(
        """() => { const node = document.getElementById('facts'), facts = JSON.parse(node.textContent);
          const group = facts.drawn.groups[0];
          group.people = Array.from({length: 61}, (_, at) => Object.assign({}, group.people[0], {name: '王' + at}));
          facts.drawn.groups = [group]; node.textContent = JSON.stringify(facts); }"""
    )
    page.evaluate("() => { const again = document.createElement('script');"
                  " again.src = document.querySelector('script[src*=\"shared/notice.js\"]').src; document.head.append(again);"
                  " again.onload = () => document.dispatchEvent(new Event('DOMContentLoaded')); }")  # fmt: skip
    until(page, "document.querySelectorAll('.picture img').length === 3")
    until(page, TALL)


@pytest.mark.parametrize("font", [18, 30])
def test_a_call_is_kept_by_one_press(world, phone, font):
    held = phone(number(world), font=font)
    page = held.open(f"/teach/classes/{world.class_id}/calls")
    assert page.evaluate(
        "Array.from(document.querySelectorAll('.dial, .results .button')).every((one) => one.scrollWidth <= one.clientWidth)"
    )
    page.click(".call >> nth=0 >> text=没人接")
    until(page, "document.querySelector('.call .made').textContent.includes('没人接')")
    page.reload()
    assert "没人接" in page.inner_text(".call >> nth=0 >> .made")
    assert sideways(page) <= 0 and small_text(page, 18) == [] and held.said == []
