"""Venues belong to a base: sessions are held there one at a time, and a room too small is said, refused only by policy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.classes.conftest import NOW
from tests.classes.makers import at, meeting
from yanglao.classes import clashes, planning_notes, seasons, service, timetable, timetable_queries, venues
from yanglao.classes.venues import VenueDraft
from yanglao.kernel import policy
from yanglao.kernel.errors import Forbidden, NotFound

HALL = VenueDraft("大厅", capacity=4, latitude_e6=35_050_000, longitude_e6=118_350_000)


def add(session, city, draft=HALL, *, actor=None, base=None):
    return venues.add_venue(session, base or city.base, draft, now=NOW, actor=actor or city.admin)


def plan(session, city, own, **changes):
    draft = meeting(city, own, **changes)
    return service.plan_session(session, draft, now=NOW, actor=city.admin)


def test_a_venue_has_the_radius_of_the_policy_and_is_read_within_ones_scope(session, city):
    hall = add(session, city)
    assert (hall.capacity, hall.radius_m, hall.active) == (4, policy.latest().timetable.venue_radius_m, True)
    scope = city.admin.grants[0].base
    assert timetable_queries.venues(session, [scope]) == [hall]
    assert timetable_queries.venue(session, hall.id) == hall


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (replace(HALL, name=" "), "venue.name_missing"),
        (replace(HALL, name="  大厅 "), "venue.name_taken"),
        (replace(HALL, name="二", capacity=0), "venue.capacity_wrong"),
        (replace(HALL, name="二", capacity=2001), "venue.capacity_wrong"),
        (replace(HALL, name="二", longitude_e6=None), "venue.position_wrong"),
        (replace(HALL, name="二", latitude_e6=90_000_001), "venue.position_wrong"),
        (replace(HALL, name="二", radius_m=49), "venue.position_wrong"),
        (replace(HALL, name="二", radius_m=5001), "venue.position_wrong"),
    ],
)
def test_a_venue_that_cannot_be_is_refused_by_name(session, city, draft, code):
    add(session, city)
    with pytest.raises((venues.Refused, venues.Conflict)) as refusal:
        add(session, city, draft)
    assert refusal.value.code == code


def test_only_who_plans_at_a_base_keeps_its_venues(session, city):
    hall = add(session, city, actor=city.colleague)
    for actor in (city.stranger, city.county, city.teacher):
        with pytest.raises((NotFound, Forbidden)):
            add(session, city, replace(HALL, name="二"), actor=actor)
        with pytest.raises(NotFound):
            venues.change_venue(session, hall.id, HALL, now=NOW, actor=actor)


def test_a_session_names_a_venue_by_id_or_by_name_and_a_new_name_becomes_one(session, city, draft_class):
    hall = add(session, city)
    assert plan(session, city, draft_class, venue="", venue_id=hall.id).venue == "大厅"
    by_name = plan(
        session, city, draft_class, starts_ms=at(6, 9), ends_ms=at(6, 11), breaks=(), venue=" 大厅 "
    )
    assert by_name.venue_id == hall.id
    fresh = plan(session, city, draft_class, starts_ms=at(7, 9), ends_ms=at(7, 11), breaks=(), venue="新教室")
    assert timetable_queries.venue(session, fresh.venue_id).capacity is None


def test_a_venue_of_another_base_or_out_of_use_is_refused(session, city, draft_class):
    theirs = add(session, city, actor=city.stranger, base=city.other)
    with pytest.raises(clashes.VenueNotThere):
        plan(session, city, draft_class, venue_id=theirs.id)
    ours = add(session, city, replace(HALL, active=False))
    with pytest.raises(clashes.VenueNotActive):
        plan(session, city, draft_class, venue_id=ours.id)
    with pytest.raises(clashes.VenueNotActive):
        plan(session, city, draft_class, venue="大厅")


def test_a_room_is_taken_whatever_it_was_called(session, city, draft_class):
    hall = add(session, city)
    other = service.create_class(
        session,
        service.ClassDraft(
            city.base, city.programme, draft_class.starts_on, draft_class.ends_on, 5, "另一个班"
        ),
        now=NOW,
        actor=city.admin,
    )
    plan(session, city, draft_class, venue_id=hall.id)
    venues.change_venue(session, hall.id, replace(HALL, name="一号厅"), now=NOW, actor=city.admin)
    with pytest.raises(timetable.VenueBusy) as refusal:
        plan(session, city, other, venue="一号厅", instructor_id=city.teacher2.person_id)
    assert refusal.value.facts["venue"] == "一号厅"


def test_a_venue_with_planned_sessions_stays_in_use_until_they_are_over(session, city, draft_class):
    hall = add(session, city)
    view = plan(session, city, draft_class, venue_id=hall.id)
    with pytest.raises(venues.VenueInUse) as refusal:
        venues.change_venue(session, hall.id, replace(HALL, active=False), now=NOW, actor=city.admin)
    assert refusal.value.facts == {"venue": "大厅", "sessions": 1}
    service.cancel_session(session, view.id, reason="停电", now=NOW, actor=city.admin)
    gone = venues.change_venue(session, hall.id, replace(HALL, active=False), now=NOW, actor=city.admin)
    assert not gone.active


@pytest.mark.parametrize(("capacity", "short"), [(4, True), (5, False), (None, False)])
def test_a_room_too_small_is_said_with_its_figures(session, city, draft_class, capacity, short):
    hall = add(session, city, replace(HALL, capacity=capacity))
    found = planning_notes.room_notes(session, draft_class.id, hall.id)
    assert [(one.code, one.facts) for one in found] == (
        [("timetable.over_capacity", {"venue": "大厅", "capacity": 4, "expected": 5})] if short else []
    )
    assert plan(session, city, draft_class, venue_id=hall.id).venue_id == hall.id


def test_a_room_too_small_is_refused_where_the_policy_says_so(session, city, draft_class, monkeypatch):
    strict = replace(policy.latest(), timetable=replace(policy.latest().timetable, over_capacity_refused=1))
    hall = add(session, city)
    monkeypatch.setattr(policy, "on", lambda day: strict)
    with pytest.raises(timetable.VenueTooSmall):
        plan(session, city, draft_class, venue_id=hall.id)


def test_a_season_is_kept_by_its_base_or_the_civil_affairs_of_its_division(session, city):
    june = (date(2026, 6, 1), date(2026, 6, 20))

    def keep(actor, *, season_id="", **of):
        draft = seasons.SeasonDraft("三夏", *june, **of)
        return seasons.keep_season(session, draft, season_id=season_id, now=NOW, actor=actor)

    own, theirs = keep(city.admin, base_id=city.base), keep(city.county, division_code="371323")
    for actor, of in (
        (city.stranger, {"base_id": city.base}),
        (city.admin, {"division_code": "371323"}),
        (city.finance, {"division_code": "371323"}),
        (city.county, {"division_code": "371327"}),
        (city.admin, {}),
    ):
        with pytest.raises(NotFound):
            keep(actor, **of)
    with pytest.raises(NotFound):
        seasons.drop_season(session, own.id, actor=city.stranger)
    found = timetable_queries.seasons_of_base(session, city.base, june[1], june[1] + timedelta(days=30))
    assert {one.id for one in found} == {own.id, theirs.id}
    assert planning_notes.days_notes(session, city.base, [june[1]])[june[1]][-1].code == "calendar.season"
    seasons.drop_season(session, own.id, actor=city.colleague)
    with pytest.raises(seasons.SeasonFacts):
        seasons.keep_season(
            session,
            seasons.SeasonDraft("三夏", june[1], june[0], base_id=city.base),
            now=NOW,
            actor=city.admin,
        )
