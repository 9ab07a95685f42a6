"""Placements: named slots of the shop, which kinds fill them in which order under which limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from plugin.catalog import Product
from plugin.offers.arguments import Reader
from plugin.offers.conditions import ALWAYS, read_where
from plugin.offers.conditions.condition import Condition

MODEL_KINDS = (
    "complements",
    "similar",
    "also-viewed",
    "for-you",
    "next-basket",
    "trending",
    "buy-again",
    "because-you-bought",
)
SHOP_KINDS = ("recently-viewed", "on-sale")
PRODUCT_KINDS = (*MODEL_KINDS, *SHOP_KINDS)
NEW_USES = "new-uses"
KINDS = (*PRODUCT_KINDS, NEW_USES)
DEFAULT_LIMIT = 10
LARGEST_LIMIT = 100
MOST_PINS = 50
MOST_BOOSTS = 20
LEAST_FACTOR, LARGEST_FACTOR = 0.01, 100.0
HALF = 0  # of a brand or category: as many as half the shelf

# Kinds that are there to discover by: only there does sameness tire, and a showing that led nowhere count.
# What a shopper needs again, looked at, or wants to compare stays as it is.
DISCOVERING = frozenset(
    {"complements", "also-viewed", "for-you", "trending", "because-you-bought", "on-sale"}
)


@dataclass(frozen=True, slots=True)
class Diversity:
    """How different the products of a shelf shall be.

    `weight` is what a product that is quite like one shown before it loses of the logarithm of its odds;
    `per_brand` and `per_category` how many of each, `HALF` for half the shelf, None for any number.
    """

    weight: float = 0.3
    per_brand: int | None = HALF
    per_category: int | None = HALF


DIVERSE = Diversity()
# What completes a product comes from where it comes, often all from one category: only sameness counts there.
COMPLETING = frozenset({"complements", "because-you-bought"})
OF_ANY_CATEGORY = Diversity(per_brand=None, per_category=None)


@dataclass(frozen=True, slots=True)
class Pin:
    """A product that the merchant sets at a place, 1 for the first, until a moment (epoch s) or for ever."""

    product_id: str
    position: int
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Boost:
    """How many times as strong products of a kind stand, until a moment (epoch seconds) or for ever."""

    where: Condition[Product]
    factor: float
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """One slot: `kinds` is the ladder, climbed until `limit` is filled.

    `floor` (0 to 1) is how much of a product's pull chance must not explain for it to count as good enough;
    `when_little` says what happens where too few are: `fill` puts the others behind them, `stay_short`
    shows fewer. `diversity`, `fatigue` and `explore` are None where the kind decides.
    """

    name: str
    kinds: tuple[str, ...]
    limit: int = DEFAULT_LIMIT
    title: dict[str, str] = field(default_factory=dict)
    where: Condition[Product] = ALWAYS
    pins: tuple[Pin, ...] = ()
    boosts: tuple[Boost, ...] = ()
    offers: bool = True
    when_little: str = "fill"
    floor: float = 0.0
    diversity: Diversity | bool | None = None
    fatigue: bool | None = None
    explore: bool | None = None
    document: dict[str, Any] = field(default_factory=dict, compare=False)

    @classmethod
    def from_document(cls, document: dict[str, Any], currency: str) -> Placement:
        """Return the placement a merchant wrote (contract, section 5), checked for its shape at the door.

        Raises `Invalid` with a pointer for a condition that means nothing in this shop.
        """
        reader = Reader(currency)
        return cls(
            name=document["placement"],
            kinds=tuple(document["kinds"]),
            limit=document.get("limit", DEFAULT_LIMIT),
            title=document.get("title") or {},
            where=read_where(document.get("where"), reader),
            pins=tuple(
                Pin(each["product_id"], each["position"], _moment(each.get("until")))
                for each in document.get("pins") or ()
            ),
            boosts=tuple(
                Boost(
                    read_where(each["where"], reader, f"/boosts/{place}/where"),
                    float(each["factor"]),
                    _moment(each.get("until")),
                )
                for place, each in enumerate(document.get("boosts") or ())
            ),
            offers=document.get("offers", True),
            when_little=document.get("when_little", "fill"),
            floor=float(document.get("floor") or 0.0),
            diversity=_diversity(document.get("diversity")),
            fatigue=document.get("fatigue"),
            explore=document.get("explore"),
            document=document,
        )

    @property
    def least_certainty(self) -> float:
        """What counts as good enough: where a shelf may stay short, more than what sells anyway."""
        return max(self.floor, 1e-9) if self.when_little == "stay_short" else self.floor

    def diverse(self, kind: str) -> Diversity | None:
        """Return how different the products of this kind shall be here; None for as they come."""
        if isinstance(self.diversity, Diversity):
            return self.diversity
        wanted = kind in DISCOVERING if self.diversity is None else self.diversity
        if not wanted:
            return None
        return OF_ANY_CATEGORY if kind in COMPLETING else DIVERSE

    def tires(self, kind: str) -> bool:
        """Whether showings that led nowhere count against a product of this kind here."""
        return kind in DISCOVERING if self.fatigue is None else self.fatigue

    def boosts_at(self, now: float) -> tuple[Boost, ...]:
        """Return the boosts that hold at a moment."""
        return tuple(boost for boost in self.boosts if boost.until is None or now < boost.until)

    def pins_at(self, now: float, limit: int) -> list[Pin]:
        """Return the pins that hold at a moment on a shelf of so many, by place and then as written."""
        held = [pin for pin in self.pins if pin.until is None or now < pin.until]
        return sorted((pin for pin in held if pin.position <= limit), key=lambda pin: pin.position)


def no_placement(name: str) -> str:
    """Return what is said of a name that is no kind and no placement, wherever it is asked for."""
    return f"There is no kind or placement {name!r}; kinds are {', '.join(KINDS)}."


def built_in(name: str) -> Placement | None:
    """Return the placement that every shop has under a kind's name."""
    return Placement(name, (name,)) if name in KINDS else None


def _diversity(given: Mapping[str, Any] | bool | None) -> Diversity | bool | None:
    return Diversity(**given) if isinstance(given, Mapping) else given


def _moment(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()
