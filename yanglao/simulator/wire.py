"""The frame and the signatures as WeChat's side of the wire speaks them. Pure, and written apart from the product's."""

from __future__ import annotations

import base64
import os
import re
import struct
from dataclasses import dataclass
from hashlib import sha1
from html import escape

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from yanglao.simulator.account import Account

_PART = re.compile(r"<(\w+)>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))</\1>", re.DOTALL)


class BadReply(Exception):
    """Say in a few Chinese words why WeChat could not read a reply."""


@dataclass(frozen=True)
class Letter:
    """A push ready to be sent: query and body."""

    query: dict[str, str]
    body: bytes


def signed(*parts: str) -> str:
    """Return SHA-1 in hex of the parts in byte order, joined."""
    return sha1("".join(sorted(parts, key=str.encode)).encode()).hexdigest()


def page_signature(ticket: str, *, nonce: str, timestamp: str, url: str) -> str:
    """Return the JS-SDK's signature of a page; ``url`` without its fragment."""
    return sha1(
        f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}".encode()
    ).hexdigest()


def sealed(text: str, account: Account) -> str:
    """Return ``text`` in WeChat's frame, encrypted, in base64."""
    message, key = text.encode(), _key(account)
    plain = os.urandom(16) + struct.pack(">I", len(message)) + message + account.app_id.encode()
    pad = 32 - len(plain) % 32
    writer = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(writer.update(plain + bytes([pad]) * pad) + writer.finalize()).decode()


def opened(text: str, account: Account) -> str:
    """Return what a frame holds. Raises BadReply."""
    key = _key(account)
    try:
        raw = base64.b64decode(text, validate=True)
        reader = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        plain = reader.update(raw) + reader.finalize()
        plain = plain[: -plain[-1]]
        end = 20 + struct.unpack(">I", plain[16:20])[0]
        if plain[end:] != account.app_id.encode():
            raise BadReply("回复里的公众号不对")
        return plain[20:end].decode()
    except (ValueError, IndexError, struct.error):
        raise BadReply("回复解不开") from None


def letter(xml: str, account: Account, *, openid: str, timestamp: int, nonce: str) -> Letter:
    """Return a push in safe mode, signed and encrypted."""
    encrypted, stamp = sealed(xml, account), str(timestamp)
    query = {
        "signature": signed(account.token, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "openid": openid,
        "encrypt_type": "aes",
        "msg_signature": signed(account.token, stamp, nonce, encrypted),
    }
    body = f"<xml><ToUserName><![CDATA[{account.origin}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return Letter(query, body.encode())


def reply(body: bytes, account: Account, *, openid: str) -> dict[str, str]:
    """Return the parts of a passive reply, empty when nothing is to be shown.

    Raises:
        BadReply: neither ``success`` nor an encrypted, rightly signed message to ``openid``.
    """
    text = body.decode("utf-8", "replace").strip()
    if text in ("", "success"):
        return {}
    outer = parts(text)
    if not text.startswith("<xml>") or not {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"} <= set(outer):
        raise BadReply("回复不是加密的 XML")
    wanted = signed(account.token, outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
    if outer["MsgSignature"] != wanted:
        raise BadReply("回复的签名不对")
    inner = parts(opened(outer["Encrypt"], account))
    if inner.get("ToUserName") != openid or inner.get("FromUserName") != account.origin:
        raise BadReply("回复的收件人或发件人不对")
    if not inner.get("CreateTime", "").isdigit() or not inner.get("MsgType"):
        raise BadReply("回复缺少 CreateTime 或 MsgType")
    if len(inner.get("Content", "").encode()) > 2048:
        raise BadReply("回复超过 2048 字节")
    return inner


def parts(xml: str) -> dict[str, str]:
    """Return the plain elements below ``<xml>``; a ``]]>`` that was cut in two is joined again."""
    inside = re.sub(r"^\s*<xml>|</xml>\s*$", "", xml).replace("]]]]><![CDATA[>", "]]\0>")
    return {
        hit[1]: (hit[2] if hit[2] is not None else hit[3]).replace("]]\0>", "]]>")
        for hit in _PART.finditer(inside)
    }


def element(name: str, value: object) -> str:
    """Return one element: a whole number as it is, everything else as character data, a dict or list as its own."""
    if isinstance(value, dict):
        return f"<{name}>{''.join(element(key, inner) for key, inner in value.items())}</{name}>"
    if isinstance(value, list):
        return "".join(element(name, inner) for inner in value)
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    text = str(value).replace("]]>", "]]]]><![CDATA[>")
    return f"<{escape(name)}><![CDATA[{text}]]></{escape(name)}>"


def _key(account: Account) -> bytes:
    return base64.b64decode(account.aes_key + "=")
