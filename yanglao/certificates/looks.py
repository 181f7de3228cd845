"""Draw a certificate as a PDF to print and as a picture to pass on: only what was signed, and the code that carries it."""

from __future__ import annotations

from typing import Any

from yanglao.certificates import rules, statement
from yanglao.certificates.queries import CertificateView
from yanglao.kernel.errors import Conflict
from yanglao.outside import drawing, qr_image, typesetting


class NotIssued(Conflict):
    """Say that a certificate was not issued yet."""

    code = "certificate.not_issued"


def pdf(own: CertificateView, *, base_url: str) -> bytes:
    """Return the certificate on A4. Raises NotIssued, GlyphMissing."""
    return typesetting.pdf("certificate", facts_of(own, base_url=base_url))


def picture(own: CertificateView, *, base_url: str) -> bytes:
    """Return the certificate as a PNG, 1080 px wide. Raises NotIssued, GlyphMissing."""
    return typesetting.png("certificate_picture", facts_of(own, base_url=base_url))


def facts_of(own: CertificateView, *, base_url: str) -> dict[str, Any]:
    """Return what a template prints. Raises NotIssued."""
    if own.code is None or own.statement is None or own.signature is None:
        raise NotIssued
    signed = statement.Signed(own.statement, own.signature)
    text = statement.qr_text(base_url, own.code, signed)
    return {
        **own.printed,
        "spaced": rules.spaced(own.printed["number"]),
        "address": statement.address(base_url, own.code),
        "qr": drawing.svg(qr_image.encode(text), label="证书的码"),
    }
