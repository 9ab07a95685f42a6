"""The smallest change that unlocks an offer: what each way takes here, and which of them asks least.

How much a change asks is compared part by part, the first that differs decides: how high a tier must be
climbed to, how many further orders, what is to be spent in them, whether a code is needed, and what the
additions to this basket cost; of plans that ask the same, that of fewer pieces is told. What is added costs
what it costs in the catalogue today, the cheapest where there is a choice, and not less than the amount that
is missing; anything else costs what the cheapest product does at least. One piece serves as many ends as it
fits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import islice
from typing import Any

from plugin.offers.changes import NOTHING, Change, Unlock
from plugin.offers.goods import Goods, Priced, choice_of
from plugin.offers.occasion import Occasion
from plugin.tiers.standing import Place

MOST_TRIED = 1_000  # combinations of pieces that are weighed for one rule
MOST_LOOKED_AT = 500  # products of one kind of goods, cheapest first
MOST_PRICES = 30  # of one kind, where a dearer piece may be what is needed

Measure = tuple[int, int, int, bool, int]


@dataclass(frozen=True)
class Plan:
    """A change as it can be carried out here.

    `named` are products to add, `open` goods of which any will do, `chosen` all of these as they would be
    taken, `price` what they cost. `loose` are pieces of anything else, `different` how many products these
    must be at least, `amount` (minor units) what anything else must come to.
    """

    change: Change
    named: Mapping[str, int] = field(default_factory=dict)
    open: Mapping[Goods, int] = field(default_factory=dict)
    chosen: Mapping[str, int] = field(default_factory=dict)
    price: int = 0
    loose: int = 0
    different: int = 0
    amount: int = 0
    pieces: int = 0
    money: int = 0

    @property
    def measure(self) -> Measure:
        """How much it asks, comparable with other plans."""
        change = self.change
        height = change.tier[0] if change.tier else 0
        return height, change.further_orders, change.spend, change.code, self.money

    @property
    def beyond_the_basket(self) -> bool:
        """Whether it takes more than additions to this basket, so that it may move other conditions too."""
        return bool(self.change.tier or self.change.further_orders)


READY = Plan(NOTHING)
"""Nothing is missing."""


def smallest(changes: Iterable[Change], occasion: Occasion, unlocks: Callable[[Plan], bool]) -> Plan | None:
    """Return the plan that asks least of those that can be carried out, None where none can.

    `unlocks` tells of a plan that goes beyond the basket whether it would really do.
    """
    trials = Trials(MOST_TRIED)
    plans = [plan for change in changes if (plan := _worked_out(change, occasion, trials)) is not None]
    if len(plans) > 1:
        plans.sort(key=lambda plan: (plan.measure, plan.pieces))
    return next((plan for plan in plans if not plan.beyond_the_basket or unlocks(plan)), None)


@dataclass
class Trials:
    """How many combinations may still be weighed: no rule takes long, however it is written."""

    left: int


def _worked_out(change: Change, occasion: Occasion, trials: Trials) -> Plan | None:
    """What a change takes with what is for sale; None where it cannot be had."""
    if not change.goods and not change.quantity and not change.lines:
        amount = change.subtotal
        if not amount or not change.room:
            money = max(amount, _cheapest(occasion)) if amount else 0
            return Plan(change, amount=amount, money=money, pieces=bool(amount))
        total = _Sum(change, occasion, trials)
        return total.plan({}, {}, {}) or (_best_cover({}, {}, total) if total.narrow else None)
    if len(change.goods) == 1 and not change.room and not change.lines:
        ((goods, more),) = change.goods.items()
        plan = _of_one_kind(goods, more, change, occasion)
        if plan is None or not 0 < plan.amount < _cheapest(occasion):
            return plan
    named: dict[str, int] = {}
    for goods, more in change.goods.items():
        if goods.product_id is not None:
            if not _for_sale(goods, occasion):
                return None
            named[goods.product_id] = more
    missing = {
        goods: rest
        for goods, more in change.goods.items()
        if goods.product_id is None and (rest := more - _fitting(goods, named, occasion)) > 0
    }
    total = _Sum(change, occasion, trials)
    if not missing and (plan := total.plan(named, {}, named)) is not None:
        return plan
    simple = _simple(named, missing, total)
    if total.narrow or (len(missing) > 1 and _overlap(missing, occasion)):
        return _best_cover(named, missing, total) or simple
    if simple is not None and 0 < simple.amount < _cheapest(occasion):
        total.narrow = True  # nothing costs as little as the rest: something dearer in the first place may do
        other = _best_cover(named, missing, total)
        return other if other is not None and other.money < simple.money else simple
    return simple


def _simple(named: Mapping[str, int], missing: Mapping[Goods, int], total: _Sum) -> Plan | None:
    """The plan of the cheapest pieces of each kind by itself; None without room, or where there are none."""
    chosen = dict(named)
    for goods, more in missing.items():
        offered = _for_sale(goods, total.occasion)
        if not offered:
            return None
        cheapest = offered[0][1]
        chosen[cheapest] = chosen.get(cheapest, 0) + more
    if total.narrow:
        return total.plan(chosen, {}, chosen)
    return total.plan(named, missing, chosen)


def _of_one_kind(goods: Goods, more: int, change: Change, occasion: Occasion) -> Plan | None:
    """The plan where pieces of one kind are missing and nothing forbids any: what most rules come to."""
    offered = _for_sale(goods, occasion)
    if not offered:
        return None
    each, product_id = offered[0]
    chosen, price = {product_id: more}, each * more
    loose = change.quantity - more if change.quantity > more else 0
    amount = change.subtotal - price if change.subtotal > price else 0
    others = loose or (1 if amount else 0)
    money = price + max(others * _cheapest(occasion), amount) if others else price
    if goods.product_id is not None:
        return Plan(change, chosen, {}, chosen, price, loose, 0, amount, more + others, money)
    return Plan(change, {}, change.goods, chosen, price, loose, 0, amount, more + others, money)


def _overlap(several: Iterable[Goods], occasion: Occasion) -> bool:
    """Whether some product for sale is of two of these goods at once."""
    choice, seen = choice_of(occasion.catalogue), set[str]()
    for at, goods in enumerate(several):
        ids = choice.ids_of(goods, occasion.catalogue)
        if at and not seen.isdisjoint(ids):
            return True
        seen |= ids
    return False


class _Sum:
    """Adds up what a choice of pieces comes to, for one change on one occasion."""

    def __init__(self, change: Change, occasion: Occasion, trials: Trials) -> None:
        self.change = change
        self.trials = trials
        self.occasion = occasion
        #: whether it matters which pieces are taken, beyond what they cost
        self.narrow = bool(change.lines) or any(
            part in ("subtotal", "quantity", "lines") or part[0] == "goods" for part in change.room
        )

    def plan(
        self, named: Mapping[str, int], still_open: Mapping[Goods, int], chosen: Mapping[str, int]
    ) -> Plan | None:
        """The plan of taking these pieces, topped up by anything else; None where there is no room for it."""
        change, occasion = self.change, self.occasion
        price = sum(more * _price(product, occasion) for product, more in chosen.items())
        pieces = sum(chosen.values())
        fresh = sum(not occasion.pieces_of(product) for product in chosen)
        different = max(0, change.lines - fresh)
        loose = max(0, change.quantity - pieces, different)
        amount = max(0, change.subtotal - price)
        others = max(loose, bool(amount))
        money = price + max(others * _cheapest(occasion), amount) if others else price
        more = {
            "subtotal": money,
            "quantity": pieces + others,
            "lines": fresh + max(different, bool(others)),
        }
        if not self._fits(more, chosen):
            return None
        return Plan(
            change, named, still_open, chosen, price, loose, different, amount, pieces + others, money
        )

    def has_room(self, chosen: Mapping[str, int]) -> bool:
        """Whether there is room for these pieces, whatever else would have to come with them."""
        more = {
            "subtotal": sum(more * _price(product, self.occasion) for product, more in chosen.items()),
            "quantity": sum(chosen.values()),
            "lines": sum(not self.occasion.pieces_of(product) for product in chosen),
        }
        return self._fits(more, chosen)

    def _fits(self, more: Mapping[str, int], chosen: Mapping[str, int]) -> bool:
        for part, most in self.change.room.items():
            if isinstance(part, str):
                there = more.get(part, 0)
            else:
                there = _fitting(part[1], chosen, self.occasion) if part[0] == "goods" else 0
            if there > most:
                return False
        return True


def _best_cover(named: dict[str, int], missing: dict[Goods, int], total: _Sum) -> Plan | None:
    """The cheapest pieces that are all that is missing, where one may serve several ends or break another.

    Combinations are followed in order of what they cost; those that come to the same as one before, with as
    many pieces, are not followed twice. Where there is no room for anything else beside them, more of the
    same, or of what lies in the basket, makes up for it.
    """
    kinds = tuple(missing)
    close = tuple(part[1] for part in total.change.room if isinstance(part, tuple) and part[0] == "goods")
    offered = list(_worth_trying(kinds, close, total))
    best: Plan | None = None
    start = tuple(missing.values())
    waiting: list[tuple[int, int, tuple[int, ...], tuple[tuple[str, int], ...]]] = [(0, 0, start, ())]
    seen: set[Any] = set()
    while waiting and total.trials.left > 0:
        price, pieces, rest, taken = heappop(waiting)
        if best is not None and price > best.money:
            break
        if not any(rest):
            plan = _told(named, dict(taken), kinds, bool(close), total)
            if plan is not None and (
                best is None or (plan.measure, plan.pieces) < (best.measure, best.pieces)
            ):
                best = plan
            if plan is not None or not total.narrow:
                continue
        for (cost, product), fits in offered:
            left = tuple(max(0, more - fit) for more, fit in zip(rest, fits, strict=True))
            if left == rest and not total.narrow:
                continue
            total.trials.left -= 1
            more = dict(taken)
            more[product] = more.get(product, 0) + 1
            if total.narrow and not total.has_room(_sum_of(named, more)):
                continue
            after = tuple(sorted(more.items()))
            alike = after if total.narrow else (left, pieces + 1, price + cost)
            if alike not in seen:
                seen.add(alike)
                heappush(waiting, (price + cost, pieces + 1, left, after))
    return best


def _worth_trying(
    kinds: Sequence[Goods], close: Sequence[Goods], total: _Sum
) -> Iterator[tuple[Priced, tuple[bool, ...]]]:
    """The products to choose from, and what each fits: of those that fit alike the cheapest.

    Where there is only so much room, or products must differ, more of them: a dearer one may be the one.
    """
    alike: dict[Any, int] = {}
    seen: set[str] = set()
    most = MOST_PRICES if total.narrow else 1
    catalogue = total.occasion.catalogue
    lying = [Goods(line.product_id) for line in total.occasion.basket] if total.narrow else []
    asked = [goods for goods in total.change.goods if goods.product_id is not None] if total.narrow else []
    for kind in (*kinds, *lying, *asked):
        for price, product_id in islice(_for_sale(kind, total.occasion), MOST_LOOKED_AT):
            if product_id in seen:
                continue
            seen.add(product_id)
            product = catalogue.get(product_id)
            fits = tuple(goods.have(product, product_id) for goods in kinds)
            uses = tuple(goods.have(product, product_id) for goods in close)
            alike[fits, uses] = alike.get((fits, uses), 0) + 1
            if alike[fits, uses] <= most:
                yield (price, product_id), fits


def _told(
    named: Mapping[str, int], taken: Mapping[str, int], kinds: Sequence[Goods], close: bool, total: _Sum
) -> Plan | None:
    """The plan of these pieces, each told by its goods where any of them would do, else by its name."""
    known, still_open = dict(named), dict[Goods, int]()
    chosen = _sum_of(named, taken)
    for product_id, more in taken.items():
        product = total.occasion.catalogue.get(product_id)
        fits = [goods for goods in kinds if goods.have(product, product_id)]
        if len(fits) == 1 and not total.narrow:
            still_open[fits[0]] = still_open.get(fits[0], 0) + more
        else:
            known[product_id] = known.get(product_id, 0) + more
    return total.plan(known, still_open, chosen)


def _for_sale(goods: Goods, occasion: Occasion) -> list[Priced]:
    """What can be bought of these goods, cheapest first, without what this shopper avoids."""
    offered = choice_of(occasion.catalogue).of(goods, occasion.catalogue)
    if not occasion.avoided:
        return offered
    if occasion.shuns(None if goods.product_id is None else (goods.product_id,), goods.category):
        return []
    if goods.product_id is not None:
        return offered
    return [each for each in offered if not occasion.shuns((each[1],), None)]


def _cheapest(occasion: Occasion) -> int:
    """What the cheapest product of the shop costs."""
    known = occasion.answered
    if "cheapest" not in known:
        known["cheapest"] = choice_of(occasion.catalogue).cheapest(occasion.catalogue)
    price: int = known["cheapest"]
    return price


def _sum_of(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {product: one.get(product, 0) + other.get(product, 0) for product in (*one, *other)}


def _fitting(goods: Goods, pieces: Mapping[str, int], occasion: Occasion) -> int:
    get = occasion.catalogue.get
    return sum(more for product_id, more in pieces.items() if goods.have(get(product_id), product_id))


def _price(product_id: str, occasion: Occasion) -> int:
    product = occasion.catalogue.get(product_id)
    return (product.price_now if product else None) or 0


def unlock(plan: Plan, place: Place | None) -> Unlock:
    """Return a plan as the steps a shopper is told, those in the basket first."""
    change = plan.change
    steps: list[tuple[str, dict[str, Any]]] = [
        ("product", {"product_id": product, "quantity": more}) for product, more in plan.named.items()
    ]
    steps += [("product", {**goods.named(), "quantity": more}) for goods, more in plan.open.items()]
    if plan.loose:
        different = {"different": plan.different} if plan.different else {}
        steps.append(("quantity", {"quantity": plan.loose, **different}))
    if plan.amount:
        steps.append(("subtotal", {"amount": plan.amount}))
    visits = {goods: more for goods, more in change.visits.items() if more}
    steps += [("visit", {"visits": more, **goods.named()}) for goods, more in visits.items()]
    if change.orders > max(visits.values(), default=0):
        steps.append(("visit", {"visits": change.orders}))
    if change.spend:
        steps.append(("spend", {"amount": change.spend}))
    if change.tier:
        steps.append(("tier", _tier_missing(change.tier[1], place)))
    if change.code:
        steps.append(("code", {}))
    first, *further = (Unlock(kind, missing) for kind, missing in steps)
    return Unlock(first.kind, first.missing, tuple(further))


def _tier_missing(tier: str, place: Place | None) -> dict[str, Any]:
    progress = place.progress if place else None
    known = progress["missing"] if progress and progress["to"] == tier else {}
    return {"tier": tier, **known}
