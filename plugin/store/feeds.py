"""Who fetches a shop's feeds now, and which products each of them held when it was last read."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterable

from plugin.store.connection import Connection, script
from plugin.store.keys import ShopKeys

LEASE_MS = 15 * 60_000  # longer than any fetch; so long do feeds rest when whoever fetched them was killed


class FeedStore:
    """The feeds of one shop."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._tag = f"{{{keys.shop}}}"
        self._holder = uuid.uuid4().hex

    def hold(self) -> bool:
        """Take the right to fetch this shop's feeds; False while another process has it."""
        return bool(self._connection.call(*script("lease", [self._lease], self._holder, LEASE_MS)))

    def let_go(self) -> None:
        """Give the right back."""
        self._connection.call(*script("release", [self._lease], self._holder))

    def products(self, number: str) -> frozenset[str] | None:
        """Return the ids that a feed held when it was last taken, None for one that never was."""
        held = self._connection.call("GET", self._key(number))
        return None if held is None else frozenset(zlib.decompress(held).decode().split("\n"))

    def keep(self, number: str, product_ids: Iterable[str]) -> None:
        """Remember the ids that a feed holds. Ids have no control characters, so a line each."""
        self._connection.call("SET", self._key(number), zlib.compress("\n".join(product_ids).encode()))

    def forget(self, number: str) -> None:
        """Forget a feed that is none any more."""
        self._connection.call("DEL", self._key(number))

    @property
    def _lease(self) -> str:
        return f"{self._tag}:feeds"

    def _key(self, number: str) -> str:
        return f"{self._tag}:feed:{number}"
