"""What a ladder would do before it stands: who would stand where, and how many would flip by mere noise.

Up to 2,000 shoppers are looked at one by one, by the very judgement that counts later; of a larger shop as
many are drawn by a hash of their id, the same ones each time, and counts are scaled up to all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from plugin.activity import Shopper
from plugin.history import figures_between
from plugin.shopper import Profile
from plugin.tiers.holding import judged
from plugin.tiers.keeping import NAMED, Measures
from plugin.tiers.ladder import TierLadder
from plugin.tiers.measure import Measure, Measuring, recency
from plugin.tiers.place import placed
from plugin.tiers.standing import Held, Standing, take_standing
from plugin.tiers.window import DAY

if TYPE_CHECKING:
    from plugin.shop import Shop
    from plugin.shops import Shops
    from plugin.store.memory import ShopMemory

MOST = 2_000
READ_AT_ONCE = 250
NOISE = 0.05
WEEKS = 8
SEED = 20_260_101
TOO_MANY = 0.02  # of the shoppers may rise and fall within the weeks by noise alone, before it is warned of

DRAWN = f"""
WITH named AS ({NAMED})
SELECT shopper, (SELECT count(*) FROM named) AS everybody
FROM named ORDER BY md5(shopper), shopper LIMIT $most
"""

Progress = Callable[[int, int], None]


def preview(
    shops: Shops,
    shop_id: str,
    document: Mapping[str, Any],
    now: float,
    progress: Progress = lambda done, of: None,
) -> dict[str, Any]:
    """Return who stands where now and would by this ladder, and how many would flip by noise.

    `now` is as shoppers stand (kept and set by hand included), `proposed` by figures alone. A flip is
    counted over eight weeks in which nothing happens but noise: each week every shopper's recency, number of
    orders and money (by spend, points and value: the one amount) are taken times 1 + 0.05 z, z drawn from
    the standard normal distribution, each by itself and with a fixed seed. It is told for the ladder as it
    is written, and for the same one without hysteresis and grace. A rule has no amount that noise could
    move. Raises `Invalid` for a ladder that cannot be climbed.
    """
    shop, memory = shops.view(shop_id, fresh=True), shops.memory(shop_id)
    ladder = TierLadder.from_document(document, shop.settings.currency)
    standing = _standing(shop, ladder, memory, now)
    rows = memory.log.query(DRAWN, {"most": MOST}).to_pylist()
    everybody = rows[0]["everybody"] if rows else 0
    stood: Counter[str] = Counter()
    moved: Counter[tuple[str, str]] = Counter()
    measured: list[Measuring] = []
    measures = Measures(shops, shop, now, ladder)
    people = _people(memory, [Shopper.from_ref(row["shopper"]) for row in rows], progress)
    for shopper, profile in people:
        by_own = measures.of(shopper, profile)
        own = placed(profile, by_own, now).tier
        asked = replace(by_own, ladder=ladder, standing=standing)
        proposed = judged(asked, now).held.tier
        stood[own] += 1
        moved[own, proposed] += 1
        measured.append(asked)
    scale = everybody / len(measured) if measured else 1.0
    return {
        "as_of": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "shoppers": everybody,
        "looked_at": len(measured),
        "now": _by_tier(shop.ladder, stood, scale),
        "proposed": _by_tier(ladder, _towards(moved), scale),
        "moves": [
            {"from": own, "to": proposed, "shoppers": round(count * scale)}
            for (own, proposed), count in moved.most_common()
            if own != proposed
        ],
        "too_few_buyers": ladder.basis == "rfm" and (standing is None or not standing.speaks),
        **_flipping(measured, ladder, now, scale),
    }


@dataclass(frozen=True)
class _Noisy(Measuring):
    """One shopper whose measure each week is given; what they did plays no part."""

    began: float = 0.0
    weekly: Sequence[float] = ()

    def at(self, moment: float) -> Measure:
        week = min(int((moment - self.began) // (7 * DAY)), len(self.weekly) - 1)
        return Measure(float(self.weekly[max(week, 0)]), None, {})


def _flipping(measured: Sequence[Measuring], ladder: TierLadder, now: float, scale: float) -> dict[str, Any]:
    if ladder.basis == "rule" or not measured:
        return {"flips": None, "warning": None}
    weekly = _with_noise(measured, now)
    bare = replace(ladder, hysteresis=0.0, grace_days=0)
    written, unprotected = (_flips(weekly, each, now) for each in (ladder, bare))
    warning = None
    if written["both"] > TOO_MANY * len(measured):
        warning = (
            f"{100 * written['both'] / len(measured):.1f} % of the shoppers would rise and fall within "
            f"{WEEKS} weeks by noise alone: give the ladder more hysteresis or more days of grace."
        )
    return {
        "flips": {
            "noise": NOISE,
            "weeks": WEEKS,
            "seed": SEED,
            "as_written": {name: round(count * scale) for name, count in written.items()},
            "without_protection": {name: round(count * scale) for name, count in unprotected.items()},
        },
        "warning": warning,
    }


def _with_noise(measured: Sequence[Measuring], now: float) -> np.ndarray:
    """Each shopper's measure now and in each of the coming weeks, noise in all but the first."""
    chance = np.random.default_rng(SEED)
    factors = 1.0 + NOISE * chance.standard_normal((3, len(measured), WEEKS + 1))
    factors[:, :, 0] = 1.0
    standing = measured[0].standing
    if measured[0].ladder.basis != "rfm":
        amounts = np.array([asked.at(now).value for asked in measured])
        return amounts[:, None] * factors[0]
    if standing is None or not standing.speaks:
        return np.zeros((len(measured), WEEKS + 1))
    figures = [asked.figures(now) for asked in measured]
    told = np.array([[recency(each, now), each.orders, each.spent] for each in figures], np.float64)
    noisy = np.maximum(told.T[:, :, None] * factors, 0.0)
    scores = standing.edges.scores(*(part.ravel() for part in noisy)).rfm
    edges = np.array(standing.score)
    places = np.searchsorted(edges, scores, "left") + np.searchsorted(edges, scores, "right")
    bought = (told[:, 1] > 0)[:, None]
    return bought * (places / (2.0 * max(len(edges), 1))).reshape(noisy.shape[1:])


def _flips(weekly: np.ndarray, ladder: TierLadder, now: float) -> dict[str, int]:
    """How many shoppers rise, fall, do both, within the weeks, and how many changes that is in all."""
    found = {"up": 0, "down": 0, "both": 0, "changes": 0}
    for row in weekly:
        asked = _Noisy(ladder, None, "EUR", (), began=now, weekly=row.tolist())
        held: Held | None = Held(ladder.reached(float(row[0])).tier, None, now, now)
        up = down = 0
        for week in range(1, len(row)):
            told = judged(asked, now + week * 7 * DAY, held)
            up += sum(step.how == "risen" for step in told.steps)
            down += sum(step.how == "fallen" for step in told.steps)
            held = told.held
        found["up"] += up > 0
        found["down"] += down > 0
        found["both"] += up > 0 and down > 0
        found["changes"] += up + down
    return found


def _standing(shop: Shop, ladder: TierLadder, memory: ShopMemory, now: float) -> Standing | None:
    """The shop's standing within the window of this ladder."""
    if ladder.basis != "rfm" or (shop.standing is not None and ladder.window_days == shop.ladder.window_days):
        return shop.standing
    return take_standing(figures_between(memory.log, now - ladder.window_days * DAY, now), now)


def _people(
    memory: ShopMemory, shoppers: Sequence[Shopper], progress: Progress
) -> Iterator[tuple[Shopper, Profile]]:
    """Each of these shoppers with what is known of them; who is part of somebody else is told as them."""
    for first in range(0, len(shoppers), READ_AT_ONCE):
        some = shoppers[first : first + READ_AT_ONCE]
        for shopper, look in zip(some, memory.shoppers.looks(some), strict=True):
            try:
                profile = memory.shoppers.whole(shopper, look)
            except (KeyError, TypeError, ValueError):  # the worker tells of one that cannot be read
                continue
            if not profile.known_as or profile.known_as[0].ref == shopper.ref:
                yield shopper, profile
        progress(min(first + READ_AT_ONCE, len(shoppers)), len(shoppers))


def _towards(moved: Counter[tuple[str, str]]) -> Counter[str]:
    towards: Counter[str] = Counter()
    for (_, proposed), count in moved.items():
        towards[proposed] += count
    return towards


def _by_tier(ladder: TierLadder, counts: Mapping[str, int], scale: float) -> list[dict[str, Any]]:
    return [{"tier": tier.tier, "shoppers": round(counts.get(tier.tier, 0) * scale)} for tier in ladder.tiers]
