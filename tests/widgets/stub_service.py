"""A stand-in for the service's address: it serves the elements' files and fails in chosen ways.

What the service really answers is tested against the service itself; here only its absence is played.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from api.widgets import as_served

WIDGETS = Path(__file__).parents[2] / "widgets"
TYPES = {".js": "text/javascript", ".css": "text/css"}


class StubService:
    """Answers `/v1/placements` by `mode`: answer, error, garbage, empty, reset, or hold until released."""

    def __init__(self) -> None:
        self.mode = "answer"
        self.placements: dict[str, Any] = {}
        self.quote: dict[str, Any] | None = None
        self.asked: list[dict[str, Any]] = []
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.arrived = threading.Event()
        self.release = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop listening: from now on connections are refused."""
        self.release.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer_slots(self, body: dict[str, Any]) -> dict[str, Any]:
        return {
            key: self.placements.get(slot["name"], {"products": []}) for key, slot in body["slots"].items()
        }

    def _handler(stub) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def answer(self, status: int, body: bytes, kind: str = "application/json") -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin", "*"))
                self.send_header(
                    "Access-Control-Allow-Headers",
                    "Authorization, Content-Type, Rapport-Shopper, Rapport-Anonymous",
                )
                self.end_headers()
                self.wfile.write(body)

            def do_OPTIONS(self) -> None:
                self.answer(204, b"")

            def do_GET(self) -> None:
                path = WIDGETS / self.path.rsplit("/", 1)[-1]
                if self.path.startswith("/widgets/v1/") and path.is_file():
                    self.answer(200, as_served(path), TYPES[path.suffix])
                else:
                    self.answer(404, b"{}")

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path == "/v1/offers/quote" and stub.quote:
                    return self.answer(200, json.dumps(stub.quote).encode())
                if self.path != "/v1/placements":
                    stub.posted.append((self.headers.get("Authorization", ""), body))
                    count = len(body.get("batch", []))
                    return self.answer(200, json.dumps({"success": True, "accepted": count}).encode())
                stub.asked.append({"body": body, "headers": dict(self.headers)})
                stub.arrived.set()
                return self.fail_or_answer(body)

            def fail_or_answer(self, body: dict[str, Any]) -> None:
                good = json.dumps({"placements": stub._answer_slots(body)}).encode()
                match stub.mode:
                    case "error":
                        self.answer(503, b'{"code": "store_unavailable"}')
                    case "garbage":
                        self.answer(200, b'{"placements": {"s0"')
                    case "empty":
                        self.answer(200, b'{"placements": {}}')
                    case "reset":
                        now = struct.pack("ii", 1, 0)
                        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
                        self.connection.close()
                    case "hold":
                        stub.release.wait(20)
                        self.answer(200, good)
                    case _:
                        self.answer(200, good)

        return Handler
