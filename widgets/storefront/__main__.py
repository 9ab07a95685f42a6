"""Opens the demo shop: `python -m widgets.storefront --data DIR ...`. SIGINT or SIGTERM closes it."""

from __future__ import annotations

import signal
import sys
import threading

from werkzeug.serving import WSGIRequestHandler, make_server

from widgets.storefront.app import create_app
from widgets.storefront.settings import read_settings
from widgets.storefront.shop import open_shop


class QuietHandler(WSGIRequestHandler):
    """Keeps connections open between requests and writes no line for each of them."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of a request that was answered."""


def main() -> int:
    """Serve the shop until told to stop; returns the exit code."""
    settings = read_settings()
    shop = open_shop(settings)
    server = make_server(
        settings.host, settings.port, create_app(shop), threaded=True, request_handler=QuietHandler
    )

    def close(*_: object) -> None:
        shop.reporter.stop()
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGINT, close)
    signal.signal(signal.SIGTERM, close)
    shop.reporter.start()
    sys.stderr.write(f"{settings.name} is open at http://{settings.host}:{server.port}\n")
    server.serve_forever()
    server.server_close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
