"""Tell certificates as API and pages give them: whole inside, masked to whoever only checks one."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app

from yanglao.certificates import level_queries, level_rules, queries, rules, statement
from yanglao.certificates.level_changes import ChangeView
from yanglao.certificates.level_queries import LevelStepView, LevelView
from yanglao.certificates.queries import Candidate, CertificateView, StepView
from yanglao.certificates.states import ACT_NAMES, UNISSUED
from yanglao.kernel.clock import rfc3339
from yanglao.kernel.db import db
from yanglao.kernel.identifiers import mask_name
from yanglao.kernel.wording import sentence
from yanglao.people import queries as people
from yanglao.people.rules import clean_name

LABELS = {
    "number": "证书编号",
    "name": "姓名",
    "id": "证件号",
    "programme": "培训项目",
    "level": "培训等级",
    "period": "培训日期",
    "hours": "学时",
    "base": "发证单位",
    "issued_on": "发证日期",
    "note": "说明",
}
TONES = {"issued": "pine", "suspended": "amber", "revoked": "red", "replaced": "amber"}


@dataclass(frozen=True)
class Shown:
    """What anybody may know of a certificate: its state since when, and every signed field, name and ID masked.

    ``code_holds``: what the QR carried is what was signed; None where nothing was carried.
    """

    state: str
    state_name: str
    state_ms: int
    sentence: str
    tone: str
    fields: tuple[tuple[str, str, str], ...]
    key_id: str
    code_holds: bool | None = None
    title: str = "培训合格证书"


def base_url() -> str:
    """Return the address that the code of a certificate leads to."""
    return str(current_app.config["SETTINGS"].public_base_url)


def shown(own: CertificateView, *, code_holds: bool | None = None) -> Shown:
    """Return what anybody may know of an issued certificate."""
    facts = {"issued_on": own.printed["issued_on"], "at_ms": own.state_ms}
    texts = own.printed | {
        "name": mask_name(own.printed["name"]),
        "number": rules.spaced(own.printed["number"]),
    }
    return Shown(
        state=own.state,
        state_name=own.state_name,
        state_ms=own.state_ms,
        sentence=sentence(f"certificate.state_{own.state}", facts),
        tone=TONES[own.state],
        fields=tuple((name, label, texts[name]) for name, label in LABELS.items() if texts[name]),
        key_id=(own.signature or "").split(":")[1],
        code_holds=code_holds,
    )


def by_code(code: str) -> CertificateView | None:
    """Return the issued certificate that an address leads to, or None."""
    plain = rules.code_in(code)
    return queries.by_code(db.session, plain) if plain else None


def by_hand(number: str, name: str) -> CertificateView | None:
    """Return the certificate with this number if it is this person's; None for a wrong number and for a wrong name alike."""
    plain = rules.number_in(number)
    found = queries.by_number(db.session, plain) if plain else None
    given = _bare(name).encode()
    if found is None or not hmac.compare_digest(_bare(found.printed["name"]).encode(), given):
        return None
    return found


def level_by_hand(number: str, name: str) -> Shown | None:
    """Return what anybody may know of a certificate of skill level, if number and name are one person's."""
    read = level_rules.read_number(number)
    found = level_queries.by_number(db.session, read.text) if read else None
    person = people.person(db.session, people.standing_id(db.session, found.person_id)) if found else None
    if found is None or person is None:
        return None
    if not hmac.compare_digest(_bare(person.name).encode(), _bare(name).encode()):
        return None
    texts = (
        ("number", "证书编号", found.number),
        ("name", "姓名", person.masked_name),
        ("id", "证件号", person.masked_id),
        ("occupation", "职业", found.occupation),
        ("level", "等级", found.level_name),
        ("issuer", "评价机构", found.issuer),
        ("issued_on", "发证日期", rules.day_text(found.issued_on)),
    )
    gone = found.withdrawn
    at_ms = level_queries.steps(db.session, found.id)[-1].at_ms if gone else found.recorded_ms
    facts = {"issued_on": found.issued_on.isoformat(), "at_ms": at_ms}
    return Shown(
        state=found.state,
        state_name="已撤回" if gone else "已登记",
        state_ms=at_ms,
        sentence=sentence("level.withdrawn_shown" if gone else "level.recorded", facts),
        tone="red" if gone else "pine",
        fields=texts,
        key_id="",
        title="职业技能等级证书",
    )


def level_dict(one: LevelView) -> dict[str, Any]:
    """Return a certificate of skill level as the API gives it to those it concerns."""
    return {
        "id": one.id,
        "number": one.number,
        "person_id": one.person_id,
        "occupation": one.occupation,
        "level": one.level_code,
        "level_name": one.level_name,
        "issuer": one.issuer,
        "issued_on": one.issued_on.isoformat(),
        "recorded_at": rfc3339(one.recorded_ms),
        "state": one.state,
    }


def level_steps_dict(steps: list[LevelStepView]) -> list[dict[str, Any]]:
    """Return what was done with a certificate of skill level, the first step first."""
    return [
        {
            "act": one.act,
            "by": one.actor_name,
            "asked_by": one.filed_name,
            "at": rfc3339(one.at_ms),
            "reason": one.reason,
            "before": one.before,
            "after": one.after,
        }
        for one in steps
    ]


def level_changes_dict(changes: list[ChangeView]) -> list[dict[str, Any]]:
    """Return what was asked for of a certificate of skill level, the newest first."""
    return [
        {
            "id": one.id,
            "act": one.act,
            "said": one.said,
            "reason": one.reason,
            "asked_by": one.filed_name,
            "asked_at": rfc3339(one.filed_ms),
            "state": one.state,
            "decided_by": one.decided_name,
            "decided_at": rfc3339(one.decided_ms) if one.decided_ms else None,
            "decision": one.decision,
        }
        for one in changes
    ]


def by_payload(text: str) -> tuple[CertificateView | None, bool]:
    """Return the certificate that a QR names and whether what it carries is what was signed for it.

    A code that this house did not sign names nobody.
    """
    signed = statement.opened(text)
    texts = statement.printed_in(signed) if signed else None
    found = by_code(texts["code"]) if texts else None
    return found, bool(found and signed and found.statement == signed.statement)


def shown_dict(one: Shown) -> dict[str, Any]:
    """Return what anybody may know as the API gives it."""
    return {
        "state": one.state,
        "state_name": one.state_name,
        "since": rfc3339(one.state_ms),
        "title": one.title,
        "sentence": one.sentence,
        "fields": {name: text for name, _, text in one.fields},
        "key_id": one.key_id,
        "code_holds": one.code_holds,
    }


def certificate_dict(one: CertificateView, steps: list[StepView] | None = None) -> dict[str, Any]:
    """Return a certificate as the API gives it to those it concerns; steps where they are asked for."""
    issued = one.state not in UNISSUED
    found = {
        "id": one.id,
        "enrolment_id": one.enrolment_id,
        "person_id": one.person_id,
        "class_id": one.class_id,
        "base_id": one.base_id,
        "state": one.state,
        "state_name": one.state_name,
        "since": rfc3339(one.state_ms),
        "number": one.number,
        "printed": one.printed,
        "signature": one.signature,
        "statement": one.statement,
        "replaces_id": one.replaces_id,
        "reviewed_by": one.reviewed_by,
        "reviewed_at": rfc3339(one.reviewed_ms),
        "issued_by": one.issued_by,
        "issued_at": rfc3339(one.issued_ms) if one.issued_ms else None,
        "verify_url": statement.address(base_url(), one.code) if one.code else None,
        "pdf_url": f"/api/v1/certificates/{one.id}/file.pdf" if issued else None,
        "picture_url": f"/api/v1/certificates/{one.id}/picture.png" if issued else None,
    }
    return found if steps is None else found | {"steps": [_step(one) for one in steps]}


def candidate_dict(one: Candidate) -> dict[str, Any]:
    """Return a candidate as the API gives it."""
    return {
        "enrolment_id": one.standing.id,
        "person": {"id": one.person.id, "name": one.person.name, "masked_id": one.person.masked_id},
        "state": one.state,
        "obstacles": [
            {"code": each.code, "facts": each.facts, "sentence": sentence(each.code, each.facts)}
            for each in one.obstacles
        ],
        "certificate_id": one.live.id if one.live else None,
    }


def sent(content: bytes, media_type: str, name: str, *, save: bool) -> Response:
    """Return a drawn certificate as an answer; nobody on the way may keep it."""
    response = Response(content, mimetype=media_type)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers.set("Content-Disposition", "attachment" if save else "inline", filename=name)
    return response


def _step(one: StepView) -> dict[str, Any]:
    return {
        "position": one.position,
        "act": one.act,
        "title": ACT_NAMES[one.act],
        "from_state": one.from_state,
        "to_state": one.to_state,
        "actor_id": one.actor_id,
        "reason": one.reason,
        "at": rfc3339(one.at_ms),
    }


def _bare(name: str) -> str:
    return clean_name(name).replace("·", "").replace(" ", "")
