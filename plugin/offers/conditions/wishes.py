"""Conditions on what shoppers say of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plugin.offers.arguments import ByName, Texts, argument
from plugin.offers.conditions.condition import Condition
from plugin.offers.occasion import Occasion
from plugin.wishes.targets import target_of


@dataclass(frozen=True)
class Prefers(Condition[Occasion]):
    """Said of themselves: one of these likes, of these aims, for one of these, by one of these channels.

    A size is one of those named for it. What is given holds all together. Likes compare as they are written
    by shoppers (`docs/shoppers.md`); the rest compares without case. Who said nothing is not meant.
    """

    name = "prefers"
    some_of = ("likes", "aims", "for", "channels", "size")
    likes: tuple[str, ...] | None = argument(Texts())
    aims: tuple[str, ...] | None = argument(Texts())
    for_: tuple[str, ...] | None = argument(Texts())
    channels: tuple[str, ...] | None = argument(Texts())
    size: tuple[tuple[str, tuple[str, ...]], ...] | None = argument(ByName())

    def holds(self, subject: Occasion) -> bool:
        said = subject.preferences
        if self.likes is not None and not _likes(self.likes, said.likes):
            return False
        for wanted, own in ((self.aims, said.aims), (self.for_, said.whom), (self.channels, said.channels)):
            if wanted is not None and _plain(wanted).isdisjoint(_plain(own)):
                return False
        sizes = {name.casefold(): size.casefold() for name, size in said.sizes.items()}
        return all(sizes.get(name.casefold()) in _plain(wanted) for name, wanted in self.size or ())

    def says(self) -> tuple[str, dict[str, Any]]:
        given = {"likes": self.likes, "aims": self.aims, "for": self.for_, "channels": self.channels}
        return self.name, {**given, "size": self.size or ()}


def _likes(wanted: tuple[str, ...], said: tuple[str, ...]) -> bool:
    own = [target_of(text) for text in said]
    return any(target_of(text).same(target) for text in wanted for target in own)


def _plain(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(text.strip().casefold() for text in texts)
