"""When a tier ends if nothing more happens: hysteresis and grace in it, and words set by hand."""

from __future__ import annotations

from plugin.tiers.holding import Judged, carries, first
from plugin.tiers.ladder import Tier
from plugin.tiers.measure import AGEING, EXACT, Measuring
from plugin.tiers.recorded import ByHand
from plugin.tiers.standing import Fall
from plugin.tiers.window import DAY

LOWEST, BY_HAND, RULE, LEARNED, STAYS = "lowest", "set_by_hand", "rule", "learned_anew", "stays"
"""Why no date is told: everybody's tier, set by hand without end, a rule, a forecast that is learned anew
every few hours, or nothing in sight that would end it."""


def fall(asked: Measuring, judged: Judged, now: float, word: ByHand | None = None) -> Fall:
    """Return when the tier ends if nothing more happens, against today's standing; by RFM to the day.

    A tier set by hand stands until its day, then the figures' own counts.
    """
    own = _by_figures(asked, judged, now)
    if word is None:
        return own
    ladder, tier = asked.ladder, judged.held.tier
    least, by_figures = ladder.rank(word.tier) or 0, ladder.rank(tier) or 0
    if not word.exact and by_figures > least:
        to = own.to if own.to is None or (ladder.rank(own.to) or 0) > least else word.tier
        return Fall(own.on, to, own.why)
    if word.until is None:
        return Fall(why=BY_HAND)
    lasts = own.on is not None and own.on <= word.until
    after = own.to if lasts and own.to is not None else tier
    if (ladder.rank(after) or 0) < least:
        return Fall(word.until, after)
    return own if (ladder.rank(after) or 0) == least else Fall(why=STAYS)


def _by_figures(asked: Measuring, judged: Judged, now: float) -> Fall:
    ladder = asked.ladder
    rank, grace = ladder.rank(judged.held.tier) or 0, ladder.grace_days * DAY
    if not rank:
        return Fall(why=LOWEST)
    tier = ladder.tiers[rank]
    if judged.held.below_since is not None:
        ends = judged.held.below_since + grace
    elif ladder.basis not in AGEING:
        return Fall(why=RULE if ladder.basis == "rule" else LEARNED)
    else:
        left = _leaves(asked, tier, now)
        if left is None:
            return Fall(why=STAYS)
        ends = left + grace
    return Fall(ends, ladder.kept(asked.at(ends).value, rank).tier)


def _leaves(asked: Measuring, tier: Tier, now: float) -> float | None:
    """The first moment at which the figures no longer carry a tier; None where they do to the end."""

    def left(moment: float) -> bool:
        return not carries(asked.ladder, tier, asked.at(moment).value)

    if asked.ladder.basis in EXACT:
        return first(asked.leaving(), now, left)
    # Without an order figures only shrink, so the day is found by halving the window.
    good, bad = 0, asked.ladder.window_days + 1
    if not left(now + bad * DAY):
        return None
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (good, middle) if left(now + middle * DAY) else (middle, bad)
    return now + bad * DAY
