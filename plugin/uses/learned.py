"""Learned contexts as a merchant sees them: what tells them, how many are in them, what they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from plugin.catalog import Catalogue
from plugin.shop import Shop
from plugin.uses.context_words import ContextWords, counts_as
from plugin.uses.idea import in_words

if TYPE_CHECKING:
    from recommender.model import Model

PREFIX = "context:"
NAMED_AFTER = 10  # products, the most telling ones
CALLED_BY = 3  # names of products, where no category says it
SHARED = 0.6  # of what tells a context lies in the category that it is called by


@dataclass(frozen=True, slots=True)
class LearnedContext:
    """One context, as the merchant has it: products by how telling they are (0 to 1), the most telling first.

    `people` is how many shoppers have entered it; of merged ones the largest of these. `found` is whether the
    model in service has it: what a merchant said of one that is lost is kept, should it be found again.
    """

    context_id: str
    products: Mapping[str, float] = field(default_factory=dict)
    people: int = 0
    words: ContextWords | None = None
    merged: tuple[str, ...] = ()
    found: bool = True

    @property
    def use_id(self) -> str:
        """Under which id it is answered as a use."""
        return f"{PREFIX}{self.context_id}"

    @property
    def hidden(self) -> bool:
        """Whether the merchant wants nobody to see it."""
        return self.words is not None and self.words.hidden

    @property
    def promoted_to(self) -> str | None:
        """The use idea that stands in its place, if the merchant made one of it."""
        return self.words.promoted_to if self.words is not None else None

    def telling(self, catalogue: Catalogue) -> list[str]:
        """Return the ids of its most telling products that the shop still has."""
        return [each for each in self.products if catalogue.get(each) is not None][:NAMED_AFTER]

    def given_title(self, *locales: str | None) -> str | None:
        """Return what the merchant calls it, None where nobody named it."""
        return in_words(self.words.title, *locales) if self.words is not None else None

    def title(self, catalogue: Catalogue, *locales: str | None) -> str:
        """Return what it is called: by the merchant, else after its category and first products."""
        reader = next(filter(None, locales), None)
        return self.given_title(*locales) or named_after(self, catalogue, reader)


def contexts_of(shop: Shop, model: Model | None) -> dict[str, LearnedContext]:
    """Return the contexts of a shop by their number, those most shoppers are in first; to be read only.

    One that was merged into another is part of it. Those that only the merchant's words tell of come last.
    """
    if model is None:
        return _told_of((), shop.context_words)
    held = _KNOWN.get(model)
    if held is None or held[0] is not shop.context_words:  # the words are never changed, but replaced
        held = _KNOWN[model] = shop.context_words, _told_of(_learned(model), shop.context_words)
    return held[1]


def _told_of(
    learned: Sequence[LearnedContext], words: Mapping[str, ContextWords]
) -> dict[str, LearnedContext]:
    found: dict[str, list[LearnedContext]] = {}
    for each in learned:
        found.setdefault(counts_as(each.context_id, words), []).append(each)
    for context_id, said in words.items():
        if said.merged_into is None and context_id not in found:
            found[context_id] = [LearnedContext(context_id, found=False)]
    joined = [_joined(number, parts, words.get(number)) for number, parts in found.items()]
    joined.sort(key=lambda each: (not each.found, -each.people, len(each.context_id), each.context_id))
    return {each.context_id: each for each in joined}


_KNOWN: WeakKeyDictionary[Model, tuple[Mapping[str, ContextWords], dict[str, LearnedContext]]]
_KNOWN = WeakKeyDictionary()


def named_after(context: LearnedContext, catalogue: Catalogue, locale: str | None) -> str:
    """Return a name from what tells a context: the category most of it lies in, and its first products."""
    telling = context.telling(catalogue)
    names = [catalogue.by_id[each].text("name", locale) or each for each in telling]
    category = _category(context, telling, catalogue)
    if category is None:
        return " · ".join(names[:CALLED_BY]) or context.context_id
    return f"{category}: {' · '.join(names[: CALLED_BY - 1])}"


def _learned(model: Model) -> list[LearnedContext]:
    contexts = model.contexts
    found = []
    for place in range(contexts.count if contexts is not None else 0):
        assert contexts is not None
        rows, weights = contexts.products(place)
        ids = (model.product_ids[row] for row in rows.tolist())
        products = dict(zip(ids, weights.tolist(), strict=True))
        number = str(int(contexts.ids_[place]))
        found.append(LearnedContext(number, products, int(contexts.people_[place])))
    return found


def _joined(number: str, parts: Sequence[LearnedContext], words: ContextWords | None) -> LearnedContext:
    products: dict[str, float] = {}
    for part in parts:
        for product_id, weight in part.products.items():
            products[product_id] = max(weight, products.get(product_id, 0.0))
    ranked = dict(sorted(products.items(), key=lambda each: (-each[1], each[0])))
    merged = tuple(part.context_id for part in parts if part.context_id != number)
    found = any(part.found for part in parts)
    return LearnedContext(number, ranked, max(part.people for part in parts), words, merged, found)


def _category(context: LearnedContext, telling: Sequence[str], catalogue: Catalogue) -> str | None:
    """The deepest category that most of what is telling lies in."""
    total = sum(context.products[each] for each in telling)
    shares: dict[tuple[str, ...], float] = {}
    for each in telling:
        path = catalogue.by_id[each].path
        for depth in range(1, len(path) + 1):
            shares[path[:depth]] = shares.get(path[:depth], 0.0) + context.products[each]
    shared = [path for path, share in shares.items() if share >= SHARED * total]
    return max(shared, key=lambda path: (len(path), shares[path], path))[-1] if shared else None
