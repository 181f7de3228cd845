"""Messages on a phone of 360 × 740: they fit, the bell counts, opening one reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.browser.conftest import Phone, sideways, small_text
from tests.factories import World, phone_of
from yanglao.kernel.clock import now, to_ms
from yanglao.kernel.db import db, reading, run
from yanglao.messages import queries, service

pytestmark = pytest.mark.browser


@pytest.fixture
def told(world: World) -> World:
    """Tell the first trainee of a device and of a refusal with a long reason."""
    who, moment = world.wang.actor.person_id, now()
    refused = {"class_name": "兰山区养老护理员五级第一期基础班（周末）", "at_ms": to_ms(moment)}
    refused["reason"] = "当天没有签到，旁边的人也说没有来。"
    device = {"device": "Windows 电脑 · 360 浏览器", "at_ms": to_ms(moment)}
    before = moment - timedelta(days=1)
    run(lambda: service.tell(db.session, who, "hours_refused", refused, once="1", now=before))
    run(lambda: service.tell(db.session, who, "account_bound", device, once="2", now=moment))
    db.session.remove()
    return world


@pytest.mark.parametrize("font", [18, 30])
@pytest.mark.parametrize("path", ["/learn/messages", "/learn/messages/choices", "/learn/"])
def test_pages_of_messages_fit_a_phone(
    phone: Callable[..., Phone], told: World, font: int, path: str
) -> None:
    there = phone(phone_of(told.wang), font=font)
    page = there.open(path)
    assert sideways(page) <= 0 and small_text(page, 18) == [] and there.said == []


def unread(told: World) -> int:
    with reading():
        return queries.unread(db.session, told.wang.actor.person_id)


def until_unread(page: Any, told: World, wanted: int) -> None:
    for _ in range(50):
        if unread(told) == wanted:
            return
        page.wait_for_timeout(100)
    assert unread(told) == wanted


def test_opening_a_message_reads_it_and_leads_on(phone: Callable[..., Phone], told: World) -> None:
    page = phone(phone_of(told.wang)).open("/learn/")
    count = page.locator(".bell .count").inner_text()
    assert count.startswith(str(unread(told)))
    page.click(".bell")
    before = unread(told)
    page.click("[data-message] >> nth=0")
    page.wait_for_url("**/account")
    until_unread(page, told, before - 1)


def test_what_is_unticked_stays_so(phone: Callable[..., Phone], told: World) -> None:
    page = phone(phone_of(told.wang)).open("/learn/messages/choices")
    page.uncheck("[value=quiz_result]")
    page.check("[name=quiet]")
    page.click("text=记下来")
    page.wait_for_load_state()
    assert not page.is_checked("[value=quiz_result]") and page.is_checked("[name=quiet]")
    assert page.locator(".big").bounding_box()["height"] >= 60
