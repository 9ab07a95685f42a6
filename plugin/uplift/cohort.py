"""Whom an experiment is about: shoppers in the shop while a rule was live, who could have been given it.

A shopper comes in at the first visit at which the rule's conditions hold, as things stood just before it.
That moment cannot know which arm they are in: up to then nobody was offered anything. Visits are looks,
searches and baskets; an order is none, because offers make orders. In a shop whose log has no visits,
everybody comes in when the rule does: those who bought within the year before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from plugin.activity import Shopper
from plugin.gather import Scene
from plugin.history import Readable
from plugin.identity.past import PERSONS
from plugin.offers.evaluate import evaluate
from plugin.offers.holdout import holds_out
from plugin.offers.occasion import drawn
from plugin.offers.offer import BY_DISCOUNT, Limits, Offer
from plugin.offers.verdict import Verdict
from plugin.shop import Shop
from plugin.shopper import Profile, fold
from plugin.store.log import Log
from plugin.uplift.live import Stretch
from recommender.model import Model

DAY = 86_400.0
BEFORE_DAYS = 365.0
MOST_HELD_OUT, MOST_OFFERED = 10_000, 20_000
MOST_VISITS = 10  # days of one shopper at which conditions are tried
VISITS, BUYERS = "visits", "buyers"
IN_THE_BASKET = frozenset({"subtotal", "product", "quantity"})
LOOKING = ("viewed", "clicked", "searched", "listed", "carted", "uncarted", "basket", "wished", "shown")
NOT_FOLDED = (*LOOKING, "unwished", "reviewed", "shared", "coupon", "promotion", "product")

# Whoever is two of the shop's own shoppers in one may have been in both arms.
VISIT_DAYS = f"""
WITH persons AS ({PERSONS}),
several AS (
    SELECT ref AS shopper FROM persons WHERE ref LIKE 'u:%'
    UNION SELECT person FROM persons WHERE ref LIKE 'u:%'),
days AS (
    SELECT shopper, floor(happened_at / {DAY}) AS day, min(happened_at) AS moment FROM log
    WHERE shopper LIKE 'u:%' AND kind IN (SELECT unnest($looking))
        AND happened_at >= $since AND happened_at < $before GROUP BY ALL)
SELECT shopper, list_slice(list(moment ORDER BY moment), 1, {MOST_VISITS}) AS moments
FROM days ANTI JOIN several USING (shopper) GROUP BY shopper
"""
BOUGHT_BEFORE = f"""
WITH persons AS ({PERSONS}),
several AS (
    SELECT ref AS shopper FROM persons WHERE ref LIKE 'u:%'
    UNION SELECT person FROM persons WHERE ref LIKE 'u:%')
SELECT DISTINCT shopper, [$since] AS moments FROM log ANTI JOIN several USING (shopper)
WHERE shopper LIKE 'u:%' AND kind = 'bought' AND trust = 'shop'
    AND happened_at >= $since - {BEFORE_DAYS * DAY} AND happened_at < $since AND $before > $since
    AND len($looking) > 0
"""


@dataclass(frozen=True, slots=True)
class Member:
    """One shopper of the experiment: since when, in which arm, and as they stood just before."""

    ref: str
    since: float
    offered: bool
    scene: Scene


@dataclass(frozen=True, slots=True)
class Cohort:
    """The members, and by what they came in (`visits` or `buyers`)."""

    by: str
    members: list[Member]


@dataclass(frozen=True, slots=True)
class Field:
    """Where an experiment is looked for: the shop, its log, whom models may read, and whom nobody counts."""

    shop: Shop
    model: Model
    log: Log
    readable: Readable
    nobody: frozenset[str]


def cohort(field: Field, offer: Offer, stretch: Stretch, before: float) -> Cohort:
    """Return who came in from the stretch's beginning on and strictly before a moment.

    At most 10,000 held out and 20,000 offered, evenly drawn: more tell nothing more.
    """
    asked = {"since": stretch.since, "before": before, "looking": list(LOOKING)}
    by, moments = VISITS, _moments(field, VISIT_DAYS, asked)
    if not moments:
        by, moments = BUYERS, _moments(field, BOUGHT_BEFORE, asked)
    chosen = _some(field.shop, offer, list(moments))
    return Cohort(by, list(_members(field, offer, {ref: moments[ref] for ref in chosen})))


def _moments(field: Field, sql: str, asked: dict[str, Any]) -> dict[str, list[float]]:
    rows = field.log.query(*field.readable.among(sql, asked)).to_pylist()
    return {row["shopper"]: row["moments"] for row in rows if row["shopper"] not in field.nobody}


def _some(shop: Shop, offer: Offer, refs: Sequence[str]) -> list[str]:
    """So many of each arm as are learned from, whom exactly by a draw of its own."""
    arms: dict[bool, list[str]] = {True: [], False: []}
    for ref in sorted(refs, key=lambda ref: drawn("cohort", key_of(shop, ref))):
        arms[holds_out(offer, key_of(shop, ref))].append(ref)
    return arms[True][:MOST_HELD_OUT] + arms[False][:MOST_OFFERED]


def _members(field: Field, offer: Offer, moments: dict[str, list[float]]) -> Iterator[Member]:
    """Play the log through once, in time order; stop at each visit and see whether the rule opens there."""
    tried = _on_its_own(offer)
    profiles: dict[str, Profile] = {ref: Profile() for ref in moments}
    visits = sorted((at, ref) for ref, times in moments.items() for at in times)
    waiting, at_visit = set(moments), 0
    what = {"refs": sorted(moments), "not_folded": list(NOT_FOLDED)}
    told = field.log.activities(
        "shopper IN (SELECT unnest($refs)) AND kind NOT IN (SELECT unnest($not_folded))", what
    )
    activity = next(told, None)
    while at_visit < len(visits) and waiting:
        at, ref = visits[at_visit]
        if activity is not None and activity.at < at:
            if activity.shopper is not None and activity.shopper.ref in waiting:
                fold(profiles[activity.shopper.ref], [activity])
            activity = next(told, None)
            continue
        at_visit += 1
        if ref not in waiting:
            continue
        scene = Scene(field.shop, field.model, Shopper.from_ref(ref), profiles[ref], at, given_basket=())
        if _could_be_given(evaluate([tried], scene.occasion)[0]):
            waiting.discard(ref)
            yield Member(ref, at, not holds_out(offer, key_of(field.shop, ref)), scene)


def _could_be_given(verdict: Verdict) -> bool:
    """Whether the visit may end with the offer: granted, or unlocked by what is put into the basket."""
    step = verdict.unlock
    steps = () if step is None else (step, *step.also)
    return verdict.shown and all(each.kind in IN_THE_BASKET for each in steps)


def _on_its_own(offer: Offer) -> Offer:
    """The offer as its conditions alone decide: nobody held out, no limit, no rival."""
    return replace(
        offer,
        state="live",
        holdout=0.0,
        group=None,
        limits=Limits(),
        choose=BY_DISCOUNT,
        starts=None,
        ends=None,
    )


def key_of(shop: Shop, ref: str) -> str:
    """Return what a shopper's stable shares are drawn by."""
    return f"{shop.shop_id}/{ref}"
