from __future__ import annotations

import pytest

from yanglao.kernel.actor import Grant, Scope
from yanglao.people.roles import (
    PERMISSIONS,
    PERSONAL,
    REACH,
    ROLE_CAN,
    ROLE_NAMES,
    may,
    permissions_of,
    scope_of,
)
from yanglao.places.rules import CITY

LANSHAN, HEDONG = "371302", "371312"
ADMIN = Grant("base_admin", base="renhe")
OFFICER = Grant("officer", division=LANSHAN, department="civil_affairs")
FINANCE = Grant("officer", division=LANSHAN, department="finance")
CITY_OFFICER = Grant("city_officer", department="civil_affairs")
AUDITOR = Grant("auditor")
BASE_RIGHTS = ("class.file", "roster.import", "session.plan", "late.request", "people.manage", "people.merge")


@pytest.mark.parametrize("permission", BASE_RIGHTS)
@pytest.mark.parametrize(
    ("grant", "allowed"),
    [(ADMIN, True), (Grant("base_admin", base="qihe"), False), (Grant("trainee", base="renhe"), False)],
)
def test_what_a_base_does_it_does_at_its_own_base_only(permission, grant, allowed):
    assert may([grant], permission, base="renhe", division=LANSHAN) is allowed


@pytest.mark.parametrize(
    ("grant", "organiser", "allowed"),
    [
        (OFFICER, LANSHAN, True),
        (OFFICER, HEDONG, False),
        (OFFICER, CITY, False),
        (FINANCE, LANSHAN, False),
        (CITY_OFFICER, CITY, True),
        (CITY_OFFICER, LANSHAN, False),
        (Grant("city_officer", department="hrss"), CITY, False),
        (ADMIN, LANSHAN, False),
        (AUDITOR, LANSHAN, False),
    ],
)
def test_a_class_is_approved_by_its_organising_level_only(grant, organiser, allowed):
    assert may([grant], "class.approve", division=organiser, base="renhe") is allowed


@pytest.mark.parametrize(
    ("grant", "scope"),
    [
        (ADMIN, Scope(bases=frozenset({"renhe"}))),
        (OFFICER, Scope(divisions=frozenset({LANSHAN}))),
        (CITY_OFFICER, Scope(all=True)),
        (AUDITOR, Scope(all=True)),
        (Grant("auditor", division=HEDONG), Scope(divisions=frozenset({HEDONG}))),
        (Grant("trainee", base="renhe"), Scope()),
        (Grant("sysadmin"), Scope()),
    ],
)
def test_reading_people_ends_where_the_grant_ends(grant, scope):
    assert scope_of([grant], "people.read") == scope


def test_two_grants_reach_what_both_reach():
    both = scope_of([ADMIN, Grant("base_admin", base="qihe")], "hours.review")
    assert both == Scope(bases=frozenset({"renhe", "qihe"}))


def test_an_officer_does_not_reach_a_base_whose_division_is_not_named():
    assert not may([OFFICER], "people.read", base="renhe")
    assert may([OFFICER], "people.read", base="renhe", division=LANSHAN)


def test_an_auditor_reads_and_does_nothing_else():
    assert permissions_of([AUDITOR]) == {
        "signed_in",
        "people.read",
        "standing.read",
        "standing.export",
        "evidence.read",
        "plan.read",
        "flag.read",
        "course.read",
        "claim.read",
        "ledger.read",
        "certificate.read",
        "policy.try",
    }


def test_nobody_both_files_and_approves():
    for role, can in ROLE_CAN.items():
        assert not {"class.file", "class.approve"} <= can, role
        assert not {"people.merge", "people.decide_merge"} <= can, role


def test_every_role_has_a_name_a_reach_and_something_to_do():
    roles = {role.split(":")[0] for role in ROLE_CAN}
    assert roles == set(ROLE_NAMES) == set(REACH)
    assert PERSONAL <= PERMISSIONS


@pytest.mark.parametrize("permission", sorted(PERMISSIONS - PERSONAL))
def test_a_grant_that_names_no_place_reaches_none_for_who_needs_one(permission):
    for role in ("base_admin", "instructor", "officer"):
        assert scope_of([Grant(role, department="civil_affairs")], permission).empty
