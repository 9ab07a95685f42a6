"""What is different between two documents, place by place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

NOT_THERE = object()


def differences(before: Any, after: Any, pointer: str = "") -> Iterator[dict[str, Any]]:
    """Yield what changed from one document to the other: `pointer` (RFC 6901), `was` and `is`.

    What was added has no `was`, what was taken away no `is`. Lists are compared place by place.
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys((*before, *after)):
            at = f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
            yield from differences(before.get(name, NOT_THERE), after.get(name, NOT_THERE), at)
    elif isinstance(before, list) and isinstance(after, list):
        for place, (was, is_) in enumerate(zip_longest(before, after, fillvalue=NOT_THERE)):
            yield from differences(was, is_, f"{pointer}/{place}")
    elif before is NOT_THERE or after is NOT_THERE or not _same(before, after):
        change = {"pointer": pointer, "was": before, "is": after}
        yield {name: value for name, value in change.items() if value is not NOT_THERE}


def _same(before: Any, after: Any) -> bool:
    """Whether two values are the same; true is not 1 in a document."""
    return before == after and isinstance(before, bool) == isinstance(after, bool)
