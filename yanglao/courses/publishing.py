"""Publish programmes: say everything that is missing, then never change what was published."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.courses import publish_rules, queries, question_queries, quiz_plans, rules, syllabus_queries
from yanglao.courses.material_models import Material
from yanglao.courses.models import Programme
from yanglao.courses.publish_rules import Ground, Missing
from yanglao.courses.shapes import ProgrammeView
from yanglao.kernel import policy
from yanglao.kernel.actor import SYSTEM, Actor
from yanglao.kernel.clock import day_of, to_ms
from yanglao.kernel.errors import Conflict, Forbidden, Refused
from yanglao.people.roles import may
from yanglao.places import queries as places


class AlreadyPublished(Conflict):
    code = "courses.already_published"


class OwnEdit(Forbidden):
    """Say that who edited last may not publish: another pair of eyes must look."""

    code = "courses.own_edit"


class Incomplete(Refused):
    """Say that something is missing; ``missing`` lists it all."""

    code = "courses.incomplete"


class RevisionPassed(Conflict):
    """Say that somebody changed it since it was looked at; ``revision`` is what it is now."""

    code = "courses.revision_passed"


def missing(session: Session, programme: ProgrammeView, *, now: datetime) -> list[Missing]:
    """List everything that ``programme`` lacks before it may be published."""
    return publish_rules.missing(programme, ground(session, programme, now=now))


def ground(session: Session, programme: ProgrammeView, *, now: datetime) -> Ground:
    """Gather what a programme is held against, with the policy of today."""
    figures = policy.on(day_of(now))
    topics = {one.code: one for one in places.topics(session)}
    return Ground(
        mandatory={code: one.name for code, one in topics.items() if one.mandatory},
        bank_sizes=question_queries.sizes(session),
        most_bp=figures.training.required_of_lessons_max_bp,
        practice_bp=figures.courses.practice_min_bp(programme.category_code),
        online_bp=figures.training.online_share_max_bp,
        topics={code: one.name for code, one in topics.items()},
        syllabus=syllabus_queries.held(session, programme.syllabus_id),
        plans=tuple(question_queries.plans(session, [one.id for one in programme.segments])),
        short=tuple(quiz_plans.lacking(session, [one.id for one in programme.segments])),
        unfinished=_unfinished(session, programme),
    )


def _unfinished(session: Session, programme: ProgrammeView) -> frozenset[str]:
    """Return the ids of the lessons whose material is still being made, or could not be."""
    made_of = {
        one.id: one.material_id for part in programme.segments for one in part.lessons if one.material_id
    }
    wanted = select(Material.id).where(Material.id.in_(set(made_of.values())), Material.state == "ready")
    ready = set(session.scalars(wanted))
    return frozenset(lesson for lesson, material in made_of.items() if material not in ready)


def publish(
    session: Session, programme_id: str, *, now: datetime, actor: Actor, revision: int | None = None
) -> None:
    """Publish a draft; from now on it never changes. The system is the actor when the bundled files are loaded.

    ``revision`` is what the actor looked at; None does not ask.

    Raises:
        ProgrammeUnknown: there is no such programme.
        Forbidden, OwnEdit: the actor has not the right, or edited it last.
        AlreadyPublished: it is published.
        RevisionPassed: it was changed since.
        NoSegments, HoursMissing, OnlineHoursTooLong, BankTooSmall, TopicsMissing, Incomplete: with all that is ``missing``.
    """
    row = session.scalars(select(Programme).where(Programme.id == programme_id).with_for_update()).first()
    programme = queries.programme(session, programme_id)
    if row is None or programme.state != "draft":
        raise AlreadyPublished(programme=programme.name)
    if actor != SYSTEM:
        _check_actor(programme, actor)
    if revision not in (None, programme.revision):
        raise RevisionPassed(revision=programme.revision)
    _check_complete(session, programme, now)
    row.state = "published"
    row.published_ms = to_ms(now)
    row.published_by = None if actor == SYSTEM else actor.person_id
    session.flush()


def _check_actor(programme: ProgrammeView, actor: Actor) -> None:
    if not may(actor.grants, "course.publish"):
        raise Forbidden(permission="course.publish")
    if actor.person_id == programme.edited_by:
        raise OwnEdit(programme=programme.name)


def _check_complete(session: Session, programme: ProgrammeView, now: datetime) -> None:
    held = ground(session, programme, now=now)
    found = publish_rules.missing(programme, held)
    told = [{"code": one.code, "facts": one.facts, "sentence": one.sentence} for one in found]
    try:
        rules.check_publishable(
            programme, mandatory=held.mandatory, bank_sizes=held.bank_sizes, most_bp=held.most_bp
        )
    except Refused as fault:
        fault.facts["missing"] = told
        raise
    if found:
        raise Incomplete(programme=programme.name, count=len(found), missing=told)
