"""The shop's live offers, put in order once for each version of its rules.

Most rules are not meant for most shoppers. What rules have in common (the same tier, the same segment, the
same days) is asked once for an occasion, and a rule whose conditions fail where nothing the shopper does
would help is refused at sight, all of them in one step. Everything else is judged as any offer is: the
verdicts are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, overload

import numpy as np

from plugin.offers.changes import Change, all_together
from plugin.offers.conditions.condition import All, AnyOf, Condition, Not
from plugin.offers.conditions.need import Due
from plugin.offers.occasion import Occasion
from plugin.offers.offer import Offer
from plugin.offers.smallest import Plan, smallest


class Asked:
    """What the shop's different conditions, by their place, were found to say of one occasion."""

    def __init__(self, conditions: Sequence[Condition[Any]], occasion: Occasion) -> None:
        self.conditions = conditions
        self.occasion = occasion
        self._ways: dict[int, tuple[Change, ...]] = {}
        self._plans: dict[int, tuple[tuple[Change, ...], Plan | None]] = {}

    def ways(self, place: int) -> tuple[Change, ...]:
        """What would make a condition hold, or go on to hold."""
        found = self._ways.get(place)
        if found is None:
            found = self._ways[place] = self.conditions[place].ways(self.occasion)
        return found

    def plan(self, ways: tuple[Change, ...]) -> Plan | None:
        """The smallest of these ways as it would be carried out; many rules lack the same."""
        held = self._plans.get(id(ways))
        if held is None:  # kept with the ways themselves, so that nothing else is ever known by that id
            held = self._plans[id(ways)] = ways, smallest(ways, self.occasion, _always)
        return held[1]


def _always(plan: Plan) -> bool:
    return True


class Sight(NamedTuple):
    """What is known of an offer before a closer look.

    `missing` names the first of its conditions that does not hold, "" where all do; `movable` are the places
    of those conditions for which something the shopper does counts.
    """

    asked: Asked
    missing: str
    movable: tuple[int, ...]

    def ways(self) -> tuple[Change, ...]:
        """What would make its conditions hold. Those that nobody can move do: else it was refused."""
        return all_together(map(self.asked.ways, self.movable))


class LiveOffers(Sequence[Offer]):
    """The offers a shopper may meet now or later, by id; `ranked` are the same in order of their rank.

    `_parts` holds for each of them, side by side, the places of all that must hold among the shop's different
    conditions; short ones are filled up with a last place, of what always holds.
    """

    def __init__(self, offers: Sequence[Offer]) -> None:
        self._offers = tuple(offers)
        self.ranked = tuple(sorted(offers, key=lambda offer: offer.rank))
        places: dict[Condition[Any], int] = {}
        parts = [
            [places.setdefault(part, len(places)) for part in _all_of(offer.when)] for offer in self.ranked
        ]
        self.conditions = tuple(places)
        self._fixed = np.array([*map(is_fixed, self.conditions), True])
        self._costly = np.array([*map(_is_costly, self.conditions), False])
        self._quick = [part for part in self.conditions if not _is_costly(part)]
        self._names = [*(part.name for part in self.conditions), ""]
        width = max(map(len, parts), default=0) + 1
        self._parts = np.full((len(parts), width), len(places))
        for row, held in enumerate(parts):
            self._parts[row, : len(held)] = held
        self._movable = [tuple(place for place in held if not self._fixed[place]) for held in parts]
        self._rows = {offer.offer_id: row for row, offer in enumerate(self.ranked)}
        self._starts = np.array([_or(offer.starts, -np.inf) for offer in self.ranked])
        self._ends = np.array([_or(offer.ends, np.inf) for offer in self.ranked])
        self._own_state = np.array([offer.state != "live" for offer in self.ranked], bool)
        self._paced = np.array([offer.limits.pacing is not None for offer in self.ranked], bool)
        self._currencies = np.array([offer.currency if offer.in_money else "" for offer in self.ranked])
        self._refusals = np.full((len(parts), width), None, object)

    @overload
    def __getitem__(self, at: int) -> Offer: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Offer]: ...

    def __getitem__(self, at: Any) -> Any:
        return self._offers[at]

    def __len__(self) -> int:
        return len(self._offers)

    def __iter__(self) -> Iterator[Offer]:
        return iter(self._offers)

    def judged(
        self,
        occasion: Occasion,
        refusal: Callable[[Offer, str], Any],
        closer: Callable[[Offer, Sight | None], Any],
    ) -> list[Any]:
        """Return a verdict on each offer in order of rank.

        `refusal` makes that of an offer refused at sight, for a reason, whoever asks; `closer` that of any
        other, where no sight means that its own state comes before its conditions.
        """
        if not self.ranked:
            return []
        own_state, over = self._states(occasion)
        asked = Asked(self.conditions, occasion)
        first, stuck = self._sifted(asked)
        rows, width = len(self.ranked), self._parts.shape[1]
        missing = self._parts[np.arange(rows), first].tolist()
        column = np.where(over, width - 1, first)
        look_closer = own_state | ~(over | stuck)
        if occasion.avoided:  # that they want to see nothing of it comes before what they lack
            for row in np.flatnonzero(~over & stuck).tolist():
                look_closer[row] |= self.ranked[row].gives.shunned(occasion)
        verdicts: list[Any] = self._refusals[np.arange(rows), column].tolist()
        for row in np.flatnonzero(look_closer).tolist():
            name = self._names[missing[row]]
            sight = None if own_state[row] else Sight(asked, name, self._movable[row])
            verdicts[row] = closer(self.ranked[row], sight)
        for row in [row for row, verdict in enumerate(verdicts) if verdict is None]:
            reason = "over" if over[row] else self._names[missing[row]]
            verdicts[row] = refusal(self.ranked[row], reason)
            self._refusals[row, column[row]] = verdicts[row]  # one verdict of a kind is as good as another
        return verdicts

    def _states(self, occasion: Occasion) -> tuple[np.ndarray, np.ndarray]:
        """Which offers their own state must be asked about first, and which others are over."""
        first = self._own_state | (self._starts > occasion.now)
        for offer_id in occasion.promised:
            if offer_id in self._rows:
                first[self._rows[offer_id]] = True
        over = (self._ends <= occasion.now) & ~first
        foreign = (self._currencies != "") & (self._currencies != occasion.currency)
        then = self._paced | foreign
        for offer_id in occasion.used:
            if offer_id in self._rows:
                then[self._rows[offer_id]] = True
        return first | (then & ~over), over

    def _sifted(self, asked: Asked) -> tuple[np.ndarray, np.ndarray]:
        """The number of each offer's first condition that does not hold, and whether nothing would help it.

        What takes long to find out is only asked where the verdict hangs on it.
        """
        parts, costly = self._parts, self._costly
        held = np.ones(len(self.conditions) + 1, bool)
        occasion = asked.occasion
        held[~costly] = [*(condition.holds(occasion) for condition in self._quick), True]
        failed, stuck = ~held[parts], (self._fixed & ~held)[parts].any(1)
        if costly.any():
            before = np.cumsum(failed, axis=1) == 0
            asked_for = costly[parts] & (before | ~stuck[:, None])
            for place in np.unique(parts[asked_for]).tolist():
                held[place] = self.conditions[place].holds(occasion)
            failed, stuck = ~held[parts], (self._fixed & ~held)[parts].any(1)
        hopeless = self._fixed & ~held
        for place in np.unique(parts[failed & ~stuck[:, None]]).tolist():
            hopeless[place] = not self.conditions[place].within_reach(occasion)
        first = np.where(failed.any(1), failed.argmax(1), parts.shape[1] - 1)
        return first, hopeless[parts].any(1)


def _or(moment: float | None, otherwise: float) -> float:
    return otherwise if moment is None else moment


def _all_of(condition: Condition[Any]) -> Iterator[Condition[Any]]:
    """The conditions that must all hold, in the order in which they are asked."""
    if isinstance(condition, All):
        for part in condition.parts:
            yield from _all_of(part)
    else:
        yield condition


def is_fixed(condition: Condition[Any]) -> bool:
    """Return whether nothing the shopper does makes a condition come to hold, or not to hold."""
    if isinstance(condition, All | AnyOf):
        return all(map(is_fixed, condition.parts))
    return is_fixed(condition.part) if isinstance(condition, Not) else not condition.movable


def _is_costly(condition: Condition[Any]) -> bool:
    """Return whether a condition asks what takes long to find out."""
    if isinstance(condition, All | AnyOf):
        return any(map(_is_costly, condition.parts))
    return _is_costly(condition.part) if isinstance(condition, Not) else isinstance(condition, Due)
