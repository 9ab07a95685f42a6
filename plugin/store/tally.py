"""How often things happened in a shop: plain counts by name, for whoever runs it to look at."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.store.connection import Connection
from plugin.store.keys import ShopKeys


class Tally:
    """The counts of one shop under one heading. Names come from a fixed set, so that it stays small."""

    def __init__(self, connection: Connection, keys: ShopKeys, heading: str) -> None:
        self._connection = connection
        self._key = f"{{{keys.shop}}}:tally:{heading}"

    def add(self, name: str, count: int = 1) -> None:
        """Count something."""
        self._connection.call("HINCRBY", self._key, name, count)

    def all(self) -> dict[str, int]:
        """Return every count by its name, in the order of names."""
        answer = self._connection.call("HGETALL", self._key)
        pairs = answer.items() if isinstance(answer, Mapping) else zip(answer[::2], answer[1::2], strict=True)
        return {name.decode(): int(count) for name, count in sorted(pairs)}
