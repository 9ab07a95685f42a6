"""The occasion: everything a decision about offers needs, gathered once before anybody judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any, Self
from zoneinfo import ZoneInfo

from plugin.catalog import Catalogue, CategoryKey, Product, category_key, category_keys
from plugin.offers.floor import floor_price
from plugin.offers.goods import Goods
from plugin.ownership import Figures, Owned
from plugin.shopper import Profile
from plugin.tiers.ladder import TierLadder
from plugin.tiers.standing import Place
from plugin.tiers.window import DAY, Purchase, purchases
from plugin.wishes.preferences import NONE_SAID, Preferences
from plugin.wishes.targets import NOTHING, Targets


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line of a basket: a product, how many, and the price of one in minor units."""

    product_id: str
    quantity: int
    unit_price: int


@dataclass(frozen=True, slots=True)
class Used:
    """How far limits are used up: times in all, by this shopper, in this period; money (minor units).

    `reopens` is set where a paced budget has too little left for now: when it has more (epoch seconds).
    """

    total: int = 0
    by_shopper: int = 0
    spent: int = 0
    in_period: int = 0
    reopens: float | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """An offer that a shopper was promised: whatever its conditions, from a moment until another, once.

    `reason` is why (`gift`: it waited for this visit; `signed`: a token of the shop says so), `mark` what its
    one use counts by. Times are epoch seconds.
    """

    reason: str
    mark: str
    opens: float
    ends: float


def _nothing_due(days: int) -> tuple[Product, ...]:
    return ()


@dataclass(frozen=True)
class Occasion:
    """Everything a decision needs. `now` in epoch seconds, `zone` an IANA name, money in minor units.

    A guest has no `shopper`, no `place` and no orders in `figures`. `shopper_key` is what stable shares are
    drawn by; it should name the shop too, so that two shops draw apart. `margin_floor` and
    `largest_discount` are percentages, as the shop's settings have them. `used` says how far limits are
    used up; an offer that is not in it is unused. `gains` is what offers are expected to bring with this
    shopper beyond what comes anyway (minor units), for those that are chosen by it and measured. `coded` are
    the offers for which codes were made one by one, `opened` those of them that a code entered here opens.
    `promised` are offers that this shopper was given before, to be used now or later.
    """

    now: float
    zone: str
    currency: str
    locale: str | None
    channel: str | None
    shopper: Profile | None
    owned: Mapping[str, Owned]
    figures: Figures
    place: Place | None
    ladder: TierLadder
    basket: tuple[BasketLine, ...]
    catalogue: Catalogue
    shopper_key: str | None = None
    codes: tuple[str, ...] = ()
    margin_floor: float = 0.0
    largest_discount: float = 50.0
    used: Mapping[str, Used] = field(default_factory=dict)
    gains: Mapping[str, float] = field(default_factory=dict)
    promised: Mapping[str, Promise] = field(default_factory=dict)
    preferences: Preferences = NONE_SAID
    avoided: Targets = NOTHING
    coded: frozenset[str] = frozenset()
    opened: frozenset[str] = frozenset()
    due: Callable[[int], Iterable[Product]] = field(default=_nothing_due, compare=False)
    segments: Mapping[str, Any] = field(default_factory=dict)
    exclude_reduced: bool = False
    ahead: tuple[Purchase, ...] = ()

    @cached_property
    def local(self) -> datetime:
        """Now, on the shop's own clock."""
        return datetime.fromtimestamp(self.now, ZoneInfo(self.zone))

    @cached_property
    def subtotal(self) -> int:
        """What the basket comes to before any offer."""
        return sum(self.totals)

    @cached_property
    def totals(self) -> tuple[int, ...]:
        """What each line of the basket comes to before any offer."""
        return tuple(line.quantity * line.unit_price for line in self.basket)

    @cached_property
    def pieces(self) -> int:
        """How many pieces lie in the basket."""
        return sum(line.quantity for line in self.basket)

    @cached_property
    def products(self) -> tuple[Product | None, ...]:
        """The product of each basket line; None where the catalogue has none."""
        return tuple(self.catalogue.get(line.product_id) for line in self.basket)

    @cached_property
    def line_categories(self) -> tuple[frozenset[CategoryKey], ...]:
        """The categories each basket line lies in."""
        return tuple(category_keys(product) for product in self.products)

    @cached_property
    def least(self) -> tuple[int, ...]:
        """What each basket line must come to at least, after all offers, in minor units."""
        margin, largest = self.margin_floor, self.largest_discount
        return tuple(
            line.quantity * floor_price(product, line.unit_price, margin, largest)
            for line, product in zip(self.basket, self.products, strict=True)
        )

    @cached_property
    def reduced(self) -> tuple[bool, ...]:
        """Whether each basket line is sold below its product's price, or an honest price before, already."""
        return tuple(
            product is not None and line.unit_price < max(product.price or 0, product.was or 0)
            for line, product in zip(self.basket, self.products, strict=True)
        )

    @cached_property
    def at_full_price(self) -> Self:
        """The same occasion with nothing reduced in the basket."""
        kept = (line for line, reduced in zip(self.basket, self.reduced, strict=True) if not reduced)
        return self.changed(basket=tuple(kept))

    @cached_property
    def lines(self) -> int:
        """How many different products lie in the basket."""
        return len({line.product_id for line in self.basket})

    @cached_property
    def orders(self) -> list[Purchase]:
        """The shopper's orders that are remembered one by one, oldest first: when, and what was paid."""
        return [*(purchases(self.shopper) if self.shopper else ()), *self.ahead]

    @cached_property
    def answered(self) -> dict[Any, Any]:
        """What was found out about this occasion already, by what was asked."""
        return {}

    def due_within(self, days: int) -> tuple[Product, ...]:
        """What the shopper will need within so many days, worked out once for each number of days."""
        key = ("due", days)
        if key not in self.answered:
            self.answered[key] = tuple(self.due(days))
        found: tuple[Product, ...] = self.answered[key]
        return found

    def spent_within(self, days: int | None) -> int:
        """What the shopper's orders came to in the last so many days, or in all; minor units."""
        if days is None:
            return self.figures.spent
        since = self.now - days * DAY
        return sum(paid for at, paid in self.orders if at >= since)

    @cached_property
    def owned_by_category(self) -> dict[CategoryKey, list[Owned]]:
        """What the shopper bought, by every category it lies in."""
        by_category: dict[CategoryKey, list[Owned]] = {}
        for product_id, held in self.owned.items():
            for key in category_keys(self.catalogue.get(product_id)):
                by_category.setdefault(key, []).append(held)
        return by_category

    @cached_property
    def last_bought_in(self) -> dict[CategoryKey, float]:
        """When the shopper last bought something of each category (epoch seconds)."""
        return {
            key: max(bought)
            for key, theirs in self.owned_by_category.items()
            if (bought := [held.last_at for held in theirs if held.times])
        }

    @cached_property
    def entered(self) -> frozenset[str]:
        """The codes the shopper entered, as they compare."""
        return frozenset(map(code_key, self.codes))

    def pieces_of(self, product_id: str) -> int:
        """How many pieces of a product lie in the basket."""
        return sum(line.quantity for line in self.basket if line.product_id == product_id)

    def pieces_in(self, category: CategoryKey) -> int:
        """How many pieces of a category lie in the basket."""
        return sum(
            line.quantity
            for line, keys in zip(self.basket, self.line_categories, strict=True)
            if category in keys
        )

    def shuns(self, products: Iterable[str] | None, category: str | None) -> bool:
        """Whether the shopper avoids all of these products, or all of this category.

        What lies in the basket was taken by choice and is not shunned. All products, or none, never are.
        """
        if not self.avoided or (products is None and category is None):
            return False
        if products is not None:
            named = [self.catalogue.get(product_id) for product_id in products]
            meant = [product for product in named if product is not None]
            if not meant or any(self.pieces_of(product.product_id) for product in meant):
                return False
            return all(map(self.avoided.names, meant))
        key = category_key(category or "")
        return self.avoided.names_category(category or "") and not self.pieces_in(key)

    def pieces_like(self, goods: Goods) -> int:
        """How many pieces of these goods lie in the basket."""
        return sum(
            line.quantity
            for line, product in zip(self.basket, self.products, strict=True)
            if goods.have(product, line.product_id)
        )

    def with_added(self, lines: tuple[BasketLine, ...]) -> Self:
        """The same occasion with more in the basket."""
        return self.changed(basket=self.basket + lines)

    def changed(self, **parts: Any) -> Self:
        """The same occasion with these parts changed; quick, for many are tried.

        What was worked out from other parts than these is kept.
        """
        held = self.__dict__
        kept = [name for name, of in _WORKED_OUT_OF.items() if name in held and of.isdisjoint(parts)]
        other = object.__new__(type(self))
        other.__dict__.update({name: held[name] for name in (*_PARTS, *kept) if name in held}, **parts)
        return other


_PARTS = tuple(part.name for part in fields(Occasion))
_WORKED_OUT_OF = {
    "local": {"now", "zone"},
    "entered": {"codes"},
    "orders": {"shopper", "ahead"},
    "owned_by_category": {"owned", "catalogue"},
    "last_bought_in": {"owned", "catalogue"},
}


def code_key(code: str) -> str:
    """Return how a code compares: people type it in any case, with spaces around."""
    return code.strip().casefold()


def drawn(salt: str, shopper_key: str) -> float:
    """Return the shopper's stable place between 0 and 1 for this salt; the same for ever, on any machine."""
    digest = blake2b(f"{salt}\0{shopper_key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
