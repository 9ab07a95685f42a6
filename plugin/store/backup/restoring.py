"""A shop brought back into a store that has none of its id."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from plugin.activity import Activity
from plugin.store.activities import Activities
from plugin.store.backup.facts import Fact, Name, write
from plugin.store.backup.tables import read_facts
from plugin.store.buyers import Buyers
from plugin.store.connection import Connection
from plugin.store.keys import ShopKeys

REMEMBERED_AT_ONCE = 500
Told = Callable[[int], None]


def bring_back(connection: Connection, keys: ShopKeys, folder: Path, told: Told) -> int:
    """Write a shop's keys from the files of its backup; return how many keys those were.

    All but what opens the shop: its documents and their version, which `open_doors` writes. `told` is called
    with how many keys were written so far.
    """
    moving = {fact.name for fact in read_facts(folder / "moving.parquet")}
    count = 0

    def counted(facts: Iterator[Fact]) -> Iterator[Fact]:
        nonlocal count
        before: Name | None = None
        for fact in facts:
            if fact.name != before:
                before, count = fact.name, count + 1
                if count % 1_000 == 0:
                    told(count)
            yield fact

    settled = (fact for fact in read_facts(folder / "settled.parquet") if fact.name not in moving)
    write(connection, keys, counted(settled))
    there = (fact for fact in read_facts(folder / "moving.parquet") if fact.kind != "none")
    write(connection, keys, counted(there))
    words = (fact for fact in read_facts(folder / "words.parquet") if not _opens_doors(fact.name))
    write(connection, keys, counted(words))
    _remember(Activities(connection, keys), Buyers(connection, keys), folder)
    return count


def open_doors(connection: Connection, keys: ShopKeys, folder: Path) -> None:
    """Write the shop's documents, and their version last: from then on its keys open it."""
    for rest in (b"changes", b"documents", b"version"):
        name = Name(None, rest)
        write(connection, keys, (fact for fact in read_facts(folder / "words.parquet") if fact.name == name))


def _opens_doors(name: Name) -> bool:
    return name.shard is None and name.rest in (b"changes", b"documents", b"version")


def _remember(activities: Activities, buyers: Buyers, folder: Path) -> None:
    """Count as seen what is in the streams: it may have come after the memory of that was read.

    For the same reason an order may be there beside what waited for it, which goes to its buyer now.
    """
    for batch in _batches(folder):
        activities.remember(batch, time.time())
    for batch in _batches(folder):
        early = buyers.name(batch)
        activities.append(early, time.time())
        buyers.arrived(early)


def _batches(folder: Path) -> Iterator[list[Activity]]:
    undelivered = _undelivered(folder)
    while batch := list(islice(undelivered, REMEMBERED_AT_ONCE)):
        yield batch


def _undelivered(folder: Path) -> Iterator[Activity]:
    for fact in read_facts(folder / "moving.parquet"):
        if fact.kind == "stream" and fact.value is not None:
            try:
                yield Activity.from_bytes(fact.value)
            except Exception:  # the worker finds it in the stream and keeps it among the dead letters
                continue


def count_undelivered(folder: Path) -> int:
    """Return how many activities of a backup were not in the log yet when it was made."""
    return sum(
        fact.kind == "stream" and fact.value is not None for fact in read_facts(folder / "moving.parquet")
    )
