"""A stand-in for WeChat's API that counts calls and serves faults. Run by itself: prints its port."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TICKET = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"


class Stub:
    """WeChat as it can be: right, busy, wrong, silent. ``answers`` maps a path to what it says, first to last."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.bodies: list[tuple[str, Any]] = []
        self.answers: dict[str, list[Any]] = {}
        self.slow_s = 0.0
        self.stable_token = True
        self._lock = threading.Lock()
        stub = self

        class Ear(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                pass

            def do_GET(self) -> None:
                stub.answer(self)

            def do_POST(self) -> None:
                stub.answer(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, ear: BaseHTTPRequestHandler) -> None:
        path = ear.path.split("?")[0]
        raw = ear.rfile.read(int(ear.headers.get("Content-Length") or 0))
        with self._lock:
            self.calls[path] += 1
            self.bodies.append((ear.path, raw))
            waiting = self.answers.get(path) or []
            found = (waiting.pop(0) if len(waiting) > 1 else waiting[0]) if waiting else self.usual(path)
        time.sleep(self.slow_s)
        status, content = (200, found) if isinstance(found, (dict, str)) else found
        text = (content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)).encode()
        ear.send_response(status)
        if status == 302:
            ear.send_header("Location", "http://127.0.0.1:9/elsewhere")
        ear.send_header("Content-Length", str(len(text)))
        ear.end_headers()
        ear.wfile.write(text)

    def usual(self, path: str) -> dict[str, Any]:
        number = 1 if self.stable_token else self.calls[path]
        return {
            "/cgi-bin/stable_token": {"access_token": f"TOKEN-{number}-very-secret", "expires_in": 7200},
            "/cgi-bin/ticket/getticket": {"errcode": 0, "ticket": TICKET, "expires_in": 7200},
            "/cgi-bin/message/template/send": {"errcode": 0, "msgid": 200228332},
            "/cgi-bin/user/info": {"subscribe": 1, "openid": "o1"},
            "/cgi-bin/qrcode/create": {
                "ticket": "t",
                "expire_seconds": 120,
                "url": "http://weixin.qq.com/q/1",
            },
            "/sns/oauth2/access_token": {
                "access_token": "USER-secret",
                "openid": "o1-openid",
                "scope": "snsapi_base",
            },
        }.get(path, {"errcode": 0, "errmsg": "ok"})


if __name__ == "__main__":
    running = Stub()
    print(running.base, flush=True)
    threading.Event().wait()
