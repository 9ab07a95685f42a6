"""Which files make up a log just now, settled by one small file that changes in one step.

`files-<generation>.json` names the files that count and says up to which part it speaks: every part beyond
that counts by being there. Whatever else lies in the folder counts for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from plugin.errors import RapportError
from plugin.store.durable import UNFINISHED
from plugin.store.log.places import Place

FORMAT = 1
LOOKS = 100
INVENTORY = re.compile(r"^files-(\d{12})\.json$")
PART = re.compile(r"^day=(\d{4}-\d{2}-\d{2})/part-(\d{12})(\..*)?$")
ROWS = re.compile(r"^day=(\d{4}-\d{2}-\d{2})/rows-(\d{12})-[0-9a-f]{8}(\..*)?$")


class Counted(NamedTuple):
    """A file that counts, and how many rows it has."""

    name: str
    rows: int

    @property
    def day(self) -> str:
        """The day (UTC) its activities came in."""
        return self.name[len("day=") : len("day=") + 10]


@dataclass(frozen=True, slots=True)
class Inventory:
    """What counts: the files named, and the parts after `through`."""

    generation: int = 0
    through: int = 0
    files: tuple[Counted, ...] = ()

    @property
    def name(self) -> str:
        """The file this inventory is written in."""
        return f"files-{self.generation:012d}.json"

    def to_bytes(self) -> bytes:
        """Return the inventory as it is written."""
        return orjson.dumps(
            {
                "format": FORMAT,
                "generation": self.generation,
                "through": self.through,
                "files": [list(file) for file in self.files],
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Inventory:
        """Return the inventory that `to_bytes` wrote. Raises `RapportError` for one of a later format."""
        held = orjson.loads(data)
        if held["format"] != FORMAT:
            raise RapportError("The log was written by a later version of Rapport; this one cannot read it.")
        return cls(held["generation"], held["through"], tuple(Counted(*file) for file in held["files"]))


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in a log's folder: the inventory, the parts it does not speak of yet, and everything else."""

    inventory: Inventory
    parts: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def counting(self) -> list[str]:
        """The files that make up the log."""
        return sorted([*(file.name for file in self.inventory.files), *self.parts], key=_by_day)

    def settled_parts(self, settled: int) -> list[str]:
        """The parts not in the inventory that nobody writes any more."""
        return [name for name in self.parts if part_number(name) <= settled]

    def leftovers(self, inventory: Inventory) -> list[str]:
        """What counts for nothing and never will, by this inventory: of writers that ended or were overtaken.

        What belongs to the generation after it may be somebody's work of this moment.
        """
        counted = {file.name for file in inventory.files}
        names = (*self.others, *self.parts)
        return [name for name in names if name not in counted and _is_over(name, inventory)]


def look(place: Place) -> Found:
    """Return what lies in a log's folder: one state, though others may change it meanwhile."""
    for _ in range(LOOKS):
        names = place.names()
        newest = _newest(names)
        try:
            inventory = Inventory.from_bytes(place.read(newest)) if newest else Inventory()
        except FileNotFoundError:
            continue  # there is a newer one
        # A listing is no snapshot. Files are removed only after an inventory without them is there, so that
        # a listing made between two looks at one inventory misses none that counts.
        names = place.names()
        if _newest(names) == newest:
            return _sorted_out(names, inventory)
    raise RapportError("The log's folder does not come to rest; are two installations working in it?")


def part_number(name: str) -> int:
    """Return the number of a part's file."""
    match = PART.match(name)
    assert match is not None, name
    return int(match[2])


def _sorted_out(names: Iterable[str], inventory: Inventory) -> Found:
    counted = {file.name for file in inventory.files}
    parts, others = [], []
    for name in names:
        part = PART.match(name)
        if part and part[3] == ".parquet" and int(part[2]) > inventory.through:
            parts.append(name)
        elif name not in counted and name != inventory.name:
            others.append(name)
    return Found(inventory, tuple(sorted(parts)), tuple(sorted(others)))


def _is_over(name: str, inventory: Inventory) -> bool:
    if match := PART.match(name):
        return int(match[2]) <= inventory.through
    if match := ROWS.match(name):
        return int(match[2]) <= inventory.generation
    if match := INVENTORY.match(name):
        return int(match[1]) < inventory.generation
    return name.startswith("files-") and name.endswith(UNFINISHED)


def _newest(names: Sequence[str]) -> str | None:
    return max((name for name in names if INVENTORY.match(name)), default=None)


def _by_day(name: str) -> tuple[str, str]:
    day, _, file = name.partition("/")
    return day, file
