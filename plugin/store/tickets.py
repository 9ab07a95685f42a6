"""Short-lived secrets: one-time logins and console sessions, kept only as hashes."""

from __future__ import annotations

import hashlib
import secrets

import orjson

from plugin.store.connection import Connection
from plugin.store.keys import ShopKeys


class Tickets:
    """Random tickets of one shop, each worth one small document for a limited time."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys

    def issue(self, kind: str, worth: dict[str, str], seconds: int) -> str:
        """Return a new ticket (256 random bits) that `redeem` or `read` will know for so many seconds."""
        ticket = secrets.token_urlsafe(32)
        self._connection.call("SET", self._key(kind, ticket), orjson.dumps(worth), "EX", seconds)
        return ticket

    def redeem(self, kind: str, ticket: str) -> dict[str, str] | None:
        """Return what a ticket is worth, once; None for one that is used, unknown or too old."""
        return self._worth(self._connection.call("GETDEL", self._key(kind, ticket)))

    def read(self, kind: str, ticket: str) -> dict[str, str] | None:
        """Return what a ticket is worth, leaving it as it is."""
        return self._worth(self._connection.call("GET", self._key(kind, ticket)))

    def void(self, kind: str, ticket: str) -> None:
        """Make a ticket worthless."""
        self._connection.call("DEL", self._key(kind, ticket))

    def _key(self, kind: str, ticket: str) -> str:
        return f"{{{self._keys.shop}}}:{kind}:{hashlib.sha256(ticket.encode()).hexdigest()}"

    @staticmethod
    def _worth(held: bytes | None) -> dict[str, str] | None:
        return orjson.loads(held) if held else None
