"""The wire of WeChat's pushes: signatures, the AES frame, the envelope around it, and our answer. Pure.

Whatever does not fit is one neutral ``BadPush``: who forges learns nothing from how it failed.
"""

from __future__ import annotations

import base64
import hmac
import re
import struct
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
MOST_BYTES = 64 * 1024
# An envelope has two elements, a message a few dozen; counting brackets first makes deep nesting cost nothing.
MOST_BRACKETS_AROUND = 16
MOST_BRACKETS_INSIDE = 600
_STAMP = re.compile(r"[0-9]{1,12}")
_NONCE = re.compile(r"[\x21-\x7e]{1,128}")
_ECHO = re.compile(r"[A-Za-z0-9_=+/-]{1,128}")
_SIGNATURE = re.compile(r"[0-9a-f]{40}")


class BadPush(Exception):
    """Say that a push is forged or malformed. ``why`` is a fixed word for the log, never shown to the sender."""

    def __init__(self, why: str) -> None:
        super().__init__("not a push of WeChat's")
        self.why = why


@dataclass(frozen=True)
class Query:
    """What stands in the address of a push. Nothing of it is trusted before the signature is."""

    timestamp: str
    nonce: str
    signature: str


@dataclass(frozen=True)
class Opened:
    """A decrypted push: its text, and the key that opened it (the answer takes the same)."""

    text: str = field(repr=False)
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Frames:
    """Open and seal pushes of one account. ``aes_keys``: the current EncodingAESKey, then the previous one."""

    token: str = field(repr=False)
    app_id: str
    aes_keys: tuple[str, ...] = field(repr=False)

    def echo(self, query: Query, text: str) -> str:
        """Return the text that proves the address to WeChat. Raises BadPush."""
        _check(query, signature(self.token, query.timestamp, query.nonce))
        if not _ECHO.fullmatch(text):
            raise BadPush("echo")
        return text

    def open(self, query: Query, body: bytes) -> Opened:
        """Return what WeChat pushed. Raises BadPush."""
        sealed = _envelope(body)
        _check(query, signature(self.token, query.timestamp, query.nonce, sealed))
        return self._opened(sealed)

    def seal(self, text: str, key: bytes, *, timestamp: int, nonce: str) -> str:
        """Return the encrypted answer. The same text to the same nonce and time is the same answer, byte by byte."""
        seed = f"{timestamp}\n{nonce}\n{text}".encode()
        sealed = encrypt(text, key, self.app_id, start=hmac.digest(key, seed, sha256)[:16])
        stamp = str(timestamp)
        signed = signature(self.token, stamp, nonce, sealed)
        return (
            f"<xml><Encrypt>{cdata(sealed)}</Encrypt><MsgSignature>{cdata(signed)}</MsgSignature>"
            f"<TimeStamp>{stamp}</TimeStamp><Nonce>{cdata(nonce)}</Nonce></xml>"
        )

    def _opened(self, sealed: str) -> Opened:
        fault = BadPush("no key")
        for given in self.aes_keys:
            key = aes_key(given)
            try:
                return Opened(decrypt(sealed, key, self.app_id), key)
            except BadPush as found:
                fault = found
        raise fault


def signature(*parts: str) -> str:
    """Return WeChat's signature of ``parts``: SHA-1 of them sorted by their bytes and joined, in hex."""
    return sha1("".join(sorted(parts)).encode()).hexdigest()


def aes_key(given: str) -> bytes:
    """Return the 32 bytes of an EncodingAESKey of 43 characters."""
    return base64.b64decode(given + "=")


def encrypt(text: str, key: bytes, app_id: str, *, start: bytes) -> str:
    """Return ``text`` framed and encrypted, in base64. ``start`` is 16 bytes that nobody can guess."""
    message = text.encode()
    plain = start + struct.pack(">I", len(message)) + message + app_id.encode()
    count = BLOCK - len(plain) % BLOCK
    plain += bytes([count]) * count
    writer = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(writer.update(plain) + writer.finalize()).decode()


def decrypt(sealed: str, key: bytes, app_id: str) -> str:
    """Return the text within a frame. Raises BadPush on anything that WeChat would not have sent."""
    try:
        raw = base64.b64decode(sealed, validate=True)
    except ValueError:
        raise BadPush("base64") from None
    if not raw or len(raw) % 16:
        raise BadPush("length")
    reader = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = reader.update(raw) + reader.finalize()
    count = plain[-1]
    if not 1 <= count <= BLOCK or plain[-count:] != bytes([count]) * count:
        raise BadPush("padding")
    plain = plain[:-count]
    if len(plain) < 20:
        raise BadPush("frame")
    end = 20 + struct.unpack(">I", plain[16:20])[0]
    if end > len(plain):
        raise BadPush("overflow")
    if not hmac.compare_digest(plain[end:], app_id.encode()):
        raise BadPush("app id")
    try:
        return plain[20:end].decode()
    except UnicodeDecodeError:
        raise BadPush("utf-8") from None


def elements(text: bytes, *, most_brackets: int = MOST_BRACKETS_INSIDE) -> dict[str, Any]:
    """Return what stands below ``<xml>``; ``List`` is always a list. Raises BadPush for entities and worse."""
    if len(text) > MOST_BYTES or text.count(b"<") > most_brackets:
        raise BadPush("size")
    if b"<!DOCTYPE" in text:
        raise BadPush("doctype")
    if b"\0" in text:
        raise BadPush("utf-8")  # of another width: what is counted and looked for above would not be found
    try:
        found = xmltodict.parse(text, encoding="utf-8", force_list=("List",), xml_attribs=False)
    except (ExpatError, ValueError, TypeError, AttributeError, KeyError, RecursionError, LookupError):
        raise BadPush("xml") from None
    inside = found.get("xml")
    if set(found) != {"xml"} or not isinstance(inside, dict):
        raise BadPush("xml")
    return inside


def text_reply(text: str, *, to: str, sender: str, created_s: int) -> str:
    """Return a text message to ``to`` as WeChat reads it, before it is sealed. ``created_s``: Unix seconds."""
    return (
        f"<xml><ToUserName>{cdata(to)}</ToUserName><FromUserName>{cdata(sender)}</FromUserName>"
        f"<CreateTime>{created_s}</CreateTime><MsgType>{cdata('text')}</MsgType>"
        f"<Content>{cdata(text)}</Content></xml>"
    )


def cdata(text: str) -> str:
    """Return ``text`` as character data; a ``]]>`` within is cut in two, so that it ends nothing."""
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def js_signature(ticket: str, *, nonce: str, timestamp: int, url: str) -> str:
    """Return the JS-SDK's signature of a page; ``url`` without its fragment, nothing in it re-encoded."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
    return sha1(text.encode()).hexdigest()


def _envelope(body: bytes) -> str:
    """Return the one thing an envelope may hold beside the account's name: what is encrypted."""
    inside = elements(body, most_brackets=MOST_BRACKETS_AROUND)
    if not set(inside) <= {"ToUserName", "Encrypt"} or not all(
        isinstance(value, str) for value in inside.values()
    ):
        raise BadPush("envelope")
    if "Encrypt" not in inside:
        raise BadPush("plain")
    return str(inside["Encrypt"])


def _check(query: Query, wanted: str) -> None:
    if not (_STAMP.fullmatch(query.timestamp) and _NONCE.fullmatch(query.nonce)):
        raise BadPush("query")
    if not _SIGNATURE.fullmatch(query.signature) or not hmac.compare_digest(query.signature, wanted):
        raise BadPush("signature")
