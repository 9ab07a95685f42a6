"""Files from addresses that somebody else wrote down: bounded in size, unpacked too, and in time, onto disk.

Each redirect is judged like the first address. A file that breaks off in the middle is not taken for a
shorter one.
"""

from __future__ import annotations

import http.client
import ssl
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from plugin.outside import OutsideRefused, Resolve, asked, resolve, target

MOST_REDIRECTS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PAUSE_S = 10.0
CHUNK = 1 << 16
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
PAGES = (b"<!doctype html", b"<html")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large a file may be as it is sent and unpacked (bytes), and how long fetching it may take (s)."""

    sent: int = 256 * 1024 * 1024
    unpacked: int = 1024 * 1024 * 1024
    total_s: float = 300.0


@dataclass(frozen=True, slots=True)
class State:
    """By which a source tells whether its file changed since."""

    etag: str | None = None
    last_modified: str | None = None


def download(
    url: str,
    into: Path,
    *,
    known: State | None = None,
    bounds: Bounds | None = None,
    allowed: frozenset[str] = frozenset(),
    resolving: Resolve = resolve,
    context: ssl.SSLContext | None = None,
) -> State | None:
    """Return the state of the file now written to `into`, unpacked; None when it is as `known`.

    `allowed` lists addresses that may be reached although they are not public. Raises `OutsideRefused`,
    saying why: not https on the open internet, too large, too slow, broken off, or a web page.
    """
    bounds = bounds or Bounds()
    ends = time.monotonic() + bounds.total_s
    headers = {"Accept": "*/*", "Accept-Encoding": "gzip, identity", "User-Agent": "rapport"}
    if known is not None:
        sent = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        headers.update({name: value for name, value in sent.items() if value})
    for _ in range(MOST_REDIRECTS + 1):
        to = target(url, allowed, resolving)
        left = max(0.001, ends - time.monotonic())
        with asked(to, "GET", headers, context=context, total_s=left, pause_s=PAUSE_S) as (response, is_over):
            if response.status in REDIRECTS:
                url = urljoin(url, response.getheader("Location") or "")
                continue
            if response.status == 304 and known is not None:
                return None
            if response.status != 200:
                raise OutsideRefused(f"{to.host} answered {response.status}.", status=response.status)
            _save(response, into, bounds, to.host, is_over)
            return State(response.getheader("ETag"), response.getheader("Last-Modified"))
    raise OutsideRefused(f"There were more than {MOST_REDIRECTS} redirects.")


def _save(
    response: http.client.HTTPResponse, into: Path, bounds: Bounds, host: str, is_over: Callable[[], bool]
) -> None:
    """Write an answer to a file, unpacked."""
    source = _sent(response, bounds, host, is_over)
    first = next(source, b"")
    if first.startswith(ZIP):
        raise OutsideRefused(f"{host} answered a zip archive; plain files and gzip are read.")
    unpacked = _unpacked(first, source, host) if first.startswith(GZIP) else _both(first, source)
    size = 0
    with into.open("wb") as file:
        for part in unpacked:
            if not size and _is_page(part):
                raise OutsideRefused(f"{host} answered a web page, not a file of products.")
            size += len(part)
            if size > bounds.unpacked:
                raise OutsideRefused(f"{host} answered more than {bounds.unpacked} bytes, unpacked.")
            file.write(part)
    if not size:
        raise OutsideRefused(f"{host} answered an empty file.")


def _sent(
    response: http.client.HTTPResponse, bounds: Bounds, host: str, is_over: Callable[[], bool]
) -> Iterator[bytes]:
    """Yield what is sent, as far as it may go."""
    size = 0
    while True:
        part = response.read(CHUNK)
        if is_over():
            raise OutsideRefused(f"{host} took longer than {bounds.total_s:.0f} s.")
        if not part:
            break
        size += len(part)
        if size > bounds.sent:
            raise OutsideRefused(f"{host} answered more than {bounds.sent} bytes.")
        yield part
    if response.length:
        raise OutsideRefused(f"{host} broke off {response.length} bytes before the end.")


def _both(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _unpacked(first: bytes, rest: Iterator[bytes], host: str) -> Iterator[bytes]:
    """Yield what gzip holds, never much at once, however much that is."""
    unpacking = zlib.decompressobj(wbits=31)
    try:
        for part in _both(first, rest):
            while part:
                if unpacking.eof:  # a file may be several, one after the other
                    unpacking = zlib.decompressobj(wbits=31)
                out = unpacking.decompress(part, CHUNK)
                if out:
                    yield out
                part = unpacking.unused_data if unpacking.eof else unpacking.unconsumed_tail
        while not unpacking.eof and (out := unpacking.decompress(b"", CHUNK)):
            yield out
    except zlib.error as error:
        raise OutsideRefused(f"{host} answered a damaged gzip file: {error}") from None
    if not unpacking.eof:
        raise OutsideRefused(f"{host} answered a gzip file that breaks off.")


def _is_page(start: bytes) -> bool:
    return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:20].lower().startswith(PAGES)
