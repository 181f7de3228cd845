"""A flag is raised once, seen within its scope, and settled once by somebody else; all of it over HTTP too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from tests.factories import NINE, world
from yanglao.flags import queries, service
from yanglao.flags.models import Flag
from yanglao.kernel.actor import EVERYTHING, Actor, Grant, Scope
from yanglao.kernel.db import db, run

NIGHT = {"day": "2026-03-07", "watched_s": 25_200, "from_ms": 1_772_900_000_000}
PAIR = {"people": 2, "times": 5, "within_s": 3}


def raised(own, *, once="night:1", kind="viewing.long_night", facts=NIGHT, now=NINE, **about):
    return run(
        lambda: service.raise_flag(
            db.session,
            kind,
            subject=("enrolment", own.enrolment_id),
            facts=facts,
            once=once,
            now=now,
            **about,
        )
    )


def settled(flag_id, actor, verdict="explained", reason="问过夜班组长，当晚值班"):
    return run(
        lambda: service.settle(db.session, flag_id, verdict=verdict, reason=reason, now=NINE, actor=actor)
    )


def officer(there, person_id="", division=None):
    return Actor(
        person_id or there.city.staff["city_ca"].person_id,
        "城市民政",
        (Grant("city_officer", division, None, "civil_affairs"),),
    )


def test_two_who_raise_the_same_at_once_raise_one_and_only_one_verdict_stands(either):
    there = world(trainees=1)
    wang = there.wang
    first = raised(wang)

    def again(number):
        with either.app_context():
            return raised(wang, now=NINE + timedelta(minutes=number))

    def judged(verdict):
        with either.app_context():
            try:
                return settled(first, officer(there), verdict) or verdict
            except service.FlagSettled:
                return "late"

    db.session.remove()
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(again, range(4))) == {first}
        assert sorted(pool.map(judged, ["explained", "confirmed"]))[1] == "late"
    found = queries.flag(db.session, first, EVERYTHING)
    assert (found.state, found.raised_ms, found.person_name) == (
        "settled",
        int(NINE.timestamp() * 1000),
        wang.actor.name,
    )


def test_the_table_refuses_what_must_not_stand(either):
    there = world(trainees=1)
    raised(there.wang)
    own = {
        "kind": "x",
        "weight": "info",
        "subject_kind": "person",
        "subject_id": "p",
        "facts": {},
        "raised_ms": 1,
    }
    done = {"state": "settled", "verdict": "explained", "settled_ms": 1, "reason": "同一个人"}
    me = there.wang.actor.person_id
    for broken in (
        {"once": "night:1"},
        {"once": "a", "weight": "heavy"},
        {"once": "a", "state": "settled"},
        {"once": "a", "verdict": "explained"},
        {"once": "a", **done, "person_id": me, "settled_by": me},
    ):
        with pytest.raises(IntegrityError):
            run(lambda facts=own | broken: db.session.add(Flag(**facts)) or db.session.flush())


def test_who_sees_whom_it_blocks_and_who_may_settle(app):
    there = world(trainees=2)
    wang, li = there.trainees
    night = raised(wang)
    pair = raised(
        wang, once="pair:1", kind="viewing.lockstep", weight="blocks_claim",
        facts=PAIR | {"persons": [wang.actor.person_id, li.actor.person_id]},
    )  # fmt: skip
    own = queries.flag(db.session, pair, EVERYTHING)
    near, far = Scope(bases=frozenset({own.base_id})), Scope(bases=frozenset({"other"}))
    assert {one.id for one in queries.flags(db.session, near)} == {pair, night}
    assert queries.flags(db.session, far) == [] and queries.count_open(db.session, far) == 0
    assert [(name, bool(at)) for _, name, at in own.persons] == [(one.actor.name, True) for one in (wang, li)]
    assert "2 个人看课步调一样" in own.sentence and ("次数", "5") in own.told
    assert [one.id for one in queries.blocking(db.session, wang.enrolment_id)] == [pair]
    assert queries.blocking(db.session, li.enrolment_id) == []
    right = officer(there)
    for who, fault in (
        (Actor(right.person_id, "审计", (Grant("auditor"),)), service.Forbidden),
        (
            Actor(right.person_id, "外县", (Grant("officer", "371329", None, "civil_affairs"),)),
            service.FlagUnknown,
        ),
        (Actor(li.actor.person_id, "自己", right.grants), service.OwnFlag),
    ):
        with pytest.raises(fault):
            settled(pair, who)
    with pytest.raises(service.FlagReasonMissing):
        settled(pair, right, reason=" 好 ")
    settled(pair, right, "confirmed")
    assert [one.verdict for one in queries.blocking(db.session, wang.enrolment_id)] == ["confirmed"]
    with pytest.raises(service.FlagSettled):
        settled(pair, right, "explained")


def test_a_flag_without_its_facts_or_of_no_known_kind_is_a_fault_of_ours(app):
    wang = world(trainees=1).wang
    for wrong in (
        {"kind": "no.such"},
        {"facts": {}},
        {"facts": NIGHT | {"name": "王秀英"}},
        {"weight": "heavy"},
    ):
        with pytest.raises(ValueError, match="flag|fact"):
            raised(wang, once="new", **wrong)


def test_pages_api_and_export_show_the_same_and_keep_what_was_typed(own_scene):
    there = own_scene.there
    wang = there.wang
    flag_id = raised(wang)
    other = raised(there.trainees[1], once="night:2", weight="warn")
    listed = own_scene.ask("city_ca", "/api/v1/flags?state=open").json
    assert {one["id"] for one in listed["items"]} == {other, flag_id} and listed["next"] is None
    assert own_scene.ask("city_ca", "/api/v1/flags?weight=warn&limit=1").json["items"][0]["id"] == other
    assert own_scene.ask("city_ca", "/api/v1/flags?since=2026-03-09").json["items"] == []
    seen = {
        who: own_scene.ask(who, f"/api/v1/flags/{flag_id}").status_code
        for who in ("admin_a", "auditor", "0", "")
    }
    assert seen == {"admin_a": 200, "auditor": 200, "0": 403, "": 401}
    body = {"verdict": "explained", "reason": "当晚值班，有排班表"}
    address = f"/api/v1/flags/{flag_id}/settle"
    assert own_scene.ask("admin_a", address, method="POST", body=body).status_code == 403
    page = own_scene.ask("city_ca", "/office/flags?state=open").text
    assert "夜里长时间看课" in page and wang.actor.name in page
    detail = own_scene.ask("city_ca", f"/office/flags/{flag_id}").text
    assert f"/office/review/{wang.enrolment_id}" in detail and "记下结论" in detail
    assert "记下结论" not in own_scene.ask("admin_a", f"/office/flags/{flag_id}").text
    done = own_scene.ask("city_ca", address, method="POST", body=body)
    assert done.json["state"] == "settled", done.text
    again = own_scene.ask("city_ca", address, method="POST", body=body)
    assert (again.status_code, again.json["code"]) == (409, "flag.settled")
    sheet = own_scene.sheets("auditor", "flags", state="settled")["异常"]
    assert [row[11] for row in sheet[2:]] == ["当晚值班，有排班表"]
