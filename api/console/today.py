"""What the first page says: what came in, which model serves, which rules stand."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from plugin.money import decimal_text
from plugin.offers.sentences import Teller, in_language, rule_sentence
from plugin.reports import activity_by_day, models_of
from plugin.shop import Shop
from plugin.storefront import Storefront

DAYS = 14
BAR_HEIGHT = 96


def today(front: Storefront, shop: Shop) -> dict[str, Any]:
    """Return everything the page shows."""
    now = front.clock()
    memory = front.shops.memory(shop.shop_id)
    days = activity_by_day(memory.log, now, DAYS)
    currency = shop.settings.currency
    teller = Teller(shop.settings.locale, currency, shop.catalogue, shop.ladder, shop.settings.timezone)
    return {
        "settings": shop.settings,
        "products": len(shop.catalogue),
        "sellable": sum(product.sellable for product in shop.catalogue),
        "waiting": memory.archive().waiting(),
        "days": days,
        "bars": _bars(days),
        "events": sum(day.events for day in days),
        "orders": sum(day.orders for day in days),
        "revenue": _grouped(teller.money(sum(day.revenue for day in days))),
        "models": models_of(front.shops, shop),
        "tiers": [
            {"name": in_language(tier.title, "en") or tier.tier, "from": _from(tier, currency)}
            for tier in shop.ladder.tiers
        ],
        "rules": [
            {
                "title": in_language(offer.title, "en") or offer.offer_id,
                "state": offer.state,
                "sentence": rule_sentence(offer, teller),
            }
            for _, offer in sorted(shop.offers.items())
        ],
        "checks": front.safety(),
        "said_at": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "since": (datetime.fromtimestamp(now, UTC) - timedelta(days=DAYS - 1)).strftime("%-d %B"),
    }


def _grouped(money: str) -> str:
    """The same amount with its thousands apart, as the figures beside it have them."""
    return re.sub(r"\d{4,}", lambda digits: f"{int(digits[0]):,}", money, count=1)


def _from(tier: Any, currency: str) -> str:
    if tier.from_quantile is not None:
        return f"the best {round((1 - tier.from_quantile) * 100)} % of buyers"
    if tier.from_amount is not None:
        return f"from {decimal_text(tier.from_amount, currency)} {currency}"
    return "everybody"


def _bars(days: list[Any]) -> list[dict[str, Any]]:
    most = max((day.events for day in days), default=0) or 1
    return [
        {
            "x": 4 + number * 40,
            "y": BAR_HEIGHT - round(day.events / most * BAR_HEIGHT),
            "height": round(day.events / most * BAR_HEIGHT),
            "label": day.day.strftime("%-d"),
            "title": f"{day.day:%-d %B}: {day.events} activities, {day.orders} orders",
        }
        for number, day in enumerate(days)
    ]
