from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from tests.factories import NINE, world
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run
from yanglao.messages import queries, service, windows
from yanglao.messages.chat import words_of
from yanglao.messages.models import Delivery
from yanglao.outside.wechat_events import Push, read
from yanglao.people import oauth, photos, wechat
from yanglao.people import service as people

APPID, OTHER = "wx2c2769f8efd9abc2", "wxanotheraccount"
WANG, LI = "oWangXiuying000001", "oLiGuihua00000002"


@pytest.fixture
def town(either):
    return world()


def push(event: str, more: str = "", *, openid: str = WANG, at: datetime = NINE) -> Push:
    found = read(
        f"<xml><ToUserName>gh_1</ToUserName><FromUserName>{openid}</FromUserName>"
        f"<CreateTime>{int(at.timestamp())}</CreateTime><MsgType>event</MsgType><Event>{event}</Event>{more}</xml>"
    )
    assert found is not None
    return found


def receive(what: Push, *, now: datetime = NINE) -> str | None:
    return run(lambda: service.receive(db.session, what, appid=APPID, now=now)).reply


def bind(town, number: int = 0, openid: str = WANG, *, now: datetime = NINE) -> str:
    held = town.trainees[number].actor
    visit = oauth.Visit(openid, None, "", 0)
    run(lambda: people.bind_own(db.session, visit=visit, appid=APPID, now=now, actor=held))
    return held.person_id


def allow(openid: str, *, at: datetime = NINE, now: datetime | None = None, scene: int = 1) -> None:
    entry = f"<TemplateId>T1</TemplateId><SubscribeStatusString>accept</SubscribeStatusString><PopupScene>{scene}</PopupScene>"
    more = f"<SubscribeMsgPopupEvent><List>{entry}</List></SubscribeMsgPopupEvent>"
    receive(push("subscribe_msg_popup_event", more, openid=openid, at=at), now=now or at)


def whose(openid: str) -> str | None:
    db.session.rollback()
    return wechat.person_of(db.session, APPID, openid)


def test_a_new_follower_is_asked_to_bind_and_a_bound_one_is_not(town):
    assert receive(push("subscribe")) == words_of("chat.welcome")
    bind(town)
    later = NINE + timedelta(minutes=1)
    assert receive(push("subscribe", at=later), now=later) == words_of("chat.welcome_bound")


def test_who_leaves_is_parted_and_forgotten_and_keeps_the_record(town):
    bind(town)
    bind(town, 1, LI)
    allow(WANG)
    allow(LI)
    assert receive(push("unsubscribe", "<EventKey/>")) is None
    assert (whose(WANG), whose(LI)) == (None, town.trainees[1].actor.person_id)
    assert [queries.remaining(db.session, one, "T1") for one in (WANG, LI)] == [0, 1]
    assert wechat.binding_acts(db.session, town.trainees[0].actor.person_id)[0].how == "unsubscribed"


def test_who_leaves_takes_their_photo_along_and_nobody_elses(town):
    both, picture = [bind(town), bind(town, 1, LI)], BytesIO()
    Image.new("RGB", (600, 800)).save(picture, "JPEG")
    for held in town.trainees[:2]:
        run(lambda actor=held.actor: photos.take(db.session, picture.getvalue(), now=NINE, actor=actor))
    receive(push("unsubscribe"))
    assert [photos.latest(db.session, one) is None for one in both] == [True, False]


def test_who_comes_back_is_led_to_the_confirmation_and_bound_only_after_it(town):
    person_id = bind(town)
    receive(push("unsubscribe"))
    later = NINE + timedelta(days=3)
    assert receive(push("subscribe", at=later), now=later) == words_of("chat.welcome_back")
    assert whose(WANG) is None
    visit = oauth.Visit(WANG, None, "", 0)
    run(lambda: people.bind_again(db.session, visit=visit, appid=APPID, now=later))
    assert whose(WANG) == person_id


def test_an_unsubscription_that_a_new_binding_overtook_parts_nobody(town):
    bind(town)
    receive(push("unsubscribe"))
    later = NINE + timedelta(hours=30)
    person_id = bind(town, now=later)
    run(lambda: service.expire(db.session, now=later))
    receive(push("unsubscribe"), now=later + timedelta(seconds=1))
    assert whose(WANG) == person_id
    receive(push("unsubscribe", at=later + timedelta(seconds=9)), now=later + timedelta(seconds=9))
    assert whose(WANG) is None


@pytest.mark.parametrize(("behind", "parted"), [(0, True), (4, True), (7, False), (8 * 86_400, True)])
def test_a_clock_a_little_behind_or_nonsense_still_parts(town, behind, parted):
    bind(town)
    receive(push("unsubscribe", at=NINE - timedelta(seconds=behind)))
    assert (whose(WANG) is None) is parted


def test_a_withdrawal_is_about_the_person_it_names_whoever_it_is_from(town):
    bind(town)
    bind(town, 1, LI)
    for about, wanted in ((LI, (False, True)), (WANG, (True, True))):
        more = f"<OpenID>{about}</OpenID><AppID>{APPID}</AppID><RevokeInfo>301</RevokeInfo>"
        receive(push("user_authorization_revoke", more, openid="mp"))
        assert (whose(WANG) is None, whose(LI) is None) == wanted


def test_a_withdrawal_from_another_account_parts_nobody(town):
    person_id = bind(town)
    more = f"<OpenID>{WANG}</OpenID><AppID>{OTHER}</AppID>"
    receive(push("user_authorization_revoke", more))
    assert whose(WANG) == person_id


def test_leaving_signs_out_what_was_signed_in_through_wechat(town):
    held = bind(town)
    let_in = run(
        lambda: people.let_in(
            db.session, held, client="wechat", via="wechat", device_label="安卓手机 · 微信", now=NINE
        )
    )
    receive(push("unsubscribe"))
    assert people.resolve(db.session, let_in.token, NINE) is None


@pytest.mark.parametrize(("late_h", "counted"), [(0, 1), (23, 2), (25, 1)])
def test_an_acceptance_that_comes_after_pushes_are_forgotten_counts_nothing(town, late_h, counted):
    allow(WANG)
    later = NINE + timedelta(hours=late_h)
    allow(WANG, now=later, scene=1 if late_h == 0 else 2)
    assert queries.remaining(db.session, WANG, "T1") == counted


def test_scenes_keys_and_scans_are_answered_by_their_tables(town):
    assert "/l/L7f" in (receive(push("SCAN", "<EventKey>L7f</EventKey><Ticket>t</Ticket>")) or "")
    assert "/l/L7f" in (receive(push("subscribe", "<EventKey>qrscene_L7f</EventKey>")) or "")
    assert receive(push("CLICK", "<EventKey>help</EventKey>")) == words_of("chat.help")
    info = "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>https://x/c/AAAAB3NzaC1yc2EA</ScanResult></ScanCodeInfo>"
    assert "/c/AAAAB3NzaC1yc2EA" in (receive(push("scancode_waitmsg", info)) or "")


@pytest.mark.parametrize(
    ("event", "opened"),
    [
        ("subscribe", True),
        ("SCAN", True),
        ("CLICK", True),
        ("scancode_push", True),
        ("scancode_waitmsg", True),
        ("VIEW", False),
        ("unsubscribe", False),
    ],
)
def test_only_who_acts_may_be_answered_for_a_minute(town, event, opened):
    if not service.takes(push(event)):
        assert not opened
        return
    receive(push(event, "<EventKey>help</EventKey>"))
    for later, still in ((59, opened), (60, False)):
        assert windows.is_open(db.session, WANG, now=NINE + timedelta(seconds=later)) is still


def test_who_leaves_may_be_answered_no_more(town):
    receive(push("CLICK", "<EventKey>help</EventKey>"))
    receive(push("unsubscribe"))
    assert not windows.is_open(db.session, WANG, now=NINE)


@pytest.mark.parametrize(
    ("status", "state"),
    [("success", "arrived"), ("failed:user block", "failed"), ("failed: system failed", "failed")],
)
def test_a_template_message_is_noted_as_it_arrived(town, status, state):
    person_id = town.trainees[0].actor.person_id
    facts = {"device": "安卓手机 · 微信", "at_ms": to_ms(NINE)}
    told = run(lambda: service.tell(db.session, person_id, "account_bound", facts, once="1", now=NINE))
    row = Delivery(message_id=told, way="template", state="sent", msgid="987654321", changed_ms=0)
    run(lambda: db.session.add(row))
    more = f"<MsgID>987654321</MsgID><Status>{status}</Status>"
    receive(push("TEMPLATESENDJOBFINISH", more))
    assert db.session.scalar(select(Delivery.state)) == state
