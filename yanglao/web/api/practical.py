"""Practical assessment: whom one may score, handing in a sheet with its photos, and what came out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import request
from pydantic import AfterValidator, Field

from yanglao.capture.practical import evidence, queries, service, voiding
from yanglao.capture.service import own_enrolment
from yanglao.classes import queries as classes
from yanglao.kernel.clock import now, rfc3339, to_ms
from yanglao.kernel.db import db, run
from yanglao.kernel.errors import Refused
from yanglao.people.roles import may, scope_of
from yanglao.web import practical_answers as answers
from yanglao.web.auth import actor, who
from yanglao.web.conduct import record
from yanglao.web.forms import Query, Strict, read_query
from yanglao.web.guards import limiter
from yanglao.web.lists import part_of
from yanglao.web.material import Linking

bp = APIBlueprint("api_practical", __name__, url_prefix="/api/v1", tag="实操 practical")
UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
Uuid = Annotated[str, Field(pattern=UUID)]


def _instant(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("an instant names its zone")
    return text


Instant = Annotated[str, Field(max_length=40), AfterValidator(_instant)]


class SheetBody(Strict):
    """A signed sheet. ``number``: the try, as the list said; ``took_s``: seconds from the first look to the handing in.

    ``handed_at`` and ``sent_at`` are by the phone's clock; only how far they lie apart is used.
    """

    sheet_uuid: Uuid
    enrolment_id: str = Field(max_length=26)
    segment_id: str = Field(max_length=26)
    number: int = Field(ge=1, le=100)
    marks: dict[Annotated[str, Field(max_length=40)], Annotated[int, Field(ge=0, le=100)]] = Field(
        max_length=60
    )
    remark: str = Field(default="", max_length=400)
    evidence: list[Uuid] = Field(default_factory=list, max_length=20)
    signed: bool
    took_s: int = Field(ge=0, le=86_400)
    handed_at: Instant
    sent_at: Instant

    def draft(self) -> service.SheetDraft:
        """Return the sheet as the service takes it."""
        return service.SheetDraft(
            sheet_uuid=self.sheet_uuid.lower(),
            enrolment_id=self.enrolment_id,
            segment_id=self.segment_id,
            number=self.number,
            marks=dict(self.marks),
            remark=self.remark.strip(),
            evidence=tuple(one.lower() for one in self.evidence),
            signed=self.signed,
            took_s=self.took_s,
            handed_ms=to_ms(datetime.fromisoformat(self.handed_at)),
            sent_ms=to_ms(datetime.fromisoformat(self.sent_at)),
        )


class EvidenceForm(Query):
    """Whom a photo or film is about, and the phone's own name for it."""

    evidence_uuid: Uuid
    enrolment_id: str = Field(max_length=26)
    segment_id: str = Field(max_length=26)


class Asked(Query):
    """Filters of the results."""

    class_id: str = Field(default="", max_length=26)
    base_id: str = Field(default="", max_length=26)
    segment_id: str = Field(default="", max_length=26)
    state: Literal["", "open", "differs", "passed", "failed", "voided"] = ""
    text: str = Field(default="", max_length=60)
    after: str = Field(default="", max_length=26)
    limit: int = Field(default=200, ge=1, le=500)


@bp.get("/practical/lists")
@who("practical.score")
@bp.output(answers.HeadsOut)
@bp.doc(summary="List the classes and segments whose practical work the caller may score")
def heads() -> dict[str, Any]:
    """List what the caller may score."""
    return part_of([answers.head_dict(one) for one in queries.heads(db.session, actor())])


@bp.get("/practical/lists/<class_id>/<segment_id>")
@who("practical.score")
@bp.output(answers.ScoreListOut)
@bp.doc(summary="Read the rubric and the people of a class, for scoring without network", responses=[404])
def score_list(class_id: str, segment_id: str) -> dict[str, Any]:
    """Read one list; it names people and nothing else of them."""
    return answers.list_dict(queries.score_list(db.session, class_id, segment_id, now=now(), actor=actor()))


@bp.post("/practical/evidence")
@who("practical.score")
@bp.output(answers.KeptOut, status_code=201)
@bp.doc(
    summary="Send a photo or short film: multipart fields evidence_uuid, enrolment_id, segment_id and file",
    responses=[404, 409, 413, 422],
)
@limiter.limit("120/minute")
def send_evidence() -> dict[str, Any]:
    """Keep a photo or film until a sheet names it; the same uuid with the same content gets the first answer."""
    given, me, moment = request.files.get("file"), actor(), now()
    if given is None:
        raise Refused("photo.unreadable")
    fields = EvidenceForm.model_validate(request.form.to_dict())
    content = given.stream.read(evidence.most_bytes(now=moment) + 1)
    service.place(db.session, fields.enrolment_id, fields.segment_id, me)
    made = evidence.prepare(content, now=moment)
    kept = run(
        lambda: evidence.keep(
            db.session,
            fields.evidence_uuid.lower(),
            made,
            enrolment_id=fields.enrolment_id,
            segment_id=fields.segment_id,
            now=moment,
            actor=me,
        )
    )
    return {
        "evidence_uuid": kept.evidence_uuid,
        "kind": kept.kind,
        "sha256": kept.sha256,
        "size_bytes": kept.size_bytes,
    }


@bp.post("/practical/sheets")
@who("practical.score")
@bp.input(SheetBody, arg_name="body")
@bp.output(answers.HandedOut)
@bp.doc(
    summary="Hand in one signed score sheet; again is the same, other content is refused",
    responses=[404, 409, 422],
)
def hand_in(body: SheetBody) -> dict[str, Any]:
    """Take a sheet; with the second, or the third where two differ, the result stands."""
    me, moment, draft = actor(), now(), body.draft()
    done = record(
        lambda: service.hand_in(db.session, draft, now=moment, actor=me),
        person_ids=lambda found: [found.person_id],
    )
    return {
        "sheet_uuid": done.sheet_uuid,
        "assessment_id": done.assessment_id,
        "number": done.number,
        "total": done.total,
        "recorded_at": rfc3339(done.received_ms),
    }


@bp.get("/practical/assessments")
@who("standing.read")
@bp.output(answers.ResultsOut)
@bp.doc(
    summary="List practical assessments within scope, the newest first: class_id, base_id, segment_id, state, text"
)
def results() -> dict[str, Any]:
    """List assessments; ``state`` is open, differs (a third is awaited), passed, failed or voided."""
    asked = read_query(Asked)
    wanted = queries.Wanted(**asked.model_dump(exclude={"after", "limit"}))
    scope = scope_of(actor().grants, "standing.read")
    found = queries.results(db.session, scope, wanted, after=asked.after, limit=asked.limit + 1)
    more = len(found) > asked.limit
    items = [answers.result_dict(one) for one in found[: asked.limit]]
    return {"items": items, "next": items[-1]["id"] if more else None}


@bp.get("/practical/assessments/<assessment_id>")
@who("evidence.read")
@bp.output(answers.WholeResultOut)
@bp.doc(summary="Read one assessment with its sheets and evidence once it is settled", responses=[404])
def result(assessment_id: str) -> dict[str, Any]:
    """Read one assessment."""
    me, moment = actor(), now()
    one = queries.result(db.session, assessment_id, scope_of(me.grants, "evidence.read"))
    linking = Linking(me.person_id, moment)
    return answers.result_dict(one) | {
        "sheets": [answers.sheet_dict(sheet) for sheet in queries.sheets(db.session, one)],
        "evidence": [answers.evidence_dict(each, linking) for each in queries.evidence(db.session, one)],
    }


class VoidBody(Strict):
    """Why an assessment is taken back."""

    reason: str = Field(max_length=200)


@bp.post("/practical/assessments/<assessment_id>/void")
@who("practical.void")
@bp.input(VoidBody, arg_name="body")
@bp.output(answers.ResultOut)
@bp.doc(
    summary="Take an assessment back with a reason: it counts no longer, its sheets stay, the person may be scored anew",
    responses=[403, 404, 409, 422],
)
def void_result(assessment_id: str, body: VoidBody) -> dict[str, Any]:
    """Take it back; never by who scored it."""
    me, moment = actor(), now()
    record(
        lambda: voiding.void(db.session, assessment_id, reason=body.reason, now=moment, actor=me),
        person_ids=lambda found: [found],
    )
    return answers.result_dict(
        queries.result(db.session, assessment_id, scope_of(me.grants, "practical.void"))
    )


@bp.get("/enrolments/<enrolment_id>/practical")
@who("learn.own", "standing.read")
@bp.output(answers.ResultsOut)
@bp.doc(summary="List the practical assessments of an enrolment, one's own or within scope", responses=[404])
def of_enrolment(enrolment_id: str) -> dict[str, Any]:
    """List what came out, item by item; nothing of it before the result stands."""
    me = actor()
    if may(me.grants, "standing.read"):
        try:
            classes.enrolment(db.session, enrolment_id, scope_of(me.grants, "standing.read"))
        except classes.EnrolmentUnknown:
            own_enrolment(db.session, enrolment_id, me)
    else:
        own_enrolment(db.session, enrolment_id, me)
    return part_of([answers.result_dict(one) for one in queries.of_enrolment(db.session, enrolment_id)])
