"""The way of a claim from draft to paid, walked by the people of the scene."""

from __future__ import annotations

from datetime import timedelta

from tests.subsidy.scene import LATER
from yanglao.kernel.db import db, run
from yanglao.subsidy import claims, queries
from yanglao.subsidy.shapes import Asked

ONLINE = Asked("training", "online", "f")
OFFLINE = Asked("training", "offline", "f")
WHOLE = {"video": 7200, "hall": 5400, "bed": 9000}
AFTER = LATER + timedelta(days=10)
WAY = (
    ("file", "仁和", LATER), ("pass_county", "民政", LATER), ("pass_hrss", "人社", LATER), ("give_notice", "人社", LATER),
    ("end_notice", "人社", AFTER), ("fund", "财政", AFTER), ("pay", "财政二", AFTER),
)  # fmt: skip


def learned(there, base="仁和", numbers=(1, 2)):
    """Let people of some numbers learn everything in a class of a base; return their enrolments."""

    def act():
        found = {}
        for number in numbers:
            found[number] = there.enrol(base, number)
            there.learn(base, number, found[number], WHOLE)
        return found

    return run(act)


def drafted(there, base="仁和", asked=ONLINE, enrolments=()):
    return run(
        lambda: claims.draft(
            db.session,
            there.classes[base],
            asked,
            enrolment_ids=enrolments,
            now=LATER,
            actor=there.staff[base],
        )
    )


def do(there, claim_id, name, who, *, at=LATER, reason="名单有误"):
    run(lambda: claims.act(db.session, claim_id, name, reason=reason, now=at, actor=there.staff[who]))


def walk(there, claim_id, *, until="pay", base="仁和"):
    """Take a claim along the way, ``until`` included."""
    for name, who, at in WAY:
        do(there, claim_id, name, base if name == "file" else who, at=at)
        if name == until:
            return


def state(claim_id):
    return queries.claim(db.session, claim_id).state
