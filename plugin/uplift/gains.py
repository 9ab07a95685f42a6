"""What offers are expected to bring with one shopper, for those that are chosen by it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plugin.gather import Scene
from plugin.offers.holdout import is_tried
from plugin.offers.offer import Offer
from plugin.uplift.effect import read_effect
from plugin.uplift.figures import figures_of
from plugin.uplift.live import terms_of


def expected_gains(scene: Scene, offers: Sequence[Offer]) -> dict[str, float]:
    """Return what each offer is expected to bring beyond what comes anyway, in minor units within its days.

    Left out, and so given as if nothing were known: an offer that was not measured as it stands, whose model
    says nothing or does not read any more, that opens by codes; and for a few shoppers any offer, by lot, so
    that what they do goes on telling. `offers` are those chosen by gain.
    """
    key, effects = scene.shopper_key, scene.shop.effects
    gains: dict[str, float] = {}
    for offer in offers:
        body = effects.get(offer.offer_id)
        if body is None or key is None or offer.offer_id in scene.shop.coded or is_tried(offer, key):
            continue
        effect = read_effect(body)
        if effect is None or effect.learned is None or not effect.learned.speaks:
            continue
        if effect.terms != terms_of(offer):  # measured when it gave something else
            continue
        figures = np.array([figures_of(scene, effect.learned.categories)], np.float64)
        gains[offer.offer_id] = float(effect.learned.model.uplift(figures)[0])
    return gains
