"""What an offer gives: each benefit declared once, with what it takes off each line of a basket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from plugin.catalog import CategoryKey, category_key
from plugin.offers.arguments import (
    Address,
    Amount,
    Declared,
    Nested,
    Percent,
    Reader,
    Text,
    Texts,
    Whole,
    Words,
    argument,
    invalid,
    read_declared,
)
from plugin.offers.occasion import Occasion
from plugin.offers.sharing import half_up, shared


class Benefit(Declared):
    """Something an offer gives. `order` is its place in the order of application, lowest first."""

    order: ClassVar[int]
    pays: ClassVar[bool] = True
    """Whether it takes money off the basket's lines."""

    def off(self, occasion: Occasion, left: Sequence[int]) -> list[int]:
        """What it takes off each line, minor units, where `left` is what the lines still come to."""
        return [0] * len(left)

    def says(self) -> tuple[str, dict[str, Any]]:
        """The name of the sentence that says this benefit, and what goes into it."""
        return self.name, {}

    def shunned(self, occasion: Occasion) -> bool:
        """Whether it is about nothing but what the shopper avoids."""
        return False

    @property
    def scope(self) -> tuple[Any, ...]:
        """What it applies to; two benefits of one kind and scope can be compared without a basket."""
        return ()

    @property
    def size(self) -> Fraction:
        """How much it gives, comparable with others of the same kind and scope."""
        return Fraction(0)


@dataclass(frozen=True)
class Pieces(Declared):
    """The lines of certain products, of a category, or all of them."""

    not_both = ("products", "category")
    products: tuple[str, ...] | None = argument(Texts(only_list=True))
    category: str | None = argument(Text(500))

    @cached_property
    def key(self) -> CategoryKey:
        return category_key(self.category or "")

    def meant(self, occasion: Occasion) -> list[bool]:
        """Whether each line of the basket is meant."""
        if self.products is not None:
            return [line.product_id in self.products for line in occasion.basket]
        if self.category is not None:
            return [self.key in keys for keys in occasion.line_categories]
        return [True] * len(occasion.basket)

    @property
    def everything(self) -> bool:
        """Whether no product is left out."""
        return self.products is None and self.category is None


@dataclass(frozen=True)
class FixedPrice(Benefit):
    """Each piece of a product for this price."""

    name = "fixed_price"
    order = 0
    product_id: str = argument(Text(), required=True)
    price: int = argument(Amount(), required=True)

    def off(self, occasion: Occasion, left: Sequence[int]) -> list[int]:
        return [
            max(0, rest - self.price * line.quantity) if line.product_id == self.product_id else 0
            for line, rest in zip(occasion.basket, left, strict=True)
        ]

    def shunned(self, occasion: Occasion) -> bool:
        return occasion.shuns((self.product_id,), None)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"product_id": self.product_id, "amount": self.price}

    @property
    def scope(self) -> tuple[Any, ...]:
        return (self.product_id,)

    @property
    def size(self) -> Fraction:
        return Fraction(-self.price)


@dataclass(frozen=True)
class Buy(Pieces):
    """What must be bought for it."""

    one_of = ("products", "category")
    quantity: int = argument(Whole(1, 1000), required=True)


@dataclass(frozen=True)
class Get(Pieces):
    """What is then cheaper, and by how much; free unless said."""

    one_of = ("products", "category")
    quantity: int = argument(Whole(1, 1000), required=True)
    percent: Fraction = argument(Percent(), default=Fraction(1))  # noqa: RUF009


@dataclass(frozen=True)
class BuyXGetY(Benefit):
    """For every so many pieces bought, so many others cheaper: the cheapest ones that are meant.

    A piece counts either as bought or as got, never both; where a piece could be either, the dearer ones
    count as bought. It repeats for as many sets as the basket holds; the last set may be got in part.
    """

    name = "buy_x_get_y"
    order = 1
    buy: Buy = argument(Nested(Buy), required=True)  # noqa: RUF009
    get: Get = argument(Nested(Get), required=True)  # noqa: RUF009

    def off(self, occasion: Occasion, left: Sequence[int]) -> list[int]:
        got = self._got(occasion, left)
        wished = [
            rest * pieces * self.get.percent / line.quantity if pieces else Fraction(0)
            for line, rest, pieces in zip(occasion.basket, left, got, strict=True)
        ]
        return shared(half_up(sum(wished, Fraction(0))), wished, left)

    def _got(self, occasion: Occasion, left: Sequence[int]) -> list[int]:
        """How many pieces of each line are cheaper."""
        lines = occasion.basket
        bought, meant = self.buy.meant(occasion), self.get.meant(occasion)
        pieces = [line.quantity for line in lines]
        only_bought = sum(n for n, b, g in zip(pieces, bought, meant, strict=True) if b and not g)
        only_got = sum(n for n, b, g in zip(pieces, bought, meant, strict=True) if g and not b)
        either = sum(n for n, b, g in zip(pieces, bought, meant, strict=True) if b and g)
        best, reserved = self._sets(only_bought, only_got, either)
        dearest_first = sorted(range(len(lines)), key=lambda at: (-Fraction(left[at], pieces[at]), at))
        free = [n if g else 0 for n, g in zip(pieces, meant, strict=True)]
        for at in dearest_first:
            if bought[at] and meant[at]:
                kept = min(reserved, free[at])
                free[at] -= kept
                reserved -= kept
        got = [0] * len(lines)
        for at in reversed(dearest_first):
            got[at] = min(best, free[at])
            best -= got[at]
        return got

    def _sets(self, only_bought: int, only_got: int, either: int) -> tuple[int, int]:
        """The most pieces that can be got cheaper, and how many of `either` must count as bought for it.

        With every further set more may be got but more must be bought: the best count of sets lies where
        the two lines cross, on one side or the other.
        """
        buy, get = self.buy.quantity, self.get.quantity
        there = only_got + either
        crossings = (there // get, (there + only_bought) // (get + buy))
        most = (only_bought + either) // buy
        best = (0, 0)
        for count in sorted({min(most, at + more) for at in crossings for more in (0, 1)}):
            needed = max(0, count * buy - only_bought)
            cheaper = min(count * get, there - needed)
            if cheaper > best[0]:
                best = cheaper, needed
        return best

    def shunned(self, occasion: Occasion) -> bool:
        return any(occasion.shuns(part.products, part.category) for part in (self.buy, self.get))

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"buy": self.buy, "get": self.get, "percent": float(self.get.percent * 100)}

    @property
    def scope(self) -> tuple[Any, ...]:
        return (self.buy, self.get.products, self.get.category, self.get.quantity)

    @property
    def size(self) -> Fraction:
        return self.get.percent


@dataclass(frozen=True)
class FreeProduct(Benefit):
    """So many pieces of a product for nothing, once they lie in the basket."""

    name = "free_product"
    order = 2
    product_id: str = argument(Text(), required=True)
    quantity: int = argument(Whole(1, 1000), default=1)

    def off(self, occasion: Occasion, left: Sequence[int]) -> list[int]:
        if all(line.product_id != self.product_id for line in occasion.basket):
            return [0] * len(left)
        free, wished = self.quantity, []
        for line, rest in zip(occasion.basket, left, strict=True):
            pieces = min(free, line.quantity) if line.product_id == self.product_id else 0
            free -= pieces
            wished.append(Fraction(rest * pieces, line.quantity))
        return shared(half_up(sum(wished, Fraction(0))), wished, left)

    def shunned(self, occasion: Occasion) -> bool:
        return occasion.shuns((self.product_id,), None)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"product_id": self.product_id, "count": self.quantity}

    @property
    def scope(self) -> tuple[Any, ...]:
        return (self.product_id,)

    @property
    def size(self) -> Fraction:
        return Fraction(self.quantity)


@dataclass(frozen=True)
class PercentOff(Pieces, Benefit):
    """A percentage off everything, a category or certain products, at most so much."""

    name = "percent_off"
    order = 3
    percent: Fraction = argument(Percent(), required=True, default=Fraction(0))  # noqa: RUF009
    at_most: int | None = argument(Amount(lowest=1))

    def off(self, occasion: Occasion, left: Sequence[int]) -> list[int]:
        wished = [rest if meant else 0 for rest, meant in zip(left, self.meant(occasion), strict=True)]
        if not any(wished):
            return [0] * len(wished)
        total = half_up(sum(wished) * self.percent)
        return shared(total if self.at_most is None else min(total, self.at_most), wished, left)

    def shunned(self, occasion: Occasion) -> bool:
        return occasion.shuns(self.products, self.category)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"percent": float(self.percent * 100), "at_most": self.at_most, "pieces": self}

    @property
    def scope(self) -> tuple[Any, ...]:
        return (self.products, self.category, self.at_most)

    @property
    def size(self) -> Fraction:
        return self.percent


@dataclass(frozen=True)
class AmountOff(Pieces, Benefit):
    """An amount off, once, shared over the lines that are meant; never more than they come to."""

    name = "amount_off"
    order = 4
    amount: int = argument(Amount(lowest=1), required=True, default=0)

    def off(self, occasion: Occasion, left: Sequence[int]) -> list[int]:
        wished = [rest if meant else 0 for rest, meant in zip(left, self.meant(occasion), strict=True)]
        return shared(min(self.amount, sum(wished)), wished, left)

    def shunned(self, occasion: Occasion) -> bool:
        return occasion.shuns(self.products, self.category)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"amount": self.amount, "pieces": self}

    @property
    def scope(self) -> tuple[Any, ...]:
        return (self.products, self.category)

    @property
    def size(self) -> Fraction:
        return Fraction(self.amount)


@dataclass(frozen=True)
class FreeShipping(Benefit):
    """Delivery for nothing. What delivery costs is the shop's to know, so no line gets cheaper."""

    name = "free_shipping"
    order = 5
    pays = False


@dataclass(frozen=True)
class Message(Benefit):
    """Words, with a place to go; costs nothing."""

    name = "message"
    order = 6
    pays = False
    text: dict[str, str] | str = argument(Words(), required=True)  # noqa: RUF009
    url: str | None = argument(Address())

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"text": self.text}


BENEFITS: Mapping[str, type[Benefit]] = {
    held.name: held
    for held in (FixedPrice, BuyXGetY, FreeProduct, PercentOff, AmountOff, FreeShipping, Message)
}
"""Every benefit by its name, in the order in which they are applied."""


def read_benefit(document: Mapping[str, Any], reader: Reader) -> Benefit:
    """Return the benefit that a valid `gives` document describes."""
    given = [name for name, value in document.items() if value is not None]
    if len(given) != 1 or given[0] not in BENEFITS:
        raise invalid("/gives", f"An offer gives exactly one of {', '.join(BENEFITS)}.")
    (name,) = given
    return read_declared(BENEFITS[name], document[name], reader, f"/gives/{name}")
