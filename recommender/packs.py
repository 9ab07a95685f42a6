"""How much is in a pack, read from names, so that two pounds last twice as long as one."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

#: Unit -> what it measures, and how much of it one is.
UNITS: dict[str, tuple[str, float]] = {
    "mg": ("weight", 0.001),
    "g": ("weight", 1.0),
    "kg": ("weight", 1000.0),
    "oz": ("weight", 28.35),
    "lb": ("weight", 453.6),
    "ml": ("volume", 1.0),
    "cl": ("volume", 10.0),
    "dl": ("volume", 100.0),
    "l": ("volume", 1000.0),
    "m": ("length", 1.0),
    "cm": ("length", 0.01),
    **dict.fromkeys(("pcs", "pieces", "pack", "stück", "stuks", "stk", "tabs", "x", ""), ("pieces", 1.0)),
}
AMOUNT = re.compile(r"(?<![\w.,])(\d{1,5}(?:[.,]\d{1,3})?)\s*([a-zäöüß]{0,6})(?![\w])", re.IGNORECASE)
MOST_TIMES = 100.0


def log_sizes(names: Sequence[str], groups: np.ndarray) -> np.ndarray:
    """ln of how large each product's pack is beside the middle one of its group (float64, 0 where not told).

    Read from the names of variants that differ in one amount of one measure: "Beans, 250 g" and "Beans,
    1 kg". A product that stands alone has nothing to be compared with.
    """
    sizes = np.zeros(len(names))
    order = np.argsort(groups, kind="stable")
    ends = np.flatnonzero(np.diff(groups[order])) + 1
    for rows in np.split(order, ends):
        if len(rows) > 1:
            sizes[rows] = _compared([names[row] for row in rows])
    return sizes


def _compared(names: Sequence[str]) -> np.ndarray:
    """ln of each amount over the middle one; nothing at all unless every name tells the same measure."""
    told = [_amounts(name) for name in names]
    for measure in ("weight", "volume", "pieces", "length"):
        found = [each.get(measure, 0.0) for each in told]
        if min(found) > 0.0 and max(found) <= MOST_TIMES * min(found):
            logs = np.log(np.array(found))
            return logs - np.median(logs)
    return np.zeros(len(names))


def _amounts(name: str) -> dict[str, float]:
    """What a name tells, by measure; of several of one measure the last."""
    found: dict[str, float] = {}
    for number, unit in AMOUNT.findall(name):
        measure, times = UNITS.get(unit.lower(), ("", 0.0))
        if measure:
            found[measure] = float(number.replace(",", ".")) * times
    return found
