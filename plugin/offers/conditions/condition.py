"""What a condition is, and how conditions combine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from plugin.offers.arguments import Declared
from plugin.offers.changes import Change, all_together, any_of
from plugin.offers.occasion import Occasion

S = TypeVar("S")


class Condition(Declared, Generic[S]):
    """Something that holds or does not hold for a subject: an occasion, or a product."""

    def holds(self, subject: S) -> bool:
        """Whether the condition is met."""
        raise NotImplementedError

    def changes(self, occasion: Occasion) -> tuple[Change, ...]:
        """The ways in which a condition that does not hold could come to hold, smallest first.

        None where nothing the shopper could do would help. Only asked of a condition that does not hold.
        """
        return ()

    def says(self) -> tuple[str, dict[str, Any]]:
        """The name of the sentence that says this condition, and what goes into it."""
        return self.name, {}


@dataclass(frozen=True)
class All(Condition[Any]):
    """Every one of them."""

    name = "all"
    parts: tuple[Condition[Any], ...]

    def holds(self, subject: Any) -> bool:
        for part in self.parts:  # noqa: SIM110  a plain loop: this is the hottest line of judging
            if not part.holds(subject):
                return False
        return True

    def changes(self, occasion: Occasion) -> tuple[Change, ...]:
        ways: list[tuple[Change, ...]] = []
        for part in self.parts:
            if not part.holds(occasion):
                ways.append(part.changes(occasion))
                if not ways[-1]:
                    return ()
        return ways[0] if len(ways) == 1 else all_together(ways, occasion)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"parts": self.parts}


@dataclass(frozen=True)
class AnyOf(Condition[Any]):
    """At least one of them."""

    name = "any"
    parts: tuple[Condition[Any], ...]

    def holds(self, subject: Any) -> bool:
        return any(part.holds(subject) for part in self.parts)

    def changes(self, occasion: Occasion) -> tuple[Change, ...]:
        return any_of([part.changes(occasion) for part in self.parts], occasion)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"parts": self.parts}


@dataclass(frozen=True)
class Not(Condition[Any]):
    """The opposite. What must not be so cannot be unlocked by buying more."""

    name = "not"
    part: Condition[Any]

    def holds(self, subject: Any) -> bool:
        return not self.part.holds(subject)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"parts": (self.part,)}


def has_not(condition: Condition[Any]) -> bool:
    """Return whether something in the condition must not be so."""
    if isinstance(condition, Not):
        return True
    return isinstance(condition, All | AnyOf) and any(map(has_not, condition.parts))


def unmet(condition: Condition[Any], subject: Any) -> Condition[Any]:
    """Return the first condition that does not hold, looking into `all`; the condition itself otherwise."""
    if isinstance(condition, All):
        for part in condition.parts:
            if not part.holds(subject):
                return unmet(part, subject)
    return condition
