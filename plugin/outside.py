"""Fetching from addresses that somebody else wrote down, without reaching anything of our own.

Only https on the open internet: the name is resolved once, every address it has must be a public one, and
the connection goes to exactly the address that was looked at, so that a name cannot change its mind in
between. No redirect is followed, and size and time are bounded.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from plugin.errors import RapportError

TIMEOUT_S = 3.0
TOTAL_S = 10.0  # a source that drips is ended, however steadily it does
ALL_THAT_IS_GIVEN_OUT = ipaddress.ip_network("2000::/3")
Resolve = Callable[[str, int], list[str]]


class OutsideRefused(RapportError):
    """An outside address that is not fetched, or did not answer as it must; the detail says why.

    `status` is what it answered, None where it never came to an answer.
    """

    code = "refused"

    def __init__(self, detail: str, *, status: int | None = None) -> None:
        super().__init__(detail)
        self.status = status


def resolve(host: str, port: int) -> list[str]:
    """Return every address that a name has."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise OutsideRefused(f"The name {host!r} has no address.") from None
    return sorted({str(each[4][0]) for each in found})


def is_public(address: str) -> bool:
    """Whether an address is on the open internet; mapped and translated spellings count as what they mean."""
    try:
        parsed = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if parsed in ipaddress.ip_network("64:ff9b::/96"):
            return ipaddress.ip_address(int(parsed) & 0xFFFFFFFF).is_global
        if parsed not in ALL_THAT_IS_GIVEN_OUT:
            return False
    return parsed.is_global and not parsed.is_multicast


@dataclass(frozen=True, slots=True)
class Target:
    """One outside address that was looked at: what to connect to, and what to ask there."""

    host: str
    address: str
    port: int
    path: str


def target(url: str, allowed: frozenset[str] = frozenset(), resolving: Resolve = resolve) -> Target:
    """Return where a url leads. Raises `OutsideRefused` unless that is https on the open internet."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 443
    except ValueError:
        raise OutsideRefused("The address has no such host or port.") from None
    if parts.scheme != "https" or not host or parts.username or parts.password:
        raise OutsideRefused("Only addresses that begin with https:// and hold no user are fetched.")
    addresses = resolving(host, port)
    for address in addresses:
        if address not in allowed and not is_public(address):
            raise OutsideRefused(
                f"{host} leads to {address}, which is not on the open internet; it is reached only if "
                f"whoever runs the service sets RAPPORT_OUTSIDE_ALLOWED={address}."
            )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host, addresses[0], port, path)


@contextmanager
def ended_after(seconds: float, connection: socket.socket) -> Iterator[Callable[[], bool]]:
    """Shut a connection when its time is over, whoever waits on it; what is yielded says whether it was."""
    over = threading.Event()

    def end() -> None:
        over.set()
        with suppress(OSError):
            # Past the TLS layer, whose state belongs to the thread that reads.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield over.is_set
    finally:
        timer.cancel()


def fetch(
    url: str,
    largest: int,
    *,
    allowed: frozenset[str] = frozenset(),
    resolving: Resolve = resolve,
    context: ssl.SSLContext | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> bytes:
    """Return the body at an https address, at most `largest` bytes; with a `body`, what posting it answers.

    `allowed` lists addresses that may be reached although they are not public: what an operator vouches for.
    Raises `OutsideRefused`, saying why.
    """
    to = target(url, allowed, resolving)
    sent = {"Accept": "application/json", **(headers or {})}
    method = "GET" if body is None else "POST"
    with asked(to, method, sent, body, context=context, total_s=TOTAL_S) as (response, is_over):
        if response.status != 200:
            detail = f"{to.host} answered {response.status}; redirects are not followed."
            raise OutsideRefused(detail, status=response.status)
        answered = response.read(largest + 1)
        if is_over():
            raise OutsideRefused(f"{to.host} took longer than {TOTAL_S:.0f} s.")
    if len(answered) > largest:
        raise OutsideRefused(f"{to.host} answered more than {largest} bytes.")
    return answered


@contextmanager
def asked(
    to: Target,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    context: ssl.SSLContext | None,
    total_s: float,
    pause_s: float = TIMEOUT_S,
) -> Iterator[tuple[http.client.HTTPResponse, Callable[[], bool]]]:
    """Ask a target and yield its answer, not read yet, and whether its time is over by now.

    A pause longer than `pause_s` ends it, and so does `total_s` altogether. Raises `OutsideRefused`.
    """
    connection = http.client.HTTPSConnection(to.host, to.port, timeout=pause_s)
    try:
        raw = socket.create_connection((to.address, to.port), timeout=pause_s)
        connection.sock = (context or ssl.create_default_context()).wrap_socket(
            raw, server_hostname=to.host, do_handshake_on_connect=False
        )
        with ended_after(total_s, connection.sock) as is_over:
            connection.sock.do_handshake()
            connection.request(method, to.path, body=body, headers=dict(headers))
            yield connection.getresponse(), is_over
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise OutsideRefused(f"{to.host} does not answer: {error}") from error
    finally:
        connection.close()
