"""What leads to the next tier: money, orders, points, or what unlocks its rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from plugin.tiers.ladder import Tier
from plugin.tiers.measure import Measuring

ORDERS_AHEAD = 24


def progress(tier: Tier, asked: Measuring, now: float) -> dict[str, Any] | None:
    """Return `{"to", "title", "missing"}` of the tier above; None at the top or where it is out of sight."""
    goal = asked.ladder.above(tier)
    if goal is None:
        return None
    missing = MISSING[asked.ladder.basis](goal, asked, now)
    return None if missing is None else {"to": goal.tier, "title": goal.title, "missing": missing}


def _money(goal: Tier, asked: Measuring, now: float) -> dict[str, Any]:
    return {"amount": max(0, round(goal.threshold) - asked.figures(now).spent)}


def _points(goal: Tier, asked: Measuring, now: float) -> dict[str, Any]:
    return {"points": max(0, round(goal.threshold - asked.at(now).value))}


def _expected(goal: Tier, asked: Measuring, now: float) -> dict[str, Any]:
    return {"expected": max(0, round(goal.threshold - asked.at(now).value))}


def _orders(goal: Tier, asked: Measuring, now: float) -> dict[str, Any] | None:
    """How many orders like the shopper's own it takes."""
    standing, figures = asked.standing, asked.figures(now)
    if standing is None or not standing.speaks:
        return None
    usual = figures.spent / figures.orders if figures.orders else float(np.median(standing.edges.monetary))
    more = np.arange(1, ORDERS_AHEAD + 1)
    ahead = figures.orders + more, np.rint(figures.spent + more * usual)
    scores = standing.edges.scores(np.zeros(ORDERS_AHEAD), *ahead).rfm
    reaching = (
        n
        for n, score in zip(more, scores.tolist(), strict=True)
        if standing.quantile(score) >= goal.threshold
    )
    orders = next(reaching, None)
    return None if orders is None else {"orders": int(orders)}


def _unlock(goal: Tier, asked: Measuring, now: float) -> dict[str, Any] | None:
    """What unlocks the rule of the next tier, told as an offer of the same rule would tell it."""
    from plugin.offers.evaluate import evaluate  # offers know tiers
    from plugin.offers.offer import Offer

    occasion = asked.occasion()
    if occasion is None or goal.written is None:
        return None
    as_offer = {
        "offer_id": f"tier:{goal.step}",
        "state": "live",
        "when": goal.written,
        "gives": {"message": {"text": goal.tier}},
    }
    (verdict,) = evaluate([Offer.from_document(as_offer, asked.currency)], occasion)
    if verdict.unlock is None:
        return None
    return {"kind": verdict.unlock.kind, **verdict.unlock.missing}


MISSING: dict[str, Callable[[Tier, Measuring, float], dict[str, Any] | None]] = {
    "rfm": _orders,
    "spend": _money,
    "points": _points,
    "value": _expected,
    "rule": _unlock,
}
