"""An instructor's recording outlives the page until it has been sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests import factories, media_files
from tests.browser.conftest import Phone, sideways, until
from tests.capture.practical.makers import PHONES
from yanglao.courses import question_queries
from yanglao.courses.material_models import Recording
from yanglao.kernel.db import db

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WAITS = "!document.querySelector('[data-act=send]').hidden"


def test_a_voice_that_could_not_be_sent_is_still_there_when_the_page_is_opened_again(
    phone: Callable[..., Phone], world: factories.World
) -> None:
    question = question_queries.current(db.session, world.online.bank_key or "")[0].id
    page = phone(PHONES["teacher_a"], font=30).open(f"/teach/voices/question/{question}")
    assert sideways(page) == 0
    sound = {"name": "v.webm", "mimeType": "audio/webm", "buffer": media_files.voice()}
    page.set_input_files("input[type=file]", sound)
    until(page, WAITS)
    page.context.set_offline(True)
    page.click("[data-act=send]")
    page.wait_for_selector("text=您录的还在", timeout=60_000)
    page.context.set_offline(False)
    page.once("dialog", lambda asked: asked.accept())
    page.reload()
    page.wait_for_selector("text=上次录的还没有传")
    page.click("[data-act=send]")
    page.wait_for_selector("text=传到了")
    made = db.session.scalars(select(Recording).where(Recording.target_id == question)).one()
    assert made.state == "processing"
