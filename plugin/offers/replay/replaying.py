"""A rule replayed over the past orders of a shop: on which it would have been given, and what for.

Verdicts of different shoppers do not touch each other but by the rule's own limits. So orders are judged
shopper by shopper, in several processes where there are many, and the limits are settled afterwards, in the
order of time; a limit that itself depends on time (a paced budget) is counted order by order instead.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import TYPE_CHECKING

import numpy as np

from plugin.offers.occasion import Occasion
from plugin.offers.offer import Offer
from plugin.offers.replay.candidates import Candidates
from plugin.offers.replay.judging import Judge, Judged, Then, gives
from plugin.offers.replay.past_catalogue import Written, written_before
from plugin.offers.replay.past_orders import NOBODY, PastOrders, past_orders
from plugin.offers.replay.reading import reading_of
from plugin.offers.verdict import Verdict
from plugin.redemptions.periods import period_name
from plugin.shop import Shop
from plugin.shopper import tiers
from plugin.shopper.fold import CHANGES
from plugin.store.log import Log

if TYPE_CHECKING:
    from recommender.model import Model

BROWSING = frozenset({"viewed", "clicked", "shown", "carted", "uncarted", "basket"})
EVERY_KIND = (frozenset(CHANGES) | frozenset(tiers.TAKING)) - BROWSING - {"bought"}
PARTS = 12
WORTH_PROCESSES = 20_000  # candidate orders from which on several processes are quicker than one
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the past: from when until when (epoch seconds), and how the rule is taken.

    A rule is taken as live all that time unless `as_written`: then its own window and state count.
    `everybody_has_codes` is whether its codes are taken as known to all.
    """

    since: float
    until: float
    as_written: bool = False
    everybody_has_codes: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """One order on which the rule would have been given, or was held back (`reason` says why). Minor units.

    `known` is what the lines come to whose cost is known, with that `cost`, and what is taken off them.
    """

    order: int
    at: float
    ref: int
    reason: str
    subtotal: int
    discount: int
    known: int
    cost: int
    known_discount: int


@dataclass(frozen=True)
class Replayed:
    """What came of a replay: the orders asked about, and on which of them the rule would have been given."""

    rule: Offer
    question: Question
    shop: Shop
    past: PastOrders
    written: Mapping[str, Written]
    opens: Mapping[str, str]
    asked: np.ndarray
    given: list[Given]
    model: Model | None = None

    @property
    def reached(self) -> list[Given]:
        """The orders on which it would have been given."""
        return [each for each in self.given if each.reason == GIVEN]


GIVEN = "given"


def replay(
    shop: Shop,
    log: Log,
    rule: Offer,
    question: Question,
    *,
    opens: Callable[[Iterable[str]], Mapping[str, str]] = lambda codes: {},
    model: Model | None = None,
    processes: int = 1,
    progress: Progress = lambda done, of: None,
) -> Replayed:
    """Return on which orders of the past a rule would have been given.

    `opens` says which offers the codes open that orders tell of. `model` is the one in service, which says
    what a shopper needs. `progress` is called with how many candidate
    orders are judged, and of how many.
    """
    rule = rule if question.as_written else as_if_live(rule)
    reading = reading_of([rule], shop.ladder, EVERY_KIND)
    past = past_orders(log, question.until, reading.kinds)
    written = written_before(log, question.until, shop.catalogue)
    among = Candidates(past, shop.catalogue, written)
    asked = np.flatnonzero(past.at >= question.since)
    orders = np.flatnonzero((past.at >= question.since) & among.of(rule))
    then = then_of(shop, (rule,), past, written, among, question, opens(set(past.coupons.values())), model)
    given = _given(then, orders, processes, progress)
    return Replayed(rule, question, shop, past, written, then.opens, asked, given, model)


def then_of(
    shop: Shop,
    rules: tuple[Offer, ...],
    past: PastOrders,
    written: Mapping[str, Written],
    among: Candidates,
    question: Question,
    opens: Mapping[str, str],
    model: Model | None = None,
) -> Then:
    """Return the past in which these rules are judged."""
    reading = reading_of(rules, shop.ladder, EVERY_KIND)
    meant = None
    if reading.products is not None:
        each = [among.products(held.product_id, held.category) for held in reading.products]
        asked = np.logical_or.reduce([np.zeros(len(past.product_ids), bool), *each])
        meant = frozenset(past.product_ids[at] for at in np.flatnonzero(asked).tolist())
    return Then(
        shop=shop,
        rules=rules,
        past=past,
        written=written,
        meant=meant,
        anything=reading.anything,
        everybody_has_codes=question.everybody_has_codes,
        opens=opens,
        model=model,
    )


def as_if_live(rule: Offer) -> Offer:
    """Return a rule as if it were live, and had been for ever."""
    document = {**rule.document, "state": "live", "from": None, "until": None}
    return replace(rule, state="live", starts=None, ends=None, document=document)


def _given(then: Then, orders: np.ndarray, processes: int, progress: Progress) -> list[Given]:
    (rule,) = then.rules
    if rule.limits.pacing:
        in_time = orders[np.argsort(then.past.at[orders], kind="stable")]
        judge = Judge(replace(then, past=then.past.listed()))
        judged = judge.in_time(_told(in_time.tolist(), progress), fully=False)
        return [
            found for each in judged if (found := _found(each.order, each.verdicts[0], each.occasion, then))
        ]
    if processes > 1 and len(orders) >= WORTH_PROCESSES and not then.anything:
        every = _in_processes(then, _parts(then.past, orders), processes, len(orders), progress)
    else:
        judge = Judge(replace(then, past=then.past.listed()))
        every = _found_in(then, judge.judged(_told(orders.tolist(), progress), fully=False))
    return settled(rule, every, then)


def _told(orders: Sequence[int], progress: Progress) -> Iterator[int]:
    for done, order in enumerate(orders):
        if done % 1_000 == 0:
            progress(done, len(orders))
        yield order
    progress(len(orders), len(orders))


def _parts(past: PastOrders, orders: np.ndarray) -> list[np.ndarray]:
    """Cut the orders into parts between two shoppers."""
    persons = past.person[orders]
    wanted = [len(orders) * number // PARTS for number in range(1, PARTS)]
    cuts = sorted({int(np.searchsorted(persons, persons[at])) for at in wanted if persons[at] != NOBODY})
    return [part for part in np.split(orders, cuts) if len(part)]


def _found_in(then: Then, judged: Iterable[Judged]) -> list[Given]:
    found = (_found(each.order, each.verdicts[0], each.occasion, then) for each in judged)
    return [each for each in found if each is not None]


def _found(order: int, verdict: Verdict, occasion: Occasion, then: Then) -> Given | None:
    reason = GIVEN if gives(verdict) or _is_said(verdict) else verdict.reason
    if verdict.applies and reason != GIVEN:
        return None  # granted, and nothing in the basket for it
    known = cost = off = 0
    discounts = verdict.discounts or (0,) * len(occasion.basket)
    for line, product, less in zip(occasion.basket, occasion.products, discounts, strict=True):
        if product is not None and product.cost is not None:
            known += line.quantity * line.unit_price
            cost += line.quantity * product.cost
            off += less
    ref = int(then.past.ref[order])
    discount = sum(verdict.discounts)
    return Given(order, occasion.now, ref, reason, occasion.subtotal, discount, known, cost, off)


def _is_said(verdict: Verdict) -> bool:
    """Whether it would have been given at no cost here: words, or a gift for the next visit."""
    return verdict.verdict == "granted" and (verdict.offer.gives.name == "message" or not verdict.applies)


def settled(rule: Offer, found: Iterable[Given], then: Then) -> list[Given]:
    """Return the same in the order of time, with the rule's limits counted as it goes along."""
    limits, zone = rule.limits, then.shop.settings.timezone
    by_shopper: dict[int, int] = {}
    by_period: dict[str, int] = {}
    total = spent = 0
    told = []
    for each in sorted(found, key=lambda each: (each.at, each.order)):
        if each.reason != GIVEN or rule.gives.name == "message":
            told.append(each)
            continue
        period = period_name(limits.period, each.at, zone) if limits.period else ""
        full = (
            (limits.total is not None and total >= limits.total)
            or (
                limits.per_shopper is not None
                and each.ref != NOBODY
                and by_shopper.get(each.ref, 0) >= limits.per_shopper
            )
            or (limits.per_period is not None and by_period.get(period, 0) >= limits.per_period)
        )
        if full:
            told.append(replace(each, reason="limit_reached", discount=0, known_discount=0))
        elif limits.budget is not None and spent + each.discount > limits.budget:
            told.append(replace(each, reason="budget_reached", discount=0, known_discount=0))
        else:
            total, spent = total + 1, spent + each.discount
            by_shopper[each.ref] = by_shopper.get(each.ref, 0) + 1
            by_period[period] = by_period.get(period, 0) + 1
            told.append(each)
    return told


_judge_of: list[Callable[[PastOrders], Judge]] = []


def _begin(then: Then) -> None:
    """Prepare a process for the parts that it will be given."""
    _judge_of[:] = [lambda past: Judge(replace(then, past=past))]


def _part(past: PastOrders, orders: list[int], first: int) -> list[Given]:
    """Judge a part, whose first order is the whole's number `first`."""
    judge = _judge_of[0](past.listed())
    found = _found_in(judge.then, judge.judged(orders, fully=False))
    return [replace(each, order=each.order + first) for each in found]


def _in_processes(
    then: Then, parts: Sequence[np.ndarray], processes: int, of: int, progress: Progress
) -> list[Given]:
    common = replace(then, shop=_to_take_along(then.shop), past=then.past.part(0, 0))
    found: list[Given] = []
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(common,)
    ) as pool:
        asked = []
        for part in parts:
            first, end = _bounds(then.past, part)
            orders = (part - first).tolist()
            asked.append((len(part), pool.submit(_part, then.past.part(first, end), orders, first)))
        done = 0
        for size, answer in asked:
            found += answer.result()
            done += size
            progress(done, of)
    return found


def _to_take_along(shop: Shop) -> Shop:
    """The shop with what such rules read of it; the rest does not travel between processes."""
    slim = copy.copy(shop)
    for name in ("ideas", "use_trust", "context_words", "placements", "keys"):
        delattr(slim, name)
    return slim


def _bounds(past: PastOrders, part: np.ndarray) -> tuple[int, int]:
    """The orders of everybody in a part, from the first to the end."""
    low, high = past.person[part[0]], past.person[part[-1]]
    first = int(np.searchsorted(past.person, low)) if low != NOBODY else int(part[0])
    end = int(np.searchsorted(past.person, high, side="right")) if high != NOBODY else int(part[-1]) + 1
    return first, end
