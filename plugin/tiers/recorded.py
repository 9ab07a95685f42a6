"""What was recorded of a shopper's tier, read back: what is held, what was set by hand, and the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from plugin.shopper import Profile
from plugin.shopper.tiers import BACK, BELOW, BY_FIGURES, BY_HAND, SET, Record
from plugin.tiers.ladder import TierLadder
from plugin.tiers.standing import Held


@dataclass(frozen=True, slots=True)
class ByHand:
    """A tier somebody set, why, who, since when, and until when (None: until it is taken back).

    It is the least the shopper stands in; with `exact` it is what the shopper stands in, whatever the
    figures say.
    """

    tier: str
    since: float
    reason: str | None
    by: str | None
    until: float | None = None
    exact: bool = False


def held(profile: Profile, ladder: TierLadder, now: float) -> Held | None:
    """Return the tier that figures gave and that was recorded by `now`; None where none was.

    What was recorded while the shopper was joined with another known one counts no more once that joining is
    undone: each is again who they were. A tier the ladder does not have any more is held by nobody.
    """
    told = list(_counting(profile, now))
    changes = [record for record in told if record[1] in BY_FIGURES]
    if not changes or ladder.rank(changes[-1][2]) is None:
        return None
    newest = changes[-1]
    word = [record for record in told if record[1] in (BELOW, BACK) and record[0] >= newest[0]]
    own = [record for record in word if record[2] == newest[2]]
    below = float(own[-1][0]) if own and own[-1][1] == BELOW else None
    return Held(newest[2], below, float(newest[0]), float(max(record[0] for record in [newest, *own])))


def by_hand(profile: Profile, ladder: TierLadder, now: float) -> ByHand | None:
    """Return the tier set by hand that counts at a moment; None for none, or one the ladder lacks."""
    words = [record for record in profile.tiers if record[1] in BY_HAND and record[0] <= now]
    if not words or words[-1][1] != SET or ladder.rank(words[-1][2]) is None:
        return None
    at, _, tier, _, (reason, by, until, exact) = words[-1]
    return None if until is not None and now >= until else ByHand(tier, at, reason, by, until, exact)


def history(profile: Profile) -> list[dict[str, Any]]:
    """Return the changes of the shopper's tier that are remembered, newest first, with their inputs.

    By figures: the ladder's basis, the `measure` in its own unit, what was `needed`, orders and money within
    the window, and of when the shop's standing was. By hand: reason, by whom, until when.
    """
    told = []
    for record in reversed(profile.tiers):
        at, how, tier, before, why = [*record, None, None, None][:5]
        if how in BY_FIGURES:
            told.append({"at": at, "how": how, "tier": tier, "from": before, "why": _figures(why)})
        elif how in BY_HAND:
            told.append({"at": at, "how": how, "tier": tier, "from": before, "why": _words(why)})
    return told


def short(why: dict[str, Any], measure: float, needed: float) -> list[Any]:
    """Return the inputs of a change as they are remembered: few bytes of them."""
    as_of = why.get("standing_as_of")
    told = [
        why.get("basis"),
        round(measure, 4) if measure % 1 else int(measure),
        round(needed, 4) if needed % 1 else int(needed),
        why.get("orders"),
        why.get("spent"),
        None if as_of is None else int(as_of),
    ]
    return told if as_of is not None else told[:5]


def _figures(why: list[Any] | None) -> dict[str, Any]:
    basis, measure, needed, orders, spent, as_of = [*(why or []), *[None] * 6][:6]
    told = {"basis": basis, "measure": measure, "needed": needed, "orders": orders, "spent": spent}
    return told if as_of is None else {**told, "standing_as_of": as_of}


def _words(why: list[Any]) -> dict[str, Any]:
    reason, by, until, exact = why
    return {"reason": reason, "by": by, "until": until, "exact": exact}


def parted_at(profile: Profile) -> float:
    """Return when the shopper was last parted from another known one; 0 where they never were."""
    return max((until for _, until in _undone(profile)), default=0.0)


def _undone(profile: Profile) -> list[tuple[float, float]]:
    """The times in which the shopper was joined with another known one, and is no more."""
    return [
        (join.since or 0.0, join.until)
        for joins in (profile.joined, profile.into)
        for join in joins.values()
        if join.until is not None and join.ref.startswith("u:")
    ]


def _counting(profile: Profile, now: float) -> Iterator[Record]:
    undone = [(since, until) for since, until in _undone(profile) if until <= now]
    for record in profile.tiers:
        while_joined = any(since <= record[0] < until for since, until in undone)
        if record[0] <= now and (record[1] in BY_HAND or not while_joined):
            yield record
