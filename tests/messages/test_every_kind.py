"""Every kind of message as WeChat's stand-in takes it, on a shared phone, and until it is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.messages.makers import NOON, WANG, person, tell
from tests.web.wechat_binding.conftest import house as house
from tests.web.wechat_binding.conftest import wang_at_home as wang_at_home
from tests.web.wechat_binding.conftest import wechat as wechat
from tests.web.wechat_binding.test_shared_phone import APP_ID, shared
from yanglao.kernel.db import db, run
from yanglao.messages import choices, sending, service, templates
from yanglao.messages.kinds import KINDS
from yanglao.messages.models import Delivery, Message
from yanglao.messages.telling import say
from yanglao.simulator import fields

AT = 1_772_942_400_000
LONG = "兰山区养老护理员五级第一期基础班\n（周末）🙂"
FACTS = {
    name: AT if name.endswith("_ms") else 5400 if name.endswith("_s") else LONG
    for row in KINDS.values()
    for name in row.facts
} | {"day": "2026-03-08", "score": 85, "pass_mark": 60, "code": "YL-2026-1"}


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("named", [False, True])
def test_the_stand_in_takes_the_fields_of_every_kind_and_variant(app, kind, named):
    template = templates.of(app.config["SETTINGS"], kind)
    for variant in KINDS[kind].links:
        facts = FACTS | ({"variant": variant} if variant else {})
        values = templates.fields(template, kind, facts, person="买买提·阿卜杜拉", named=named)
        assert fields.check(f"demo_{kind}", {name: {"value": value} for name, value in values.items()})
        assert "…" not in say(kind, facts).sentence.replace(LONG, "")


def test_on_a_shared_phone_each_message_names_its_receiver(wang_at_home):
    house = wang_at_home
    shared(house)
    account = sending.Account(house.app.config["SETTINGS"], APP_ID)
    facts = {"device": "电脑", "at_ms": AT}
    for one in house.people[:2]:
        told = run(
            lambda who=one.person_id: service.tell(
                db.session, who, "account_bound", facts, once="shared", now=house.now
            )
        )
        call = run(lambda told=told: sending.begin(db.session, told, account, now=house.now))
        assert call.fields["thing1"] == f"{one.name}：电脑" and call.text.startswith(f"{one.name}：")


def test_who_was_merged_is_told_and_reads_under_the_record_that_stands(app):
    from yanglao.messages import queries
    from yanglao.people.models import Person

    wang, li = person(), person("李桂花")
    tell(wang)
    run(lambda: setattr(db.session.get(Person, wang), "merged_into_id", li))
    tell(wang, once="2")
    run(lambda: choices.choose(db.session, wang, off=["quiz_result"], quiet_nights=True, now=NOON))
    found, _ = queries.messages(db.session, li)
    assert len(found) == 2 and choices.of(db.session, li).quiet_nights


def test_messages_and_how_they_went_are_forgotten_after_their_time(office):
    office.tell(office.bound())
    for later, left in ((timedelta(days=180), 1), (timedelta(days=180, seconds=1), 0)):
        run(lambda later=later: service.expire(db.session, now=NOON + later))
        assert (db.session.query(Message).count(), db.session.query(Delivery).count()) == (left, left)
        db.session.rollback()


def test_no_openid_stands_in_a_message_a_delivery_or_a_log(office, caplog):
    office.faults("/cgi-bin/message/template/send", 40003)
    office.tell(office.bound())
    rows = [*db.session.query(Message), *db.session.query(Delivery)]
    said = repr([vars(row) for row in rows]) + caplog.text
    assert len(rows) == 2 and WANG not in said
