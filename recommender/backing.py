"""What stands behind one product of an answer: its true reasons, the terms of its score, and how far the
evidence reaches beyond chance. Worked out only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from recommender.blending.terms import Evidence, Terms
from recommender.kinds import BlendedKind
from recommender.parts import Parts
from recommender.said import CODES

MOST_REASONS = 3
MOST_SHARES = 20
CHANCE_DAMPING = 3.0
#: Where a reason has no entry of its own for a candidate, the list that gives the same reason.
OTHERWISE = {"bought_together": "called_for"}
EVER = 3  # the column of sales of all time


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason in rows: code, the product it starts from (or None), and how many shoppers stand behind it."""

    code: str
    source: int | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """What one term adds to a score: its name, the reason it belongs to, how much, from which product."""

    name: str
    code: str
    adds: float
    source: int | None = None


class Backing(Protocol):
    """What one offered product rests on."""

    def grounds(self) -> list[Ground]:
        """Its reasons, weightiest first; at least one."""

    def shares(self) -> list[Share]:
        """The terms of its score, weightiest first."""

    def certainty(self) -> float:
        """From 0 (no more than chance or what sells anyway) to 1: comparable between answers.

        It is 1 - 1/lift, the share of its pull that chance does not explain, where lift says how many
        times as often it is wanted as without this evidence.
        """


@dataclass(slots=True)  # not frozen: many are made for each answer
class Plain:
    """One ground, and a strength that is known at once: rhythm, what rises, what is new."""

    ground: Ground
    strength: float
    sure: float = 0.0

    def grounds(self) -> list[Ground]:
        return [self.ground]

    def shares(self) -> list[Share]:
        return [Share(self.ground.code, self.ground.code, self.strength, self.ground.source)]

    def certainty(self) -> float:
        return self.sure


@dataclass(slots=True)  # not frozen: many are made for each answer
class Listed:
    """Entries of item lists added up, all for the same reason."""

    parts: Parts
    orders: int
    code: str
    evidence: Evidence
    slot: int
    row: int
    words: Mapping[str, np.ndarray] = field(default_factory=dict)

    def grounds(self) -> list[Ground]:
        """The lists' own reason first, since without it the product would not be here; what else is true
        of it comes last, for where that one must not be told.
        """
        own = ground_of(self.code, self.evidence, self.slot)
        spoken = [Ground(CODES[name]) for name, adds in self.words.items() if adds[self.slot] > 0.0]
        return [own, *spoken, *self._true_besides(own)]

    def _true_besides(self, own: Ground) -> list[Ground]:
        """That it reads like the product it comes from, and that it sells."""
        found = []
        if own.code != "like_this" and own.source is not None:
            alike = self.parts.likeness.alike_.of(np.array([own.source]))
            if self.row in alike.product:
                found.append(Ground("like_this", own.source))
        if (buyers := int(self.parts.trending.buyers_[self.row])) > 0:
            found.append(Ground("trending", None, buyers))
        return found

    def shares(self) -> list[Share]:
        mine = np.flatnonzero(self.evidence.slot == self.slot)
        told = [
            Share(self.code, self.code, float(self.evidence.amount[each]), int(self.evidence.source[each]))
            for each in mine
        ]
        told.sort(key=lambda share: -share.adds)
        return [*told[:MOST_SHARES], *spoken_shares(self.words, self.slot)]

    def certainty(self) -> float:
        """By the strongest pair: how often it met against chance, or how alike the two are.

        Of looks only the number of visitors is known; it stands against the same damping.
        """
        mine = np.flatnonzero(self.evidence.slot == self.slot)
        if self.code == "like_this":
            return float(np.clip(self.evidence.amount[mine].max(initial=0.0), 0.0, 1.0))
        best = mine[np.argmax(self.evidence.amount[mine])]
        met = float(self.evidence.lists.counts[self.evidence.position[best]])
        if self.code != "bought_together":
            return met / (met + CHANCE_DAMPING)
        bought = np.expm1(self.parts.trending.sales_[[self.row, int(self.evidence.source[best])], EVER])
        return beyond_chance(met, float(bought.prod()) / max(self.orders, 1))


@dataclass(slots=True)  # not frozen: many are made for each answer
class Weighed:
    """Many terms weighed together. ``usual`` is what sales add to every candidate of the question."""

    parts: Parts
    kind: BlendedKind
    weights: np.ndarray
    usual: np.ndarray
    terms: Terms
    slot: int
    words: Mapping[str, np.ndarray] = field(default_factory=dict)

    def _added(self) -> np.ndarray:
        return self.weights * self.terms.values[:, self.slot]

    def grounds(self) -> list[Ground]:
        """By what each term and each word of the shopper added; sales count by what they add above the
        usual, since every candidate has some.
        """
        spoken = {CODES[name]: adds[self.slot] for name, adds in self.words.items()}
        codes = [*self.kind.codes, *spoken]
        added = np.append(self.kind.by_code @ (self._added() - self.usual), list(spoken.values()))
        row = int(self.terms.rows[self.slot])
        grounds: list[Ground] = []
        for place in np.argsort(-added, kind="stable"):
            code = codes[place]
            if added[place] <= 0.0 or len(grounds) == MOST_REASONS:
                break
            if code == "trending":
                if self.parts.trending.buyers_[row] > 0:
                    grounds.append(Ground(code, None, int(self.parts.trending.buyers_[row])))
            elif code in ("bought_before", "due_again"):
                grounds.append(Ground(code, row))
            else:
                grounds.append(ground_of(code, self._entries(code), self.slot))
        return grounds or [Ground("trending", None, int(self.parts.trending.buyers_[row]))]

    def _entries(self, code: str) -> Evidence | None:
        """The list entries behind a reason, of the list that speaks for this candidate."""
        found = self.terms.evidence.get(code)
        if code in OTHERWISE and (found is None or found.strongest(self.slot) is None):
            return self.terms.evidence.get(OTHERWISE[code])
        return found

    def shares(self) -> list[Share]:
        added = self._added()
        named = list(self.kind.columns.items())
        told = [Share(*named[place], float(added[place])) for place in np.flatnonzero(added)]
        told += spoken_shares(self.words, self.slot)
        return sorted(told, key=lambda share: -abs(share.adds))[:MOST_SHARES]

    def certainty(self) -> float:
        """Against the same product without anything but its sales."""
        added = float(self._added()[~self.kind.of_sales].sum())
        added += float(sum(adds[self.slot] for adds in self.words.values()))
        return 1.0 - float(np.exp(-max(added, 0.0)))


def spoken_shares(words: Mapping[str, np.ndarray], slot: int) -> list[Share]:
    """What the shopper's own word, and faults that others told of, add to one candidate."""
    return [Share(name, CODES[name], float(adds[slot])) for name, adds in words.items() if adds[slot]]


def beyond_chance(met: float, by_chance: float) -> float:
    """The share of ``met`` meetings that chance does not explain, 0 to 1.

    Both are damped by as many meetings as chance would bring (a gamma prior around lift 1, DuMouchel 1999),
    so that two shoppers who happen to buy the same pair prove little, however rare both products are.
    """
    lift = (met + CHANCE_DAMPING) / (by_chance + CHANCE_DAMPING)
    return max(0.0, 1.0 - 1.0 / lift)


def ground_of(code: str, evidence: Evidence | None, slot: int) -> Ground:
    """The reason that a list gives for one candidate: its strongest entry, counted where it has witnesses."""
    strongest = evidence.strongest(slot) if evidence else None
    if strongest is None:
        return Ground(code)
    return Ground(code, strongest[0], strongest[1] if code != "like_this" else None)
