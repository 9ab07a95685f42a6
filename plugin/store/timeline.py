"""What one shopper did, newest first: from the log, and from the streams what is not in the log yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from plugin.activity import Activity, Shopper
from plugin.store.connection import Connection
from plugin.store.keys import ShopKeys
from plugin.store.log import Log
from plugin.store.log.rows import activity_of

PAGE = 1_000
MOST_LOOKED_AT = 20_000  # entries of a shard's stream; where more wait for the log, older ones show up later

Place = tuple[float, str]  # a moment and a stream position: where in the timeline an entry stands

ARCHIVED = """
WITH found AS (
    SELECT entry, max(happened_at) AS happened FROM log
    WHERE shopper IN (SELECT unnest($refs))
        AND (happened_at < $at OR (happened_at = $at AND entry < $entry))
    GROUP BY entry ORDER BY happened DESC, entry DESC LIMIT $limit)
SELECT log.* FROM log JOIN found USING (entry) WHERE shopper IN (SELECT unnest($refs))
ORDER BY happened_at DESC, entry DESC, line
"""
END_OF_TIME: Place = (float("inf"), "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One activity, and the position it was acknowledged at, which names it for ever."""

    position: str
    activity: Activity

    @property
    def place(self) -> Place:
        """Where it stands in the timeline."""
        return self.activity.at, self.position


class Timeline:
    """The timelines of one shop's shoppers."""

    def __init__(self, connection: Connection, keys: ShopKeys, log: Log) -> None:
        self._connection = connection
        self._keys = keys
        self._log = log

    def newest(
        self, shoppers: Collection[Shopper], limit: int, before: Place = END_OF_TIME
    ) -> tuple[list[Entry], Place | None]:
        """Return what these identities of one shopper did before a place, newest first, and where to go on.

        The place to go on from is None at the end. An activity that happened long ago and came in since the
        last page is found from the beginning.
        """
        # The streams first: what moves to the log meanwhile is then found twice, never not at all.
        found = {entry.position: entry for entry in self._waiting(shoppers) if entry.place < before}
        found.update({entry.position: entry for entry in self._archived(shoppers, limit + 1, before)})
        entries = sorted(found.values(), key=lambda entry: entry.place, reverse=True)
        following = entries[limit - 1].place if len(entries) > limit else None
        return entries[:limit], following

    def _waiting(self, shoppers: Collection[Shopper]) -> Iterator[Entry]:
        refs = {shopper.ref for shopper in shoppers}
        # Cheaper than reading every entry of the shard: most are somebody else's.
        named = [shopper.id.encode("utf-8", "surrogatepass") for shopper in shoppers if shopper.id.isalnum()]
        plain = len(named) == len(refs)
        for shard in sorted({self._keys.shard(shopper.id) for shopper in shoppers}):
            for entry_id, data in self._stream(shard):
                if plain and not any(name in data for name in named):
                    continue
                try:
                    activity = Activity.from_bytes(data)
                except Exception:  # what cannot be read is a dead letter soon, and nobody's timeline
                    continue
                if activity.shopper is not None and activity.shopper.ref in refs:
                    yield Entry(f"{self._keys.of_shard(shard, '')[:-1]}{entry_id}", activity)

    def _stream(self, shard: int) -> Iterator[tuple[str, bytes]]:
        key, last, looked_at = self._keys.stream(shard), "+", 0
        while looked_at < MOST_LOOKED_AT:
            found = self._connection.call("XREVRANGE", key, last, "-", "COUNT", PAGE)
            for entry_id, fields in found:
                yield entry_id.decode(), fields.get(b"d", b"")
            looked_at += len(found)
            if len(found) < PAGE:
                return
            last = f"({found[-1][0].decode()}"

    def _archived(self, shoppers: Collection[Shopper], limit: int, before: Place) -> list[Entry]:
        at, position = before
        refs = [shopper.ref for shopper in shoppers]
        table = self._log.query(ARCHIVED, {"refs": refs, "at": at, "entry": position, "limit": limit})
        entries: dict[str, list[dict[str, object]]] = {}
        for row in table.to_pylist():
            entries.setdefault(row["entry"], []).append(row)
        return [Entry(position, activity_of(rows)) for position, rows in entries.items()]
