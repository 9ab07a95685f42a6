"""The records of redemptions, one key each, and which order each became."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from plugin.store.connection import Connection, script
from plugin.store.keys import ShopKeys, digest

KEPT_S = 400 * 86_400  # as long as anything can come back after its order, with room to spare
REFUNDS_KEPT_S = 7 * 86_400  # how long after a refund its order may still be told of
MOST_REFUNDS = 200  # of one order that are remembered so


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

    def belongs_to(self, order_id: str, redemption_id: str) -> dict[str, dict[str, int] | None]:
        """Remember that a redemption is part of an order; return what came back of that order before.

        That is pieces by product, under the id of each refund; None stands for all of the order.
        """
        keys = [self._order(order_id), self._refunds(order_id)]
        answer = self._connection.durably([script("link_order", keys, redemption_id, KEPT_S)])[0]
        pairs = answer.items() if isinstance(answer, Mapping) else zip(answer[::2], answer[1::2], strict=True)
        return {refund.decode(): orjson.loads(said) for refund, said in pairs}

    def note_refunds(self, refunds: Sequence[tuple[str, str, dict[str, int] | None]]) -> None:
        """Remember what came back, as order, refund id, and pieces by product (None: all of the order).

        To be called before it is looked which redemptions are part of an order: who becomes part of it later
        is told by `belongs_to`.
        """
        self._connection.durably(
            [
                script(
                    "note_refund",
                    [self._refunds(order_id)],
                    *(refund_id, orjson.dumps(products), REFUNDS_KEPT_S, MOST_REFUNDS),
                )
                for order_id, refund_id, products in refunds
            ]
        )

    def many(self, redemption_ids: Sequence[str]) -> list[bytes]:
        """Return some records, nothing for one that is not there; one round trip."""
        found = self._connection.many([("GET", self._record(each)) for each in redemption_ids])
        return [body or b"" for body in found]

    def of_orders(self, order_ids: list[str]) -> list[list[str]]:
        """Return the redemptions of each of these orders, in order of their ids."""
        found = self._connection.many([("SMEMBERS", self._order(each)) for each in order_ids])
        return [sorted(member.decode() for member in members) for members in found]

    def _record(self, redemption_id: str) -> str:
        return self._keys.of_shard(self._keys.shard(redemption_id), f"redemption:{redemption_id}")

    def _order(self, order_id: str) -> str:
        return self._of_order("redeemed", order_id)

    def _refunds(self, order_id: str) -> str:
        return self._of_order("refunded", order_id)

    def _of_order(self, name: str, order_id: str) -> str:
        mark = digest(order_id, size=16).hex()
        return self._keys.of_shard(self._keys.shard(mark), f"{name}:{mark}")
