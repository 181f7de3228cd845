"""WeChat as seen from here: codes that work once, over real HTTP, with faults a test can ask for."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Wechat:
    """Give out codes for openids and answer their exchange; counts what was asked."""

    def __init__(self) -> None:
        self.openids: dict[str, str] = {}
        self.used: set[str] = set()
        self.asked: list[dict[str, str]] = []
        self.fault: str = ""
        outer = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = outer.answer(self.path)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def code_for(self, openid: str) -> str:
        code = f"code{len(self.openids):04d}"
        self.openids[code] = openid
        return code

    def answer(self, path: str) -> tuple[int, bytes]:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked.append(query)
        if self.fault == "html":
            return 200, b"<html>busy</html>"
        if self.fault == "502":
            return 502, b"bad gateway"
        if self.fault.isdigit():
            return 200, json.dumps({"errcode": int(self.fault), "errmsg": "x"}).encode()
        code = query.get("code", "")
        if code not in self.openids:
            return 200, json.dumps({"errcode": 40029, "errmsg": "invalid code"}).encode()
        if code in self.used:
            return 200, json.dumps({"errcode": 40163, "errmsg": "code been used"}).encode()
        self.used.add(code)
        facts = {"access_token": "user-token", "openid": self.openids[code], "scope": "snsapi_base"}
        if self.fault == "snapshot":
            facts["is_snapshotuser"] = 1
        return 200, json.dumps(facts).encode()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
