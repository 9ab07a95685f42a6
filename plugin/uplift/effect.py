"""The effect of an offer as it was measured, and what was learned about with whom it has one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import orjson

from recommender.uplift.difference import Difference
from recommender.uplift.uplift import Uplift

MEASURED, TOO_FEW, NOT_YET, NOT_POSSIBLE = "measured", "too_few", "not_yet", "not_possible"


@dataclass(frozen=True)
class Learned:
    """What tells with whom an offer has an effect: a model of money within the days, and its categories."""

    model: Uplift
    categories: tuple[str, ...]

    @property
    def speaks(self) -> bool:
        """Whether it says anything: the effect differs between shoppers, or is told apart from none."""
        return bool(self.model.is_found_ or self.model.mean_.is_told_apart)


@dataclass(frozen=True)
class Effect:
    """What an offer brought within ``days`` of a shopper's coming in, offered beside held out.

    ``state``: `measured`; `too_few` shoppers (``needed`` more), or `not_yet` time enough; `not_possible`,
    with ``why`` (`code`, `nobody_held_out`, `never_live`). ``terms`` marks what the rule gave. Times are
    epoch seconds, money minor units. ``by`` is what shoppers came in by, `visits` or `buyers`. ``ordered`` is
    the share who ordered, ``paid`` what was paid and ``left`` what is left of that above cost, both per
    shopper and after discounts; ``left`` is None where costs are not known. ``learned`` is None where the
    arms are too small.
    """

    offer_id: str
    state: str
    as_of: float
    days: int
    terms: str = ""
    why: str | None = None
    version: int | None = None
    since: float | None = None
    until: float | None = None
    by: str | None = None
    offered: int = 0
    held_out: int = 0
    needed: int | None = None
    ordered: Difference | None = None
    paid: Difference | None = None
    left: Difference | None = None
    learned: Learned | None = None

    @property
    def gained(self) -> Difference | None:
        """What an offered shopper brought more, in money: above cost where costs are known, else as paid."""
        return self.left if self.left is not None else self.paid

    def to_document(self) -> dict[str, Any]:
        """Return it as plain JSON; nothing in it is about anybody."""
        told = {
            name: getattr(self, name)
            for name in self.__dataclass_fields__
            if name not in (*DIFFERENCES, "learned")
        }
        for name in DIFFERENCES:
            held = getattr(self, name)
            told[name] = None if held is None else asdict(held)
        learned = self.learned
        told["learned"] = learned and {
            "model": learned.model.to_document(),
            "categories": list(learned.categories),
        }
        return told

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Effect:
        """Return what `to_document` wrote. Raises ValueError, KeyError or TypeError for a damaged one."""
        told = {name: document[name] for name in cls.__dataclass_fields__}
        for name in DIFFERENCES:
            told[name] = told[name] and Difference.from_document(told[name])
        if told["learned"] is not None:
            model = Uplift.from_document(told["learned"]["model"])
            told["learned"] = Learned(model, tuple(told["learned"]["categories"]))
        return cls(**told)


DIFFERENCES = ("ordered", "paid", "left")


@lru_cache(maxsize=1024)
def read_effect(body: bytes) -> Effect | None:
    """Return the effect that the store keeps; None for one that is damaged or of another version."""
    try:
        return Effect.from_document(orjson.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
