"""The records of redemptions, one key each, and which order each became."""

from __future__ import annotations

from plugin.store.connection import Connection, script
from plugin.store.keys import ShopKeys, digest

KEPT_S = 400 * 86_400  # as long as anything can come back after its order, with room to spare


class RedemptionRecords:
    """The redemptions of one shop, by id."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys

    def get(self, redemption_id: str) -> bytes:
        """Return a record, nothing where there is none."""
        return self._connection.call("GET", self._record(redemption_id)) or b""

    def swap(self, redemption_id: str, before: bytes, after: bytes) -> bool:
        """Change a record from what the caller read (nothing for a new one); False if it was overtaken."""
        call = script("swap_record", [self._record(redemption_id)], before, after, KEPT_S * 1000)
        return bool(self._connection.durably([call])[0])

    def belongs_to(self, order_id: str, redemption_id: str) -> None:
        """Remember that a redemption is part of an order."""
        self._connection.durably([script("link_order", [self._order(order_id)], redemption_id, KEPT_S)])

    def of_orders(self, order_ids: list[str]) -> list[list[str]]:
        """Return the redemptions of each of these orders, in order of their ids."""
        found = self._connection.many([("SMEMBERS", self._order(each)) for each in order_ids])
        return [sorted(member.decode() for member in members) for members in found]

    def _record(self, redemption_id: str) -> str:
        return self._keys.of_shard(self._keys.shard(redemption_id), f"redemption:{redemption_id}")

    def _order(self, order_id: str) -> str:
        mark = digest(order_id, size=16).hex()
        return self._keys.of_shard(self._keys.shard(mark), f"redeemed:{mark}")
