from __future__ import annotations

import pytest

from tests.people.town import PASSWORD, id_number
from yanglao.kernel.actor import EVERYTHING, SYSTEM, Actor, Scope
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Conflict, Forbidden, NotFound, Refused
from yanglao.people import queries
from yanglao.people import service as people
from yanglao.people.models import Person


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request):
    return "" if request.param == "sqlite" else request.getfixturevalue("pg_built_url")


def admit(hall, draft, actor=SYSTEM):
    return run(lambda: people.admit(db.session, draft, now=hall.now, actor=actor))


def file_merge(hall, keep, gone, who="admin"):
    ids = hall.people[keep], hall.people[gone]
    return run(
        lambda: people.merge(
            db.session, *ids, reason="同一个人，已核对证件", now=hall.now, actor=hall.actor(who)
        )
    )


def decide(hall, act_id, who, *, accept=True):
    run(
        lambda: people.decide(
            db.session, act_id, accept=accept, reason="", now=hall.now, actor=hall.actor(who)
        )
    )


def test_the_same_number_is_the_same_person_however_it_is_written(hall):
    first = admit(hall, hall.draft("王秀英", id_number="11010519491231002X"))
    again = admit(hall, hall.draft("王 秀 英", id_number=" 11010519491231002x"))
    assert (first.created, again.created) == (True, False)
    assert again.person_id == first.person_id


def test_another_name_for_the_same_number_is_said_and_changes_nothing(hall):
    first = admit(hall, hall.draft("王秀英", id_number="11010519491231002X", base_id=hall.bases["renhe"]))
    again = admit(hall, hall.draft("李建国", id_number="11010519491231002X", base_id=hall.bases["qihe"]))
    assert (again.name_differs, again.name_on_record) == (True, "王秀英")
    assert queries.person(db.session, first.person_id).name == "王秀英"
    with pytest.raises(NotFound):
        queries.person(db.session, first.person_id, Scope(bases=frozenset({hall.bases["qihe"]})))


def test_the_same_digits_of_two_kinds_of_document_are_two_persons(hall):
    passport = admit(hall, hall.draft(id_type="passport", id_number="12345678"))
    taiwan = admit(hall, hall.draft(id_type="taiwan", id_number="12345678"))
    assert passport.person_id != taiwan.person_id


def test_no_column_holds_an_id_number_in_clear(hall):
    number = id_number(700)
    row = db.session.get(Person, admit(hall, hall.draft(id_number=number)).person_id)
    assert all(number not in str(getattr(row, column.key)) for column in Person.__table__.columns)
    assert row.id_masked == number[:4] + "*" * 12 + number[-2:]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"id_number": "371302197503080000"}, "id.spoilt_by_excel"),
        ({"name": "王"}, "person.wrong_name"),
        ({"phone": "7200927"}, "person.wrong_phone"),
    ],
)
def test_a_draft_that_cannot_be_right_is_refused_by_name(hall, facts, code):
    with pytest.raises(Refused) as refusal:
        admit(hall, hall.draft(**{"name": "王秀英", **facts}))
    assert refusal.value.code == code
    assert facts.get("id_number", "371302") not in str(refusal.value.facts)


def test_a_base_administrator_admits_to_the_own_base(hall):
    found = admit(hall, hall.draft("赵小兰"), hall.actor("admin"))
    scope = Scope(bases=frozenset({hall.bases["renhe"]}))
    assert queries.person(db.session, found.person_id, scope).name == "赵小兰"


def test_a_phone_number_signs_one_person_in(hall):
    person = admit(hall, hall.draft("赵小兰", base_id=hall.bases["renhe"])).person_id
    with pytest.raises(people.PhoneTaken):
        people.open_account(
            db.session, person, phone=hall.phones["trainee"], now=hall.now, actor=hall.actor("admin")
        )


@pytest.mark.parametrize(
    ("who", "text", "found"), [("admin", "", 5), ("stranger", "", 2), ("officer", "", 7)]
)
def test_a_search_ends_at_the_scope(hall, who, text, found):
    scope = queries_scope(hall.actor(who))
    assert len(queries.search(db.session, scope, text=text).items) == found


def queries_scope(actor: Actor) -> Scope:
    from yanglao.people.roles import scope_of

    return scope_of(actor.grants, "people.read")


def test_people_are_found_by_part_of_the_name_and_by_the_end_of_the_number(hall):
    number = id_number(701)
    person = admit(hall, hall.draft("孙桂兰", id_number=number)).person_id
    for text in (number[-4:], number[-4:].lower(), "桂兰"):
        assert person in [one.id for one in queries.search(db.session, EVERYTHING, text=text).items]
    assert queries.search(db.session, EVERYTHING, text="%").items == ()


def test_a_whole_number_finds_its_person_within_the_scope_only(hall):
    number = id_number(704)
    person = admit(hall, hall.draft("孙桂兰", id_number=number, base_id=hall.bases["renhe"])).person_id
    assert queries.find_within(db.session, queries_scope(hall.actor("admin")), number.lower()).id == person
    with pytest.raises(NotFound):
        queries.find_within(db.session, queries_scope(hall.actor("stranger")), number)


def test_a_merge_takes_two_persons_and_keeps_both_records(hall):
    act = file_merge(hall, "trainee", "new_trainee")
    assert queries.person(db.session, hall.people["new_trainee"]).merged_into_id is None
    decide(hall, act, "officer")
    kept, gone = hall.people["trainee"], hall.people["new_trainee"]
    assert queries.standing_id(db.session, gone) == kept
    assert queries.same_person_ids(db.session, gone) == (kept, gone)
    assert people.check(db.session, hall.phones["new_trainee"], PASSWORD).right is False


def test_an_account_moves_to_the_record_that_stands_without_one(hall):
    bare = admit(hall, hall.draft("王秀英", base_id=hall.bases["renhe"])).person_id
    hall.people["bare"] = bare
    decide(hall, file_merge(hall, "bare", "trainee"), "city")
    assert people.check(db.session, hall.phones["trainee"], PASSWORD).person_id == bare


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("far_officer", NotFound), ("finance", Forbidden), ("admin", Forbidden), ("auditor", Forbidden)],
)
def test_a_merge_is_decided_by_nobody_else(hall, who, refusal):
    act = file_merge(hall, "trainee", "new_trainee")
    with pytest.raises(refusal):
        decide(hall, act, who)


def test_what_is_decided_stays_decided(hall):
    act = file_merge(hall, "trainee", "new_trainee")
    with pytest.raises(Conflict):
        file_merge(hall, "trainee", "new_trainee")
    decide(hall, act, "officer", accept=False)
    with pytest.raises(Conflict):
        decide(hall, act, "officer")


def test_a_stranger_merges_nobody(hall):
    with pytest.raises(NotFound):
        file_merge(hall, "trainee", "new_trainee", who="stranger")


def test_a_corrected_number_tells_the_right_age_afterwards(hall):
    person, number = hall.people["trainee"], id_number(702, birth="19620801")
    act = run(
        lambda: people.correct_id(
            db.session,
            person,
            id_type="resident",
            number=number,
            reason="身份证抄错一位",
            now=hall.now,
            actor=hall.actor("admin"),
        )
    )
    decide(hall, act, "officer")
    assert queries.person(db.session, person).birth_on.year == 1962
    assert queries.find_by_id_number(db.session, number).id == person
    acts = queries.acts(db.session, EVERYTHING, person_id=person)
    assert ("id_correction", "done") in [(one.kind, one.state) for one in acts]


def test_a_number_of_somebody_else_is_a_case_for_a_merge(hall):
    other = id_number(703)
    admit(hall, hall.draft("王秀英", id_number=other))
    with pytest.raises(Conflict) as refusal:
        people.correct_id(
            db.session,
            hall.people["trainee"],
            id_type="resident",
            number=other,
            reason="身份证抄错一位",
            now=hall.now,
            actor=hall.actor("admin"),
        )
    assert refusal.value.code == "person.id_taken"


def test_a_full_number_is_revealed_to_the_own_base_only(hall):
    ask = {"reason": "核对补贴材料", "now": hall.now}
    with pytest.raises(NotFound):
        people.reveal_id(db.session, hall.people["trainee"], actor=hall.actor("stranger"), **ask)
    shown = run(
        lambda: people.reveal_id(db.session, hall.people["trainee"], actor=hall.actor("admin"), **ask)
    )
    assert len(shown) == 18
    acts = queries.acts(db.session, EVERYTHING, person_id=hall.people["trainee"])
    assert "id_revealed" in [one.kind for one in acts]
