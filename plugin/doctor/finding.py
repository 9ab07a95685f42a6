"""What an examination looks at, what a check is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from plugin.shop import Shop
from plugin.store.memory import ShopMemory

Severity = Literal["error", "warning", "note"]
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Patient:
    """A shop as it is examined: its log since a moment, its documents, its memory; times in epoch seconds."""

    shop: Shop
    memory: ShopMemory
    now: float
    since: float

    def ask(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return what the log answers; `recent` is its rows since the moment asked for, `$now` is now."""
        recent = (
            "WITH recent AS (SELECT * FROM log WHERE received_at >= $since OR happened_at >= $since), "
            "marks AS (SELECT $now AS now) "
        )
        return self.memory.log.query(
            recent + sql, {"since": self.since, "now": self.now, **parameters}
        ).to_pylist()


@dataclass(frozen=True, slots=True)
class Found:
    """What a check saw: how often, a few examples of it, and from when to when (epoch seconds)."""

    count: int
    examples: tuple[str, ...] = ()
    first_at: float | None = None
    last_at: float | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that can be wrong: what it is, what it does to the shop, and how it is put right."""

    code: str
    severity: Severity
    title: str
    harm: str
    fix: str
    look: Callable[[Patient], Found | None] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """A check that found something."""

    check: Check
    found: Found


def found_in(rows: Sequence[dict[str, Any]], example: Callable[[dict[str, Any]], str]) -> Found | None:
    """Return what rows with a `moment` come to, None where there are none."""
    if not rows:
        return None
    times = [row["moment"] for row in rows if row.get("moment") is not None]
    return Found(
        len(rows),
        tuple(example(row) for row in rows[:EXAMPLES]),
        min(times) if times else None,
        max(times) if times else None,
    )


def named(names: Iterable[str]) -> Found | None:
    """Return what some names come to, None where there are none."""
    held = sorted(set(names))
    return Found(len(held), tuple(held[:EXAMPLES])) if held else None
