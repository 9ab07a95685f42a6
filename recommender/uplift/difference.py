"""How much more shoppers brought who were offered something than those held out, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np
from scipy.stats import norm, t

CONFIDENCE = 0.95
POWER = 0.8


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of two arms of an experiment, per shopper.

    ``offered`` and ``held_out`` are the means of the arms, ``more`` the one less the other, ``low`` to
    ``high`` the interval that holds the truth 95 times in 100, ``likely`` how probable it is that there is
    any gain at all (0 to 1, with nothing assumed beforehand).
    """

    offered: float
    held_out: float
    more: float
    low: float
    high: float
    likely: float

    @property
    def is_told_apart(self) -> bool:
        """Whether the difference is told apart from none."""
        return self.low > 0.0 or self.high < 0.0

    def to_document(self) -> dict[str, float]:
        """The figures by their names."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """What `to_document` wrote."""
        return cls(**{each.name: float(document[each.name]) for each in fields(cls)})


def of_shares(came: int, offered: int, came_anyway: int, held_out: int) -> Difference:
    """How much larger the share is that came among the offered than among those held out.

    Counts of shoppers; both arms have somebody. The interval is Newcombe's (Statistics in Medicine 17, 1998,
    method 10): made of Wilson's for each share, it stays right for few shoppers and for rare events.
    """
    p, q = came / offered, came_anyway / held_out
    low_p, high_p = _wilson(came, offered)
    low_q, high_q = _wilson(came_anyway, held_out)
    low = p - q - np.hypot(p - low_p, high_q - q)
    high = p - q + np.hypot(high_p - p, q - low_q)
    # One more that came and one that did not in each arm (Agresti and Caffo 2000): never an error of none.
    even_p, even_q = (came + 1) / (offered + 2), (came_anyway + 1) / (held_out + 2)
    error = np.sqrt(even_p * (1 - even_p) / (offered + 2) + even_q * (1 - even_q) / (held_out + 2))
    likely = norm.cdf((even_p - even_q) / error)
    return Difference(p, q, p - q, float(low), float(high), float(likely))


def of_means(offered: np.ndarray, held_out: np.ndarray) -> Difference:
    """How much more an offered shopper brought than one held out; one value per shopper, two at least each.

    The interval is Welch's, for arms of different size and spread.
    """
    more = float(offered.mean() - held_out.mean())
    parts = np.array([offered.var(ddof=1) / len(offered), held_out.var(ddof=1) / len(held_out)])
    error = float(np.sqrt(parts.sum()))
    if error == 0.0:
        likely = 0.5 if more == 0.0 else float(more > 0.0)
        return Difference(float(offered.mean()), float(held_out.mean()), more, more, more, likely)
    freedom = parts.sum() ** 2 / (parts**2 / np.array([len(offered) - 1, len(held_out) - 1])).sum()
    reach = float(t.ppf(0.5 + CONFIDENCE / 2, freedom)) * error
    likely = float(t.cdf(more / error, freedom))
    return Difference(float(offered.mean()), float(held_out.mean()), more, more - reach, more + reach, likely)


def shoppers_needed(anyway: float, more: float, held_out: float) -> int:
    """How many shoppers, both arms together, it takes to see a share grow from ``anyway`` by ``more``.

    ``held_out`` is the share of shoppers held out. With so many, a difference as large as this is told
    apart from none about 80 times in 100 (rather a little less where few are held out), and one that is not
    there 5 times. The formula is that for two shares in arms of different size (Fleiss, Statistical
    Methods for Rates and Proportions), without its correction for continuity.
    """
    then = min(1.0, anyway + more)
    z = norm.ppf(0.5 + CONFIDENCE / 2) + norm.ppf(POWER)
    spread = then * (1 - then) / (1 - held_out) + anyway * (1 - anyway) / held_out
    return int(np.ceil(z**2 * spread / more**2))


def _wilson(came: int, of: int) -> tuple[float, float]:
    """Wilson's interval of a share."""
    z = float(norm.ppf(0.5 + CONFIDENCE / 2))
    p = came / of
    middle = (p + z**2 / (2 * of)) / (1 + z**2 / of)
    reach = z / (1 + z**2 / of) * np.sqrt(p * (1 - p) / of + z**2 / (4 * of**2))
    return float(middle - reach), float(middle + reach)
