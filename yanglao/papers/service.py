"""Ask for papers, keep them as printed, take in the scans of signed sheets and file each to its page.

Life of a paper: 1. ``ask`` leaves a row and a task. 2. A worker reads what stands on each page, draws the codes and sets the PDF.
3. ``finish`` keeps pages and file and appends ``paper.printed`` to the class's chain: digests of what was printed, no names.
4. Signed sheets come back as photos or PDFs: ``take_in`` keeps them, a worker reads their codes, ``file_read`` files them
and appends ``paper.scanned`` with the file's hash. What cannot be read waits for ``file_by_hand``. Nothing is deleted.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from yanglao.classes.shapes import ClassView
from yanglao.evidence import ledger
from yanglao.evidence.ledger import Entry
from yanglao.files import service as files
from yanglao.kernel.actor import Actor
from yanglao.kernel.canonical import canonical_text, digest
from yanglao.kernel.clock import to_ms
from yanglao.kernel.errors import Conflict, Refused
from yanglao.kernel.identifiers import new_id
from yanglao.outside import media
from yanglao.papers import rules
from yanglao.papers.models import Paper, PaperPage, PaperScan
from yanglao.papers.queries import PaperUnknown, ScanUnknown, ScanView, page_by_code
from yanglao.papers.queries import scan as scan_view
from yanglao.people.roles import may
from yanglao.work import service as work

MAKE, READ = "paper.make", "paper.read"
TAKEN = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf"}
MOST_BYTES, MOST_PAGES, MOST_FILES = 15 * 1024 * 1024, 60, 40


# Who works with the papers of a chain of this kind; of all others the base that plans its sessions.
WORKS = {"claim": ("claim.file", "claim.county", "claim.hrss", "claim.notice", "claim.finance")}

WHOLE = frozenset({"claim_form"})  # papers whose one code stands on some of their sheets only


class Worked(Protocol):
    """A paper, as row or view."""

    @property
    def chain_kind(self) -> str: ...
    @property
    def base_id(self) -> str: ...
    @property
    def division_code(self) -> str: ...


class WrongFile(Refused):
    """Say that a file is neither a photo nor a PDF."""

    code = "paper.wrong_file"


class AlreadyFiled(Conflict):
    """Say that a scan is filed to a page already."""

    code = "paper.already_filed"


@dataclass(frozen=True)
class Draft:
    """What one page will say: ``content`` of canonical JSON, and the heads of the chains it rests on.

    ``unkept``: what is printed on it and never kept here, such as whole ID numbers.
    """

    content: dict[str, Any]
    heads: tuple[tuple[str, str, int, str], ...]
    unkept: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Drawn:
    """A draft with its code, digest and root: what is printed on the page and kept."""

    draft: Draft
    number: int
    code: str
    digest: str
    root: str


@dataclass(frozen=True)
class Finished:
    """A paper whose file is made already and kept by somebody else: its pages, and the digest of the ``file``.

    ``chain`` is where it is entered, else the class's.
    """

    kind: str
    subject_id: str
    title: str
    pages: Sequence[Drawn]
    file: str
    chain: tuple[str, str] | None = None


@dataclass(frozen=True)
class Seen:
    """What a worker saw of one page of an upload: the texts of its QR symbols, and its picture as JPEG bytes."""

    part: int
    texts: tuple[str, ...]
    picture: bytes


def ask(
    session: Session,
    kind: str,
    subject_id: str,
    own: ClassView,
    *,
    title: str,
    now: datetime,
    actor: Actor,
    chain: tuple[str, str] | None = None,
) -> str:
    """Leave a paper to be made and return its id; ``chain`` is where it is entered when printed, else the class's."""
    row = _row(kind, subject_id, own, title=title, now=now, actor=actor)
    row.chain_kind, row.chain_id = chain or ("class", own.id)
    session.add(row)
    session.flush()
    work.enqueue(session, MAKE, row.id, {"paper_id": row.id, "person_id": actor.person_id}, now=now)
    return row.id


def draw(drafts: Sequence[Draft]) -> list[Drawn]:
    """Give each page its code, its digest and the root over the chains it rests on."""
    return [drawn(draft, at, new_code()) for at, draft in enumerate(drafts, 1)]


def drawn(draft: Draft, number: int, code: str) -> Drawn:
    """Give a page a code that was drawn before, its digest and its root."""
    return Drawn(draft, number, code, digest(draft.content), rules.root_of(draft.heads))


def finish(
    session: Session, paper_id: str, pages: Sequence[Drawn], pdf: bytes, *, now: datetime, actor: Actor
) -> bool:
    """Keep the pages and the file of a paper and enter them in the ledger; False when another worker was first."""
    row = session.get(Paper, paper_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise PaperUnknown
    if row.state == "made":
        return False
    _keep(session, row, pages)
    name = f"{row.title}.pdf"
    row.file_id = files.store(
        session, pdf, name=name, media_type="application/pdf", owner_id=None, purpose="paper", now=now
    )
    _printed(session, row, pages, digest(pdf), now=now, actor=actor)
    return True


def enter_made(session: Session, made: Finished, own: ClassView, *, now: datetime, actor: Actor) -> str:
    """Enter in the ledger what was made elsewhere and is kept for a time only; return the id of the paper."""
    row = _row(made.kind, made.subject_id, own, title=made.title, now=now, actor=actor)
    row.chain_kind, row.chain_id = made.chain or ("class", own.id)
    session.add(row)
    session.flush()
    _keep(session, row, made.pages)
    _printed(session, row, made.pages, made.file, now=now, actor=actor)
    return row.id


def _row(kind: str, subject_id: str, own: ClassView, *, title: str, now: datetime, actor: Actor) -> Paper:
    return Paper(
        kind=kind,
        subject_id=subject_id,
        chain_kind="class",
        chain_id=own.id,
        class_id=own.id,
        base_id=own.base_id,
        division_code=own.division_code,
        title=title[:200],
        asked_by=actor.person_id,
        asked_ms=to_ms(now),
    )


def _keep(session: Session, row: Paper, pages: Sequence[Drawn]) -> None:
    for one in pages:
        session.add(
            PaperPage(
                paper_id=row.id,
                number=one.number,
                code=one.code,
                content=canonical_text(one.draft.content),
                digest=one.digest,
                heads=[list(head) for head in one.draft.heads],
                root=one.root,
            )
        )


def _printed(
    session: Session, row: Paper, pages: Sequence[Drawn], file: str, *, now: datetime, actor: Actor
) -> None:
    lines = [rules.page_line(one.number, one.code, one.digest, one.root) for one in pages]
    body = {"paper": row.id, "what": row.kind, "subject": row.subject_id, "pages": lines, "file": file}
    row.entry_position = _enter(session, row, "paper.printed", body, now=now, actor=actor)
    row.state, row.made_ms = "made", to_ms(now)
    session.flush()


def take_in(
    session: Session, own: ClassView, content: bytes, *, name: str, now: datetime, actor: Actor
) -> str:
    """Keep one file of signed sheets as it was sent and leave the task of reading it; return the id of the upload.

    Raises WrongFile: neither JPEG, PNG, WebP nor PDF by its first bytes, or larger than MOST_BYTES.
    """
    kind = media.kind_of(content)
    if kind not in TAKEN or len(content) > MOST_BYTES:
        raise WrongFile(name=name[-60:], most_mb=MOST_BYTES // 1_048_576)
    upload_id = new_id()
    file_id = files.store(
        session, content, name=name, media_type=kind, owner_id=actor.person_id, purpose="paper.scan", now=now
    )
    session.add(
        PaperScan(
            upload_id=upload_id,
            part=0,
            class_id=own.id,
            file_id=file_id,
            sha256=digest(content).rpartition(":")[2],
            uploaded_by=actor.person_id,
            uploaded_ms=to_ms(now),
        )
    )
    session.flush()
    work.enqueue(session, READ, upload_id, {"upload_id": upload_id, "person_id": actor.person_id}, now=now)
    return upload_id


def file_read(
    session: Session, upload_id: str, seen: Sequence[Seen], *, fault: str = "", now: datetime, actor: Actor
) -> None:
    """File each page of an upload by the code it shows; what shows none, two, or one out of reach waits for a hand.

    A page without a code belongs to the one paper of several sheets (``WHOLE``) whose code alone the file shows.
    """
    first = _waiting(session, upload_id)
    if first is None:
        return
    if fault or not seen:
        first.state, first.fault = "damaged", fault or "paper.unreadable"
        session.flush()
        return
    codes = {one.part: {code for text in one.texts if (code := rules.code_in(text))} for one in seen}
    whole = _whole(session, set().union(*codes.values()))
    for one in seen:
        row = first if one is seen[0] else _beside(first)
        row.part = one.part
        row.picture_id = files.store(
            session,
            one.picture,
            name=f"page-{one.part}.jpg",
            media_type="image/jpeg",
            owner_id=actor.person_id,
            purpose="paper.scan",
            now=now,
        )
        session.add(row)
        session.flush()
        page_id, row.fault = _meant(session, codes[one.part] or whole, actor)
        if page_id is None:
            row.state = "unread"
        else:
            _file(session, row, page_id, "code", now=now, actor=actor)
    session.flush()


def file_by_hand(session: Session, scan_id: str, typed: str, *, now: datetime, actor: Actor) -> ScanView:
    """File a scan to the page whose code somebody typed.

    Raises: ScanUnknown, AlreadyFiled, PaperUnknown (no such page of a class within the actor's reach).
    """
    row = session.get(PaperScan, scan_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise ScanUnknown
    if row.state not in ("unread", "damaged"):
        raise AlreadyFiled
    code = rules.code_in(typed)
    page_id, fault = _meant(session, {code} if code else set(), actor)
    if page_id is None:
        raise PaperUnknown(fault=fault)
    row.part = max(row.part, 1)
    _file(session, row, page_id, "hand", now=now, actor=actor)
    session.flush()
    return scan_view(session, scan_id)


def may_work(actor: Actor, own: Worked) -> bool:
    """Tell whether somebody may print a paper and file its signed scans: the base; of a claim whoever takes part in it."""
    needed = WORKS.get(own.chain_kind, ("session.plan",))
    return any(may(actor.grants, one, base=own.base_id, division=own.division_code) for one in needed)


def _whole(session: Session, codes: set[str]) -> set[str]:
    """Return the one code of a file when it stands for all sheets of a paper, else nothing."""
    page = page_by_code(session, next(iter(codes))) if len(codes) == 1 else None
    row = session.get(Paper, page.paper_id) if page else None
    return codes if row is not None and row.kind in WHOLE else set()


def _meant(session: Session, found: set[str], actor: Actor) -> tuple[str | None, str]:
    """Return the page that codes name within the actor's reach, or None and why not."""
    if len(found) != 1:
        return None, "paper.two_codes" if found else "paper.no_code"
    page = page_by_code(session, found.pop())
    row = session.get(Paper, page.paper_id) if page else None
    if page is None or row is None:
        return None, "paper.foreign"
    if not may_work(actor, row):
        return None, "paper.foreign"
    return page.id, ""


def _file(session: Session, row: PaperScan, page_id: str, how: str, *, now: datetime, actor: Actor) -> None:
    page = session.get(PaperPage, page_id)
    assert page is not None
    paper = session.get(Paper, page.paper_id)
    assert paper is not None
    row.page_id, row.state, row.how, row.fault = page_id, "filed", how, ""
    row.filed_by, row.filed_ms = actor.person_id, to_ms(now)
    body = {
        "paper": paper.id,
        "page": page.number,
        "code": digest(page.code.encode()),
        "file": f"sha256:{row.sha256}",
        "part": row.part,
        "how": how,
    }
    _enter(session, paper, "paper.scanned", body, now=now, actor=actor)


def _enter(
    session: Session, paper: Paper, kind: str, body: dict[str, Any], *, now: datetime, actor: Actor
) -> int:
    chain = (paper.chain_kind, paper.chain_id)
    entry = Entry(chain=chain, kind=kind, body=body, occurred_ms=to_ms(now), client=actor.client)
    return ledger.append(session, entry, now=now, actor=actor).position


def _waiting(session: Session, upload_id: str) -> PaperScan | None:
    wanted = select(PaperScan).where(PaperScan.upload_id == upload_id, PaperScan.state == "waiting")
    return session.scalar(wanted.with_for_update())


def _beside(first: PaperScan) -> PaperScan:
    """Return a row for another page of the same upload."""
    same = ("upload_id", "class_id", "file_id", "sha256", "uploaded_by", "uploaded_ms")
    return PaperScan(**{name: getattr(first, name) for name in same})


def new_code() -> str:
    """Return a code that nobody guesses."""
    return "".join(secrets.choice(rules.ALPHABET) for _ in range(rules.CODE_LENGTH))
