"""What a shopper has, held against the use ideas of a shop: complete ones, and those that lack one thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from threading import Lock
from types import MappingProxyType
from weakref import WeakKeyDictionary

import numpy as np

from plugin.catalog import Catalogue, Product, category_key, category_keys
from plugin.uses.idea import UseIdea, Want
from plugin.uses.ideas import Ideas
from plugin.wishes.targets import plain, values_said
from recommender.uses import UseIndex

LEAST_REBUILT = 500  # so many changed ideas, or a twentieth of them all, and everything is put in order anew
MOST_PRODUCTS_KEPT = 50_000
ANY_LANGUAGE = ""
UNTOLD: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Matched:
    """One live idea that what is owned meets: how well it fits (above 0), and the need that is not met."""

    use_id: str
    fit: float
    gap: int | None = None


class Numbered:
    """Every want of some ideas under a number, and which of them a product meets."""

    def __init__(self) -> None:
        self._number: dict[Want, int] = {}
        self._products: dict[str, int] = {}
        self._categories: dict[tuple[str, ...], int] = {}
        self._attributes: dict[str, dict[str, int]] = {}
        self._described: dict[str, tuple[Product, tuple[int, ...]]] = {}

    def __len__(self) -> int:
        return len(self._number)

    def of(self, want: Want) -> int:
        """Return the number of a want, a new one for one not met before."""
        number = self._number.get(want)
        if number is None:
            number = self._number[want] = len(self._number)
            if want.kind == "product":
                self._products[want.name] = number
            elif want.kind == "category":
                self._categories[category_key(want.name)] = number
            elif want.kind == "attribute":
                self._attributes.setdefault(want.name, {})[want.value] = number
        return number

    def known(self, want: Want) -> int:
        """Return the number of a want, -1 for one not met before."""
        return self._number.get(want, -1)

    def held(self, products: Sequence[str], catalogue: Catalogue) -> np.ndarray:
        """Return for every want (int32) which of these products meets it, by its place; of several the last.

        -1 where none does.
        """
        held = np.full(len(self), -1, np.int32)
        met = [self.met_by(product_id, catalogue) for product_id in products]
        if met:
            lengths = np.fromiter(map(len, met), np.int64, len(met))
            numbers = np.fromiter(chain.from_iterable(met), np.int32, int(lengths.sum()))
            held[numbers] = np.repeat(np.arange(len(met), dtype=np.int32), lengths)
        return held

    def met_by(self, product_id: str, catalogue: Catalogue) -> tuple[int, ...]:
        """Return the numbers of what a product meets: itself, its variants, its categories, its attributes.

        A product that the catalogue does not know meets what names it.
        """
        product = catalogue.by_id.get(product_id)
        held = self._described.get(product_id)
        if product is None:
            number = self._products.get(product_id)
            return () if number is None else (number,)
        own = held[1] if held is not None and held[0] is product else self._description(product)
        if product.group_id is None:
            return own
        same = catalogue.variants(product.group_id) | {product.group_id}
        return (*own, *(number for each in same if (number := self._products.get(each)) is not None))

    def _description(self, product: Product) -> tuple[int, ...]:
        """What a product meets by itself and by what it is, worked out once for each state of it."""
        number = self._products.get(product.product_id)
        found = [] if number is None else [number]
        found += [self._categories[key] for key in category_keys(product) if key in self._categories]
        for name, said in product.attributes.items() if self._attributes else ():
            values = self._attributes.get(plain(str(name)))
            found += [values[each] for each in values_said(said) if each in values] if values else []
        if len(self._described) >= MOST_PRODUCTS_KEPT:
            self._described = {}
        self._described[product.product_id] = product, tuple(found)
        return tuple(found)


class Compiled:
    """Some live ideas in order to be matched. What is in it never changes, but for those taken out of it."""

    def __init__(self, ideas: Iterable[UseIdea]) -> None:
        self.wants = Numbered()
        self.use_ids: list[str] = []
        self.languages: list[str] = [ANY_LANGUAGE]
        needs, spoken, number = [], [], {ANY_LANGUAGE: 0}
        for idea in ideas:
            if idea.state != "live":
                continue
            self.use_ids.append(idea.use_id)
            needs.append([[self.wants.of(want) for want in choice] for choice in idea.needs])
            for choice in idea.optional:
                for want in choice:
                    self.wants.of(want)  # met by no need, but looked up for who has it
            spoken.append(number.setdefault(language_of(idea.locale), len(number)))
        self.languages = list(number)
        self.index = UseIndex.of(needs, len(self.wants))
        self.spoken = np.array(spoken, np.int32)
        self.alive = np.ones(len(self.use_ids), bool)
        self._row_of = {use_id: row for row, use_id in enumerate(self.use_ids)}
        self._trust: tuple[Mapping[str, float], np.ndarray] | None = None

    def __len__(self) -> int:
        return len(self.use_ids)

    def without(self, use_ids: Iterable[str]) -> None:
        """Take ideas out, which have changed or are gone."""
        rows = [self._row_of[use_id] for use_id in use_ids if use_id in self._row_of]
        self.alive[rows] = False

    def trusted(self, told: Mapping[str, float], otherwise: float) -> np.ndarray:
        """How far each idea is trusted, worked out once for each telling of it."""
        if self._trust is None or self._trust[0] is not told:
            trusted = np.full(len(self), otherwise, np.float32)
            for use_id, share in told.items():
                if (row := self._row_of.get(use_id)) is not None:
                    trusted[row] = share
            self._trust = told, trusted
        return self._trust[1]

    def readable(self, languages: frozenset[str]) -> np.ndarray:
        """Whether each idea (bool) is there, and in one of these languages or for all readers."""
        spoken = np.array([each == ANY_LANGUAGE or each in languages for each in self.languages])
        return self.alive & spoken[self.spoken]

    def rows_of(self, use_ids: Iterable[str]) -> list[int]:
        """Where these ideas stand, those that are here."""
        return [self._row_of[use_id] for use_id in use_ids if use_id in self._row_of]


@dataclass(frozen=True, slots=True)
class Found:
    """The ideas that are complete for what is owned, those lacking one thing, and what meets which want."""

    complete: tuple[Matched, ...]
    lacking: tuple[Matched, ...]
    owned: tuple[str, ...]
    holders: tuple[tuple[Numbered, np.ndarray], ...]  # for each want the place in `owned`, -1 for none

    def holder(self, want: Want) -> str | None:
        """Return the owned product that meets a want best; None where none does."""
        for numbered, held in self.holders:
            number = numbered.known(want)
            if number >= 0 and (place := int(held[number])) >= 0:
                return self.owned[place]
        return None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is to be shown ideas: languages read, ideas refused, and how far each idea is trusted."""

    languages: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    trust: Mapping[str, float] = field(default_factory=lambda: UNTOLD)
    otherwise: float = 0.5


class Matching:
    """The ideas of one shop, in order to be matched; a change of an idea is looked at by itself."""

    def __init__(self, ideas: Ideas) -> None:
        self._ideas = ideas
        self._lock = Lock()
        self._upto, self._built_at = -1, -1
        self._parts: tuple[Compiled, ...] = ()

    def parts(self) -> tuple[Compiled, ...]:
        """Return all live ideas as they are now, in one part or two: most of them, and those just changed."""
        with self._lock:
            upto, changed = self._ideas.changed_since(max(self._built_at, 0))
            if upto == self._upto and self._parts:
                return self._parts
            whole = self._parts[0] if self._parts else None
            if whole is None or len(changed) > max(LEAST_REBUILT, len(whole) // 20):
                self._parts, self._built_at = (Compiled(self._ideas),), upto
            else:
                whole.without(changed)
                now = filter(None, map(self._ideas.get, changed))
                self._parts = (whole, Compiled(now))
            self._upto = upto
            return self._parts

    def matched(
        self,
        owned: Mapping[str, float],
        catalogue: Catalogue,
        reader: Reader,
        most: int,
        taking: Iterable[str] | None = None,
    ) -> Found:
        """Return the ideas that are complete for what is owned, and those lacking one thing, best first.

        `owned` gives each product's weight (above 0). At most `most` of each are returned. With `taking`
        only ideas that need one of these products (or a variant, or what they are) are looked at.
        """
        complete: list[Matched] = []
        lacking: list[Matched] = []
        holders: list[tuple[Numbered, np.ndarray]] = []
        products = sorted(owned, key=lambda product_id: owned[product_id])  # of several the nearest stays
        near = np.fromiter((owned[product_id] for product_id in products), np.float32, len(products))
        for part in self.parts():
            held = part.wants.held(products, catalogue)
            holders.append((part.wants, held))
            wants = np.flatnonzero(held >= 0)
            met = part.index.met(wants, near[held[wants]])
            shown = part.readable(reader.languages)
            shown[part.rows_of(reader.refused)] = False
            if taking is not None:
                named = part.wants.held(list(taking), catalogue)
                shown &= part.index.taking(np.flatnonzero(named >= 0))
            trusted = part.trusted(reader.trust, reader.otherwise)
            for rows, fit, gaps, found in (
                (met.complete, met.complete_fit, None, complete),
                (met.lacking, met.lacking_fit, met.lacking_need, lacking),
            ):
                worth = np.where(shown[rows], fit * trusted[rows], 0.0)
                for at in _best(worth, most):
                    gap = None if gaps is None else int(gaps[at])
                    found.append(Matched(part.use_ids[rows[at]], float(worth[at]), gap))
        return Found(_first(complete, most), _first(lacking, most), tuple(products), tuple(holders))


_MATCHINGS: WeakKeyDictionary[Ideas, Matching] = WeakKeyDictionary()


def matching_of(ideas: Ideas) -> Matching:
    """The one `Matching` of a shop's ideas."""
    found = _MATCHINGS.get(ideas)
    return found if found is not None else _MATCHINGS.setdefault(ideas, Matching(ideas))


def language_of(locale: str | None) -> str:
    """Return the language of a locale, as it compares: `de` of `de-CH`; that of every reader for none."""
    return (locale or ANY_LANGUAGE).replace("_", "-").partition("-")[0].lower()


def _best(worth: np.ndarray, most: int) -> list[int]:
    """The places of the largest figures above 0, the largest first."""
    there = np.flatnonzero(worth > 0)
    if len(there) > most:
        there = there[np.argpartition(-worth[there], most - 1)[:most]]
    return there[np.argsort(-worth[there], kind="stable")].tolist()


def _first(found: list[Matched], most: int) -> tuple[Matched, ...]:
    return tuple(sorted(found, key=lambda each: (-each.fit, each.use_id))[:most])
