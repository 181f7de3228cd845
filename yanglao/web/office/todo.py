"""The office's first page: what waits for this person, gathered from a table of sources."""

from __future__ import annotations

from collections import Counter

from apiflask import APIBlueprint
from flask import current_app
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session

from yanglao.capture.attendance import leaves, walk_ins
from yanglao.capture.attendance import queries as attendance
from yanglao.certificates import level_changes
from yanglao.certificates import queries as certificates
from yanglao.classes import queries as classes
from yanglao.classes import roster_queries
from yanglao.completion import queries as completion
from yanglao.completion.shapes import StandingFilters
from yanglao.flags import queries as flags
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import day_of, now, say_day, to_ms
from yanglao.kernel.db import db
from yanglao.people import photos, shares, stand_ins
from yanglao.people import queries as people
from yanglao.people.roles import may, scope_of
from yanglao.web.auth import actor, who
from yanglao.web.office import todo_money
from yanglao.web.office.todo_shape import Source, Todo
from yanglao.web.page import page

bp = APIBlueprint("office_todo", __name__, url_prefix="/office", enable_openapi=False)
COUNTED_MS, MOST_COUNTED = 30_000, 2000
# Words, review, state.
HOURS = (("学时有疑问，要查清再核对", "questioned", ""), ("学时和考核齐了，等您核对", "none", "complete"))


def classes_to_approve(session: Session, me: Actor) -> list[Todo]:
    """List filed classes that this person's level decides, the earliest start first."""
    found = classes.classes(session, scope_of(me.grants, "class.approve"), classes.Filters(("filed",)))
    return [
        Todo(
            f"审批开班：{one.name}",
            f"/office/classes/{one.id}/approval",
            more=f"{one.number} · {say_day(one.starts_on)}开班 · {one.enrolled} 人",
            symbol="review",
        )
        for one in sorted(found, key=lambda one: one.starts_on)
        if me.person_id not in {one.created_by, one.filed_by}
    ]


def late_to_decide(session: Session, me: Actor) -> list[Todo]:
    """List late additions that wait for this person's level, the oldest first."""
    found = classes.late_additions(session, scope_of(me.grants, "late.decide"), state="pending")
    names = people.persons(session, (one.person_id for one in found))
    return [
        Todo(
            f"审批补报：{names[one.person_id].name}",
            f"/office/classes/{one.class_id}#late",
            more=f"{one.class_name} · 原因：{one.reason}",
            symbol="plus",
        )
        for one in found
        if one.requested_by != me.person_id
    ]


def late_waiting(session: Session, me: Actor) -> list[Todo]:
    """List the classes whose late additions wait for the organising level: nothing to do but to know."""
    found = classes.late_additions(session, scope_of(me.grants, "late.request"), state="pending")
    counted = Counter((one.class_id, one.class_name) for one in found)
    return [
        Todo(
            f"补报等审批：{name}",
            f"/office/classes/{class_id}#late",
            count,
            "已经报上去，等组织单位决定",
            "wait",
        )
        for (class_id, name), count in counted.items()
    ]


def hours_to_review(session: Session, me: Actor) -> list[Todo]:
    """Count the segments whose hours a reviewer put in question, and those that are complete and nobody has looked at."""
    found = []
    for words, review, state in HOURS:
        filters = StandingFilters(review=review, state=state)
        counted = completion.count(session, scope_of(me.grants, "hours.review"), filters)
        number = sum(each for one, each in counted.items() if one != "entered_s")
        if number:
            address = f"/office/review?review={review}&state={state}"
            found.append(Todo(words, address, number, "按培训段计", "review"))
    return found


def drafts_to_file(session: Session, me: Actor) -> list[Todo]:
    """List the base's classes that are still drafts, those that were returned first, with the reason."""
    found = classes.classes(session, scope_of(me.grants, "class.file"), classes.Filters(("draft",)))
    reasons = {one.id: classes.returned_reason(session, one.id) for one in found}
    returned = [
        Todo(
            f"被退回，要改好再报：{one.name}",
            f"/office/classes/{one.id}",
            more=f"{one.number} · 原因：{reasons[one.id]}",
            symbol="back",
        )
        for one in found
        if reasons[one.id] is not None
    ]
    return returned + [
        Todo(f"草稿还没有报审：{one.name}", f"/office/classes/{one.id}", more=one.number, symbol="class")
        for one in found
        if reasons[one.id] is None
    ]


def approved_to_start(session: Session, me: Actor) -> list[Todo]:
    """List the base's approved classes, which wait for their first day."""
    found = classes.classes(session, scope_of(me.grants, "class.file"), classes.Filters(("approved",)))
    return [
        Todo(
            f"已批准，等开班：{one.name}",
            f"/office/classes/{one.id}",
            more=f"{say_day(one.starts_on)}开班",
            symbol="play",
        )
        for one in found
    ]


def rosters_to_commit(session: Session, me: Actor) -> list[Todo]:
    """List rosters that were checked and never entered."""
    found = roster_queries.waiting_imports(session, scope_of(me.grants, "roster.import"))
    return [
        Todo(
            f"花名册还没有加入：{one.file_name}",
            f"/office/classes/{one.class_id}/roster?import={one.id}",
            more=f"{one.class_name} · {one.totals['bad']} 行要改",
            symbol="upload",
        )
        for one in found
    ]


def scans_to_decide(session: Session, me: Actor) -> list[Todo]:
    """Count the scans of running classes that wait for a person."""
    running = classes.classes(
        session, scope_of(me.grants, "scan.decide"), classes.Filters(("running",)), limit=200
    )
    meetings = classes.sessions_of_classes(session, (one.id for one in running))
    waiting = attendance.waiting(session, [one.id for one in meetings])
    return [Todo("签到要核对", "/office/scans", len(waiting), symbol="scan")] if waiting else []


def leaves_to_decide(session: Session, me: Actor) -> list[Todo]:
    """Count the leave that people of running classes asked for and nobody has decided on."""
    running = classes.classes(
        session, scope_of(me.grants, "session.plan"), classes.Filters(("running",)), limit=200
    )
    meetings = classes.sessions_of_classes(session, (one.id for one in running))
    found = leaves.of_sessions(session, [one.id for one in meetings])
    waiting = [one for one in found if one.state == "pending" and one.person_id != me.person_id]
    return [Todo("请假要定", "/office/scans#leaves", len(waiting), symbol="day")] if waiting else []


def walk_ins_to_decide(session: Session, me: Actor) -> list[Todo]:
    """Count who came to running classes without standing on the roster and waits for the base."""
    running = classes.classes(
        session, scope_of(me.grants, "late.request"), classes.Filters(("running",)), limit=200
    )
    meetings = classes.sessions_of_classes(session, (one.id for one in running))
    found = walk_ins.of_sessions(session, [one.id for one in meetings], state="pending")
    waiting = [one for one in found if one.recorded_by != me.person_id]
    return (
        [Todo("名单外的人要核对", "/office/scans#walk-ins", len(waiting), symbol="people")] if waiting else []
    )


def acts_to_decide(session: Session, me: Actor) -> list[Todo]:
    """Count merges and ID corrections that wait for a second person."""
    found: list[people.ActView] = []
    for permission, kind in (("people.decide_merge", "merge"), ("people.decide_id", "id_correction")):
        if may(me.grants, permission):
            found += [
                one for one in people.acts(session, scope_of(me.grants, permission)) if one.kind == kind
            ]
    waiting = [one for one in found if one.filed_by != me.person_id]
    return [Todo("学员资料更正要审", "/office/people", len(waiting), symbol="people")] if waiting else []


def shares_to_decide(session: Session, me: Actor) -> list[Todo]:
    """Count the wishes of two persons to use one WeChat."""
    found = shares.shares(session, scope_of(me.grants, "people.manage"))
    waiting = [one for one in found if me.person_id not in (one.first.id, one.second.id)]
    return [Todo("两个人要共用微信", "/office/shares", len(waiting), symbol="people")] if waiting else []


def photos_to_look_at(session: Session, me: Actor) -> list[Todo]:
    """Count the photos that wait for the base."""
    waiting = photos.to_decide(session, scope_of(me.grants, "people.manage"), actor=me)
    return [Todo("学员照片要看", "/office/photos", len(waiting), symbol="person")] if waiting else []


def flags_to_settle(session: Session, me: Actor) -> list[Todo]:
    """Count what looks wrong and waits for a verdict."""
    found = flags.count_open(session, scope_of(me.grants, "flag.settle"))
    return [Todo("异常要查", "/office/flags?state=open", found, symbol="warn")] if found else []


def certificates_to_issue(session: Session, me: Actor) -> list[Todo]:
    """List the classes with certificates that somebody else reviewed and that wait to be issued."""
    scope = scope_of(me.grants, "certificate.issue")
    found = certificates.certificates(session, scope, certificates.Filters(state="reviewed"))
    counted = Counter(one.class_id for one in found if one.reviewed_by != me.person_id)
    own = classes.classes_by_id(session, set(counted))
    return [
        Todo(f"证书要签发：{own[key].name}", f"/office/certificates?class_id={key}", number, symbol="card")
        for key, number in counted.items()
    ]


def level_changes_to_decide(session: Session, me: Actor) -> list[Todo]:
    """List what somebody else asked for of certificates of skill level."""
    return [
        Todo(
            f"等级证书要{one.act_name}，等您决定",
            f"/office/level-certificates/{one.certificate_id}",
            more=f"{one.filed_name}提出 · 原因：{one.reason}",
            symbol="card",
        )
        for one in level_changes.waiting_for(session, me)
    ]


# What may wait, in the order of the page: the right that a person needs, and who gathers it.
SOURCES: tuple[tuple[str, Source], ...] = (
    ("class.approve", classes_to_approve),
    ("late.decide", late_to_decide),
    ("claim.read", todo_money.claims_in_turn),
    ("claim.finance", todo_money.repayments_to_decide),
    ("claim.finance", todo_money.returned_to_pay),
    ("claim.finance", todo_money.runs_to_close),
    ("claim.file", todo_money.accounts_to_correct),
    ("certificate.issue", certificates_to_issue),
    ("certificate.revoke", level_changes_to_decide),
    ("scan.decide", scans_to_decide),
    ("late.request", walk_ins_to_decide),
    ("session.plan", leaves_to_decide),
    ("people.decide_merge", acts_to_decide),
    ("people.manage", shares_to_decide),
    ("people.manage", photos_to_look_at),
    ("flag.settle", flags_to_settle),
    ("hours.review", hours_to_review),
    ("roster.import", rosters_to_commit),
    ("class.file", approved_to_start),
    ("class.file", drafts_to_file),
    ("late.request", late_waiting),
)


def waiting_now(known: int | None = None) -> int:
    """Return how many things wait for who asks, for the menu: counted anew at most every half minute; ``known`` is newer."""
    me, moment = actor(), to_ms(now())
    kept: dict[str, tuple[int, int]] = current_app.extensions.setdefault("todo.waiting", {})
    counted_ms, count = kept.get(me.person_id, (0, 0))
    if known is None and counted_ms <= moment < counted_ms + COUNTED_MS:
        return count
    count = len(gathered(me)) if known is None else known
    if len(kept) > MOST_COUNTED:
        kept.clear()
    kept[me.person_id] = (moment, count)
    return count


@bp.record_once
def offer(state: BlueprintSetupState) -> None:
    """Let every page of the office ask how many things wait."""
    state.app.extensions["todo.count"] = waiting_now


def gathered(me: Actor) -> list[Todo]:
    """Return everything that waits for somebody, in the order of the page."""
    return [todo for right, source in SOURCES if may(me.grants, right) for todo in source(db.session, me)]


@bp.get("/")
@who("people.read", "class.file", "class.approve", "plan.read", "settings.manage")
def home() -> str:
    """Show what waits for this person."""
    me = actor()
    items = gathered(me)
    scope = scope_of(me.grants, "standing.read")
    waits = any(may(me.grants, right) for right, _ in SOURCES)
    office = any(may(me.grants, right) for right in ("class.approve", "claim.hrss", "claim.finance"))
    today = day_of(now())
    return page(
        "office/home.html",
        items=items,
        standing=[
            one
            for one in stand_ins.of(db.session, me.person_id)
            if not one.ended_ms and one.since <= today <= one.until
        ]
        if office
        else [],
        may_name=office,
        todo_waiting=waiting_now(len(items)),
        waits=waits,
        counted=classes.count_by_state(db.session, scope),
    )
