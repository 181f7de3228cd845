"""Everything that is written about persons, by one name; each part stands in its own module."""

from __future__ import annotations

from yanglao.people.acts import correct_id, decide, merge, merge_targets, reveal_id
from yanglao.people.admission import (
    Admitted,
    Draft,
    Opened,
    PhoneTaken,
    WrongId,
    admit,
    grant,
    open_account,
    reset_password,
    revoke,
)
from yanglao.people.entrance import (
    Locked,
    SignedIn,
    WrongSignIn,
    actor_of,
    agree,
    change_password,
    check,
    choose_font,
    enter,
    lock,
    resolve,
    revoke_sign_in,
    sign_in,
    sign_out,
    sign_out_others,
    touch,
    touch_due,
)
from yanglao.people.passwords import hash_password
from yanglao.people.rules import PRIVACY_VERSION
from yanglao.people.staff import TakenOn, take_on

__all__ = [
    "PRIVACY_VERSION",
    "Admitted",
    "Draft",
    "Locked",
    "Opened",
    "PhoneTaken",
    "SignedIn",
    "TakenOn",
    "WrongId",
    "WrongSignIn",
    "actor_of",
    "admit",
    "agree",
    "change_password",
    "check",
    "choose_font",
    "correct_id",
    "decide",
    "enter",
    "grant",
    "hash_password",
    "lock",
    "merge",
    "merge_targets",
    "open_account",
    "reset_password",
    "resolve",
    "reveal_id",
    "revoke",
    "revoke_sign_in",
    "sign_in",
    "sign_out",
    "sign_out_others",
    "take_on",
    "touch",
    "touch_due",
]
