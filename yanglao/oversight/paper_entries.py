"""Enter a signed blank sheet as manual evidence, and let a second person confirm it against the picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from yanglao.capture.attendance import on_paper
from yanglao.capture.attendance.on_paper import Cited, Entered, Line, Sheet
from yanglao.classes import queries as classes
from yanglao.classes.shapes import SessionView
from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import day_of, midnight_ms
from yanglao.kernel.errors import Conflict, Refused
from yanglao.papers import queries
from yanglao.papers.queries import PageView, PaperUnknown
from yanglao.people.roles import scope_of

BLANK = "attendance_blank"
_TIME = re.compile(r"(\d{1,2})[:：.]?(\d{2})")


class NotBlank(Refused):
    """Say that a page is no blank sheet."""

    code = "paper.not_blank"


class NoSignedScan(Conflict):
    """Say that no scan of the signed page is filed yet."""

    code = "paper.no_signed_scan"


@dataclass(frozen=True)
class Written:
    """One line as typed: 08:30 and 11:30; empty where nothing is written."""

    enrolment_id: str
    came: str = ""
    left: str = ""


def enter(
    session: Session, code: str, written: Sequence[Written], *, reason: str, now: datetime, actor: Actor
) -> int:
    """Keep the lines of the blank sheet ``code`` as scans that wait; return how many are new.

    Raises: PaperUnknown, NotBlank, NoSignedScan, Refused (a time that is none), and what ``on_paper.enter`` raises.
    """
    page, meeting = _page(session, code, actor, "session.plan")
    sheets = queries.scans_of_page(session, page.id)
    if not sheets:
        raise NoSignedScan
    day_ms = midnight_ms(day_of(meeting.starts_ms))
    lines = [
        Line(one.enrolment_id, _moment(one.came, day_ms), _moment(one.left, day_ms))
        for one in written
        if one.came.strip() or one.left.strip()
    ]
    sheet = Sheet(meeting, Cited(digest(page.code.encode()), f"sha256:{sheets[0].sha256}"), reason)
    return on_paper.enter(session, sheet, lines, now=now, actor=actor)


def decide(
    session: Session, code: str, *, accept: bool, reason: str, now: datetime, actor: Actor
) -> list[str]:
    """Decide everything that waits of the sheet ``code`` as a second person; return whose it is.

    Raises: PaperUnknown, NotBlank, and what ``on_paper.decide`` raises.
    """
    page, meeting = _page(session, code, actor, "scan.decide")
    named = digest(page.code.encode())
    return on_paper.decide(session, meeting, named, accept=accept, reason=reason, now=now, actor=actor)


def waiting(session: Session, page: PageView) -> list[Entered]:
    """List what waits of a page; nothing of a page that is no blank sheet."""
    if page.content["kind"] != BLANK:
        return []
    return on_paper.waiting(session, page.content["session"], digest(page.code.encode()))


def _page(session: Session, code: str, actor: Actor, permission: str) -> tuple[PageView, SessionView]:
    page = queries.page_by_code(session, code)
    if page is None:
        raise PaperUnknown
    queries.paper(session, page.paper_id, scope_of(actor.grants, permission))
    if page.content["kind"] != BLANK:
        raise NotBlank
    return page, classes.session_(session, page.content["session"])


def _moment(typed: str, day_ms: int) -> int | None:
    """Return the milliseconds of 08:30, 8：30 or 0830 on the day; None for an empty field."""
    text = typed.strip()
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise Refused("paper.wrong_time", typed=text[:20])
    return day_ms + (int(found[1]) * 60 + int(found[2])) * 60_000
