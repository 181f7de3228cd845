"""A text is read page by page on a phone: each page counts while it is on screen, and nobody turns before it is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests import factories
from tests.browser.conftest import Phone, sideways, until
from yanglao.completion import queries
from yanglao.courses import authoring, material_making, materials, publishing
from yanglao.courses import queries as courses
from yanglao.courses import service as loading
from yanglao.courses.documents import Edit
from yanglao.demo import city
from yanglao.kernel.actor import SYSTEM, Actor
from yanglao.kernel.clock import held, now
from yanglao.kernel.db import db, run
from yanglao.places import service as places

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEXT = "# 洗手\n\n先湿手，再打肥皂。\n---\n搓手心，搓手背，搓指缝。"


@pytest.fixture
def world(app: Any) -> factories.World:
    """Give a world whose class has a text of two pages as its last lesson."""
    began = now() - timedelta(days=2)
    with held(began):
        run(lambda: (places.load_notice(db.session), loading.load_courses(db.session, began)))
        author = run(lambda: city.build(db.session, now=began)).staff["city_ca"]
        told: dict[str, Any] = {"upload_ids": [], "text": TEXT, "now": began, "actor": author}
        made = run(lambda: materials.make(db.session, "text", "洗手（图文）", **told))
        material_making.prepare(db.session, {"material_id": made}, now=began, report=lambda done, total: None)
        run(lambda: _publish(made, began, author))
    return run(lambda: factories._world(now(), 1, True))


def _publish(material: str, began: datetime, author: Actor) -> None:
    old = courses.programme_by_code(db.session, "caregiver_l5")
    copied = authoring.copy(db.session, old.id, now=began, actor=author)
    draft = courses.programme(db.session, copied)
    segment = draft.segments[0]
    values = {"key": "washing_text", "title": "洗手（图文）", "topic": "health", "material": material}
    edit = Edit(act="add", what="lesson", segment=segment.key, module=segment.modules[0].key, values=values)
    authoring.edit(db.session, copied, edit, revision=draft.revision, now=began, actor=author)
    publishing.publish(db.session, copied, now=began, actor=SYSTEM)


def test_a_text_is_read_page_by_page_and_every_second_counts(
    phone: Callable[..., Phone], world: factories.World
) -> None:
    lesson = next(one for one in world.online.lessons if one.kind == "text")
    held_phone = phone(factories.phone_of(world.wang))
    page = held_phone.open(f"/learn/lessons/{world.wang.enrolment_id}/{lesson.id}")
    assert sideways(page) <= 0 and "2 页" in page.inner_text("#cover")
    page.click("#cover")
    page.wait_for_selector("text=先湿手")
    page.dispatch_event("#leaf-next", "click")
    assert page.is_hidden("text=搓手心"), "a page is turned only once it is read"
    until(page, "document.querySelector('#leaf-next').getAttribute('aria-disabled') === 'false'")
    page.click("#leaf-next")
    page.wait_for_selector("text=搓手心")
    until(page, "!document.querySelector('#after').hidden")
    until(page, "document.querySelector('#waiting').textContent === '00:00'")
    db.session.rollback()
    standing = queries.enrolment_page(db.session, world.wang.enrolment_id, now=now())
    segment = next(one for one in standing.segments if one.id == world.online.id)
    assert lesson.duration_s - 1 <= segment.credited_s <= lesson.duration_s
    assert held_phone.said == []
