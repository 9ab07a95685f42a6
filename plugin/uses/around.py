"""Contexts around what a shopper owns, suggested where nobody wrote an idea: what it is for besides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from math import exp

import numpy as np

from plugin.catalog import Product
from plugin.gather import Scene
from plugin.ownership import Owned
from plugin.reasons import FEWEST_SHOPPERS
from plugin.shelf.fatigue import lost
from plugin.shelf.gate import Gate
from plugin.uses.context_words import counts_as
from plugin.uses.learned import LearnedContext, contexts_of
from plugin.uses.suggested import Held, SuggestedUse, UseReason, in_language, since_when
from plugin.uses.suggesting import usable

DAY = 86_400.0
LEAST_OPENING, MOST_OPENING = 2, 3  # products that open a context
MOST_OWNED = 3

SENTENCES: dict[str, dict[str, str]] = {
    "en": {
        "also_for": "More with your {owned}, yours since {since}: {title}",
        "others_buy": "Around {owned}, yours since {since}, others buy things like {first} and {second}",
    },
    "de": {
        "also_for": "Mehr mit {owned}, seit {since} bei Ihnen: {title}",
        "others_buy": "Rund um {owned}, seit {since} bei Ihnen, kaufen andere etwa {first} und {second}",
    },
    "nl": {
        "also_for": "Meer met uw {owned}, van u sinds {since}: {title}",
        "others_buy": "Rond {owned}, van u sinds {since}, kopen anderen zoal {first} en {second}",
    },
    "nb": {
        "also_for": "Mer med {owned}, som du har hatt siden {since}: {title}",
        "others_buy": "Rundt {owned}, hos deg siden {since}, kjøper andre for eksempel {first} og {second}",
    },
}


def contexts_for(
    scene: Scene, gate: Gate, limit: int, with_products: Sequence[str] = (), below: float = 1.0
) -> list[SuggestedUse]:
    """Return contexts to enter, the likeliest first, `limit` at most, each with what opens it.

    A context is around something owned, and was not entered. It rests on at least five shoppers and is opened
    by two or three products that may be shown and have a price. With `with_products` only those around one of
    these. Scores fall from `below` (0 to 1). What is taken is noted on the scene.
    """
    found: list[tuple[float, SuggestedUse]] = []
    for strength, context, owned in _running(scene, with_products) if limit > 0 else ():
        use = _suggested(scene, gate, context, owned)
        if use is None:
            continue
        found.append((strength, use))
        scene.taken_uses.add(use.use_id)
        scene.taken.update(product.group for product in use.missing)
        if len(found) == limit:
            break
    first = found[0][0] if found else 0.0
    return [replace(use, score=below * exp(strength - first)) for strength, use in found]


def _running(scene: Scene, with_products: Sequence[str]) -> list[tuple[float, LearnedContext, list[Owned]]]:
    """The contexts that may be suggested, with how much speaks for each and what is owned of it."""
    learned, group_of = scene.model.contexts, scene.shop.catalogue.group_of
    if learned is None or not learned.count:
        return []
    owned = _one_of_each_group(scene)
    asked = set(map(group_of, with_products))
    at = scene.model.rows_of(owned)
    held = {row: owned[product_id] for product_id, row in at.items()}
    rows = np.fromiter(held, np.int64, len(held))
    ages = np.array([(scene.now - each.last_at) / DAY for each in held.values()])
    known, words = contexts_of(scene.shop, scene.model), scene.shop.context_words
    closed = {counts_as(str(number), words) for number in learned.entered_by(rows)}
    found: dict[str, tuple[float, LearnedContext, list[Owned]]] = {}
    for entry in learned.entries(rows, ages):
        context = known.get(counts_as(str(entry.id), words))
        theirs = [held[row] for row in entry.owned]
        if context is None or context.context_id in found or context.context_id in closed:
            continue
        if asked and asked.isdisjoint(group_of(each.product_id) for each in theirs):
            continue
        theirs.sort(key=lambda each: group_of(each.product_id) not in asked)  # told from what was asked about
        if _may_be_shown(scene, context):
            strength = entry.score - _tired(scene, context.use_id)
            found[context.context_id] = (strength, context, theirs)
    return sorted(found.values(), key=lambda each: (-each[0], each[1].context_id))


def _one_of_each_group(scene: Scene) -> dict[str, Owned]:
    """What is owned, of several variants the one bought last, as long as the catalogue has it."""
    newest: dict[str, Owned] = {}
    for product_id, held in usable(scene).items():
        product = scene.shop.catalogue.get(product_id)
        if product is None:
            continue
        before = newest.get(product.group)
        if before is None or (held.last_at, product_id) > (before.last_at, before.product_id):
            newest[product.group] = held
    return {held.product_id: held for held in newest.values()}


def _may_be_shown(scene: Scene, context: LearnedContext) -> bool:
    if context.hidden or context.people < FEWEST_SHOPPERS:
        return False
    idea = scene.shop.ideas.get(context.promoted_to) if context.promoted_to else None
    if idea is not None and idea.state == "live":
        return False
    return context.use_id not in scene.remembered.uses_refused and context.use_id not in scene.taken_uses


def _tired(scene: Scene, use_id: str) -> float:
    said = scene.remembered
    met = max(said.uses_opened.get(use_id, 0.0), said.uses_tried.get(use_id, 0.0))
    return lost(said.uses_shown.get(use_id, ()), met, scene.now)


def _suggested(
    scene: Scene, gate: Gate, context: LearnedContext, owned: Sequence[Owned]
) -> SuggestedUse | None:
    """The context as it is answered; None where too little of what opens it can be had."""
    missing = list(islice(_opening(scene, gate, context), MOST_OPENING))
    if len(missing) < LEAST_OPENING:
        return None
    catalogue, own = scene.shop.catalogue, scene.shop.settings.locale
    held = [Held(each.product_id, each.since, catalogue.get(each.product_id)) for each in owned[:MOST_OWNED]]
    return SuggestedUse(
        context.use_id,
        context.title(catalogue, scene.locale, own),
        tuple(held),
        tuple(missing),
        _reason(scene, context, held[0], missing),
        image_url=missing[0].image_url,
    )


def _opening(scene: Scene, gate: Gate, context: LearnedContext) -> Iterator[Product]:
    """What opens a context, the most telling first: what may be shown, has a price, and was never owned."""
    taken = set(scene.owned_groups)
    for product_id in context.products:
        product = gate.card(product_id)
        if product is not None and product.group not in taken and product.price_now is not None:
            taken.add(product.group)
            yield product


def _reason(scene: Scene, context: LearnedContext, held: Held, missing: Sequence[Product]) -> UseReason:
    locale = scene.locale or scene.shop.settings.locale
    sentences = in_language(SENTENCES, locale)
    title = context.given_title(scene.locale, scene.shop.settings.locale)
    code = "others_buy" if title is None else "also_for"
    first, second = (each.text("name", locale) or each.product_id for each in missing[:2])
    since = since_when(held.since, locale, scene.shop.settings.timezone, scene.now)
    owned = held.name(locale)
    text = sentences[code].format(owned=owned, since=since, title=title, first=first, second=second)
    return UseReason(code, text, held.product_id, held.since)
