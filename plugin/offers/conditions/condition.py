"""What a condition is, and how conditions combine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from plugin.offers.arguments import Declared
from plugin.offers.changes import NOTHING, Change, all_together, any_of
from plugin.offers.occasion import Occasion

S = TypeVar("S")


class Condition(Declared, Generic[S]):
    """Something that holds or does not hold for a subject: an occasion, or a product."""

    def holds(self, subject: S) -> bool:
        """Whether the condition is met."""
        raise NotImplementedError

    def changes(self, occasion: Occasion) -> tuple[Change, ...]:
        """The ways in which a condition that does not hold could come to hold, smallest first.

        None where nothing the shopper could do would help.
        """
        return ()

    def says(self) -> tuple[str, dict[str, Any]]:
        """The name of the sentence that says this condition, and what goes into it."""
        return self.name, {}


@dataclass(frozen=True)
class All(Condition[S]):
    """Every one of them."""

    name = "all"
    parts: tuple[Condition[S], ...]

    def holds(self, subject: S) -> bool:
        return all(part.holds(subject) for part in self.parts)

    def changes(self, occasion: Occasion) -> tuple[Change, ...]:
        return all_together([_ways(part, occasion) for part in self.parts], occasion)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"parts": self.parts}


@dataclass(frozen=True)
class AnyOf(Condition[S]):
    """At least one of them."""

    name = "any"
    parts: tuple[Condition[S], ...]

    def holds(self, subject: S) -> bool:
        return any(part.holds(subject) for part in self.parts)

    def changes(self, occasion: Occasion) -> tuple[Change, ...]:
        return any_of([_ways(part, occasion) for part in self.parts], occasion)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"parts": self.parts}


@dataclass(frozen=True)
class Not(Condition[S]):
    """The opposite. What must not be so cannot be unlocked by buying more."""

    name = "not"
    part: Condition[S]

    def holds(self, subject: S) -> bool:
        return not self.part.holds(subject)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"parts": (self.part,)}


def _ways(part: Condition[Any], occasion: Occasion) -> tuple[Change, ...]:
    return (NOTHING,) if part.holds(occasion) else part.changes(occasion)


def has_not(condition: Condition[Any]) -> bool:
    """Return whether something in the condition must not be so."""
    if isinstance(condition, Not):
        return True
    return isinstance(condition, All | AnyOf) and any(map(has_not, condition.parts))


def unmet(condition: Condition[S], subject: S) -> Condition[S]:
    """Return the first condition that does not hold, looking into `all`; the condition itself otherwise."""
    if isinstance(condition, All):
        for part in condition.parts:
            if not part.holds(subject):
                return unmet(part, subject)
    return condition
