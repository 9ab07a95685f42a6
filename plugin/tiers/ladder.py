"""A shop's tier ladder: the bands a shopper can stand in, and what it takes to stand there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

BASES = ("rfm", "spend", "points", "value", "rule")
Title = dict[str, str] | str | None


@dataclass(frozen=True, slots=True)
class Tier:
    """One band: reached from a quantile of the shop's buyers (0 to 1), an amount, or when a condition holds.

    The lowest tier has none of them: everybody stands there at least. `from_amount` is minor units, or whole
    points on a ladder of points. `step` is a rule's place on its ladder. `adds` is what the tier serves
    beyond those below it, in the merchant's words; `written` is its condition as the merchant wrote it.
    """

    tier: str
    title: Title = None
    from_quantile: float | None = None
    from_amount: int | None = None
    when: Any = field(default=None, compare=False)
    written: Mapping[str, Any] | None = None
    step: int = 0
    adds: tuple[Title, ...] = ()

    @property
    def threshold(self) -> float:
        """What must be reached, in the ladder's own measure; 0 for the lowest tier."""
        return float(self.from_quantile or self.from_amount or self.step)


@dataclass(frozen=True, slots=True)
class TierLadder:
    """All tiers of a shop, lowest first, and how they are measured.

    `basis` is `rfm` (quantiles among the shop's buyers), `spend` (money within the window), `points` (given,
    and earned by spending, within the window), `value` (money expected of the shopper in the time ahead) or
    `rule` (each tier's own condition). `window_days` is how far back orders and points count. Whoever holds
    a tier keeps it while less than `hysteresis` below it (a share of the quantile scale, or of the amount),
    and `grace_days` longer after falling further; a rule has no hysteresis. `services` is what everybody is
    served, whatever their tier. `set_at` is since when the ladder stands (epoch seconds, 0 when unknown).
    """

    basis: str
    window_days: int
    grace_days: int
    hysteresis: float
    tiers: tuple[Tier, ...]
    points_per_unit: Decimal = Decimal(1)
    services: tuple[Title, ...] = ()
    set_at: float = field(default=0.0, compare=False)

    @property
    def lowest(self) -> Tier:
        """The tier everybody has at least."""
        return self.tiers[0]

    def rank(self, tier: str) -> int | None:
        """How high a tier stands, 0 for the lowest; None for a name the ladder does not have."""
        return next((rank for rank, held in enumerate(self.tiers) if held.tier == tier), None)

    def reached(self, measure: float) -> Tier:
        """The highest tier whose threshold this quantile or amount reaches."""
        return next((t for t in reversed(self.tiers) if measure >= t.threshold), self.lowest)

    def kept(self, measure: float, below: int) -> Tier:
        """The highest tier under the rank `below` that its holders keep at this measure."""
        holding = reversed(self.tiers[:below])
        return next((t for t in holding if measure >= t.threshold - self.margin(t)), self.lowest)

    def above(self, tier: Tier) -> Tier | None:
        """The next higher tier, or None at the top."""
        rank = self.rank(tier.tier)
        return self.tiers[rank + 1] if rank is not None and rank + 1 < len(self.tiers) else None

    def margin(self, tier: Tier) -> float:
        """How far below a tier's threshold its holders still keep it, in the ladder's measure.

        At most half the threshold: else a low tier of quantiles would be kept without a single order.
        """
        if self.basis == "rule":
            return 0.0
        whole = 1.0 if self.basis == "rfm" else tier.threshold
        return min(self.hysteresis * whole, tier.threshold / 2)

    def served(self, tier: str | None) -> list[Title]:
        """Return what somebody in a tier is served: what everybody is, and what each tier up to theirs adds.

        A tier only ever adds, so no ladder can take from anybody what everybody is served.
        """
        rank = -1 if tier is None else self.rank(tier)
        reached = self.tiers[: (rank if rank is not None else 0) + 1]
        words = [*self.services, *(added for held in reached for added in held.adds)]
        return [word for at, word in enumerate(words) if word not in words[:at]]

    @classmethod
    def from_document(cls, document: Mapping[str, Any], currency: str) -> TierLadder:
        """Return the ladder of a merchant's document, amounts read in the shop's currency.

        Raises `Invalid` with pointers for a ladder that cannot be climbed: an unknown basis, a name given
        twice, a threshold missing, of the wrong kind, or not above the one before.
        """
        from plugin.tiers.ladder_document import read_ladder  # conditions know ladders, so not at the top

        return read_ladder(document, currency)

    def to_document(self, currency: str) -> dict[str, Any]:
        """Return the ladder as a merchant writes it."""
        from plugin.tiers.ladder_document import written_ladder

        return written_ladder(self, currency)


BORN_WITH = TierLadder(
    basis="rfm",
    window_days=365,
    grace_days=30,
    hysteresis=0.05,
    tiers=(
        Tier("bronze", {"en": "Bronze", "de": "Bronze", "nl": "Brons", "nb": "Bronse"}),
        Tier("silver", {"en": "Silver", "de": "Silber", "nl": "Zilver", "nb": "Sølv"}, from_quantile=0.5),
        Tier("gold", {"en": "Gold", "de": "Gold", "nl": "Goud", "nb": "Gull"}, from_quantile=0.85),
    ),
)
"""The ladder a shop has until it writes its own."""


def in_language(title: Title, locale: str | None) -> str | None:
    """Return a merchant's own words in the reader's language, else in English, else in whatever there is."""
    if title is None or isinstance(title, str):
        return title
    own = locale or ""
    return next((title[key] for key in (own, own.split("-")[0], "en", *title) if key in title), None)
