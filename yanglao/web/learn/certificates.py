"""我的证书: a trainee's certificates, large enough to be shown, kept as a picture and passed on."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from yanglao.certificates import level_queries, looks, queries, rules
from yanglao.certificates.queries import CertificateUnknown, CertificateView
from yanglao.completion import queries as completion
from yanglao.kernel.clock import now
from yanglao.kernel.db import db
from yanglao.web.auth import actor, who
from yanglao.web.certificate_answers import TONES, base_url, sent
from yanglao.web.guards import limiter
from yanglao.web.page import page

bp = APIBlueprint("learn_certificates", __name__, url_prefix="/learn/certificates", enable_openapi=False)


@bp.get("")
@who("learn.own")
def certificates() -> str:
    """Show own certificates; who has none yet reads what is lacking."""
    me = actor().person_id
    found = queries.own(db.session, me)
    enrolments = [] if found else completion.enrolments_of(db.session, me, now=now())
    return page(
        "learn/certificates.html",
        found=found,
        levels=level_queries.of_persons(db.session, [me]),
        enrolments=enrolments,
        tones=TONES,
        spaced=rules.spaced,
    )


@bp.get("/<certificate_id>")
@who("learn.own")
def certificate(certificate_id: str) -> str:
    """Show one of them as a picture to keep and pass on."""
    own = _own(certificate_id)
    return page("learn/certificate.html", own=own, spaced=rules.spaced)


@bp.get("/<certificate_id>.png")
@who("learn.own")
@limiter.limit("60/minute")
def picture(certificate_id: str) -> Response:
    """Send the picture."""
    own = _own(certificate_id)
    return sent(looks.picture(own, base_url=base_url()), "image/png", f"{own.number}.png", save=False)


@bp.get("/<certificate_id>.pdf")
@who("learn.own")
@limiter.limit("60/minute")
def paper(certificate_id: str) -> Response:
    """Send the PDF to print."""
    own = _own(certificate_id)
    return sent(looks.pdf(own, base_url=base_url()), "application/pdf", f"{own.number}.pdf", save=True)


def _own(certificate_id: str) -> CertificateView:
    found = [one for one in queries.own(db.session, actor().person_id) if one.id == certificate_id]
    if not found:
        raise CertificateUnknown(certificate_id=certificate_id)
    return found[0]
