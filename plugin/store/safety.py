"""Whether the store, as it is set up, keeps what it acknowledges."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis.exceptions import ConnectionError, ResponseError, TimeoutError

from plugin.errors import StoreUnavailable, StoreUnsafe
from plugin.settings import Settings
from plugin.store.connection import Connection

SETTINGS = ("appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy")

ROOM = 64 * 1024 * 1024  # bytes of disk kept clear, for rewriting the store's file and writing the log


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its name, whether it is as it must be, and what was found."""

    name: str
    ok: bool
    detail: str


def check_safety(connection: Connection, settings: Settings) -> list[Check]:
    """Return what every server of the store says of itself, one check per setting that matters.

    A store that does not let itself be asked (CONFIG refused) counts as unsafe: a promise needs proof.
    """
    found = [_settings(node) for node in connection.nodes()]
    relaxed = settings.durability == "relaxed"
    checks = []
    for name, good, why in (
        ("appendonly", {"yes"}, "acknowledged events would live in memory alone"),
        (
            "appendfsync",
            {"always", "everysec"} if relaxed else {"always"},
            "acknowledged events could be lost with the power",
        ),
        (
            "no-appendfsync-on-rewrite",
            {"no", "yes"} if relaxed else {"no"},
            "acknowledged events could be lost with the power while the file is rewritten",
        ),
        (
            "maxmemory-policy",
            {"noeviction"},
            "acknowledged events, or the memory of which were seen, could be evicted when memory is full",
        ),
    ):
        values = sorted({each.get(name, "unknown") for each in found})
        ok = all(value in good for value in values)
        detail = f"{name} is {', '.join(values)}" + ("" if ok else f": {why}")
        checks.append(Check(name, ok, detail))
    if connection.replicas:
        checks += [_replicas(node, connection.replicas) for node in connection.nodes()]
    return checks


def check_room(folder: Path, least: int = ROOM) -> Check:
    """Return whether the disk of the data folder has room for what comes in and for what it becomes."""
    free = shutil.disk_usage(folder).free
    detail = f"the data folder's disk has {free // 1_000_000:,} MB free"
    wanted = f"{least // 1_000_000:,} MB are kept clear"
    return Check("disk", free >= least, detail if free >= least else f"{detail}: {wanted}")


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


def _replicas(node: Any, wanted: int) -> Check:
    """Return whether a server has as many replicas that follow it as an acknowledgement waits for."""
    try:
        told = node.info("replication")
    except (ConnectionError, TimeoutError) as error:
        raise StoreUnavailable("The store cannot be reached right now.") from error
    online = [
        replica
        for name, replica in told.items()
        if name.startswith("slave") and isinstance(replica, dict) and replica.get("state") == "online"
    ]
    detail = f"{len(online)} of {wanted} replicas follow {_address(node)}"
    ok = len(online) >= wanted
    return Check("replicas", ok, detail if ok else f"{detail}: an acknowledged event could be lost with it")


def _address(node: Any) -> str:
    known = node.connection_pool.connection_kwargs
    return f"{known.get('host', 'the store')}:{known.get('port', '')}"
