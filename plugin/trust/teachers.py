"""From whom models learn where people look: those who are proven first, nobody who behaves like a program.

An order teaches only when the shop itself reports it, so money cannot be feigned. A look can: anybody may
invent visitors. So a shop whose own shoppers look around enough learns from them alone; one that has too few
of them learns from its nameless visitors too, but neither from programs nor from those born in a flood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plugin.store.log import Log
from plugin.trust.behaviour import behaviours
from plugin.trust.judging import judge

ENOUGH_LOOKS = 1_000
ENOUGH_LOOKERS = 50
MOST_LOOKS_A_DAY = 100  # of one shopper; who looks at more says no more by it
MOST_ORDERS = 300  # of one shopper, the newest
FLOOD_TIMES = 10  # an hour's new visitors over the usual hour's
SMALLEST_FLOOD = 300

PROVEN = "trust = 'shop' OR shopper LIKE 'u:%'"

PROVEN_LOOKS = f"""
SELECT count(*) AS looks, count(DISTINCT shopper) AS lookers FROM log
WHERE kind IN ('viewed', 'clicked') AND product_id IS NOT NULL AND happened_at < $before AND ({PROVEN})
"""

BORN_IN_A_FLOOD = """
WITH born AS (
    SELECT shopper, floor(min(received_at) / 3600) AS hour FROM log
    WHERE trust = 'browser' AND shopper LIKE 'a:%' AND received_at < $before GROUP BY shopper),
hours AS (SELECT hour, count(*) AS visitors FROM born GROUP BY hour),
usual AS (SELECT median(visitors) AS visitors FROM hours)
SELECT born.shopper FROM born JOIN hours USING (hour), usual
WHERE hours.visitors > greatest($smallest, $times * usual.visitors)
"""


@dataclass(frozen=True, slots=True)
class Teachers:
    """Whose looks and dismissals teach: the proven alone, or everybody; never those in `nobody`."""

    proven_only: bool = False
    nobody: frozenset[str] = field(default=frozenset())

    def of(self, table: str) -> tuple[str, dict[str, Any]]:
        """Return a query for the rows of `table` that teach, with its parameters."""
        wanted = [f"({PROVEN})"] if self.proven_only else []
        if self.nobody:
            wanted.append("coalesce(shopper NOT IN (SELECT unnest($nobody)), true)")
        parameters = {"nobody": sorted(self.nobody)} if self.nobody else {}
        return f"SELECT * FROM {table} WHERE {' AND '.join(wanted) or 'true'}", parameters


def teachers_before(log: Log, before: float, words: Mapping[str, str]) -> Teachers:
    """Return from whom to learn strictly before a moment; the merchant's `words` stand above any score."""
    nobody = {ref for ref, each in behaviours(log, before).items() if judge(each).automatic}
    proven = log.query(PROVEN_LOOKS, {"before": before}).to_pylist()[0]
    enough = proven["looks"] >= ENOUGH_LOOKS and proven["lookers"] >= ENOUGH_LOOKERS
    if not enough:
        flood = log.query(
            BORN_IN_A_FLOOD, {"before": before, "smallest": SMALLEST_FLOOD, "times": FLOOD_TIMES}
        )
        nobody.update(flood.column("shopper").to_pylist())
    people = {ref for ref, word in words.items() if word == "person"}
    programs = {ref for ref, word in words.items() if word == "automatic"}
    return Teachers(enough, frozenset((nobody - people) | programs))
