"""What is done after each answer of WeChat's, and when a message may go out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from yanglao.kernel.clock import DAY_MS, day_of, from_ms, midnight_ms, next_midnight_ms, to_ms
from yanglao.kernel.policy import Messages
from yanglao.outside import wechat_errors as codes

WAYS = ("template", "notice", "text")
MOST_CALLS = 4  # one, and three tries more
FIRST_WAIT_S, LONGEST_LOT_S = 5, 5
DELAY_S = 60
# A token that is refused although it was just replaced: no call mends it soon.
TOKEN_WAIT_S = 600
# A call lasts less than this; who still "sends" after it was lost on the way.
LOST_S = 60
# WeChat sends one client_msg_id once within about ten minutes; later a repeat could arrive twice.
REPEAT_S = 8 * 60
# Ways whose repeat WeChat does not recognise: a call without an answer is never made again.
ONCE_ONLY = frozenset({"notice", "text"})


@dataclass(frozen=True)
class Next:
    """What a delivery becomes. ``wait_ms`` is when it is tried again; ``onward`` lets another way be tried."""

    state: str
    reason: str
    wait_ms: int | None = None
    onward: bool = False


def reason_of(code: int | None) -> str:
    """Return the word kept for WeChat's code; without a code there was no proper answer."""
    return "no_answer" if code is None else f"wechat_{code}"


def after(way: str, fault: codes.WeChatFault, *, attempt: int, key: str, now_ms: int) -> Next:
    """Return what becomes of a delivery whose ``attempt``-th call ended in ``fault``.

    ``key`` seeds the lot that spreads tries of many messages.
    """
    reason, reaction = reason_of(fault.code), fault.reaction
    lot_ms = Random(f"{key}{attempt}").randrange(LONGEST_LOT_S * 1000)
    if fault.code is None and way in ONCE_ONLY:
        return Next("unknown", reason)
    if reaction in (codes.AGAIN, codes.TOKEN):
        if attempt >= MOST_CALLS:
            return Next("failed", reason)
        wait_s = TOKEN_WAIT_S if reaction == codes.TOKEN else FIRST_WAIT_S * 3 ** (attempt - 1)
        return Next("waiting", reason, now_ms + wait_s * 1000 + lot_ms)
    if reaction == codes.DELAY:
        return Next("waiting", reason, now_ms + DELAY_S * 1000 + lot_ms)
    if reaction == codes.MIDNIGHT:
        return Next("waiting", reason, next_midnight_ms(now_ms) + lot_ms)
    onward = reaction in (codes.OTHER_WAY, codes.NO_RIGHT)
    return Next("failed", reason, onward=onward)


def held_until_ms(reason: str, changed_ms: int) -> int:
    """Return until when the whole account keeps still after ``reason``; ``changed_ms`` when nobody need wait."""
    reaction = reaction_of(reason)
    if reaction == codes.DELAY:
        return changed_ms + DELAY_S * 1000
    return next_midnight_ms(changed_ms) if reaction == codes.MIDNIGHT else changed_ms


def reaction_of(reason: str) -> str | None:
    """Return the reaction to a kept reason, None for one that is not WeChat's code."""
    number = reason.removeprefix("wechat_")
    if number == reason or not number.lstrip("-").isdigit():
        return None
    return codes.ERRORS.get(int(number), codes.UNKNOWN).reaction


def goes_on(reason: str) -> bool:
    """Tell whether a delivery that failed for ``reason`` lets another way be tried."""
    return reaction_of(reason) in (codes.OTHER_WAY, codes.NO_RIGHT)


def needs_office(reason: str) -> bool:
    """Tell whether only the system administrator can mend what ``reason`` names."""
    return reaction_of(reason) in (codes.ALERT, codes.TOKEN)


def night_over(moment: datetime, figures: Messages) -> datetime | None:
    """Return when the night that ``moment`` lies in is over, None by day."""
    passed_ms = to_ms(moment) - midnight_ms(day_of(moment))
    start_ms = to_ms(moment) - passed_ms
    until_ms = start_ms + figures.quiet_until_s * 1000
    if passed_ms < figures.quiet_until_s * 1000:
        return from_ms(until_ms)
    return from_ms(until_ms + DAY_MS) if passed_ms >= figures.quiet_from_s * 1000 else None


def lost_before(now: datetime) -> datetime:
    """Return the moment before which a call that is still not settled has lost its worker."""
    return now - timedelta(seconds=LOST_S)
