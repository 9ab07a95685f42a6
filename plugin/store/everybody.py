"""All shoppers of a shop, one after the other: who they are, and changing what is stored of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from plugin.activity import Shopper
from plugin.shopper import Profile
from plugin.store.connection import Connection
from plugin.store.keys import ShopKeys
from plugin.store.log import Log
from plugin.store.packing import unpacked
from plugin.store.shoppers import Shoppers

AT_ONCE = 500
NAMED_AFTER_SOMEBODY = ("profile", "pending", "sign-ins-of")


class Everybody:
    """Everybody of whom one shop keeps something."""

    def __init__(self, connection: Connection, keys: ShopKeys, shoppers: Shoppers, log: Log) -> None:
        self._connection = connection
        self._keys = keys
        self._shoppers = shoppers
        self._log = log

    def named(self) -> Iterator[Shopper]:
        """Yield every shopper and visitor of whom anything is kept, in the store or in the log."""
        met = {ref for kind, ref in self._keys_by_kind() if kind in NAMED_AFTER_SOMEBODY}
        told = self._log.query("SELECT DISTINCT shopper AS ref FROM log WHERE shopper IS NOT NULL")
        met.update(told.column("ref").to_pylist())
        yield from map(Shopper.from_ref, sorted(met))

    def change(self, how: Callable[[Profile], bool], concerns: Callable[[bytes], bool]) -> int:
        """Change stored profiles in place; return how many were.

        `how` says whether it changed the profile it was given; it is asked of those profiles only whose JSON
        `concerns` lets pass. What is pending meanwhile stays pending.
        """
        changed = 0
        waiting: list[Shopper] = []
        for kind, ref in self._keys_by_kind():
            if kind == "profile":
                waiting.append(Shopper.from_ref(ref))
            if len(waiting) == AT_ONCE:
                changed += self._change(waiting, how, concerns)
                waiting = []
        return changed + self._change(waiting, how, concerns)

    def _change(
        self, shoppers: list[Shopper], how: Callable[[Profile], bool], concerns: Callable[[bytes], bool]
    ) -> int:
        names = [self._keys.profile(self._keys.shard(each.id)) + each.ref for each in shoppers]
        stored = self._connection.many([("GET", name) for name in names])
        return sum(
            self._shoppers.change(shopper, how)
            for shopper, data in zip(shoppers, stored, strict=True)
            if data and concerns(unpacked(data))
        )

    def _keys_by_kind(self) -> Iterator[tuple[str, str]]:
        """What every key of a shard is, and whom it is named after."""
        for key in self._connection.scan(f"{{{self._keys.shop}:*"):
            kind, _, ref = key.decode("utf-8", "surrogatepass").partition("}:")[2].partition(":")
            yield kind, ref
