"""Which gift each order chose: one record an order, so that one order gives one gift, however often asked."""

from __future__ import annotations

from plugin.store.connection import Connection, script
from plugin.store.keys import ShopKeys, digest
from plugin.store.redemptions import KEPT_S


def gift_id_of(order_id: str) -> str:
    """Return the id of the one gift that an order may choose."""
    return f"g_{digest(order_id, size=12).hex()}"


class GiftRecords:
    """The choices of one shop's orders, by the id of the gift."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys

    def get(self, gift_id: str) -> bytes:
        """Return a record, nothing where there is none."""
        return self._connection.call("GET", self._record(gift_id)) or b""

    def swap(self, gift_id: str, before: bytes, after: bytes) -> bool:
        """Change a record from what the caller read (nothing for a new one); False if it was overtaken."""
        call = script("swap_record", [self._record(gift_id)], before, after, KEPT_S * 1000)
        return bool(self._connection.durably([call])[0])

    def _record(self, gift_id: str) -> str:
        return self._keys.of_shard(self._keys.shard(gift_id), f"gift:{gift_id}")
