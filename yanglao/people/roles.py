"""Say what each role may do and how far it reaches. Pure; the one table that every permission question ends at."""

from __future__ import annotations

from collections.abc import Iterable

from yanglao.kernel.actor import Grant, Scope
from yanglao.places.rules import CITY

DEPARTMENTS = {"civil_affairs": "民政", "hrss": "人社", "finance": "财政"}
ROLE_NAMES = {
    "trainee": "学员",
    "instructor": "教师",
    "base_admin": "基地管理员",
    "officer": "县区工作人员",
    "city_officer": "市级工作人员",
    "assessor": "评价机构",
    "auditor": "审计",
    "sysadmin": "系统管理员",
}

_READS = {"people.read", "standing.read", "standing.export", "evidence.read", "plan.read", "flag.read"}
_READS |= {"course.read", "claim.read", "certificate.read", "policy.try"}
_OFFICE = {"signed_in"}
_DECIDES = {"class.approve", "late.decide", "scan.decide", "practical.void", "flag.settle"}
_DECIDES |= {
    "people.decide_merge",
    "people.decide_id",
    "claim.county",
    "claim.notice",
    "claim.paper",
    "certificate.revoke",
}
_EXAMINES = {"claim.hrss", "claim.notice", "exclusion.import"}

# A role, or role:department, and what it may do. "signed_in" belongs to everybody who has an account.
ROLE_CAN: dict[str, frozenset[str]] = {
    "trainee": frozenset({"signed_in", "learn.own", "scan.own"}),
    "instructor": frozenset({"signed_in", "session.teach", "recording.make", "practical.score"}),
    "base_admin": frozenset(
        _OFFICE
        | {
            "session.plan",
            "class.file",
            "roster.import",
            "practical.void",
            "late.request",
            "people.read",
            "people.manage",
        }
        | {"people.merge", "people.correct_id", "standing.read", "standing.export", "evidence.read"}
        | {
            "hours.review",
            "claim.read",
            "claim.file",
            "scan.decide",
            "people.reveal_id",
            "course.author",
            "course.read",
            "flag.read",
            "recording.make",
        }
        | {"certificate.read", "certificate.review", "certificate.issue", "certificate.revoke"}
        | {"policy.try", "policy.upload"}
    ),
    "officer": frozenset(_OFFICE | _READS | {"ledger.read", "policy.upload"}),
    "officer:civil_affairs": frozenset(_DECIDES),
    "officer:hrss": frozenset(_EXAMINES),
    "officer:finance": frozenset({"claim.finance"}),
    "city_officer": frozenset(_OFFICE | _READS | {"ledger.read", "policy.upload", "form.manage"}),
    "city_officer:civil_affairs": frozenset(_DECIDES | {"course.author", "course.publish", "recording.make"}),
    "city_officer:hrss": frozenset(_EXAMINES),
    "city_officer:finance": frozenset({"claim.finance"}),
    "assessor": frozenset(_OFFICE | {"report.level", "practical.score"}),
    "auditor": frozenset(_OFFICE | _READS | {"ledger.read"}),
    "sysadmin": frozenset(
        _OFFICE
        | {"role.grant", "staff.manage", "settings.manage", "policy.try", "policy.upload", "form.manage"}
    ),
}

# How far a grant must say that it reaches: "base" and "division" name one; "all" reaches everything, or the one
# division that an auditor's grant names; "self" reaches nobody else.
REACH = {
    "trainee": "self",
    "instructor": "base",
    "base_admin": "base",
    "officer": "division",
    "city_officer": "all",
    "assessor": "all",
    "auditor": "all",
    "sysadmin": "all",
}
NEEDS_DEPARTMENT = frozenset({"officer", "city_officer"})

# Decided by the organising level only: the city does not approve a county's class or claim, nor a county the city's.
BY_ORGANISER = frozenset({"class.approve", "late.decide", "claim.county", "claim.hrss", "claim.notice"})
BY_ORGANISER |= {"claim.finance", "claim.paper"}
PERSONAL = frozenset({"signed_in", "learn.own", "scan.own"})
PERMISSIONS = frozenset().union(*ROLE_CAN.values())


def may(
    grants: Iterable[Grant], permission: str, *, division: str | None = None, base: str | None = None
) -> bool:
    """Tell whether any of ``grants`` allows ``permission`` on something of ``division`` at ``base``.

    Without division and base: whether it is allowed anywhere at all. A thing at a base carries its division too;
    an officer's grant cannot reach a base whose division is not named.
    """
    return any(
        _allows(grant, permission) and _reaches(_reach(grant, permission), division, base) for grant in grants
    )


def scope_of(grants: Iterable[Grant], permission: str) -> Scope:
    """Return everything that ``permission`` reaches, over all grants that allow it."""
    reaches = [_reach(grant, permission) for grant in grants if _allows(grant, permission)]
    return Scope(
        all=any(reach.all for reach in reaches),
        divisions=frozenset().union(*(reach.divisions for reach in reaches)),
        bases=frozenset().union(*(reach.bases for reach in reaches)),
    )


def permissions_of(grants: Iterable[Grant]) -> frozenset[str]:
    """Return everything that any of ``grants`` allows somewhere."""
    return frozenset(
        permission for grant in grants for permission in PERMISSIONS if _allows(grant, permission)
    )


def grant_fault(grant: Grant) -> str | None:
    """Return the code of what is wrong with a grant, or None when it can be given."""
    if grant.role not in ROLE_NAMES:
        return "roles.unknown"
    if REACH[grant.role] == "base" and not grant.base:
        return "roles.needs_base"
    if REACH[grant.role] == "division" and (not grant.division or grant.division == CITY):
        return "roles.needs_division"
    if grant.role in NEEDS_DEPARTMENT and grant.department not in DEPARTMENTS:
        return "roles.needs_department"
    return None


def role_text(grant: Grant, *, division_name: str = "", base_name: str = "") -> str:
    """Return a grant as people say it: 兰山区民政工作人员, 基地管理员 · 仁和基地."""
    name = ROLE_NAMES.get(grant.role, grant.role)
    if grant.role in NEEDS_DEPARTMENT:
        place = "市级" if grant.role == "city_officer" else division_name
        return f"{place}{DEPARTMENTS.get(grant.department or '', '')}工作人员"
    return f"{name} · {base_name}" if base_name else name


def _allows(grant: Grant, permission: str) -> bool:
    if permission in ROLE_CAN.get(grant.role, ()):
        return True
    return bool(grant.department) and permission in ROLE_CAN.get(f"{grant.role}:{grant.department}", ())


def _reach(grant: Grant, permission: str) -> Scope:
    kind = REACH[grant.role]
    if permission in PERSONAL or kind == "self":
        return Scope()
    if kind == "base":
        return Scope(bases=frozenset({grant.base} if grant.base else ()))
    if kind == "division" or grant.division:
        return Scope(divisions=frozenset({grant.division} if grant.division else ()))
    if permission in BY_ORGANISER:
        return Scope(divisions=frozenset({CITY}))
    return Scope(all=True)


def _reaches(reach: Scope, division: str | None, base: str | None) -> bool:
    if (division is None and base is None) or reach.all:
        return True
    return base in reach.bases or division in reach.divisions
