"""Helper phones: a code once for five minutes, three phones, cards of one session, gone with a tap or the close."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.capture.attendance.conftest import ADMIN, MINUTE, NINE, SECOND, TEACHER, trainee
from yanglao.capture.attendance import assisting, queries
from yanglao.evidence import queries as evidence
from yanglao.kernel.clock import to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import NotFound, Problem, Refused


def grant(role="instructor", person_id="teacher", base="base1"):
    row = {"id": f"{role}-{person_id}", "person_id": person_id, "role": role, "base_id": base}
    table = db.metadata.tables["role_grant"]
    run(lambda: db.session.execute(table.insert().values(reach_key=base, granted_ms=0, **row)))


def code(now=NINE, session_id="S", actor=TEACHER):
    return run(lambda: assisting.invite(db.session, session_id, now=now, actor=actor)).code


def join(word, now=NINE, label="李班长"):
    return run(lambda: assisting.join(db.session, word, label=label, now=now))


def scans(world, token, *drafts, now=NINE):
    return run(lambda: assisting.scan(db.session, token, drafts, now=now))


def card(world, person_id="wang", now=NINE, **other):
    return world.draft("card", world.card(person_id, now).now.payload, now, **other)


@pytest.fixture
def hall(world):
    world.open()
    grant()
    return world


def test_what_a_helper_scans_counts_in_the_instructors_name_and_names_the_phone(hall):
    token = join(code())
    (answer,) = scans(hall, token, card(hall, session_id="T", device="told", reason="x"))
    assert (answer.outcome, answer.person.name) == ("accepted", "王秀英"), "its own session, whatever it says"
    (view,) = assisting.of_session(db.session, "S", actor=TEACHER)
    entry = evidence.chain(db.session, "enrolment", "eW")[-1]
    assert (entry.actor_id, entry.body["helper"], entry.body["session"]) == ("teacher", view.id, "S")
    assert (view.label, view.scans, entry.device_digest is not None) == ("李班长", 1, True)
    assert [one.kind for one in evidence.chain(db.session, "session", "S")][-1] == "session.helper_joined"
    with pytest.raises(Refused):
        scans(hall, token, hall.draft("manual", "eL", NINE, reason="没带手机"))
    with pytest.raises(Refused):
        scans(hall, token, hall.draft("room", hall.room(NINE), NINE))
    assert len(queries.presences_of_session(db.session, "S")) == 1


def test_a_code_is_good_once_for_five_minutes_and_for_three_phones(hall):
    for after_s, good in [(300, True), (301, False)]:
        word = code()
        found = NINE + after_s * SECOND
        if good:
            join(word, found)
        else:
            with pytest.raises(NotFound):
                join(word, found)
    used = code()
    join(used)
    with pytest.raises(NotFound):
        join(used)
    first, second = code(), code()
    with pytest.raises(NotFound):
        join(first), "a new code ends the one before"
    with pytest.raises(Refused):
        join(second, label=" ")
    join(second)
    with pytest.raises(Problem) as full:
        code()
    assert full.value.code == "helper.too_many"
    last = assisting.of_session(db.session, "S", actor=TEACHER)[0]
    run(lambda: assisting.end(db.session, "S", last.id, now=NINE, actor=TEACHER))
    join(code())


def test_a_tap_ends_a_phone_at_once_and_the_close_leaves_only_what_waited(hall):
    ended, left = join(code(), label="甲"), join(code(), label="乙")
    view = next(one for one in assisting.of_session(db.session, "S", actor=TEACHER) if one.label == "甲")
    run(lambda: assisting.end(db.session, "S", view.id, now=NINE, actor=TEACHER))
    for token in (ended, "made up", ""):
        with pytest.raises(Problem):
            scans(hall, token, card(hall))
    hall.close(now=NINE + 180 * MINUTE)
    later = NINE + 190 * MINUTE
    with pytest.raises(Problem) as over:
        assisting.helping(db.session, left, now=later)
    assert over.value.code == "helper.over"
    waited = replace(card(hall, now=NINE + 10 * MINUTE), sent_ms=to_ms(later))
    fresh = card(hall, "li", later)
    said = [(one.outcome, one.code) for one in scans(hall, left, waited, fresh, now=later)]
    assert [one[0] for one in said] == ["pending_review", "refused"] and said[1][1] == "session.closed"
    with pytest.raises(Problem):
        scans(hall, left, waited, now=NINE + 25 * 60 * MINUTE)


def test_a_helper_is_worth_what_its_instructor_is_worth(hall):
    token = join(code())
    grants = db.metadata.tables["role_grant"]
    run(lambda: db.session.execute(grants.update().values(revoked_ms=1)))
    assert scans(hall, token, card(hall))[0].code == "scan.not_your_session"
    for actor in (trainee("wang"), replace(ADMIN, grants=())):
        with pytest.raises(NotFound):
            code(actor=actor)
    with pytest.raises(Problem):
        code(session_id="T")


def test_two_phones_with_one_code_are_one(crowded):
    crowded.open()
    grant()
    word = code()

    def once(_):
        with crowded.app.app_context():
            try:
                return join(word)
            except NotFound:
                return None
            finally:
                db.session.remove()

    db.session.rollback()
    with ThreadPoolExecutor(max_workers=8) as pool:
        tokens = [one for one in pool.map(once, range(8)) if one]
    assert len(tokens) == 1 and len(assisting.of_session(db.session, "S", actor=TEACHER)) == 1


def take_back(token, scan_uuid, now=NINE):
    return run(lambda: assisting.void(db.session, token, scan_uuid, now=now))


@pytest.mark.parametrize(("after_s", "good"), [(900, True), (901, False)])
def test_a_phone_takes_its_own_scan_back_within_a_quarter_of_an_hour(hall, after_s, good):
    token = join(code())
    (answer,) = scans(hall, token, card(hall))
    later = NINE + after_s * SECOND
    if not good:
        with pytest.raises(Problem) as caught:
            take_back(token, answer.scan_uuid, later)
        assert caught.value.code == "attendance.void_too_late"
        return
    assert take_back(token, answer.scan_uuid, later) == "wang"
    entry = evidence.chain(db.session, "enrolment", "eW")[-1]
    assert (entry.kind, entry.actor_id) == ("attendance.void", "teacher") and entry.body["helper"]
    with pytest.raises(Problem) as caught:
        take_back(token, answer.scan_uuid, later)
    assert caught.value.code == "attendance.already_voided"


def test_a_phone_takes_nothing_back_that_another_phone_or_the_instructor_scanned(hall):
    first, second = join(code()), join(code(), label="赵班长")
    (theirs,) = scans(hall, first, card(hall))
    own = hall.judge(card(hall, "li", session_id="S", device="teachers-phone"), NINE, TEACHER)
    grant(role="base_admin")  # what the inviter may besides, the phone may not
    for scan_uuid in (theirs.scan_uuid, own.scan_uuid, "nobodys-scan"):
        with pytest.raises(NotFound):
            take_back(second, scan_uuid)


def test_a_phone_that_was_ended_takes_nothing_back(hall):
    token = join(code())
    (answer,) = scans(hall, token, card(hall))
    (view,) = assisting.of_session(db.session, "S", actor=TEACHER)
    run(lambda: assisting.end(db.session, "S", view.id, now=NINE, actor=TEACHER))
    with pytest.raises(Problem) as caught:
        take_back(token, answer.scan_uuid)
    assert caught.value.code == "helper.over"
