"""The shop's live offers, put in order once for each version of its rules.

Most rules are not meant for most shoppers. What rules have in common (the same tier, the same segment, the
same days) is asked once for an occasion, and a rule whose conditions fail where nothing the shopper does
would help is refused at sight. Everything else is judged as any offer is: the verdicts are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, overload

from plugin.offers.changes import Change, all_together
from plugin.offers.conditions.condition import All, AnyOf, Condition, Not
from plugin.offers.occasion import Occasion
from plugin.offers.offer import Offer
from plugin.offers.smallest import Plan, smallest


@dataclass(frozen=True, slots=True)
class Rule:
    """One offer with its conditions taken apart.

    `parts` are all that must hold: the place of each among the shop's different conditions, the name it fails
    by, and whether nothing the shopper does would make it hold. `movable` are the places of those for which
    something may. `paced` is whether it opens and closes with its budget.
    """

    offer: Offer
    parts: tuple[tuple[int, str, bool], ...]
    movable: tuple[int, ...]
    paced: bool


class Asked:
    """What the shop's different conditions, by their place, were found to say of one occasion."""

    def __init__(self, conditions: Sequence[Condition[Any]], occasion: Occasion) -> None:
        self.conditions = conditions
        self.occasion = occasion
        self.holds: list[bool | None] = [None] * len(conditions)
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

    `holds` is whether its conditions do, `reason` why it is refused, or the name of the first condition that
    does not hold. `refused` says that nothing is left to find out.
    """

    rule: Rule
    asked: Asked
    holds: bool = False
    reason: str = ""
    refused: bool = False

    def ways(self) -> tuple[Change, ...]:
        """What would make its conditions hold. Those that nobody can move do: else it was refused."""
        return all_together(map(self.asked.ways, self.rule.movable))


class LiveOffers(Sequence[Offer]):
    """The offers a shopper may meet now or later, by id; `rules` are the same in order of their rank."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        self._offers = tuple(offers)
        places: dict[Condition[Any], int] = {}
        self.rules = tuple(_rule(offer, places) for offer in sorted(offers, key=lambda offer: offer.rank))
        self.conditions = tuple(places)
        self.refusals: dict[tuple[str, str], Any] = {}  # the verdicts there were, by offer and reason

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

    def sifted(self, occasion: Occasion) -> Iterator[tuple[Offer, Sight | None]]:
        """Yield each offer in order of rank with what is known of it at sight.

        None for offers whose own state comes before their conditions.
        """
        conditions, asked = self.conditions, Asked(self.conditions, occasion)
        known = asked.holds
        now, used, promised, currency = occasion.now, occasion.used, occasion.promised, occasion.currency
        for rule in self.rules:
            offer = rule.offer
            starts, ends, offer_id = offer.starts, offer.ends, offer.offer_id
            if offer_id in promised or (starts is not None and now < starts) or offer.state != "live":
                yield offer, None
                continue
            if ends is not None and now >= ends:
                yield offer, Sight(rule, asked, False, "over", True)
                continue
            if rule.paced or offer_id in used or (offer.in_money and offer.currency != currency):
                yield offer, None
                continue
            reason, stuck = "", False
            for place, name, fixed in rule.parts:
                held = known[place]
                if held is None:
                    held = known[place] = conditions[place].holds(occasion)
                if not held:
                    reason = reason or name
                    if fixed or not asked.ways(place):
                        stuck = True
                        break
            yield offer, Sight(rule, asked, not reason, reason, stuck)


def _rule(offer: Offer, places: dict[Condition[Any], int]) -> Rule:
    held = tuple(_all_of(offer.when))
    parts = tuple((places.setdefault(part, len(places)), part.name, is_fixed(part)) for part in held)
    movable = tuple(place for place, _, fixed in parts if not fixed)
    return Rule(offer, parts, movable, offer.limits.pacing is not None)


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
