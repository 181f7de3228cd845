"""Make and read the codes of attendance. Pure: the caller hands in the keyed digest and the moment.

``mac(purpose, message)`` returns at least 8 bytes. Moments are milliseconds UTC of the server's clock. A step is the
whole number of step lengths since 1970. Nothing that is read here is trusted until its digest has been recomputed.

- room code: 12 bytes (session number, 4 big-endian; digest, 8) as 16 base64url characters behind ``/c/``
- personal code: ``YL1.`` and 26 base32 characters of 16 bytes (card number 4, step 4, digest 8)
- printed card: ``YLP.`` and 26 base32 characters of 16 bytes (number 4, digest 12: it lives long)
- spoken code: 6 digits, from a digest over a longer step
- claim: the moment a room code arrived, kept while its reader signs in or presses the button
"""

import base64
import binascii
import hmac
import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass
from enum import Enum
from itertools import chain

Mac = Callable[[str, bytes], bytes]

ALPHABET = "0123456789"
"""Digits alone: they are heard without mistake and typed on a number pad; guessing is bounded by a limit of tries."""
CARD_MARK = "YL1."
PRINTED_MARK = "YLP."
CLAIM_MARK = "claim2."
LONGEST_ROOM_URL = 40
LOOK_BACK_MS = 3_600_000
LOOK_AHEAD_STEPS = 4
DIGEST_BYTES = 8
PRINTED_DIGEST_BYTES = 12
SPOKEN_LENGTH = 6


class Verdict(Enum):
    """What a code is worth at a moment."""

    GOOD = "good"
    EXPIRED = "code.expired"
    FUTURE = "code.future"
    FORGED = "code.forged"


@dataclass(frozen=True)
class RoomCode:
    """What a room code says before anything of it is checked."""

    code_no: int
    digest: bytes


@dataclass(frozen=True)
class CardCode:
    """What a personal code says before anything of it is checked."""

    number: int
    step: int
    digest: bytes


@dataclass(frozen=True)
class PrintedCode:
    """What a printed card says before anything of it is checked."""

    number: int
    digest: bytes


@dataclass(frozen=True)
class Checked:
    """The verdict on a code, the step it was made for (None when forged) and whether it came from the offline stock."""

    verdict: Verdict
    step: int | None
    stock: bool = False


@dataclass(frozen=True)
class Claim:
    """A room code seen good at ``arrived_ms`` by ``person_id`` (None: not signed in yet), to be used until ``until_ms``.

    ``browser`` is a digest of the secret of the browser that made the request, the only one that may sign in with it.
    ``carried``: the person became known later, by signing in there.
    """

    code_no: int
    step: int
    arrived_ms: int
    until_ms: int
    person_id: str | None
    nonce: str
    browser: str = ""
    carried: bool = False


def step_of(moment_ms: int, step_s: int) -> int:
    """Return the step that ``moment_ms`` lies in."""
    return moment_ms // (step_s * 1000)


def step_start_ms(step: int, step_s: int) -> int:
    """Return the first millisecond of ``step``."""
    return step * step_s * 1000


def room_payload(code_no: int, step: int, mac: Mac) -> str:
    """Return the 16 characters of a session's code for ``step``."""
    return _to_base64url(code_no.to_bytes(4, "big") + _room_digest(code_no, step, mac))


def room_url(base_url: str, payload: str) -> str:
    """Return the address that the room code shows; ``fits`` says whether it stays within version 3-M."""
    return f"{base_url.rstrip('/')}/c/{payload}"


def fits(base_url: str) -> bool:
    """Return whether room codes under ``base_url`` stay within 40 characters."""
    return len(room_url(base_url, "0" * 16)) <= LONGEST_ROOM_URL


def read_room(text: str) -> RoomCode | None:
    """Return what a scanned address or the bare 16 characters say, or None for anything else.

    WeChat appends query parameters to links; they are ignored.
    """
    found = re.fullmatch(r"(?:https?://[^/?#\s]+/c/)?([A-Za-z0-9_-]{16})/?(?:[?#].*)?", text.strip())
    if found is None:
        return None
    raw = base64.urlsafe_b64decode(found[1])
    return RoomCode(int.from_bytes(raw[:4], "big"), raw[4:])


def check_room(code: RoomCode, at_ms: int, *, step_s: int, mac: Mac) -> Checked:
    """Judge a room code at the moment it arrived: the current and the previous step are good."""
    current = step_of(at_ms, step_s)
    past = range(current, current - LOOK_BACK_MS // (step_s * 1000) - 1, -1)
    for step in chain(past, range(current + 1, current + LOOK_AHEAD_STEPS + 1)):
        if hmac.compare_digest(_room_digest(code.code_no, step, mac), code.digest):
            return Checked(_in_time(step, current), step)
    return Checked(Verdict.FORGED, None)


def card_payload(number: int, person_id: str, step: int, mac: Mac, *, stock: bool = False) -> str:
    """Return the personal code of card ``number`` for ``step``; a stock code is marked inside its digest."""
    raw = (
        number.to_bytes(4, "big")
        + step.to_bytes(4, "big")
        + _card_digest(number, person_id, step, mac, stock=stock)
    )
    return CARD_MARK + base64.b32encode(raw).decode().rstrip("=")


def squeezed(text: str) -> str:
    """Return what a barcode gun typed as it was meant: its prefix and suffix, Chinese input, wide or small letters, line ends gone.

    Returned are the mark and all base32 characters behind it; text without a mark comes back in capitals.
    """
    plain = re.sub(
        r"[\s\u200b-\u200f\ufeff]+", "", unicodedata.normalize("NFKC", text).replace("。", ".")
    ).upper()
    found = re.search(r"YL[1P]\.[A-Z2-7]*", plain)
    return found[0] if found else plain


def read_card(text: str) -> CardCode | None:
    """Return what a personal code says, or None for anything else; how it was typed is forgiven (``squeezed``)."""
    raw = _raw_of(text, CARD_MARK)
    if raw is None:
        return None
    return CardCode(int.from_bytes(raw[:4], "big"), int.from_bytes(raw[4:8], "big"), raw[8:])


def printed_payload(number: int, person_id: str, mac: Mac) -> str:
    """Return the code on printed card ``number`` of ``person_id``: 30 characters, version 2-M."""
    digest = mac("attendance.printed_card", printed_words(PrintedCode(number, b""), person_id))
    raw = number.to_bytes(4, "big") + digest[:PRINTED_DIGEST_BYTES]
    return PRINTED_MARK + base64.b32encode(raw).decode().rstrip("=")


def printed_words(code: PrintedCode, person_id: str) -> bytes:
    """Return what the digest of a printed card is made of."""
    return f"{code.number}:{person_id}".encode()


def read_printed(text: str) -> PrintedCode | None:
    """Return what a printed card says, or None for anything else; how it was typed is forgiven (``squeezed``)."""
    raw = _raw_of(text, PRINTED_MARK)
    return None if raw is None else PrintedCode(int.from_bytes(raw[:4], "big"), raw[4:])


def is_printed(code: PrintedCode, digests: Iterable[bytes]) -> bool:
    """Tell whether a card carries one of ``digests``: one per key, so that a card outlives a rotation."""
    return any(hmac.compare_digest(one[:PRINTED_DIGEST_BYTES], code.digest) for one in digests)


def check_card(code: CardCode, person_id: str, at_ms: int, *, step_s: int, mac: Mac) -> Checked:
    """Judge a personal code of ``person_id`` at ``at_ms``: the current and the previous step are good."""
    for stock in (False, True):
        if hmac.compare_digest(
            _card_digest(code.number, person_id, code.step, mac, stock=stock), code.digest
        ):
            return Checked(_in_time(code.step, step_of(at_ms, step_s)), code.step, stock)
    return Checked(Verdict.FORGED, None)


def spoken_code(code_no: int, step: int, mac: Mac) -> str:
    """Return the six characters an instructor reads out during ``step``."""
    rest = int.from_bytes(mac("attendance.spoken", f"{code_no}:{step}".encode())[:DIGEST_BYTES], "big")
    letters = []
    for _ in range(SPOKEN_LENGTH):
        rest, place = divmod(rest, len(ALPHABET))
        letters.append(ALPHABET[place])
    return "".join(letters)


def read_spoken(text: str) -> str | None:
    """Return the typed code in upper case without spaces and dashes, or None when it is not six of the alphabet."""
    squeezed = re.sub(r"[\s\-·]+", "", text).upper()
    good = len(squeezed) == SPOKEN_LENGTH and all(letter in ALPHABET for letter in squeezed)
    return squeezed if good else None


def check_spoken(typed: str, code_no: int, at_ms: int, *, step_s: int, mac: Mac) -> Checked:
    """Judge a spoken code against one session: the current and the previous step are good, six more are expired."""
    current = step_of(at_ms, step_s)
    for step in range(current, current - 8, -1):
        if hmac.compare_digest(spoken_code(code_no, step, mac), typed):
            return Checked(_in_time(step, current), step)
    return Checked(Verdict.FORGED, None)


def seal_claim(claim: Claim, mac: Mac) -> str:
    """Return ``claim`` as a signed text for the page."""
    body = json.dumps(list(astuple(claim)), separators=(",", ":")).encode()
    return f"{CLAIM_MARK}{_to_base64url(body)}.{_to_base64url(mac('attendance.claim', body)[:16])}"


def open_claim(text: str, mac: Mac) -> Claim | None:
    """Return the claim that this server sealed, or None when it is damaged or made elsewhere."""
    found = re.fullmatch(r"claim2\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{22})", text.strip())
    if found is None:
        return None
    try:
        body, digest = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in found.groups())
    except (binascii.Error, ValueError):
        return None
    if not hmac.compare_digest(mac("attendance.claim", body)[:16], digest):
        return None
    return Claim(*json.loads(body))


def _raw_of(text: str, mark: str) -> bytes | None:
    plain = squeezed(text)
    if re.fullmatch(re.escape(mark) + "[A-Z2-7]{26}", plain) is None:
        return None
    return base64.b32decode(plain[len(mark) :] + "======")


def _in_time(step: int, current: int) -> Verdict:
    if step > current:
        return Verdict.FUTURE
    return Verdict.GOOD if step >= current - 1 else Verdict.EXPIRED


def _room_digest(code_no: int, step: int, mac: Mac) -> bytes:
    return mac("attendance.room", code_no.to_bytes(4, "big") + step.to_bytes(8, "big", signed=True))[
        :DIGEST_BYTES
    ]


def _card_digest(number: int, person_id: str, step: int, mac: Mac, *, stock: bool) -> bytes:
    purpose = "attendance.card_stock" if stock else "attendance.card"
    return mac(purpose, f"{number}:{step}:{person_id}".encode())[:DIGEST_BYTES]


def _to_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
