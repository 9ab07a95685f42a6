"""Placements: named slots of the shop, which kinds fill them in which order under which limits."""

from __future__ import annotations

from dataclasses import dataclass, field
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
KINDS = (*MODEL_KINDS, *SHOP_KINDS)
DEFAULT_LIMIT = 10
LARGEST_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Placement:
    """One slot: `kinds` is the ladder, climbed until `limit` is filled."""

    name: str
    kinds: tuple[str, ...]
    limit: int = DEFAULT_LIMIT
    title: dict[str, str] = field(default_factory=dict)
    where: Condition[Product] = ALWAYS
    pins: tuple[dict[str, Any], ...] = ()
    boosts: tuple[dict[str, Any], ...] = ()
    offers: bool = True
    when_little: str = "fill"
    document: dict[str, Any] = field(default_factory=dict, compare=False)

    @classmethod
    def from_document(cls, document: dict[str, Any], currency: str) -> Placement:
        """Return the placement a merchant wrote (contract, section 5), checked for its shape at the door.

        Raises `Invalid` with a pointer for a condition that means nothing in this shop.
        """
        return cls(
            name=document["placement"],
            kinds=tuple(document["kinds"]),
            limit=document.get("limit", DEFAULT_LIMIT),
            title=document.get("title") or {},
            where=read_where(document.get("where"), Reader(currency)),
            pins=tuple(document.get("pins") or ()),
            boosts=tuple(document.get("boosts") or ()),
            offers=document.get("offers", True),
            when_little=document.get("when_little", "fill"),
            document=document,
        )


def built_in(name: str) -> Placement | None:
    """Return the placement that every shop has under a kind's name."""
    return Placement(name, (name,)) if name in KINDS else None
