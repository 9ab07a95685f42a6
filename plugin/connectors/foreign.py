"""Fields of documents that other platforms write, read as what they mean; what cannot be one is None."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from plugin import money
from plugin.connectors.rejects import Unusable

LONGEST_ID = 128
LARGEST_QUANTITY = 1_000_000
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def identity(value: Any) -> str | None:
    """Return an id as text; 0, which stands for "none" on the platforms, is None."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value).strip() if isinstance(value, str) or abs(value) < 10**30 else ""
    usable = 0 < len(text) <= LONGEST_ID and text != "0" and not CONTROL.search(text) and _is_writable(text)
    return text if usable else None


def demanded(value: Any, what: str) -> str:
    """Return an id. Raises `Unusable` where there is none."""
    found = identity(value)
    if found is None:
        raise Unusable("no_id", f"/{what} is no id")
    return found


def text(value: Any, longest: int = 500) -> str | None:
    """Return words on one line, cut to a length, or None."""
    if not isinstance(value, str):
        return None
    words = CONTROL.sub(" ", value).strip()[:longest]
    return words if words and _is_writable(words) else None


def minor(value: Any, currency: str) -> int | None:
    """Return an amount (decimal text or number) in minor units, or None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or value == "":
        return None
    try:
        return money.minor_units(value, currency) if len(str(value)) < 40 else None
    except ValueError:
        return None


def whole(value: Any) -> int | None:
    """Return a number of pieces, or None; parts of a piece (goods by weight) count as a whole one."""
    try:
        number = (
            float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else -1.0
        )
    except (ValueError, OverflowError):
        return None
    if not 0 <= number <= LARGEST_QUANTITY:
        return None
    return int(number) if number.is_integer() else int(number) + 1


def moment(value: Any) -> float | None:
    """Return a time in epoch seconds, or None; one without an offset is UTC."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0.0, at.timestamp())
    except (ValueError, OverflowError):
        return None


def part(document: Any, *path: str) -> Any:
    """Return what stands at the end of a path of names, or None."""
    for name in path:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def each(value: Any, most: int) -> list[Mapping[str, Any]]:
    """Return the objects of a list. Raises `Unusable` for more than `most`."""
    found = [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
    if len(found) > most:
        raise Unusable("too_many", f"{len(found)} entries; at most {most} are read")
    return found


def _is_writable(words: str) -> bool:
    """Half of a surrogate pair is no character: no file and no message can hold it."""
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return True
