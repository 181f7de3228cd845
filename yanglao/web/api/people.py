"""People by API: those within one's scope, their accounts, acts on their records, roles."""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from yanglao.kernel.actor import Grant
from yanglao.kernel.clock import now, rfc3339
from yanglao.kernel.db import db, run
from yanglao.people import queries
from yanglao.people import service as people
from yanglao.people.roles import may, scope_of
from yanglao.web.auth import actor, who
from yanglao.web.forms import Query, Strict
from yanglao.web.guards import limiter
from yanglao.web.lists import part_of

bp = APIBlueprint("api_people", __name__, url_prefix="/api/v1", tag="people")


class PeopleQuery(Query):
    """Which persons. ``q``: part of a name, a whole phone, or the last four characters of an ID number."""

    q: str = Field(default="", max_length=17)
    role: str = ""
    after: str = ""
    limit: int = Field(default=50, ge=1, le=200)


class FindBody(Strict):
    """A whole ID number; it stands in a body since it must never stand in an address."""

    id_number: str = Field(max_length=40)


class PersonRowOut(BaseModel):
    """A person as an office sees them; the ID number is masked."""

    id: str
    name: str
    masked_name: str
    id_type: str
    masked_id: str
    sex: str | None
    birth_on: str | None
    phone: str
    account_phone: str | None
    merged_into_id: str | None
    is_demo: bool
    created_at: str


class PeopleOut(BaseModel):
    """Some persons; ``next`` is the ``after`` of the next ones."""

    items: list[PersonRowOut]
    next: str | None


class ReasonBody(Strict):
    """Why it is done."""

    reason: str = Field(default="", max_length=500)


class AccountBody(Strict):
    """The phone number to sign in with."""

    phone: str = Field(max_length=40)


class PasswordOut(BaseModel):
    """A one-time password: shown once, to be changed at the next sign-in."""

    one_time_password: str


class MergeBody(Strict):
    """The record that stands, and why both are the same person."""

    into: str
    reason: str = Field(max_length=500)


class CorrectionBody(Strict):
    """The right ID number, and why it differs."""

    id_type: Literal["resident", "hkmo", "taiwan", "passport", "other"] = "resident"
    id_number: str = Field(max_length=40)
    reason: str = Field(max_length=500)


class DecisionBody(Strict):
    """Yes or no to a filed act."""

    accept: bool
    reason: str = Field(default="", max_length=500)


class ActOut(BaseModel):
    """A filed act."""

    id: str


class ActsQuery(Query):
    """Which acts: those that wait by default."""

    state: Literal["pending", "done", "refused"] = "pending"


class FiledOut(BaseModel):
    """An act on a record: what, of whom, by whom, why, and what became of it."""

    id: str
    kind: str
    state: str
    person_id: str
    other_person_id: str | None
    reason: str
    filed_by: str | None
    filed_at: str
    decided_at: str | None
    decision_reason: str


class FiledListOut(BaseModel):
    """Acts within one's scope, the latest first."""

    items: list[FiledOut]
    next: str | None


class NumberOut(BaseModel):
    """A full ID number; that it was shown is kept."""

    id_number: str


class GrantBody(Strict):
    """Who gets which role, and how far it reaches."""

    person_id: str
    role: str
    division: str | None = None
    base: str | None = None
    department: str | None = None


class GrantOut(BaseModel):
    """A live grant of a role."""

    id: str
    person_id: str
    person_name: str
    role: str
    division: str | None
    base: str | None
    department: str | None
    granted_at: str


class GrantsOut(BaseModel):
    """Every live grant that is not a trainee's."""

    items: list[GrantOut]
    next: str | None


def _person(one: queries.PersonView) -> PersonRowOut:
    """Return a person as the caller may see them: phone numbers in full for those who manage accounts."""
    if not may(actor().grants, "people.manage"):
        one = one.with_phones_masked()
    return PersonRowOut(
        id=one.id,
        name=one.name,
        masked_name=one.masked_name,
        id_type=one.id_type,
        masked_id=one.masked_id,
        sex=one.sex,
        birth_on=one.birth_on.isoformat() if one.birth_on else None,
        phone=one.phone,
        account_phone=one.account_phone,
        merged_into_id=one.merged_into_id,
        is_demo=one.is_demo,
        created_at=rfc3339(one.created_ms),
    )


@bp.get("/people")
@who("people.read")
@bp.input(PeopleQuery, location="query", arg_name="query")
@bp.output(PeopleOut)
def people_list(query: PeopleQuery) -> PeopleOut:
    """List persons within one's scope."""
    scope = scope_of(actor().grants, "people.read")
    found = queries.search(
        db.session, scope, text=query.q, role=query.role, after=query.after, limit=query.limit
    )
    return PeopleOut(items=[_person(one) for one in found.items], next=found.next)


@bp.post("/people/find")
@who("people.read")
@bp.input(FindBody, arg_name="body")
@bp.output(PersonRowOut)
def find(body: FindBody) -> PersonRowOut:
    """Find the person within one's scope who has this ID number."""
    scope = scope_of(actor().grants, "people.read")
    return _person(queries.find_within(db.session, scope, body.id_number))


@bp.get("/people/<person_id>")
@who("people.read")
@bp.output(PersonRowOut)
def person(person_id: str) -> PersonRowOut:
    """Return one person within one's scope."""
    return _person(queries.person(db.session, person_id, scope_of(actor().grants, "people.read")))


@bp.post("/people/<person_id>/account")
@who("people.manage", "staff.manage")
@bp.input(AccountBody, arg_name="body")
@bp.output(PasswordOut, status_code=201)
def open_account(person_id: str, body: AccountBody) -> PasswordOut:
    """Open an account and return its one-time password."""
    opened = run(
        lambda: people.open_account(db.session, person_id, phone=body.phone, now=now(), actor=actor())
    )
    return PasswordOut(one_time_password=opened.one_time_password or "")


@bp.post("/people/<person_id>/password-reset")
@who("people.manage", "staff.manage")
@bp.input(ReasonBody, arg_name="body")
@bp.output(PasswordOut)
@limiter.limit("120/minute")
def reset_password(person_id: str, body: ReasonBody) -> PasswordOut:
    """Give a person a one-time password; they are signed out everywhere."""
    password = run(
        lambda: people.reset_password(db.session, person_id, reason=body.reason, now=now(), actor=actor())
    )
    return PasswordOut(one_time_password=password)


@bp.post("/people/<person_id>/merge")
@who("people.merge")
@bp.input(MergeBody, arg_name="body")
@bp.output(ActOut, status_code=201)
def merge(person_id: str, body: MergeBody) -> ActOut:
    """File that this person is the same as another; an officer decides."""
    found = run(
        lambda: people.merge(db.session, body.into, person_id, reason=body.reason, now=now(), actor=actor())
    )
    return ActOut(id=found)


@bp.post("/people/<person_id>/id-correction")
@who("people.correct_id")
@bp.input(CorrectionBody, arg_name="body")
@bp.output(ActOut, status_code=201)
def correct_id(person_id: str, body: CorrectionBody) -> ActOut:
    """File another ID number for a person; an officer decides."""
    found = run(
        lambda: people.correct_id(
            db.session,
            person_id,
            id_type=body.id_type,
            number=body.id_number,
            reason=body.reason,
            now=now(),
            actor=actor(),
        )
    )
    return ActOut(id=found)


@bp.get("/person-acts")
@who("people.read")
@bp.input(ActsQuery, location="query", arg_name="query")
@bp.output(FiledListOut)
def acts(query: ActsQuery) -> FiledListOut:
    """List acts on records within one's scope."""
    found = queries.acts(db.session, scope_of(actor().grants, "people.read"), state=query.state)
    items = [
        FiledOut(
            id=one.id,
            kind=one.kind,
            state=one.state,
            person_id=one.person.id,
            other_person_id=one.other.id if one.other else None,
            reason=one.reason,
            filed_by=one.filed_by,
            filed_at=rfc3339(one.filed_ms),
            decided_at=rfc3339(one.decided_ms) if one.decided_ms else None,
            decision_reason=one.decision_reason,
        )
        for one in found
    ]
    return FiledListOut(items=items, next=None)


@bp.post("/person-acts/<act_id>/decision")
@who("people.decide_merge", "people.decide_id")
@bp.input(DecisionBody, arg_name="body")
@bp.output({}, status_code=204)
def decide(act_id: str, body: DecisionBody) -> str:
    """Accept or refuse a filed merge or correction."""
    run(
        lambda: people.decide(
            db.session, act_id, accept=body.accept, reason=body.reason, now=now(), actor=actor()
        )
    )
    return ""


@bp.post("/people/<person_id>/id-reveal")
@who("people.reveal_id")
@bp.input(ReasonBody, arg_name="body")
@bp.output(NumberOut)
@limiter.limit("60/minute")
def reveal_id(person_id: str, body: ReasonBody) -> NumberOut:
    """Show a full ID number; who saw it and why is kept."""
    number = run(
        lambda: people.reveal_id(db.session, person_id, reason=body.reason, now=now(), actor=actor())
    )
    return NumberOut(id_number=number)


@bp.get("/grants")
@who("role.grant")
@bp.output(GrantsOut)
def grants() -> GrantsOut:
    """List the roles of staff."""
    items = [
        GrantOut(
            id=one.id,
            person_id=one.person_id,
            person_name=one.person_name,
            role=one.grant.role,
            division=one.grant.division,
            base=one.grant.base,
            department=one.grant.department,
            granted_at=rfc3339(one.granted_ms),
        )
        for one in queries.staff_grants(db.session)
    ]
    return GrantsOut(**part_of([one.model_dump() for one in items]))


@bp.post("/grants")
@who("role.grant")
@bp.input(GrantBody, arg_name="body")
@bp.output(ActOut, status_code=201)
def grant(body: GrantBody) -> ActOut:
    """Give a person a role; nobody gives one to themselves."""
    given = Grant(body.role, body.division, body.base, body.department)
    return ActOut(id=run(lambda: people.grant(db.session, body.person_id, given, now=now(), actor=actor())))


@bp.delete("/grants/<grant_id>")
@who("role.grant")
@bp.output({}, status_code=204)
def revoke(grant_id: str) -> str:
    """Take a role away; nobody takes their own."""
    run(lambda: people.revoke(db.session, grant_id, now=now(), actor=actor()))
    return ""
