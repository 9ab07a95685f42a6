"""A shop's tier ladder: the bands a shopper can stand in, and what it takes to stand there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from plugin.errors import Invalid
from plugin.money import decimal_text, minor_units

BASES = ("rfm", "spend")
Title = dict[str, str] | str | None


@dataclass(frozen=True, slots=True)
class Tier:
    """One band: reached from a quantile of the shop's buyers (0 to 1) or from an amount (minor units).

    The lowest tier has neither: everybody stands there at least.
    """

    tier: str
    title: Title = None
    from_quantile: float | None = None
    from_amount: int | None = None

    @property
    def threshold(self) -> float:
        """What must be reached, in the ladder's own measure; 0 for the lowest tier."""
        return float(self.from_quantile or self.from_amount or 0)


@dataclass(frozen=True, slots=True)
class TierLadder:
    """All tiers of a shop, lowest first, and how they are measured.

    `basis` is `rfm` (quantiles among the shop's buyers) or `spend` (money within the window); `window_days`
    is how far back orders count. Whoever holds a tier keeps it while less than `hysteresis` below it (a
    share of the quantile scale, or of the amount), and `grace_days` longer after falling further.
    """

    basis: str
    window_days: int
    grace_days: int
    hysteresis: float
    tiers: tuple[Tier, ...]

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

    def above(self, tier: Tier) -> Tier | None:
        """The next higher tier, or None at the top."""
        rank = self.rank(tier.tier)
        return self.tiers[rank + 1] if rank is not None and rank + 1 < len(self.tiers) else None

    def margin(self, tier: Tier) -> float:
        """How far below a tier's threshold its holders still keep it, in the ladder's measure."""
        return self.hysteresis * (tier.threshold if self.basis == "spend" else 1.0)

    @classmethod
    def from_document(cls, document: Mapping[str, Any], currency: str) -> TierLadder:
        """Return the ladder of a merchant's document, amounts read in the shop's currency.

        Raises `Invalid` with pointers for a ladder that cannot be climbed: an unknown basis, a name given
        twice, a threshold missing, of the wrong kind, or not above the one before.
        """
        basis = document.get("basis", "rfm")
        if basis not in BASES:
            raise _invalid("/basis", f"Tiers are measured by {' or '.join(BASES)}; {basis!r} is not one.")
        tiers = tuple(_tier(held, currency, at) for at, held in enumerate(document["tiers"]))
        _climbable(tiers, basis)
        return cls(
            basis=basis,
            window_days=int(document.get("window_days", 365)),
            grace_days=int(document.get("grace_days", 30)),
            hysteresis=float(document.get("hysteresis", 0.05)),
            tiers=tiers,
        )

    def to_document(self, currency: str) -> dict[str, Any]:
        """Return the ladder as a merchant writes it."""
        return {
            "basis": self.basis,
            "window_days": self.window_days,
            "grace_days": self.grace_days,
            "hysteresis": self.hysteresis,
            "tiers": [_tier_document(tier, currency) for tier in self.tiers],
        }


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


def _tier(document: Mapping[str, Any], currency: str, at: int) -> Tier:
    amount = document.get("from")
    try:
        from_amount = None if amount is None else minor_units(amount, currency)
    except ValueError as wrong:
        raise _invalid(f"/tiers/{at}/from", f"{wrong}.") from None
    return Tier(document["tier"], document.get("title"), document.get("from_quantile"), from_amount)


def _tier_document(tier: Tier, currency: str) -> dict[str, Any]:
    document: dict[str, Any] = {"tier": tier.tier}
    if tier.title is not None:
        document["title"] = tier.title
    if tier.from_quantile is not None:
        document["from_quantile"] = tier.from_quantile
    if tier.from_amount is not None:
        document["from"] = decimal_text(tier.from_amount, currency)
    return document


def _climbable(tiers: tuple[Tier, ...], basis: str) -> None:
    if not tiers:
        raise _invalid("/tiers", "A ladder has at least one tier.")
    seen: set[str] = set()
    for at, tier in enumerate(tiers):
        if tier.tier in seen:
            raise _invalid(f"/tiers/{at}/tier", f"The tier {tier.tier!r} is there twice.")
        seen.add(tier.tier)
        if at == 0 and (tier.from_quantile or tier.from_amount):
            raise _invalid("/tiers/0", "The lowest tier is everybody's: it has no threshold.")
        wanted, other = ("from_quantile", "from") if basis == "rfm" else ("from", "from_quantile")
        own, foreign = (tier.from_quantile, tier.from_amount)[:: 1 if basis == "rfm" else -1]
        if foreign is not None:
            raise _invalid(f"/tiers/{at}/{other}", f"A ladder by {basis} has {wanted}, not {other}.")
        if at > 0 and own is None:
            raise _invalid(f"/tiers/{at}", f"A tier above the lowest needs {wanted}.")
    for at, (lower, higher) in enumerate(pairwise(tiers), start=1):
        if higher.threshold <= lower.threshold:
            raise _invalid(f"/tiers/{at}", "Tiers are written lowest first, each threshold above the last.")


def _invalid(pointer: str, detail: str) -> Invalid:
    return Invalid(detail, errors=[{"pointer": pointer, "detail": detail}])
