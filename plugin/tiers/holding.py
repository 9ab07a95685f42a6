"""How a tier is held: rising at once, falling only after hysteresis and grace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from plugin.shopper.tiers import BACK, BELOW, FALLEN, RISEN
from plugin.tiers.ladder import Tier, TierLadder
from plugin.tiers.measure import EXACT, Measure, Measuring
from plugin.tiers.standing import Held
from plugin.tiers.window import DAY


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be recorded: when, what (risen, fallen, below, back), to and from which tier, by what.

    `needed` is the threshold in question, in the ladder's measure.
    """

    at: float
    how: str
    tier: str
    before: str | None
    measure: Measure
    needed: float


@dataclass(frozen=True, slots=True)
class Judged:
    """The tier held now, what kept it (hysteresis, grace or nothing), and what became of it until now."""

    held: Held
    kept_by: str | None
    measure: Measure
    steps: tuple[Step, ...] = ()


def judged(asked: Measuring, now: float, held: Held | None = None) -> Judged:
    """Return the tier that is held now, and each step from the one recorded to it.

    Above the tier held, figures count at once. Below it the tier is kept while they stay within the
    hysteresis of its threshold, and for the days of grace after they left it; then the shopper stands where
    the figures, with hysteresis, leave them. Grace begins when the figures left; where that cannot be told
    from the shopper's own facts (a standing moved, a return came), when it is noticed.
    """
    ladder, measure = asked.ladder, asked.at(now)
    state = held if held is not None and ladder.rank(held.tier) is not None else Held(ladder.lowest.tier)
    steps: list[Step] = []
    while True:
        rank = ladder.rank(state.tier) or 0
        tier, reached = ladder.tiers[rank], ladder.reached(measure.value)
        if (ladder.rank(reached.tier) or 0) > rank:
            begun = max(ladder.set_at, asked.not_before, state.at + 1 if state.at else 0.0)
            since = max(_reached_since(asked, reached, now), begun)
            since = min(since, now)
            steps.append(Step(since, RISEN, reached.tier, state.tier, measure, reached.threshold))
            return Judged(Held(reached.tier, None, since, since), None, measure, tuple(steps))
        if carries(ladder, tier, measure.value):
            if state.below_since is not None:
                steps.append(Step(now, BACK, tier.tier, None, measure, tier.threshold))
                state = replace(state, below_since=None, at=now)
            kept_by = "hysteresis" if measure.value < tier.threshold else None
            return Judged(state, kept_by, measure, tuple(steps))
        if state.below_since is None:
            since = max(_left_at(asked, tier, state, now), state.at)
            left = asked.at(since) if asked.ladder.basis in EXACT else measure
            steps.append(Step(since, BELOW, tier.tier, None, left, tier.threshold - ladder.margin(tier)))
            state = replace(state, below_since=since, at=since)
        ends = (state.below_since or 0.0) + ladder.grace_days * DAY
        if now < ends:
            return Judged(state, "grace", measure, tuple(steps))
        left = asked.at(ends)
        lower = ladder.kept(left.value, rank)
        steps.append(Step(ends, FALLEN, lower.tier, tier.tier, left, tier.threshold))
        state = Held(lower.tier, None, ends, ends)


def carries(ladder: TierLadder, tier: Tier, measure: float) -> bool:
    """Whether a measure is enough to keep a tier."""
    return tier is ladder.lowest or measure >= tier.threshold - ladder.margin(tier)


def first(moments: list[float], after: float, holds: Callable[[float], bool]) -> float | None:
    """Return the first of some moments in time, after one, at which something holds."""
    return next((moment for moment in moments if moment > after and holds(moment)), None)


def _left_at(asked: Measuring, tier: Tier, state: Held, now: float) -> float:
    """When the figures stopped carrying a tier; now where nobody can tell."""
    if asked.ladder.basis not in EXACT:
        return now
    latest = max((at for at, _ in asked.bought if at <= now), default=0.0)
    begins = max(latest, state.at, asked.ladder.set_at)

    def left(moment: float) -> bool:
        return moment <= now and not carries(asked.ladder, tier, asked.at(moment).value)

    if begins > now or left(begins):
        return now
    return first(asked.leaving(), begins, left) or now


def _reached_since(asked: Measuring, tier: Tier, now: float) -> float:
    """Since when the figures reach a tier: the order that did it, as far as that can be told."""
    if asked.ladder.basis not in EXACT | {"rfm"}:
        return now
    days = asked.points if asked.ladder.basis == "points" else ()
    moments = sorted({*(at for at, _ in asked.bought), *(int(day) * DAY for day in days)}, reverse=True)
    since = now
    for at in moments:
        if at > now:
            continue
        if asked.at(at).value < tier.threshold:
            break
        since = at
    return since
