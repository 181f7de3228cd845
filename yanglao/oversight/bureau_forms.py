"""Keep the bureau's own forms: take one in when every word of it is known, show it filled with a sample, fill it with a claim.

A new upload under the same name is a new version; the claim's chain keeps which version, by its hash, a claim was filled into.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from yanglao.files import service as files
from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import digest
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import NotFound, Refused
from yanglao.outside import form_filling
from yanglao.outside.form_parts import MOST_FOUND, Place
from yanglao.oversight import form_words
from yanglao.oversight.form_models import BureauForm, BureauFormUse, BureauFormVersion
from yanglao.people.reach import need

PERMISSION = "form.manage"
MOST_SAID = 20


class FormUnknown(NotFound):
    """Say that there is no such form or version."""

    code = "form.unknown"


class NameMissing(Refused):
    """Say that a form needs a name."""

    code = "form.name_missing"


class WordsUnknown(Refused):
    """Say which words of a form nobody knows, and where they stand."""

    code = "form.words_unknown"


class NoWords(Refused):
    """Say that a form asks for nothing."""

    code = "form.no_words"


class RowsWrong(Refused):
    """Say what is wrong with the repeated row of a form."""

    code = "form.rows_wrong"


@dataclass(frozen=True)
class VersionView:
    """One version of a form."""

    id: str
    form_id: str
    name: str
    number: int
    kind: str
    file_id: str
    file_digest: str
    words: tuple[tuple[str, str], ...]
    uploaded_by: str
    uploaded_ms: int
    retired: bool
    uses: int

    @property
    def media_type(self) -> str:
        """Return the media type of the form and of what is filled into it."""
        return form_filling.MEDIA_TYPES[self.kind]


def take_in(session: Session, name: str, content: bytes, *, now: datetime, actor: Actor) -> str:
    """Keep a form, or a new version of the one of that name; return the version's id. The same file again changes nothing.

    Raises: Forbidden, NameMissing, WordsUnknown, NoWords, RowsWrong, and what ``form_filling.read`` raises.
    """
    need(actor, PERMISSION)
    called = " ".join(name.split())[:60]
    if len(called) < 2:
        raise NameMissing
    kind, found, faults = form_filling.read(content)
    _judge(found, faults)
    form_filling.check(content, *form_words.sample())  # what cannot be filled is refused here, not at a claim
    form = session.scalar(select(BureauForm).where(BureauForm.name == called).with_for_update())
    if form is None:
        form = BureauForm(name=called, made_ms=to_ms(now))
        session.add(form)
        session.flush()
    form.retired_ms = None
    latest = select(BureauFormVersion).where(BureauFormVersion.form_id == form.id)
    before = session.scalar(latest.order_by(BureauFormVersion.number.desc()).limit(1))
    if before is not None and before.file_digest == digest(content):
        return before.id
    file_id = files.store(
        session,
        content,
        name=f"{called}.{kind}",
        media_type=form_filling.MEDIA_TYPES[kind],
        owner_id=None,
        purpose="bureau.form",
        now=now,
    )
    row = BureauFormVersion(
        form_id=form.id,
        number=(before.number if before else 0) + 1,
        kind=kind,
        file_id=file_id,
        file_digest=digest(content),
        words=[[one.name, one.where] for one in found],
        uploaded_by=actor.person_id,
        uploaded_ms=to_ms(now),
    )
    session.add(row)
    session.flush()
    return row.id


def _judge(found: list[Place], faults: list[str]) -> None:
    if not found:
        raise NoWords
    unknown = [one for one in found if one.name not in form_words.NAMES]
    if unknown or len(found) > MOST_FOUND:
        said = "；".join(f"{one.where}的“{one.name}”" for one in unknown[:MOST_SAID])
        raise WordsUnknown(count=len(unknown), said=said)
    if faults:
        raise RowsWrong(said="；".join(faults[:MOST_SAID]))


def retire(session: Session, form_id: str, *, now: datetime, actor: Actor) -> None:
    """Offer a form no longer. Raises Forbidden, FormUnknown."""
    need(actor, PERMISSION)
    form = session.get(BureauForm, form_id)
    if form is None:
        raise FormUnknown
    form.retired_ms = to_ms(now)
    session.flush()


def versions(session: Session) -> list[VersionView]:
    """List every version, by name of the form and the newest first."""
    wanted = select(BureauFormVersion, BureauForm).join(
        BureauForm, BureauForm.id == BureauFormVersion.form_id
    )
    counted = select(BureauFormUse.version_id, func.count()).group_by(BureauFormUse.version_id)
    used = {version_id: number for version_id, number in session.execute(counted)}
    rows = session.execute(wanted.order_by(BureauForm.name, BureauFormVersion.number.desc()))
    return [_view(row, form, used.get(row.id, 0)) for row, form in rows]


def current(session: Session) -> list[VersionView]:
    """List the newest version of every form that is offered."""
    newest: dict[str, VersionView] = {}
    for one in versions(session):
        if not one.retired:
            newest.setdefault(one.form_id, one)
    return list(newest.values())


def version(session: Session, version_id: str) -> VersionView:
    """Return one version. Raises FormUnknown."""
    found = next((one for one in versions(session) if one.id == version_id), None)
    if found is None:
        raise FormUnknown
    return found


def uses_of(session: Session, claim_id: str) -> list[tuple[str, str, int]]:
    """List (version id, who asked, when) of a claim, the newest first."""
    wanted = select(BureauFormUse).where(BureauFormUse.claim_id == claim_id)
    rows = session.scalars(wanted.order_by(BureauFormUse.asked_ms.desc(), BureauFormUse.id.desc()))
    return [(row.version_id, row.asked_by, row.asked_ms) for row in rows]


def preview(session: Session, version_id: str, *, now: datetime) -> tuple[VersionView, bytes]:
    """Return a version filled with the sample. Raises FormUnknown, FileUnknown."""
    own = version(session, version_id)
    return own, form_filling.fill(template(session, own, now=now), *form_words.sample())


def template(session: Session, own: VersionView, *, now: datetime) -> bytes:
    """Return a version as it was uploaded. Raises FileUnknown."""
    return files.open_(session, own.file_id, now=now).path.read_bytes()


def _view(row: BureauFormVersion, form: BureauForm, uses: int) -> VersionView:
    return VersionView(
        id=row.id,
        form_id=form.id,
        name=form.name,
        number=row.number,
        kind=row.kind,
        file_id=row.file_id,
        file_digest=row.file_digest,
        words=tuple((name, where) for name, where in row.words),
        uploaded_by=row.uploaded_by,
        uploaded_ms=row.uploaded_ms,
        retired=form.retired_ms is not None,
        uses=uses,
    )
