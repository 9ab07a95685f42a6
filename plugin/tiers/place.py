"""One shopper's place on the ladder: what figures and records give, what was set by hand, what is next."""

from __future__ import annotations

from functools import cache
from typing import Any

from plugin.shopper import Profile
from plugin.tiers.falling import fall
from plugin.tiers.holding import Judged, judged
from plugin.tiers.ladder import TierLadder
from plugin.tiers.measure import Measuring
from plugin.tiers.progress import progress
from plugin.tiers.recorded import ByHand, by_hand, held
from plugin.tiers.standing import Fall, Held, Place, Standing


def place_of(
    profile: Profile,
    standing: Standing | None,
    ladder: TierLadder,
    now: float,
    currency: str = "EUR",
) -> Place:
    """Return the shopper's place by the orders inside the window and what was recorded until now.

    A moment of the past as `now` counts only what was bought, given and recorded by then; what came back
    later is out of the profile already, so give the profile as it was known then for exactness.

    For ladders by value or rule, which need more than the profile, `placed` takes a `Measuring`.
    """
    return placed(profile, Measuring.of(profile, ladder, standing, currency), now)


def placed(profile: Profile, asked: Measuring, now: float) -> Place:
    """Return the shopper's place as they are measured, with what was recorded and set by hand."""
    return put(judged(asked, now, held(profile, asked.ladder, now)), asked, now, profile=profile)


def place(asked: Measuring, now: float, held: Held | None = None) -> Place:
    """Return the place that these figures give to whoever held this tier before."""
    return put(judged(asked, now, held), asked, now)


def put(found: Judged, asked: Measuring, now: float, *, profile: Profile | None = None) -> Place:
    """Return a judgement as a place: a tier set by hand above it, progress and the fall to come."""
    ladder = asked.ladder
    word = by_hand(profile, ladder, now) if profile is not None else None
    tier, since, why = found.held.tier, found.held.since, dict(found.measure.why)
    if found.kept_by:
        why["kept_by"] = found.kept_by
    if found.held.below_since is not None:
        why["below_since"] = found.held.below_since
    if word is not None and (word.exact or (ladder.rank(word.tier) or 0) > (ladder.rank(tier) or 0)):
        why["by_hand"] = _told(word, tier)
        tier, since = word.tier, word.since
    elif since is None and profile is not None:
        since = profile.first_at  # nobody ever stood elsewhere
    at = ladder.tiers[ladder.rank(tier) or 0]

    @cache
    def foresee() -> Fall:
        return fall(asked, found, now, word)

    return Place(at.tier, at.title, found.measure.quantile, progress(at, asked, now), why, since, foresee)


def _told(word: ByHand, by_figures: str) -> dict[str, Any]:
    return {
        "reason": word.reason,
        "by": word.by,
        "until": word.until,
        "exact": word.exact,
        "by_figures": by_figures,
    }
