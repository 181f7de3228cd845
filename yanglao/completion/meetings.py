"""Say how a person stands in one meeting of the timetable."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from yanglao.classes.queries import SessionView
from yanglao.classes.rules import taught_s
from yanglao.completion.models import Standing
from yanglao.completion.shapes import SessionStanding


def standings_in(
    meetings: Sequence[SessionView], row: Standing | None, *, own_id: str, away: Set[tuple[str, str]]
) -> tuple[SessionStanding, ...]:
    """Return meetings with a person's presence in each, and what make-up sessions gave back of it."""
    found = [_standing_in(one, row, on_leave=(own_id, one.id) in away) for one in meetings]
    made_up: dict[str, int] = {}
    for one in found:
        if one.makes_up:
            made_up[one.makes_up] = made_up.get(one.makes_up, 0) + one.credited_s
    return tuple(replace(one, made_up_s=made_up.get(one.id, 0)) for one in found)


def _standing_in(meeting: SessionView, row: Standing | None, *, on_leave: bool) -> SessionStanding:
    """Return a meeting with a person's presence in it; an end that was only assumed is no sign-out."""
    visits: list[list[int | None]] = (row.presences if row else {}).get(meeting.id, [])
    ins = [visit[0] for visit in visits if visit[0] is not None]
    outs = [visit[1] if len(visit) == 3 else None for visit in visits]
    title = meeting.title or meeting.segment_title
    return SessionStanding(
        id=meeting.id,
        title=f"补课：{title}" if meeting.makes_up_session_id else title,
        starts_ms=meeting.starts_ms,
        ends_ms=meeting.ends_ms,
        state=meeting.state,
        venue=meeting.venue,
        in_ms=min(ins) if ins else None,
        out_ms=outs[-1] if outs else None,
        credited_s=sum(visit[2] or 0 for visit in visits),
        on_leave=on_leave,
        due_s=taught_s(meeting.starts_ms, meeting.ends_ms, meeting.breaks),
        makes_up=meeting.makes_up_session_id,
    )
