"""How well a shop is answered: its history up to a moment learned, what came after it asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from plugin.errors import Refused
from plugin.history import cards_of, catalogue_before
from plugin.models.learned_from import learned_from
from plugin.models.versions import newest_marked
from plugin.peers import Peers
from plugin.shops import Shops
from plugin.worker import Worker
from recommender.evaluation.cases import cases_of
from recommender.evaluation.evaluate import Report, evaluate
from recommender.model import Model

#: the kinds whose answers a history holds
KINDS = ("complements", "for-you", "next-basket", "buy-again", "also-viewed")
MOST_CASES = 5_000
DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be evaluated: `kinds` in order, the `days` asked about, at most so many cases of a kind.

    `as_of` (epoch seconds) is where learning ends; None asks about the last days of the history. `seed`
    draws what is hidden and which cases are asked. `peers` are other libraries' models to run beside.
    """

    kinds: Sequence[str] = ("complements",)
    days: int = 30
    as_of: float | None = None
    most: int = MOST_CASES
    seed: int = 0
    peers: Peers | None = None


def evaluate_shop(
    shops: Shops,
    shop_id: str,
    asked: Asked,
    *,
    now: float,
    progress: Callable[[str, float], None] = lambda stage, share: None,
) -> list[Report]:
    """Return a report for each kind that there is something to ask about. Nothing is kept.

    With `as_of` the newest model marked with that moment answers (`NotFound` when there is none); without,
    one is learned for the occasion. Raises `Refused` for a kind whose answers no history holds, and, before
    any model is asked for, when there is nothing to ask at all.
    """
    for kind in asked.kinds:
        if kind not in KINDS:
            raise Refused(f"{kind!r} cannot be judged by history; {', '.join(KINDS)} can.")
    memory = shops.memory(shop_id)
    progress("reading the history", 0.0)
    Worker(shops, lambda: now).drain(shop_id)
    view = shops.view(shop_id, fresh=True)
    history = learned_from(shops, shop_id, now)
    as_of = asked.as_of
    if as_of is None:
        last = float(history.orders.time[-1]) + 1.0 if len(history.orders) else now  # the last order, too
        as_of = last - asked.days * DAY
    cards = cards_of(catalogue_before(memory.log, as_of, view.catalogue), view.settings.currency)
    until = as_of + asked.days * DAY
    kinds = [kind for kind in asked.kinds if cases_of(kind, history, as_of, until, asked.seed)]
    if not kinds:
        what = f"There is nothing to ask about {' or '.join(asked.kinds)}"
        raise Refused(f"{what} in the {asked.days} days from {_day(as_of)}; {_reach(history.orders.time)}.")
    model = None if asked.as_of is None else newest_marked(shops, shop_id, asked.as_of)
    if model is None:
        model = Model.fit(
            history, cards, as_of=as_of, progress=lambda stage, share: progress(stage, 0.05 + 0.4 * share)
        )
    found = []
    for place, kind in enumerate(kinds):
        found.append(
            evaluate(
                history,
                cards,
                kind,
                as_of=as_of,
                days=asked.days,
                seed=asked.seed,
                model=model,
                most=asked.most,
                others=asked.peers,
                progress=_share_of(progress, place, len(kinds)),
            )
        )
    progress("done", 1.0)
    return found


def _day(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def _reach(times: np.ndarray) -> str:
    """From when to when there are orders, in words."""
    if not len(times):
        return "there are no orders at all"
    return f"its orders go from {_day(float(times[0]))} to {_day(float(times[-1]))}"


def _share_of(progress: Callable[[str, float], None], place: int, of: int) -> Callable[[str, float], None]:
    """The progress of one kind's asking (its second half: the model is there) as a share of the whole."""
    return lambda stage, share: progress(stage, 0.45 + 0.55 * (place + 2 * (share - 0.5)) / of)
