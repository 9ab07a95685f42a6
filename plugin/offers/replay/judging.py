"""Past orders judged one by one, by the one evaluation there is (`plugin/offers/evaluate`)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from plugin.activity import Shopper
from plugin.offers.evaluate import evaluate
from plugin.offers.occasion import BasketLine, Used
from plugin.offers.offer import Offer
from plugin.offers.replay.past_catalogue import CatalogueThen, Written
from plugin.offers.replay.past_occasion import Gathering, PastOccasion, past_occasion
from plugin.offers.replay.past_orders import NO_PRICE, NOBODY, PastOrders
from plugin.offers.replay.past_shopper import PastShopper
from plugin.offers.replay.reading import cheaply_held
from plugin.offers.verdict import Verdict
from plugin.redemptions.periods import period_name
from plugin.shop import Shop


@dataclass(frozen=True)
class Then:
    """The past that rules are judged in. `past` holds plain lists.

    `meant` are the products of which the rules ask what was bought, None if they may ask for any.
    `everybody_has_codes` takes every code of a rule as entered; else those count that the order's own
    document tells. `opens` says which offer each code that was made for one opens.
    """

    shop: Shop
    rules: tuple[Offer, ...]
    past: PastOrders
    written: Mapping[str, Written]
    meant: frozenset[str] | None
    anything: bool
    everybody_has_codes: bool = False
    opens: Mapping[str, str] = field(default_factory=dict)
    model: Any = None


@dataclass(frozen=True, slots=True)
class Judged:
    """One past order with what it was judged by, and the verdicts."""

    order: int
    occasion: PastOccasion
    verdicts: list[Verdict]


class Judge:
    """Judges the orders of one past. Of each shopper they are to be asked for in the order of time."""

    def __init__(self, then: Then) -> None:
        self.then = then
        self._shoppers: dict[int, PastShopper] = {}

    def judged(self, orders: Iterable[int], *, fully: bool = True) -> Iterator[Judged]:
        """Yield these orders with every rule's verdict; unless `fully`, only those whose conditions hold.

        Every limit is taken as not used at all.
        """
        rules = self.then.rules
        for order in orders:
            occasion = self.occasion(order)
            if fully or any(cheaply_held(rule.when, occasion) for rule in rules):
                yield Judged(order, occasion, evaluate(rules, occasion))

    def in_time(self, orders: Iterable[int], *, fully: bool = True) -> Iterator[Judged]:
        """Yield the same with the limits counted as it goes along; `orders` are in the order of time.

        What gives something is taken to have been used, as at a checkout.
        """
        rules, counts = self.then.rules, Counts(self.then.shop.settings.timezone)
        for order in orders:
            used = counts.used(rules, self.shopper_key(order), float(self.then.past.at[order]))
            occasion = self.occasion(order, used)
            if not fully and not any(cheaply_held(rule.when, occasion) for rule in rules):
                continue
            verdicts = evaluate(rules, occasion)
            for verdict in verdicts:
                if gives(verdict):
                    counts.count(verdict, self.shopper_key(order), occasion.now)
            yield Judged(order, occasion, verdicts)

    def occasion(self, order: int, used: Mapping[str, Used] | None = None) -> PastOccasion:
        """Return the occasion just before a past order was made."""
        then, now = self.then, self.then.past.at[order]
        name = then.past.name_of(order)
        codes = self._codes(order)
        catalogue = CatalogueThen(then.shop.catalogue, then.written, now)
        return past_occasion(
            Gathering(
                shop=then.shop,
                catalogue=catalogue,
                shopper=Shopper.from_ref(name) if name else None,
                known=self._known(order),
                now=now,
                basket=self._basket(order, catalogue),
                codes=codes,
                used=used or {},
                opened=self._opened(codes),
                anything=then.anything,
                model=then.model,
            )
        )

    def shopper_key(self, order: int) -> str | None:
        """Return whose limits an order counts to: nobody's for a guest."""
        return self.then.past.name_of(order)

    def _known(self, order: int) -> PastShopper | None:
        past, person = self.then.past, self.then.past.person[order]
        if person == NOBODY:
            return None
        if person not in self._shoppers:
            first, end = bisect_left(past.person, person), bisect_right(past.person, person)
            self._shoppers[person] = PastShopper(
                past,
                first,
                end,
                past.others.get(person, ()),
                self.then.meant,
            )
        return self._shoppers[person]

    def _basket(self, order: int, catalogue: CatalogueThen) -> tuple[BasketLine, ...]:
        past, lines = self.then.past, []
        for at in past.lines_of(order):
            product_id, price = past.product_ids[past.product[at]], past.price[at]
            if price == NO_PRICE:
                product = catalogue.get(product_id)
                price = product.price_now if product else None
            if price is not None:
                lines.append(BasketLine(product_id, past.quantity[at], price))
        return tuple(lines)

    def _codes(self, order: int) -> tuple[str, ...]:
        if self.then.everybody_has_codes:
            return tuple(str(rule.document["code"]) for rule in self.then.rules if rule.code is not None)
        told = self.then.past.coupons.get(order)
        return (told,) if told else ()

    def _opened(self, codes: Sequence[str]) -> frozenset[str]:
        if self.then.everybody_has_codes:
            return self.then.shop.coded
        return frozenset(self.then.opens[code] for code in codes if code in self.then.opens)


class Counts:
    """How far the limits of rules are used up while the past goes by."""

    def __init__(self, zone: str) -> None:
        self._zone = zone
        self._total: dict[str, int] = {}
        self._spent: dict[str, int] = {}
        self._by_shopper: dict[tuple[str, str | None], int] = {}
        self._by_period: dict[tuple[str, str], int] = {}

    def used(self, rules: Iterable[Offer], shopper: str | None, now: float) -> dict[str, Used]:
        """Return how far the rules are used up for a shopper at a moment."""
        return {
            rule.offer_id: Used(
                total=self._total[rule.offer_id],
                by_shopper=self._by_shopper.get((rule.offer_id, shopper), 0) if shopper else 0,
                spent=self._spent[rule.offer_id],
                in_period=self._by_period.get((rule.offer_id, self._period(rule, now)), 0),
            )
            for rule in rules
            if rule.limits.any and rule.offer_id in self._total
        }

    def count(self, verdict: Verdict, shopper: str | None, now: float) -> None:
        """Count one use of what was given."""
        offer_id = verdict.offer_id
        of_shopper, of_period = (offer_id, shopper), (offer_id, self._period(verdict.offer, now))
        self._total[offer_id] = self._total.get(offer_id, 0) + 1
        self._spent[offer_id] = self._spent.get(offer_id, 0) + sum(verdict.discounts)
        self._by_shopper[of_shopper] = self._by_shopper.get(of_shopper, 0) + 1
        self._by_period[of_period] = self._by_period.get(of_period, 0) + 1

    def _period(self, rule: Offer, now: float) -> str:
        return period_name(rule.limits.period, now, self._zone) if rule.limits.period else ""


def gives(verdict: Verdict) -> bool:
    """Whether an offer gives this basket something, and so is used: words, or nothing off, are not."""
    return verdict.applies and (any(verdict.discounts) or verdict.offer.gives.name == "free_shipping")
