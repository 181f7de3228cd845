"""过程确认书: printed of who has not said, proved like every page, read by one of the base and confirmed by another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pypdfium2
import pytest

from tests.factories import NINE, tell, world
from tests.oversight.scene import Scene
from tests.oversight.test_papers import handed_in, page_of, pdf_of, photo, printed
from yanglao.completion import confirming, own_words
from yanglao.completion.refresh import check, refresh
from yanglao.demo import acts
from yanglao.evidence import queries as evidence
from yanglao.evidence import verify
from yanglao.kernel import clock
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.oversight import paper_proof
from yanglao.people import service as people

NOON = NINE + timedelta(hours=4)


@pytest.fixture
def whole(app: Any, tmp_path: Any) -> Scene:
    """Give a day on which 王 and 李 were in the room for all three hours."""
    there = world()
    session, room = db.session, there.session_id
    told = [acts.open_meeting(session, there.teacher, room, NINE)]
    for one in there.trainees[:2]:
        told.append(acts.scan(session, there.teacher, room, one, direction="in", at=NINE))
        told.append(
            acts.scan(session, there.teacher, room, one, direction="out", at=NINE + timedelta(hours=3))
        )
    tell(*told)
    for one in there.trainees[:2]:
        run(lambda one=one: refresh(session, one.actor.person_id, now=NOON))
    db.session.remove()
    scene = Scene(app, there, tmp_path / "clock")
    clock.use_file(scene.clock_file)
    scene.at(NOON)
    return scene


def post(scene: Scene, who: str, path: str, body: Any = None) -> tuple[int, str]:
    answer = scene.ask(who, path, method="POST", body=body)
    return answer.status_code, answer.json.get("code") or answer.json.get("state") or str(answer.json)


def stands(scene: Scene) -> str:
    return confirming.own_word(db.session, scene.there.wang.enrolment_id, scene.there.offline.id)


def say_yes(scene: Scene, who: str) -> None:
    path = f"/api/v1/enrolments/{scene.there.trainees[int(who)].enrolment_id}/segments/{scene.there.offline.id}/word"
    digest = scene.ask(who, path).json["digest"]
    assert post(scene, who, path, {"word": "yes", "digest": digest}) == (200, "yes")


def second_of(scene: Scene) -> None:
    """Make the other base's administrator one of this base too."""
    there = scene.there
    grant = next(one for one in there.city.staff["admin_a"].grants if one.role == "base_admin")
    who = there.city.staff["admin_b"].person_id
    by = people.actor_of(db.session, there.city.staff["sysadmin"].person_id)
    run(lambda: people.grant(db.session, who, grant, now=now(), actor=by))


def test_the_sheet_is_of_those_who_have_not_said_and_is_proved_like_any_page(whole: Scene) -> None:
    say_yes(whole, "1")
    paper = printed(whole, "own_days", whole.there.class_id)
    page = page_of(paper)
    assert (page.content["pages"], page.content["enrolment"]) == (1, whole.there.wang.enrolment_id)
    with pypdfium2.PdfDocument(pdf_of(paper)) as document:
        words = document[0].get_textpage().get_text_bounded()
    for said in ("过程确认书", "2026-03-08", "3 小时", "不对", "本人签字", page.code[:4]):
        assert said in words, said
    assert paper_proof.prove(db.session, page.code, now=now(), whole=True).state == "unchanged"
    say_yes(whole, "0")
    assert paper_proof.prove(db.session, page.code, now=now()).state == "unchanged"


def test_one_of_the_base_reads_it_and_another_confirms_it(whole: Scene) -> None:
    second_of(whole)
    page = page_of(paper := printed(whole, "own_days", whole.there.class_id))
    enter, decide = f"/api/v1/pages/{page.code}/word", f"/api/v1/pages/{page.code}/word/decision"
    yes, agree = {"word": "yes"}, {"accept": True}
    assert post(whole, "admin_a", enter, yes) == (409, "word.not_signed")
    scan = handed_in(whole, photo(pdf_of(paper)))
    assert post(whole, "admin_a", decide, agree) == (409, "word.nothing_waits")
    assert [post(whole, who, enter, yes)[0] for who in ("0", "teacher_a", "auditor")] == [403, 403, 403]
    assert post(whole, "admin_a", enter, {"word": "no"}) == (422, "word.what_missing")
    assert post(whole, "admin_a", enter, yes) == (201, "waiting")
    assert post(whole, "admin_a", enter, yes) == (409, "word.waits")
    assert stands(whole) == "" and post(whole, "admin_a", decide, agree) == (403, "word.own_entry")
    shown = whole.ask("admin_a", f"/office/papers/{page.code}").text
    assert "要由基地的另一个人对着照片核对" in shown
    assert post(whole, "admin_b", decide, agree) == (200, "accepted")
    kept = own_words.words_of(db.session, whole.there.wang.enrolment_id, whole.there.offline.id)
    assert [(one.word, one.way) for one in kept] == [("yes", "paper")] and stands(whole) == "yes"
    entry = evidence.chain(db.session, "enrolment", whole.there.wang.enrolment_id)[-1]
    assert entry.body["file"] == f"sha256:{scan.sha256}" and entry.body["page"].startswith("sha256:")
    assert verify.verify(db.session).ok and check(db.session) == []


def test_a_paper_no_that_is_turned_down_may_be_read_anew_and_one_confirmed_raises_its_flag(
    whole: Scene,
) -> None:
    second_of(whole)
    page = page_of(paper := printed(whole, "own_days", whole.there.class_id))
    handed_in(whole, photo(pdf_of(paper)))
    enter, decide = f"/api/v1/pages/{page.code}/word", f"/api/v1/pages/{page.code}/word/decision"
    wrong = {"word": "no", "what": "minutes", "day": "2026-03-08", "text": "四点才走"}
    for accept, state in ((False, "refused"), (True, "accepted")):
        assert post(whole, "admin_a", enter, wrong) == (201, "waiting")
        assert post(whole, "admin_b", decide, {"accept": accept}) == (200, state)
    assert stands(whole) == "no"
    found = whole.ask("ca_302", "/api/v1/flags?kind=hours.disputed").json["items"]
    assert len(found) == 1


def test_owner_colleague_and_stranger_at_the_list_of_a_class(whole: Scene) -> None:
    class_id = whole.there.class_id
    listed, shown = f"/api/v1/classes/{class_id}/words", f"/office/classes/{class_id}/words"
    for path in (listed, shown):
        found = [
            whole.ask(who, path).status_code for who in ("admin_a", "ca_302", "auditor", "admin_b", "0", "")
        ]
        assert found[:5] == [200, 200, 200, 404, 403] and found[5] in (401, 302), (path, found)
    assert {one["state"] for one in whole.ask("admin_a", listed).json["items"]} == {"asked"}
    say_yes(whole, "0")
    text = whole.ask("admin_a", f"{shown}?state=wanted").text
    assert (
        "还没有说" in text
        and "提醒还没有说的" in text
        and "提醒还没有说的" not in whole.ask("auditor", shown).text
    )
    remind = f"/api/v1/classes/{class_id}/words/reminders"
    assert [post(whole, who, remind)[0] for who in ("admin_b", "ca_302", "0")] == [404, 403, 403]
    assert [post(whole, "admin_a", remind)[1] for _ in range(2)] == ["{'told': 1}", "{'told': 0}"]
    assert whole.ask("admin_a", listed).json["items"][1]["reminded_at"]
