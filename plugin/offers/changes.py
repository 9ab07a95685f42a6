"""What would have to change for an offer to be granted: what is missing, and how much more there is room for.

Every part counts how much *more* than now. Changes that are asked for at once join; of changes that would
each do, all are kept, until `plugin.offers.smallest` has found out what each of them takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from plugin.offers.goods import Goods

ALTERNATIVES = 64
"""How many ways are followed up where a rule leaves more open; those that ask least go first."""

Part = str | tuple[str, Goods]
"""What room there is for: `subtotal`, `quantity`, `lines`, `orders`, `spend`, `tier` (the height itself on
the ladder), `goods` and `visits` each with which."""


@dataclass(frozen=True)
class Change:
    """What is missing, and what there is room for before the rule would break.

    `subtotal` (minor units), `quantity` (pieces), `lines` (different products) and `goods` are to be added to
    the basket; `orders` are further ones, `visits` further ones with certain goods in them, `spend` (minor
    units) is to be spent in them; `tier` is (its height on the ladder, its name), `code` is to be entered.
    `room` says how much more there may be of a part at most.
    """

    subtotal: int = 0
    quantity: int = 0
    lines: int = 0
    goods: Mapping[Goods, int] = field(default_factory=dict)
    orders: int = 0
    visits: Mapping[Goods, int] = field(default_factory=dict)
    spend: int = 0
    tier: tuple[int, str] | None = None
    code: bool = False
    room: Mapping[Part, int] = field(default_factory=dict)

    def joined(self, other: Change) -> Change | None:
        """The least change that contains both, as every part is a threshold; None where they contradict."""
        if self is NOTHING or other is NOTHING:
            return other if self is NOTHING else self
        both = Change(
            subtotal=max(self.subtotal, other.subtotal),
            quantity=max(self.quantity, other.quantity),
            lines=max(self.lines, other.lines),
            goods=_each(max, self.goods, other.goods),
            orders=max(self.orders, other.orders),
            visits=_each(max, self.visits, other.visits),
            spend=max(self.spend, other.spend),
            tier=max(self.tier, other.tier) if self.tier and other.tier else self.tier or other.tier,
            code=self.code or other.code,
            room=_each(min, self.room, other.room),
        )
        return both if not both.room or both.has_room else None

    @property
    def further_orders(self) -> int:
        """How many orders it takes: one may serve several ends, and spending takes one at least."""
        if not self.visits:
            return self.orders or bool(self.spend)
        return max(self.orders, *self.visits.values(), bool(self.spend))

    @property
    def has_room(self) -> bool:
        """Whether nothing is asked for that there is no room for."""
        return all(self.least(part) <= most for part, most in self.room.items())

    def least(self, part: Part) -> int:
        """How much more of a part is asked for."""
        if isinstance(part, tuple):
            asked = self.goods if part[0] == "goods" else self.visits
            return asked.get(part[1], 0)
        if part == "tier":
            return self.tier[0] if self.tier else 0
        if part == "orders":
            return self.further_orders
        missing: int = getattr(self, part)
        return missing

    def with_code(self) -> Change:
        """The same, and the offer's code is to be entered."""
        return replace(self, code=True)


NOTHING = Change()
START = (NOTHING,)


@dataclass(frozen=True)
class Unlock:
    """One step towards an offer, as the shopper is told it; `also` holds the further ones.

    `missing` by kind: `subtotal` `{"amount": minor units}`, `product` `{"product_id" | "category" | "where",
    "quantity"}`, `quantity` `{"quantity", "different"?}`, `visit` `{"visits", "product_id" | "category" |
    nothing for any order}`, `spend` `{"amount": minor units}`, `tier` `{"tier", ...}` with what is missing to
    it where known, `code` `{}`.
    """

    kind: str
    missing: Mapping[str, Any]
    also: tuple[Unlock, ...] = ()


def all_together(parts: Iterable[Sequence[Change]]) -> tuple[Change, ...]:
    """Return the changes that meet every part at once; none where a part has none, or they contradict."""
    met: Sequence[Change] = START
    for alternatives in parts:
        if len(alternatives) == 1 and alternatives[0] is NOTHING:
            continue
        if met is START:
            met = alternatives
        else:
            found = (one.joined(other) for one in met for other in alternatives)
            met = kept([change for change in found if change is not None])
        if not met:
            return ()
    return tuple(met)


def any_of(parts: Iterable[Sequence[Change]]) -> tuple[Change, ...]:
    """Return the changes that meet at least one part."""
    return kept([change for alternatives in parts for change in alternatives])


def kept(changes: list[Change]) -> tuple[Change, ...]:
    """Return the changes to follow up: each once, and of very many those that ask least at a glance."""
    if len(changes) < 2:
        return tuple(changes)
    once: list[Change] = []
    alike: list[Change] = []  # those of one size at a glance, among which alone there can be the same twice
    size: Any = None
    for glance, _, change in sorted((_at_a_glance(held), at, held) for at, held in enumerate(changes)):
        if glance != size:
            size, alike = glance, []
        if change not in alike:
            alike.append(change)
            once.append(change)
            if len(once) == ALTERNATIVES:
                break
    return tuple(once)


def _at_a_glance(change: Change) -> tuple[int, int, int, bool, int, int]:
    height = change.tier[0] if change.tier else 0
    pieces = max(change.quantity, sum(change.goods.values()))
    return height, change.further_orders, change.spend, change.code, change.subtotal, pieces


def _each(choose: Any, one: Mapping[Any, int], other: Mapping[Any, int]) -> Mapping[Any, int]:
    if not one or not other:
        return one or other
    met = dict(one)
    for key, value in other.items():
        met[key] = choose(met[key], value) if key in met else value
    return met
