"""From a finished class to certificates: who may, in which order, and what is kept of it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.certificates.makers import LATER, finished
from tests.factories import NINE
from yanglao.certificates import queries, rules, service, statement
from yanglao.classes.queries import EnrolmentUnknown
from yanglao.evidence.verify import verify
from yanglao.flags import queries as flags
from yanglao.kernel.actor import EVERYTHING
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Forbidden, Problem
from yanglao.messages import queries as messages


def take(there, certificate_id, act, *, by=None, reason="工作单位来函说明"):
    who = by or there.owner
    return run(lambda: service.take(db.session, certificate_id, act, reason=reason, now=LATER, actor=who))


def refused(act):
    with pytest.raises(Problem) as fault:
        act()
    return fault.value.code


def test_a_class_of_finished_people_is_reviewed_by_one_and_issued_by_another(there):
    waiting = there.review()
    done = there.issue(*[one.id for one in waiting])
    assert [one.state for one in done] == ["issued"] * 3
    assert len({one.number for one in done} | {one.code for one in done}) == 6
    assert {one.issued_by for one in done} == {there.colleague.person_id}
    told = messages.messages(db.session, there.there.wang.actor.person_id)
    assert "certificate_ready" in str(told)
    mine = next(one for one in done if one.person_id == there.there.wang.actor.person_id)
    assert rules.spaced(mine.number) in str(told) and mine.code not in str(told)


def test_who_reviewed_does_not_issue(there):
    waiting = there.review(there.enrolments[0])
    assert refused(lambda: there.issue(waiting[0].id, by=there.owner)) == "certificate.same_person"


def test_strangers_know_nothing_of_it_and_a_teacher_may_not(there):
    waiting = there.review(there.enrolments[0])
    with pytest.raises(EnrolmentUnknown):
        there.review(there.enrolments[1], by=there.stranger)
    assert refused(lambda: there.issue(waiting[0].id, by=there.stranger)) == "certificate.unknown"
    for act in (
        lambda: there.review(by=there.there.teacher),
        lambda: there.issue("x", by=there.there.teacher),
    ):
        with pytest.raises(Forbidden):
            act()


def test_one_who_lacks_something_holds_up_the_whole_lot_and_is_told_why(there):
    there.unreviewed(there.enrolments[1])
    with pytest.raises(service.NotReady) as fault:
        there.review()
    assert fault.value.facts["count"] == 1 and "还没有核对" in fault.value.facts["why"]
    found = {one.standing.id: one.state for one in queries.candidates(db.session, there.class_id, now=LATER)}
    assert [found[one] for one in there.enrolments] == ["ready", "lacking", "ready"]
    assert queries.certificates(db.session, EVERYTHING) == []


def test_what_changed_between_review_and_issue_is_seen(there):
    waiting = there.review(there.enrolments[0])
    there.unreviewed(there.enrolments[0])
    assert refused(lambda: there.issue(waiting[0].id)) == "certificate.not_ready"


def test_a_person_is_not_given_two(there):
    own = there.issued()
    assert refused(lambda: there.review(own.enrolment_id)) == "certificate.already_there"


def test_a_suspended_certificate_comes_back_and_a_revoked_one_never(there):
    own = there.issued()
    assert take(there, own.id, "suspend").state == "suspended"
    assert take(there, own.id, "resume").state == "issued"
    assert take(there, own.id, "revoke", by=there.there.city.staff["ca_302"]).state == "revoked"
    assert refused(lambda: take(there, own.id, "resume")) == "certificate.wrong_state"
    assert there.review(own.enrolment_id)[0].state == "reviewed"
    assert [one.act for one in queries.steps(db.session, own.id)] == [
        "review", "issue", "suspend", "resume", "revoke",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "code"), [("", "certificate.reason_missing"), ("有误 ", "certificate.reason_missing")]
)
def test_nothing_is_taken_away_without_a_reason(there, reason, code):
    own = there.issued()
    assert refused(lambda: take(there, own.id, "revoke", reason=reason)) == code


def test_a_replaced_certificate_names_its_follower_only_once_that_one_is_issued(there):
    old = there.issued()
    new = run(
        lambda: service.replace(db.session, old.id, reason="姓名写错更正", now=LATER, actor=there.owner)
    )
    assert (queries.certificate(db.session, old.id).state, new.state) == ("issued", "reviewed")
    there.issue(new.id)
    assert queries.certificate(db.session, old.id).state == "replaced"
    follower = queries.replaced_by(db.session, old.id)
    assert follower and follower.id == new.id and follower.number != old.number


def test_a_returned_review_leaves_room_for_another(there):
    waiting = there.review(there.enrolments[0])[0]
    assert take(there, waiting.id, "return", by=there.colleague).state == "returned"
    assert there.review(there.enrolments[0])[0].id != waiting.id


def test_the_ledger_keeps_every_step_and_no_name(there):
    own = there.issued()
    take(there, own.id, "revoke")
    rows = db.session.execute(
        text("SELECT kind, body FROM evidence_entry WHERE kind LIKE 'certificate.%' ORDER BY id")
    ).all()
    assert [row.kind for row in rows] == ["certificate.review", "certificate.issue", "certificate.revoke"]
    for row in rows:
        assert not any(word in row.body for word in (own.printed["name"], own.number, own.code, "来函"))
    assert json.loads(rows[1].body)["statement"].startswith("sha256:")
    assert not verify(db.session).problems


def test_a_signed_statement_opens_again_and_a_changed_one_does_not(there):
    own = there.issued()
    signed = statement.Signed(own.statement, own.signature)
    assert statement.printed_in(signed) == own.printed
    carried = statement.qr_text("https://example.cn", own.code, signed)
    assert statement.opened(carried) == signed
    forged = statement.payload(
        statement.Signed(own.statement.replace(own.printed["name"], "李四"), own.signature)
    )
    assert statement.opened(forged) is None
    assert [statement.opened(one) for one in ("", "a.b.c", "a.b", "x" * 5000, "é.s1.é")] == [None] * 5


def test_certificates_before_the_last_day_become_flags(there):
    early = there.issue(there.review(there.enrolments[0])[0].id, now=NINE + timedelta(minutes=1))
    found = flags.flags(db.session, EVERYTHING, flags.Filters(kind="certificate.before_end"))
    assert [one.subject_id for one in found] == [early[0].enrolment_id]
    there.issue(there.review(there.enrolments[1])[0].id)
    assert flags.count(db.session, EVERYTHING, flags.Filters(kind="certificate.before_end"))["open"] == 1


def test_many_in_a_minute_and_more_than_enrolled_become_flags(there, monkeypatch):
    from dataclasses import replace

    from yanglao.kernel import policy

    known = policy.latest()
    low = replace(known, certificates=replace(known.certificates, burst_most=2))
    monkeypatch.setattr("yanglao.certificates.signs.policy.on", lambda day: low)
    monkeypatch.setattr("yanglao.certificates.signs.queries.issued_in", lambda session, class_id: 4)
    there.issue(*[one.id for one in there.review()])
    kinds = sorted(one.kind for one in flags.flags(db.session, EVERYTHING))
    assert kinds == ["certificate.burst", "certificate.more_than_enrolled"]


def test_two_issuers_at_once_make_one_certificate(either):
    there = finished(trainees=1)
    waiting = there.review()[0].id
    third = there.there.city.staff["admin_a"]
    db.session.remove()
    begin = Barrier(2)

    def issue(_):
        with either.app_context():
            begin.wait()
            try:
                return there.issue(waiting)[0].state
            except Problem as refusal:
                return refusal.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as both:
        found = sorted(both.map(issue, range(2)))
    assert found == ["certificate.wrong_state", "issued"] and third
    assert [one.act for one in queries.steps(db.session, waiting)] == ["review", "issue"]


def test_the_tables_themselves_refuse_what_must_not_be(either):
    there = finished(trainees=1)
    own = there.issued()
    for change, fault in (
        ("UPDATE certificate SET issued_by = reviewed_by", IntegrityError),
        ("UPDATE certificate SET number = NULL", IntegrityError),
        ("UPDATE certificate SET state = 'valid'", IntegrityError),
        ("UPDATE certificate_step SET reason = 'x'", DBAPIError),
        ("DELETE FROM certificate_step", DBAPIError),
    ):
        with pytest.raises(fault):
            run(lambda change=change: db.session.execute(text(change)))
    assert queries.certificate(db.session, own.id).state == "issued"
