"""Papers: print one, see how far it is, hand in signed sheets, file what could not be read, prove a page."""

from __future__ import annotations

from typing import Any, Literal

from apiflask import APIBlueprint
from flask import Response, request, send_file
from pydantic import BaseModel, Field

from yanglao.classes import queries as classes
from yanglao.classes.shapes import ClassView
from yanglao.files.service import FileView
from yanglao.kernel.actor import Actor
from yanglao.kernel.clock import now
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Refused
from yanglao.oversight import claim_asking, paper_entries, printing
from yanglao.papers import queries
from yanglao.papers import service as papers
from yanglao.people.roles import scope_of
from yanglao.subsidy import queries as claims
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record
from yanglao.web.forms import Strict
from yanglao.web.guards import limiter
from yanglao.web.lists import part_of
from yanglao.web.paper_answers import codes_of, paper_dict, proof_dict, proof_within, sheet_dict

bp = APIBlueprint("api_papers", __name__, url_prefix="/api/v1", tag="papers")
CLAIM_WORKS = papers.WORKS["claim"]


class PaperBody(Strict):
    """What is printed: a sheet of one session, of a whole class, a blank one for a session, the 过程确认书 of a class, or a paper of a claim."""

    kind: Literal[
        "attendance_session",
        "attendance_class",
        "attendance_blank",
        "own_days",
        "claim_application",
        "claim_roster",
        "claim_notice",
        "claim_payment",
    ]
    subject_id: str = Field(min_length=1, max_length=26, description="the session, the class or the claim")


class PageOut(BaseModel):
    """One page: its code as printed, and how many scans are filed to it."""

    number: int
    code: str
    address: str
    scans: int


class PaperOut(BaseModel):
    """A paper. ``state``: asked, made, failed; ``fault`` says why; ``url`` opens the PDF."""

    id: str
    kind: str
    title: str
    class_id: str
    subject_id: str
    state: str
    fault: str | None
    asked_at: str
    url: str | None
    pages: list[PageOut]


class PapersOut(BaseModel):
    """The papers of a class, the newest first."""

    items: list[PaperOut]
    next: str | None


class SheetOut(BaseModel):
    """One page of an upload. ``state``: waiting, filed, unread, damaged; ``code`` names the page it is filed to."""

    id: str
    upload_id: str
    part: int
    state: str
    how: str
    code: str | None
    fault: str | None
    sha256: str
    uploaded_at: str
    url: str | None


class SheetsOut(BaseModel):
    """What was handed in, the latest first."""

    items: list[SheetOut]
    next: str | None


class CodeBody(Strict):
    """The code of the page, as typed from the paper."""

    code: str = Field(min_length=1, max_length=200)


class ProofOut(BaseModel):
    """What the ledger says of a page. ``state``: unchanged, changed, broken; ``later``: entries after it was printed."""

    code: str
    state: str
    sentence: str
    paper_id: str
    title: str
    page: int
    pages: int
    digest: str
    root: str
    changes: list[str]
    later: list[str]
    faults: list[str]


class LineBody(Strict):
    """What one person wrote on a blank sheet, as 08:30; empty where nothing is written."""

    enrolment_id: str = Field(min_length=1, max_length=26)
    came: str = Field(default="", max_length=10)
    left: str = Field(default="", max_length=10)


class EntriesBody(Strict):
    """The lines of a sheet, and why there was no device."""

    lines: list[LineBody] = Field(min_length=1, max_length=200)
    reason: str = Field(min_length=1, max_length=200)


class EntriesOut(BaseModel):
    """How many scans are new; they wait for a second person."""

    entered: int


class DecisionBody(Strict):
    """Yes or no to everything that waits of a sheet, and how it was checked."""

    accept: bool
    reason: str = Field(min_length=1, max_length=200)


class DecidedOut(BaseModel):
    """How many scans were decided."""

    decided: int


@bp.post("/papers")
@who("session.plan", *CLAIM_WORKS)
@bp.input(PaperBody, arg_name="body")
@bp.output(PaperOut, status_code=201)
@bp.doc(
    summary="Print an attendance sheet or a paper of a claim; it is made in the background",
    responses=[403, 404, 422],
)
def post_paper(body: PaperBody) -> dict[str, Any]:
    """Ask for a paper."""
    me, moment = actor(), now()
    paper_id = run(lambda: printing.ask(db.session, body.kind, body.subject_id, now=moment, actor=me))
    return paper_dict(queries.paper(db.session, paper_id))


@bp.get("/classes/<class_id>/papers")
@who("standing.read")
@bp.output(PapersOut)
@bp.doc(summary="List the papers of a class", responses=[404])
def list_papers(class_id: str) -> PapersOut:
    """List them."""
    own = classes.class_(db.session, class_id, scope_of(actor().grants, "standing.read"))
    return PapersOut(**part_of([paper_dict(one) for one in queries.papers_of_class(db.session, own.id)]))


@bp.get("/papers/<paper_id>")
@who("standing.read")
@bp.output(PaperOut)
@bp.doc(summary="Read one paper", responses=[404])
def read_paper(paper_id: str) -> dict[str, Any]:
    """Read one."""
    return paper_dict(queries.paper(db.session, paper_id, scope_of(actor().grants, "standing.read")))


@bp.get("/papers/<paper_id>/file")
@who("standing.read")
@bp.doc(summary="Fetch the PDF", responses=[404, 409])
def fetch_paper(paper_id: str) -> Response:
    """Send the PDF."""
    me = actor()
    found = queries.paper(db.session, paper_id, scope_of(me.grants, "standing.read"))
    claim_asking.check_opening(db.session, found, me)
    return _sent(printing.opened(db.session, found, now=now()))


@bp.post("/classes/<class_id>/paper-scans")
@who("session.plan")
@bp.output(SheetsOut, status_code=201)
@bp.doc(
    summary="Hand in photos and PDFs of signed sheets as multipart field files (several)",
    responses=[404, 413, 422],
)
@limiter.limit("60/minute")
def post_scans(class_id: str) -> SheetsOut:
    """Keep what was handed in; each page is filed by its code in the background. All files are taken or none."""
    me = actor()
    return _taken(classes.class_(db.session, class_id, scope_of(me.grants, "session.plan")), me)


def _taken(own: ClassView, me: Actor) -> SheetsOut:
    moment = now()
    given = [one for one in request.files.getlist("files") if one.filename]
    if not 0 < len(given) <= papers.MOST_FILES:
        raise Refused("paper.no_file", most=papers.MOST_FILES)
    read = [(one.stream.read(papers.MOST_BYTES + 1), str(one.filename)) for one in given]

    def take() -> None:
        for content, name in read:
            papers.take_in(db.session, own, content, name=name, now=moment, actor=me)

    run(take)
    return _sheets(own.id)


@bp.get("/claims/<claim_id>/papers")
@who("claim.read")
@bp.output(PapersOut)
@bp.doc(summary="List the printed papers of a claim", responses=[404])
def list_claim_papers(claim_id: str) -> PapersOut:
    """List them."""
    own = claims.claim(db.session, claim_id, scope_of(actor().grants, "claim.read"))
    return PapersOut(**part_of([paper_dict(one) for one in queries.papers_of_claim(db.session, own.id)]))


@bp.post("/claims/<claim_id>/paper-scans")
@who(*CLAIM_WORKS)
@bp.output(SheetsOut, status_code=201)
@bp.doc(
    summary="Hand in photos and PDFs of signed papers of a claim as multipart field files (several)",
    responses=[404, 413, 422],
)
@limiter.limit("60/minute")
def post_claim_scans(claim_id: str) -> SheetsOut:
    """Keep what was handed in; each page is filed by its code in the background."""
    me = actor()
    claim = claims.claim(db.session, claim_id, claim_asking.scope_to_work(me))
    return _taken(classes.class_(db.session, claim.class_id), me)


@bp.get("/classes/<class_id>/paper-scans")
@who("standing.read")
@bp.output(SheetsOut)
@bp.doc(summary="List what was handed in for a class", responses=[404])
def list_scans(class_id: str) -> SheetsOut:
    """List it."""
    classes.class_(db.session, class_id, scope_of(actor().grants, "standing.read"))
    return _sheets(class_id)


@bp.get("/paper-scans/<scan_id>/picture")
@who("standing.read")
@bp.doc(summary="Show a page that was handed in", responses=[404])
def picture(scan_id: str) -> Response:
    """Send the picture."""
    scope = scope_of(actor().grants, "standing.read")
    return _sent(printing.picture_of(db.session, scan_id, scope, now=now()))


@bp.get("/paper-scans/<scan_id>/file")
@who("standing.read")
@bp.doc(summary="Fetch the file as it was sent: the ledger holds its SHA-256", responses=[404])
def sent_file(scan_id: str) -> Response:
    """Send the file as it was handed in, to be saved and hashed, never shown."""
    scope = scope_of(actor().grants, "standing.read")
    return _sent(printing.sent_of(db.session, scan_id, scope, now=now()), save=True)


@bp.post("/paper-scans/<scan_id>/page")
@who("session.plan", *CLAIM_WORKS)
@bp.input(CodeBody, arg_name="body")
@bp.output(SheetOut)
@bp.doc(summary="File by hand what could not be read", responses=[404, 409])
def file_scan(scan_id: str, body: CodeBody) -> dict[str, Any]:
    """File it to the page whose code was typed."""
    me, moment = actor(), now()
    queries.scan(db.session, scan_id, scope_of(me.grants, "standing.read"))
    found = run(lambda: papers.file_by_hand(db.session, scan_id, body.code, now=moment, actor=me))
    return sheet_dict(found, codes_of([found]))


@bp.get("/pages/<code>")
@who("standing.read")
@bp.output(ProofOut)
@bp.doc(summary="Prove a printed page against today's ledger", responses=[404])
def read_proof(code: str) -> dict[str, Any]:
    """Prove it."""
    return proof_dict(proof_within(code))


def _sheets(class_id: str) -> SheetsOut:
    found = queries.scans_of_class(db.session, class_id)
    codes = codes_of(found)
    return SheetsOut(**part_of([sheet_dict(one, codes) for one in found]))


def _sent(found: FileView, *, save: bool = False) -> Response:
    response = send_file(found.path, mimetype=found.media_type, as_attachment=save, download_name=found.name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/pages/<code>/entries")
@who("session.plan")
@bp.input(EntriesBody, arg_name="body")
@bp.output(EntriesOut, status_code=201)
@bp.doc(
    summary="Enter a signed blank sheet as scans by hand; a second person decides them", responses=[404, 409]
)
def post_entries(code: str, body: EntriesBody) -> dict[str, int]:
    """Enter what is written on a sheet; every line or none."""
    me, moment = actor(), now()
    lines = [paper_entries.Written(one.enrolment_id, one.came, one.left) for one in body.lines]
    return {
        "entered": run(
            lambda: paper_entries.enter(db.session, code, lines, reason=body.reason, now=moment, actor=me)
        )
    }


@bp.post("/pages/<code>/decision")
@who("scan.decide")
@bp.input(DecisionBody, arg_name="body")
@bp.output(DecidedOut)
@bp.doc(summary="Decide everything that waits of a sheet, as a second person", responses=[403, 404, 409])
def post_decision(code: str, body: DecisionBody) -> dict[str, int]:
    """Decide it; the hours follow."""
    me, moment = actor(), now()
    found = record(
        lambda: paper_entries.decide(
            db.session, code, accept=body.accept, reason=body.reason, now=moment, actor=me
        ),
        person_ids=lambda persons: persons,
    )
    return {"decided": len(found)}
