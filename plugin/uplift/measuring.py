"""From a shop's own log to what one of its offers brings: the experiment that its hold-out is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import orjson

from plugin.errors import NotFound
from plugin.models.learned_from import readable_by_models
from plugin.offers.holdout import is_tried
from plugin.offers.offer import BY_GAIN, Offer
from plugin.offers.rulebook import RuleVersion
from plugin.shops import Shops
from plugin.storefront import Storefront
from plugin.trust.teachers import teachers_before
from plugin.uplift.cohort import DAY, Cohort, Field, Member, cohort, key_of
from plugin.uplift.effect import MEASURED, NOT_POSSIBLE, NOT_YET, TOO_FEW, Effect, Learned, read_effect
from plugin.uplift.figures import categories_of, figures_of
from plugin.uplift.live import Stretch, live_stretch, terms_of
from plugin.uplift.outcome import Outcome, outcome
from recommender.uplift.difference import of_means, of_shares, shoppers_needed
from recommender.uplift.uplift import Uplift

DAYS = 28
EVERY_S = 86_400.0
FEWEST_AN_ARM = 100
FEWEST_TO_LEARN_FROM = 300  # shoppers of each arm, of whom ...
FEWEST_BUYERS = 20  # ... so many ordered
WORTH_SEEING = 0.2  # of those who order anyway: a growth by a fifth should not go unseen
LOUDEST = 0.99  # an order larger than this quantile of them counts as that: one alone teaches nothing


def refresh_effect(shops: Shops, shop_id: str, offer_id: str, now: float, days: int = DAYS) -> Effect:
    """Measure an offer from the log and keep what was found.

    Raises `NotFound` for a rule that is not there.
    """
    offer = shops.view(shop_id, fresh=True).offers.get(offer_id)
    if offer is None:
        raise NotFound(f"There is no offer rule {offer_id!r}.")
    effect = measured(shops, shop_id, offer, now, days)
    documents = shops.memory(shop_id).documents
    if documents.get(f"offer/{offer_id}"):  # it may have been deleted meanwhile
        documents.put({f"effect/{offer_id}": orjson.dumps(effect.to_document())})
    return effect


def known_effect(shops: Shops, shop_id: str, offer: Offer, now: float) -> Effect:
    """Return what is known of an offer's effect without looking at the log: what was measured last.

    `not_yet` also where it could be measured by now and was not: the background work does so every day.
    """
    blank, stretch = _asked(shops, shop_id, offer, now, DAYS)
    body = shops.view(shop_id).effects.get(offer.offer_id)
    held = read_effect(body) if stretch is not None and body is not None else None
    if stretch is None:
        return blank
    return held if held is not None and held.since == stretch.since else replace(blank, state=NOT_YET)


def measure_if_due(shops: Shops, shop_id: str, offer_id: str, now: float) -> int:
    """Measure an offer unless that was done within a day, or there is nothing to see; 1 if it was done."""
    shop = shops.view(shop_id)
    offer, body = shop.offers.get(offer_id), shop.effects.get(offer_id)
    held = read_effect(body) if body is not None else None
    fresh = held is not None and 0 <= now - held.as_of < EVERY_S
    if offer is None or fresh or _asked(shops, shop_id, offer, now, DAYS)[1] is None:
        return 0
    refresh_effect(shops, shop_id, offer_id, now)
    return 1


def measured(shops: Shops, shop_id: str, offer: Offer, now: float, days: int = DAYS) -> Effect:
    """Return what an offer has brought by now (epoch seconds), within so many days of coming in each.

    Only shoppers whose days are over count. Where a rule chooses for itself, those offered are the ones who
    are offered it whatever it is expected to bring: whoever is chosen differs from whoever is not.
    """
    blank, stretch = _asked(shops, shop_id, offer, now, days)
    if stretch is None:
        return blank
    field = _field(shops, shop_id, now)
    found = cohort(field, offer, stretch, min(stretch.until, now - days * DAY))
    if offer.choose == BY_GAIN:
        clear = [m for m in found.members if not m.offered or is_tried(offer, key_of(field.shop, m.ref))]
        found = replace(found, members=clear)
    return _compared(replace(blank, by=found.by), offer, found, field, now)


def _asked(shops: Shops, shop_id: str, offer: Offer, now: float, days: int) -> tuple[Effect, Stretch | None]:
    """What can be said without the log, and the time to be looked at; None where there is nothing to see."""
    blank = Effect(offer.offer_id, NOT_POSSIBLE, now, days, terms_of(offer))
    if offer.code is not None or offer.offer_id in shops.view(shop_id).coded:
        return replace(blank, why="code"), None
    if not offer.holdout:
        return replace(blank, why="nobody_held_out"), None
    stretch = live_stretch(offer, versions_of(shops, shop_id, offer.offer_id), now)
    if stretch is None:
        return replace(blank, why="never_live"), None
    blank = replace(blank, version=stretch.version, since=stretch.since, until=stretch.until)
    if min(stretch.until, now - days * DAY) <= stretch.since:
        return replace(blank, state=NOT_YET), None
    return blank, stretch


def versions_of(shops: Shops, shop_id: str, offer_id: str) -> list[RuleVersion]:
    """Return the versions kept of a rule, newest first; none where there never was one."""
    kept = shops.memory(shop_id).rules.versions(offer_id)
    return [RuleVersion.from_bytes(kept[number]) for number in sorted(kept, reverse=True)]


def _field(shops: Shops, shop_id: str, now: float) -> Field:
    shop, log = shops.view(shop_id), shops.memory(shop_id).log
    model = shops.model(shop) or Storefront(shops).untrained
    nobody = teachers_before(log, now, shop.trust_words).nobody
    return Field(shop, model, log, readable_by_models(shops, shop_id), nobody)


def _compared(blank: Effect, offer: Offer, found: Cohort, field: Field, now: float) -> Effect:
    """The arms beside each other, and what is learned from them."""
    members = found.members
    came = outcome(field.log, field.shop.catalogue, members, blank.days, now)
    offered = np.array([member.offered for member in members], bool)
    counts = (int(offered.sum()), int((~offered).sum()))
    told = replace(blank, offered=counts[0], held_out=counts[1], needed=_needed(offer, offered, came))
    if min(counts) < FEWEST_AN_ARM:
        return replace(told, state=TOO_FEW)
    buys = came.orders > 0
    left = None if came.left_over is None else of_means(came.left_over[offered], came.left_over[~offered])
    return replace(
        told,
        state=MEASURED,
        ordered=of_shares(int(buys[offered].sum()), counts[0], int(buys[~offered].sum()), counts[1]),
        paid=of_means(came.paid[offered], came.paid[~offered]),
        left=left,
        learned=_learned(members, offered, came, field),
    )


def _needed(offer: Offer, offered: np.ndarray, came: Outcome) -> int | None:
    """How many more shoppers it takes to see a fifth more of them order; None while nobody orders at all."""
    anyway = float(np.mean(came.orders[~offered] > 0)) if (~offered).any() else 0.0
    if not anyway:
        anyway = float(np.mean(came.orders > 0)) if len(offered) else 0.0
    if not anyway:
        return None
    share = 0.5 if offer.choose == BY_GAIN else offer.holdout
    in_all = shoppers_needed(anyway, WORTH_SEEING * anyway, share)
    fewest = int(np.ceil(FEWEST_AN_ARM / min(share, 1.0 - share)))
    return max(0, max(in_all, fewest) - len(offered))


def _learned(members: list[Member], offered: np.ndarray, came: Outcome, field: Field) -> Learned | None:
    """A model of the money, learned where both arms are large enough."""
    for arm in (offered, ~offered):
        if arm.sum() < FEWEST_TO_LEARN_FROM or (came.orders[arm] > 0).sum() < FEWEST_BUYERS:
            return None
    money = came.paid if came.left_over is None else came.left_over
    spent = money[money > 0]
    money = np.minimum(money, np.quantile(spent, LOUDEST)) if len(spent) else money
    scenes = [member.scene for member in members]
    categories = categories_of(scenes, field.shop)
    figures = np.array([figures_of(scene, categories) for scene in scenes], np.float64)
    return Learned(Uplift().fit(figures, offered.astype(float), money), categories)
