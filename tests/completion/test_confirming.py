"""A trainee's own word on their days: asked for when the hours are whole, kept for ever, gone when the days change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from flask import current_app

from tests.factories import NINE, World, tell, world
from yanglao.classes import queries as classes
from yanglao.classes.queries import EnrolmentUnknown
from yanglao.completion import confirming, own_words
from yanglao.completion.confirming import DaysChanged, NotYet, Said, WhatMissing, WordClosed
from yanglao.completion.lines import evidence_lines
from yanglao.completion.own_days import Days, own_days
from yanglao.completion.refresh import check, refresh
from yanglao.demo import acts
from yanglao.evidence import queries as evidence
from yanglao.evidence import verify
from yanglao.evidence.ledger import Entry, append
from yanglao.flags import queries as flags
from yanglao.kernel.actor import EVERYTHING, SYSTEM
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run
from yanglao.messages import queries as messages

NOON = NINE + timedelta(hours=4)
SUNDAY = date(2026, 3, 8)


@pytest.fixture
def there(either: Any) -> World:
    """Give a world in which 王 was in the room for all three hours that the segment asks for."""
    found = world()
    came(found, NINE + timedelta(hours=3))
    return found


def came(there: World, until: Any) -> None:
    session, wang, room = db.session, there.wang, there.session_id
    tell(
        acts.open_meeting(session, there.teacher, room, NINE),
        acts.scan(session, there.teacher, room, wang, direction="in", at=NINE),
        acts.scan(session, there.teacher, room, wang, direction="out", at=until),
    )
    run(lambda: refresh(session, wang.actor.person_id, now=NOON))


def days(there: World) -> Days:
    own = classes.enrolment(db.session, there.wang.enrolment_id)
    return own_days(db.session, own, there.offline.id)


def say(there: World, said: Said, *, who: Any = None, at: Any = NOON) -> Any:
    place = (there.wang.enrolment_id, there.offline.id)
    by = (who or there.wang).actor
    return run(lambda: confirming.say(db.session, *place, said, now=at, actor=by))


def stands(there: World) -> str:
    return confirming.own_word(db.session, there.wang.enrolment_id, there.offline.id)


def yes(there: World) -> Said:
    return Said("yes", days(there).digest)


def no(there: World, text: str = "我下午四点才走") -> Said:
    return Said("no", days(there).digest, SUNDAY, "minutes", text)


def test_the_days_are_those_of_the_ledger_and_add_up_to_what_is_entered(there: World) -> None:
    shown = days(there)
    assert shown.met and shown.entered_s == 10_800 == shown.offline_s and shown.online_s == 0
    assert [(one.day, one.offline_s, len(one.places)) for one in shown.days] == [(SUNDAY, 10_800, 1)]


def test_a_yes_is_entered_with_what_was_shown_and_the_head_it_rests_on(there: World) -> None:
    assert stands(there) == ""
    before = evidence.head(db.session, "enrolment", there.wang.enrolment_id)
    shown = days(there)
    say(there, yes(there))
    entry = evidence.chain(db.session, "enrolment", there.wang.enrolment_id)[-1]
    assert entry.kind == "hours.word" and entry.body["word"] == "yes" and entry.body["days"] == shown.digest
    assert entry.body["head"] == list(before) and entry.body["entered_s"] == 10_800
    assert stands(there) == "yes"
    say(there, yes(there))
    assert len(own_words.words_of(db.session, there.wang.enrolment_id, there.offline.id)) == 1


def test_a_no_raises_a_flag_and_its_words_stay_out_of_the_ledger(there: World) -> None:
    say(there, no(there))
    assert stands(there) == "no"
    entry = evidence.chain(db.session, "enrolment", there.wang.enrolment_id)[-1]
    assert "四点" not in str(entry.body) and entry.body["day"] == "2026-03-08"
    line = evidence_lines(db.session, there.wang.enrolment_id)[-1]
    assert line.sentence.startswith("本人在自己手机上说不对（3 月 8 日，时间不对）：我下午四点才走，当时记着")
    raised = flags.flags(db.session, EVERYTHING, flags.Filters(kind="hours.disputed"))
    assert [(one.person_id, one.facts["day"]) for one in raised] == [
        (there.wang.actor.person_id, "2026-03-08")
    ]
    assert flags.blocking(db.session, there.wang.enrolment_id) == []


def test_a_word_may_change_until_a_claim_is_filed_and_every_word_is_kept(there: World) -> None:
    place = (there.wang.enrolment_id, there.offline.id)
    for said in (yes(there), no(there), yes(there)):
        say(there, said)
    assert [one.word for one in own_words.words_of(db.session, *place)] == ["yes", "no", "yes"]
    run(lambda: confirming.close(db.session, *place, now=NOON))
    with pytest.raises(WordClosed):
        say(there, no(there))
    run(lambda: confirming.reopen(db.session, *place))
    say(there, no(there))
    run(lambda: refresh(db.session, there.wang.actor.person_id, now=NOON))
    assert verify.verify(db.session).faults == [] and check(db.session) == []


def test_when_the_days_change_the_word_no_longer_stands_and_is_asked_for_again(there: World) -> None:
    who = there.wang.actor.person_id
    assert run(lambda: confirming.ask(db.session, who, now=NOON)) == 1
    assert run(lambda: confirming.ask(db.session, who, now=NOON)) == 0
    old = yes(there)
    say(there, old)
    assert run(lambda: confirming.ask(db.session, who, now=NOON)) == 0
    void_the_sign_out(there)
    assert stands(there) == "" and not days(there).met
    with pytest.raises(NotYet):
        say(there, old)


def test_other_days_ask_again_once(there: World) -> None:
    who, old = there.wang.actor.person_id, yes(there)
    say(there, old)
    watched(there)
    assert stands(there) == "yes", "another segment is another word"
    with pytest.raises(DaysChanged):
        say(there, replace(old, digest="sha256:" + "0" * 64))
    row = own_words.words_of(db.session, there.wang.enrolment_id, there.offline.id)[0]
    assert row.days == old.digest
    assert [run(lambda: confirming.ask(db.session, who, now=NOON)) for _ in range(2)] == [1, 0]
    kinds = [one.kind for one in messages.messages(db.session, who)[0]]
    assert kinds.count("days_to_confirm") == 1


def test_words_said_at_once_are_one_after_the_other(there: World) -> None:
    shown, app = days(there).digest, current_app._get_current_object()  # type: ignore[attr-defined]
    said = [Said("yes", shown), Said("no", shown, SUNDAY, "minutes")] * 3
    db.session.remove()

    def alone(one: Said) -> None:
        with app.app_context():
            say(there, one)
            db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(alone, said))
    kept = own_words.words_of(db.session, there.wang.enrolment_id, there.offline.id)
    assert [one.number for one in kept] == list(range(len(kept), 0, -1)) and len(kept) > 1
    assert all(one.word != other.word for one, other in pairwise(kept))
    assert verify.verify(db.session).ok


@pytest.mark.parametrize(
    "wrong",
    [
        {"word": "maybe"},
        {"word": "no", "what": ""},
        {"word": "no", "what": "lies"},
        {"word": "no", "what": "minutes", "day": None},
        {"word": "no", "what": "not_there", "day": date(2026, 3, 7)},
    ],
)
def test_a_no_says_which_day_and_what(app: Any, wrong: dict[str, Any]) -> None:
    there = world()
    came(there, NINE + timedelta(hours=3))
    with pytest.raises(WhatMissing):
        say(there, replace(yes(there), **wrong))


def test_only_the_trainee_says_it_and_only_when_the_hours_are_whole(app: Any) -> None:
    there = world()
    came(there, NINE + timedelta(hours=2, minutes=59, seconds=59))
    with pytest.raises(NotYet):
        say(there, yes(there))
    for other in (there.trainees[1], there.trainees[2]):
        with pytest.raises(EnrolmentUnknown):
            say(there, yes(there), who=other)


def void_the_sign_out(there: World) -> None:
    """Take the sign-out back, as a reversal does."""
    wang = there.wang
    last = next(
        one
        for one in reversed(evidence.chain(db.session, "enrolment", wang.enrolment_id))
        if one.kind == "attendance.out"
    )
    entry = Entry(
        chain=("enrolment", wang.enrolment_id),
        kind="attendance.void",
        body={"voids": last.position, "reason": ""},
        occurred_ms=to_ms(NOON),
        person_id=wang.actor.person_id,
        enrolment_id=wang.enrolment_id,
        segment_id=there.offline.id,
    )
    run(lambda: append(db.session, entry, now=NOON, actor=SYSTEM))
    run(lambda: refresh(db.session, wang.actor.person_id, now=NOON))


def watched(there: World) -> None:
    """Let 王 watch what the online segment asks for."""
    at = NINE + timedelta(hours=5)
    for lesson in there.online.lessons:
        tell(*acts.watch(db.session, there.wang, lesson, at))
        at += timedelta(hours=1)
    run(lambda: refresh(db.session, there.wang.actor.person_id, now=at))
