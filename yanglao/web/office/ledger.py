"""账本: the signed checkpoints, where the ledger stands, and how anybody checks it."""

from __future__ import annotations

import json
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import Field

from yanglao.evidence import queries
from yanglao.evidence.queries import CheckpointView
from yanglao.kernel.clock import now, rfc3339, to_ms
from yanglao.kernel.db import db
from yanglao.outside.ciphers import ciphers
from yanglao.web import forms
from yanglao.web.auth import who
from yanglao.web.page import page

bp = APIBlueprint("office_ledger", __name__, url_prefix="/office/ledger", enable_openapi=False)
ROWS = 60


class LedgerQuery(forms.Query):
    """Where the list goes on: checkpoints before this number."""

    before: int = Field(default=0, ge=0)


@bp.get("")
@who("ledger.read")
def ledger() -> str:
    """Show the checkpoints, the newest first, and how to verify the ledger."""
    asked = forms.read_query(LedgerQuery)
    found = queries.checkpoints_before(db.session, before=asked.before, limit=ROWS + 1)
    return page(
        "office/ledger.html",
        found=found[:ROWS],
        before=asked.before,
        more=found[ROWS - 1].id if len(found) > ROWS else 0,
        size=queries.size(db.session),
        latest=queries.latest_checkpoint(db.session),
        keys=ciphers().public_keys(),
        moment_ms=to_ms(now()),
    )


@bp.get("/checkpoints.json")
@who("ledger.read")
def all_checkpoints() -> Response:
    """Send every checkpoint with the public keys, to be kept outside and compared later."""
    rows: list[CheckpointView] = []
    while part := queries.checkpoints(db.session, after=rows[-1].id if rows else 0, limit=400):
        rows += part
    body = {
        "made_at": rfc3339(now()),
        "public_keys": ciphers().public_keys(),
        "items": [_told(one) for one in rows],
    }
    answer = Response(
        json.dumps(body, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = "attachment; filename=yanglao-checkpoints.json"
    return answer


def _told(one: CheckpointView) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "day": one.day.isoformat(),
        "made_at": rfc3339(one.made_ms),
        "chains": one.chains,
        "entries": one.entries,
        "root": one.root,
        "statement": one.statement,
        "signature": one.signature,
    }
