"""One thing that looks wrong with a rule, with the place and what would put it right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from plugin.offers.conditions.condition import All, AnyOf, Condition, Not

ERROR, WARNING = "error", "warning"
SEVERITIES = (ERROR, WARNING)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. `pointer` is the place in the rule (RFC 6901), "" for all of it.

    An `error` never does what it says; a `warning` may be meant, and is worth a look.
    """

    code: str
    severity: str
    offer_id: str
    pointer: str
    detail: str
    fix: str

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as a document."""
        return asdict(self)


def places(condition: Condition[Any], pointer: str = "/when") -> Iterator[tuple[str, Condition[Any]]]:
    """Yield every condition of a rule, the combining ones too, with its place in the document."""
    yield pointer, condition
    if isinstance(condition, All | AnyOf):
        for number, part in enumerate(condition.parts):
            yield from places(part, f"{pointer}/{condition.name}/{number}")
    elif isinstance(condition, Not):
        yield from places(condition.part, f"{pointer}/not")
