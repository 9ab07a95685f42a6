"""The shop's reduced prices: a campaign every six weeks, and one big week in November."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from plugin.connectors.simulated.catalogue import Card, cards
from plugin.connectors.simulated.contexts import EVERYWHERE, contexts

DAY = 86_400.0
REFERENCE_DAYS = 30
EVERY_DAYS, LASTS_DAYS, LAST_STARTED_DAYS_AGO = 42, 14, 5


@dataclass(frozen=True)
class Campaign:
    """Some cards cost `percent` less from `start` to `end` (epoch seconds)."""

    start: float
    end: float
    percent: dict[str, int]


class PriceHistory:
    """What every product cost at any moment of the history, in euro cents."""

    def __init__(self, campaigns: list[Campaign]) -> None:
        self.campaigns = sorted(campaigns, key=lambda campaign: campaign.start)

    def percent_off(self, card: str, at: float) -> int:
        """The reduction of a card at a moment; 0 when it is sold at its usual price."""
        running = (c.percent.get(card, 0) for c in self.campaigns if c.start <= at < c.end)
        return max(running, default=0)

    def cents(self, card: str, cents: int, at: float) -> int:
        """The price then; reduced prices end in 0 or 5, rounded down, as a shop would write them."""
        percent = self.percent_off(card, at)
        return cents * (100 - percent) // 100 // 5 * 5 if percent else cents

    def changes(self, since: float, until: float) -> list[tuple[float, list[str]]]:
        """When the reductions of which cards began or ended, oldest first."""
        found: dict[float, set[str]] = {}
        for campaign in self.campaigns:
            for at in (campaign.start, campaign.end):
                if since < at < until:
                    found.setdefault(at, set()).update(campaign.percent)
        return [(at, sorted(found[at])) for at in sorted(found)]

    def prior_cents(self, card: str, cents: int, at: float) -> int | None:
        """The lowest price of the thirty days before a reduction; None where it is none, or saves nothing.

        A campaign that takes more off goes on with the one before it.
        """
        borders = sorted({border for c in self.campaigns for border in (c.start, c.end)}, reverse=True)
        percent, began = self.percent_off(card, at), at
        for border in [each for each in borders if each <= at]:
            before = self.percent_off(card, border - 1)
            began = border
            if not 0 < before <= percent:
                break
            percent = before
        since = began - (REFERENCE_DAYS + 1) * DAY  # thirty whole days, in whatever zone the shop is
        looked_at = [since, *(each for each in borders if since < each < began)]
        prior = min(self.cents(card, cents, each) for each in looked_at)
        return prior if self.cents(card, cents, at) < prior else None

    def reduced(self, at: float) -> list[str]:
        """The cards that cost less at that moment."""
        return sorted({key for c in self.campaigns if c.start <= at < c.end for key in c.percent})


def plan_sales(rng: random.Random, start: float, until: float) -> PriceHistory:
    """The campaigns between `start` and `until`; the newest began five days before `until` and still runs."""
    campaigns = []
    begin = until - LAST_STARTED_DAYS_AGO * DAY
    while begin + LASTS_DAYS * DAY > start:
        campaigns.append(Campaign(begin, begin + LASTS_DAYS * DAY, _reductions(rng)))
        begin -= EVERY_DAYS * DAY
    for year in range(_year(start), _year(until) + 1):
        november = datetime(year, 11, 20, tzinfo=UTC)
        anchors = {anchor: 20 for context in contexts().values() for anchor in context.anchors}
        campaigns.append(Campaign(november.timestamp(), (november + timedelta(days=11)).timestamp(), anchors))
    return PriceHistory(campaigns)


def _reductions(rng: random.Random) -> dict[str, int]:
    """Three departments, about a third of their cards."""
    stock = [card for card in cards().values() if card.key not in EVERYWHERE]
    departments = rng.sample(sorted({card.department for card in stock}), 3)
    chosen: list[Card] = [c for c in stock if c.department in departments and rng.random() < 0.34]
    return {card.key: rng.choice((10, 15, 20, 25)) for card in chosen}


def _year(at: float) -> int:
    return datetime.fromtimestamp(at, UTC).year
