"""How far each use idea of a shop is trusted, as its answers have taught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from recommender.uses import trust

NOTHING: Mapping[str, float] = MappingProxyType({})
BEFORE_ANY_ANSWER = 0.5
PRIOR_SHOPPERS = 8.0


@dataclass(frozen=True, slots=True)
class UseTrust:
    """By use id: `shares` is how far an idea is trusted (0 to 1), `answers` how many shoppers said so.

    `otherwise` is how far one is trusted that nobody has answered: as the shop's ideas are on the whole.
    """

    shares: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    answers: Mapping[str, float] = field(default_factory=lambda: NOTHING)
    otherwise: float = BEFORE_ANY_ANSWER

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> UseTrust:
        """Return what `answers.refresh` kept: by idea how many took to it and how many did not."""
        told = document["ideas"]
        if not told:
            return cls()
        counted = np.array([told[use_id] for use_id in told], float)
        good, bad = counted[:, 0], counted[:, 1]
        strength = PRIOR_SHOPPERS
        mean = float((good.sum() + BEFORE_ANY_ANSWER * strength) / (counted.sum() + strength))
        shares = dict(zip(told, trust(good, bad, mean, strength).tolist(), strict=True))
        return cls(shares, dict(zip(told, counted.sum(axis=1).tolist(), strict=True)), mean)


UNTOLD = UseTrust()
"""Of a shop whose ideas nobody has answered yet."""
