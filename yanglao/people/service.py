"""Everything that is written about persons, by one name; each part stands in its own module."""

from __future__ import annotations

from yanglao.people.acts import (
    correct_id,
    decide,
    id_numbers,
    merge,
    merge_targets,
    note_ids_shown,
    reveal_id,
)
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
from yanglao.people.binding import (
    Claim,
    bind_again,
    bind_by_form,
    bind_by_slip,
    bind_own,
    issue_slips,
    share_by_slip,
)
from yanglao.people.claims import expire_claims
from yanglao.people.crowd import lock_free, resolve_all, touch_all
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
    let_in,
    lock,
    resolve,
    revoke_sign_in,
    sign_in,
    sign_out,
    sign_out_everywhere,
    sign_out_others,
    still_in,
    touch,
    touch_due,
)
from yanglao.people.first_photos import keep as keep_first_photo
from yanglao.people.oauth import begin_oauth, keep_exchange, take_state
from yanglao.people.passwords import hash_password
from yanglao.people.photo_zip import take as take_photo_zip
from yanglao.people.photos import decide as decide_photo
from yanglao.people.photos import remove as remove_photo
from yanglao.people.photos import take as take_photo
from yanglao.people.rules import PRIVACY_VERSION
from yanglao.people.shares import ask as ask_to_share
from yanglao.people.shares import decide as decide_share
from yanglao.people.shares import end as end_share
from yanglao.people.staff import TakenOn, take_on
from yanglao.people.tickets import collect, confirm, issue_ticket, refuse, scan
from yanglao.people.wechat import unbind_openid, unbind_person

__all__ = [
    "PRIVACY_VERSION",
    "Admitted",
    "Claim",
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
    "ask_to_share",
    "begin_oauth",
    "bind_again",
    "bind_by_form",
    "bind_by_slip",
    "bind_own",
    "change_password",
    "check",
    "choose_font",
    "collect",
    "confirm",
    "correct_id",
    "decide",
    "decide_photo",
    "decide_share",
    "end_share",
    "enter",
    "expire_claims",
    "grant",
    "hash_password",
    "id_numbers",
    "issue_slips",
    "issue_ticket",
    "keep_exchange",
    "keep_first_photo",
    "let_in",
    "lock",
    "lock_free",
    "merge",
    "merge_targets",
    "note_ids_shown",
    "open_account",
    "refuse",
    "remove_photo",
    "reset_password",
    "resolve",
    "resolve_all",
    "reveal_id",
    "revoke",
    "revoke_sign_in",
    "scan",
    "share_by_slip",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "sign_out_others",
    "still_in",
    "take_on",
    "take_photo",
    "take_photo_zip",
    "take_state",
    "touch",
    "touch_all",
    "touch_due",
    "unbind_openid",
    "unbind_person",
]
