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
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from plugin.errors import RapportError

TIMEOUT_S = 3.0
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
    parsed = ipaddress.ip_address(address.split("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo[1] if parsed.teredo else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if parsed in ipaddress.ip_network("64:ff9b::/96"):
            return ipaddress.ip_address(int(parsed) & 0xFFFFFFFF).is_global
    return parsed.is_global and not parsed.is_multicast


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
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise OutsideRefused("Only plain https addresses without a user are fetched.")
    try:
        port = parts.port or 443
    except ValueError:
        raise OutsideRefused("The address has no such port.") from None
    addresses = resolving(parts.hostname, port)
    for address in addresses:
        if address not in allowed and not is_public(address):
            raise OutsideRefused(f"{parts.hostname} leads to {address}, which is not on the open internet.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {"Accept": "application/json", **(headers or {})}
    context = context or ssl.create_default_context()
    return _ask(parts.hostname, addresses[0], port, path, largest, context, sent, body)


def _ask(
    host: str,
    address: str,
    port: int,
    path: str,
    largest: int,
    context: ssl.SSLContext,
    headers: Mapping[str, str],
    body: bytes | None,
) -> bytes:
    connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S)
    try:
        raw = socket.create_connection((address, port), timeout=TIMEOUT_S)
        connection.sock = context.wrap_socket(raw, server_hostname=host)
        connection.request("GET" if body is None else "POST", path, body=body, headers=dict(headers))
        response = connection.getresponse()
        if response.status != 200:
            detail = f"{host} answered {response.status}; redirects are not followed."
            raise OutsideRefused(detail, status=response.status)
        answered = response.read(largest + 1)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise OutsideRefused(f"{host} does not answer: {error}") from error
    finally:
        connection.close()
    if len(answered) > largest:
        raise OutsideRefused(f"{host} answered more than {largest} bytes.")
    return answered
