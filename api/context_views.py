"""Learned contexts as documents."""

from __future__ import annotations

from typing import Any

from plugin.shop import Shop
from plugin.uses.learned import LearnedContext


def context_view(context: LearnedContext, shop: Shop) -> dict[str, Any]:
    """Return one context: what it is called, what tells it, who is in it, and the merchant's words."""
    said = context.words
    names = shop.catalogue.by_id
    return {
        "context_id": context.context_id,
        "use_id": context.use_id,
        "title": context.title(shop.catalogue, shop.settings.locale),
        "given_title": said.title if said is not None else None,
        "people": context.people,
        "products": [
            {
                "product_id": each,
                "name": names[each].name if each in names else None,
                "weight": round(weight, 3),
            }
            for each, weight in context.products.items()
        ],
        "hidden": context.hidden,
        "merged": list(context.merged),
        "merged_into": said.merged_into if said is not None else None,
        "promoted_to": context.promoted_to,
        "found": context.found,
    }
