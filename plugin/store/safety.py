"""Whether the store, as it is set up, keeps what it acknowledges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redis.exceptions import ConnectionError, ResponseError, TimeoutError

from plugin.errors import StoreUnavailable, StoreUnsafe
from plugin.store.connection import Connection

SETTINGS = ("appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its name, whether it is as it must be, and what was found."""

    name: str
    ok: bool
    detail: str


def check_safety(connection: Connection, durability: str) -> list[Check]:
    """Return what every server of the store says of itself, one check per setting that matters.

    A store that does not let itself be asked (CONFIG refused) counts as unsafe: a promise needs proof.
    """
    settings = [_settings(node) for node in connection.nodes()]
    checks = []
    for name, good, why in (
        ("appendonly", {"yes"}, "acknowledged events would live in memory alone"),
        (
            "appendfsync",
            {"always"} if durability == "always" else {"always", "everysec"},
            "acknowledged events could be lost with the power",
        ),
        (
            "no-appendfsync-on-rewrite",
            {"no"} if durability == "always" else {"no", "yes"},
            "acknowledged events could be lost with the power while the file is rewritten",
        ),
        (
            "maxmemory-policy",
            {"noeviction"},
            "acknowledged events, or the memory of which were seen, could be evicted when memory is full",
        ),
    ):
        found = sorted({values.get(name, "unknown") for values in settings})
        ok = all(value in good for value in found)
        detail = f"{name} is {', '.join(found)}" + ("" if ok else f": {why}")
        checks.append(Check(name, ok, detail))
    return checks


def demand_safety(checks: list[Check]) -> None:
    """Raise `StoreUnsafe`, naming the settings, unless every check holds."""
    wrong = [check.detail for check in checks if not check.ok]
    if wrong:
        raise StoreUnsafe(f"The store is not safe to write to: {'; '.join(wrong)}.", retry_after=30)


def _settings(node: Any) -> dict[str, str]:
    try:
        answers = [node.config_get(name) for name in SETTINGS]
    except ResponseError:
        return {}
    except (ConnectionError, TimeoutError) as error:
        raise StoreUnavailable("The store cannot be reached right now.") from error
    return {str(name): str(value) for answer in answers for name, value in answer.items()}
