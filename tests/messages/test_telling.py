from __future__ import annotations

import threading

import pytest

from tests.messages.makers import NOON, person, tell
from yanglao.kernel.db import db, run
from yanglao.kernel.wording import all_words
from yanglao.messages import kinds, service
from yanglao.messages.models import Message
from yanglao.messages.telling import say
from yanglao.work import service as work

NOON_MS = 1_772_942_400_000


def told(person_id):
    found = db.session.query(Message).filter_by(person_id=person_id).order_by(Message.once)
    return [(row.kind, row.once) for row in found]


def test_the_same_fact_is_told_once_and_another_again(either):
    wang = person()
    assert tell(wang) and tell(wang) is None and tell(wang, once="2")
    assert told(wang) == [("account_bound", "1"), ("account_bound", "2")]


def test_the_same_key_of_two_kinds_is_two_messages(either):
    wang = person()
    tell(wang)
    tell(wang, "certificate_ready", title="结业证书", code="YL-1")
    assert len(told(wang)) == 2


def test_telling_at_the_same_moment_tells_once(either):
    wang, gate = person(), threading.Barrier(4)

    def act():
        with either.app_context():
            gate.wait()
            tell(wang)
            db.session.remove()

    running = [threading.Thread(target=act) for _ in range(4)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    assert told(wang) == [("account_bound", "1")]


def test_a_fact_that_is_rolled_back_is_not_told(app):
    wang = person()

    def act():
        facts = {"device": "手机", "at_ms": 0}
        service.tell(db.session, wang, "account_bound", facts, once="1", now=NOON)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run(act)
    assert told(wang) == []


@pytest.mark.parametrize(
    ("kind", "facts", "lacks"),
    [
        ("nobody_knows", {}, "kind"),
        ("account_bound", {"device": "手机"}, "facts"),
        ("account_bound", {"device": "手机", "at_ms": None}, "facts"),
        ("account_bound", {"device": "手机", "at_ms": 0, "variant": "teach"}, "variant"),
        ("quiz_result", {"class_name": "甲", "title": "乙", "score": 60, "pass_mark": 60}, "variant"),
    ],
)
def test_what_cannot_be_said_is_refused_when_it_is_told(app, kind, facts, lacks):
    wang = person()
    with pytest.raises(service.KindUnknown) as refused:
        run(lambda: service.tell(db.session, wang, kind, facts, once="1", now=NOON))
    assert refused.value.facts["lacks"] == lacks


def test_packages_below_tell_by_a_task(app):
    from yanglao.jobs.perform import perform

    wang = person()
    payload = {
        "person_id": wang,
        "kind": "account_bound",
        "facts": {"device": "手机", "at_ms": 0},
        "once": "9",
    }
    task_id = run(lambda: work.enqueue(db.session, "message.tell", "k", payload, now=NOON))
    assert perform(task_id) and told(wang) == [("account_bound", "9")]


def test_every_kind_and_variant_has_words_that_name_its_facts():
    for name, row in kinds.KINDS.items():
        for variant in row.links:
            words = all_words()[f"message.{name}" + (f".{variant}" if variant else "")]
            assert words.todo and len(words.sentence) > 4, (name, variant)


def test_a_message_says_its_facts_and_leads_to_its_next_step():
    facts = {
        "class_name": "护理一班",
        "starts_ms": NOON_MS,
        "ends_ms": NOON_MS,
        "venue": "二楼实训室",
        "reason": "停电",
    }
    said = say("session_cancelled", facts)
    assert (
        said.sentence == "“护理一班”3 月 8 日 12:00 的课取消了，原因：停电。"
        and said.link == "/learn/#timetable"
    )
    assert say("session_cancelled", {**facts, "variant": "teach"}).link == "/teach/"
    assert say("certificate_ready", {"title": "结业证书", "code": "YL-1"}).link == "/verify/YL-1"


@pytest.mark.parametrize(
    ("given", "leads"),
    [
        ("/teach/windows/1", "/teach/windows/1"),
        ("https://evil.example", "/teach/"),
        ("//evil.example", "/teach/"),
    ],
)
def test_a_nearer_link_stays_on_our_own_pages(given, leads):
    assert say("binding_requested", {"class_name": "一班", "name": "王秀英", "link": given}).link == leads


def test_everybody_gets_only_kinds_of_what_they_may_do():
    trainee = kinds.for_permissions(frozenset({"signed_in", "learn.own"}))
    officer = kinds.for_permissions(frozenset({"signed_in", "class.approve"}))
    assert "daily_digest" in trainee and "binding_requested" not in trainee
    assert officer == ["account_bound"]
