from __future__ import annotations

import threading
from datetime import datetime, timedelta, timezone

import pytest

from yanglao.kernel.db import db, run
from yanglao.messages import effects, queries, service
from yanglao.outside.wechat_events import Push, read

NOON = datetime(2026, 3, 8, 4, 0, tzinfo=timezone.utc)
APPID = "wx2c2769f8efd9abc2"
WANG, LI = "oWangXiuying000001", "oLiGuihua00000002"


def push(event: str, more: str = "", *, openid: str = WANG) -> Push:
    found = read(
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName><CreateTime>1</CreateTime>"
        f"<MsgType>event</MsgType><Event>{event}</Event>{more}</xml>"
    )
    assert found is not None
    return found


def receive(what: Push, *, now: datetime = NOON) -> service.Received:
    return run(lambda: service.receive(db.session, what, appid=APPID, now=now))


def notice(event: str, status: str = "", *, error: str = "", openid: str = WANG, number: int = 0) -> Push:
    around = "".join(part.capitalize() for part in event.split("_"))
    inner = f"<TemplateId>T1</TemplateId><SubscribeStatusString>{status}</SubscribeStatusString>"
    inner += (
        f"<ErrorCode>{error}</ErrorCode><MsgID>{number}</MsgID>"
        if error
        else f"<PopupScene>{number}</PopupScene>"
    )
    return push(event, f"<{around}><List>{inner}</List></{around}>", openid=openid)


def test_the_first_delivery_has_the_effect_and_later_ones_its_answer(either):
    first, second = receive(push("subscribe")), receive(push("subscribe"), now=NOON + timedelta(seconds=5))
    assert first.first and not second.first
    assert (first.reply, first.at_ms) == (second.reply, second.at_ms) and "欢迎" in (first.reply or "")


def test_deliveries_at_the_same_moment_have_one_effect(either, monkeypatch):
    seen, said, gate = [], [], threading.Barrier(6)
    monkeypatch.setitem(
        effects.EFFECTS, "SCAN", (lambda session, push, *, appid, now: seen.append(1) or "一次",)
    )

    def deliver():
        with either.app_context():
            gate.wait()
            said.append(receive(push("SCAN", "<EventKey>L7</EventKey>")).reply)
            db.session.remove()

    running = [threading.Thread(target=deliver) for _ in range(6)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    assert said == ["一次"] * 6
    assert [row.deliveries for row in queries.pushes(db.session)] == [6]


def test_an_effect_and_its_push_are_kept_together_or_not_at_all(either, monkeypatch):
    def fail(session, push, *, appid, now):
        raise RuntimeError

    monkeypatch.setitem(effects.EFFECTS, "subscribe_msg_popup_event", (effects.note_rights, fail))
    with pytest.raises(RuntimeError):
        receive(notice("subscribe_msg_popup_event", "accept"))
    assert queries.pushes(db.session) == [] and queries.remaining(db.session, WANG, "T1") == 0


def test_the_first_words_of_several_effects_answer(either, monkeypatch):
    row = tuple(lambda session, push, *, appid, now, said=said: said for said in (None, "先", "后"))
    monkeypatch.setitem(effects.EFFECTS, "CLICK", row)
    assert receive(push("CLICK")).reply == "先"


def test_accepting_gives_one_notice_sending_uses_it_and_refusing_takes_all(either):
    steps = (
        (notice("subscribe_msg_popup_event", "accept", number=1), 1),
        (notice("subscribe_msg_popup_event", "accept", number=1), 1),  # the same delivery again
        (notice("subscribe_msg_popup_event", "accept", number=2), 2),
        (notice("subscribe_msg_sent_event", error="0", number=3), 1),
        (notice("subscribe_msg_sent_event", error="43101", number=4), 1),
        (notice("subscribe_msg_change_event", "reject", number=5), 0),
        (notice("subscribe_msg_sent_event", error="0", number=6), 0),
    )
    for step, wanted in steps:
        receive(step)
        assert queries.remaining(db.session, WANG, "T1") == wanted
        db.session.rollback()


@pytest.mark.parametrize("event", ["unsubscribe", "user_authorization_revoke"])
def test_who_leaves_is_forgotten_and_nobody_else(either, event):
    for openid in (WANG, LI):
        receive(notice("subscribe_msg_popup_event", "accept", openid=openid))
    receive(push(event))
    assert (queries.remaining(db.session, WANG, "T1"), queries.remaining(db.session, LI, "T1")) == (0, 1)


def test_nothing_a_person_can_be_known_by_is_kept_of_a_push(either):
    receive(push("subscribe"))
    assert WANG not in repr(queries.pushes(db.session))
    assert queries.push_counts(db.session) == {"subscribe": 1}


def test_pushes_are_forgotten_after_a_day(either):
    receive(push("subscribe"))
    for later, left in ((86_399, 1), (86_401, 0)):
        run(lambda later=later: service.expire(db.session, now=NOON + timedelta(seconds=later)))
        assert len(queries.pushes(db.session)) == left
        db.session.rollback()
