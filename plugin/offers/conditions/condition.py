"""What a condition is, and how conditions combine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from plugin.offers.arguments import Declared
from plugin.offers.changes import NOTHING, Change, all_together, any_of
from plugin.offers.occasion import Occasion

S = TypeVar("S")


class Condition(Declared, Generic[S]):
    """Something that holds or does not hold for a subject: an occasion, or a product."""

    movable: ClassVar[bool] = False
    """Whether a shopper may do something about it; if not, `ways` is left as it is here."""
    moved_along: ClassVar[bool] = False
    """Whether further orders may move it without its `ways` saying so."""

    def holds(self, subject: S) -> bool:
        """Whether the condition is met."""
        raise NotImplementedError

    def ways(self, occasion: Occasion, wanted: bool = True) -> tuple[Change, ...]:
        """The ways in which the condition comes, or goes on, to hold (or, if so `wanted`, not to hold).

        None where nothing the shopper could do would help: so it is with all conditions that do not say
        otherwise here. A way that takes nothing may still say what there is no room for.
        """
        return (NOTHING,) if self.holds(occasion) == wanted else ()  # type: ignore[arg-type]

    def within_reach(self, occasion: Occasion) -> bool:
        """Whether there is any way to have it hold; asked only while it does not."""
        return bool(self.ways(occasion))

    def says(self) -> tuple[str, dict[str, Any]]:
        """The name of the sentence that says this condition, and what goes into it."""
        return self.name, {}


@dataclass(frozen=True)
class All(Condition[Any]):
    """Every one of them."""

    name = "all"
    movable = True
    parts: tuple[Condition[Any], ...]

    def holds(self, subject: Any) -> bool:
        for part in self.parts:  # noqa: SIM110  a plain loop: this is the hottest line of judging
            if not part.holds(subject):
                return False
        return True

    def ways(self, occasion: Occasion, wanted: bool = True) -> tuple[Change, ...]:
        return _ways(self.parts, occasion, wanted, together=wanted)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"parts": self.parts}


@dataclass(frozen=True)
class AnyOf(Condition[Any]):
    """At least one of them."""

    name = "any"
    movable = True
    parts: tuple[Condition[Any], ...]

    def holds(self, subject: Any) -> bool:
        return any(part.holds(subject) for part in self.parts)

    def ways(self, occasion: Occasion, wanted: bool = True) -> tuple[Change, ...]:
        return _ways(self.parts, occasion, wanted, together=not wanted)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"parts": self.parts}


@dataclass(frozen=True)
class Not(Condition[Any]):
    """The opposite."""

    name = "not"
    movable = True
    part: Condition[Any]

    def holds(self, subject: Any) -> bool:
        return not self.part.holds(subject)

    def ways(self, occasion: Occasion, wanted: bool = True) -> tuple[Change, ...]:
        return self.part.ways(occasion, not wanted)

    def says(self) -> tuple[str, dict[str, Any]]:
        return self.name, {"parts": (self.part,)}


def moved_along(condition: Condition[Any]) -> bool:
    """Return whether further orders may move something of a condition without its `ways` saying so."""
    if isinstance(condition, All | AnyOf):
        return any(map(moved_along, condition.parts))
    return moved_along(condition.part) if isinstance(condition, Not) else condition.moved_along


def _ways(
    parts: tuple[Condition[Any], ...], occasion: Occasion, wanted: bool, *, together: bool
) -> tuple[Change, ...]:
    """What is missing to all parts together, or to one of them; each only asked while it can still matter."""
    each = (part.ways(occasion, wanted) for part in parts)
    return all_together(each) if together else any_of(each)


def unmet(condition: Condition[Any], subject: Any) -> Condition[Any]:
    """Return the first condition that does not hold, looking into `all`; the condition itself otherwise."""
    if isinstance(condition, All):
        for part in condition.parts:
            if not part.holds(subject):
                return unmet(part, subject)
    return condition
