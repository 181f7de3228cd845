"""How WeChat's API answers: errcode, errmsg and a ``rid`` that its support asks for."""

from __future__ import annotations

import json
import secrets
from typing import Any

from flask import Response


class ApiFault(Exception):
    """Refuse an API call with WeChat's errcode and message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def fine(**more: Any) -> Response:
    """Answer that it was done, with what else there is to say."""
    return said({"errcode": 0, "errmsg": "ok", **more})


def fault(code: int, message: str) -> Response:
    """Answer a fault; its message ends with a rid as WeChat's does."""
    rid = "-".join(secrets.token_hex(4) for _ in range(3))
    return said({"errcode": code, "errmsg": f"{message} rid: {rid}"})


def said(content: Any) -> Response:
    """Answer JSON as WeChat does: readable characters, status 200."""
    return Response(json.dumps(content, ensure_ascii=False), mimetype="application/json")
