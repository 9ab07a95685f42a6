"""Which products of a catalogue a like or a size names, worked out once for each text and kept up to date.

Every shopper who likes tea likes the same products, so what a text names is kept by the text. A change of
the catalogue is looked at only where it changed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from weakref import WeakKeyDictionary

from plugin.catalog import Catalogue, Product
from plugin.wishes.targets import Targets, plain, values_said

MOST_TEXTS = 256
MOST_IDS = 300_000  # named by all texts together
SIZE_ATTRIBUTES = ("size",)


@dataclass(slots=True)
class _Named:
    matcher: Callable[[], Callable[[Product], bool]]
    ids: frozenset[str] = frozenset()
    upto: int = -1  # how many of the catalogue's changes have been looked at; -1 for none of the catalogue


@dataclass
class Naming:
    """The products that texts name in one catalogue."""

    catalogue: Catalogue
    _kept: OrderedDict[tuple[str, ...], _Named] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def liked(self, text: str) -> frozenset[str]:
        """The ids of the products that a like names; the same object until that changes."""
        return self._of(("like", text), lambda: Targets.of([text], self.catalogue).names)

    def fitting(self, what: str, size: str) -> frozenset[str]:
        """The ids of the products of a kind that come in a size, such as shoes in 42."""
        return self._of(("size", what, size), lambda: _fits(what, size))

    def _of(self, key: tuple[str, ...], matcher: Callable[[], Callable[[Product], bool]]) -> frozenset[str]:
        with self._lock:
            named = self._kept.pop(key, None) or _Named(matcher)
            self._kept[key] = named  # the one asked for last is let go of last
            if self._look(named):
                self._let_go()
            return named.ids

    def _look(self, named: _Named) -> bool:
        """Whether what the text names has changed since it was last asked for; it is set right here."""
        upto, changed = self.catalogue.changed_since(named.upto)
        if upto == named.upto:
            return False
        before, names = named.ids, named.matcher()
        if changed is None:
            now = frozenset(each.product_id for each in self.catalogue if names(each))
        else:
            there = [each for each in map(self.catalogue.get, changed) if each is not None]
            now = (before - changed) | {each.product_id for each in there if names(each)}
        named.upto = upto
        if now == before:
            return False
        named.ids = now
        return True

    def _let_go(self) -> None:
        held = sum(len(each.ids) for each in self._kept.values())
        while len(self._kept) > 1 and (len(self._kept) > MOST_TEXTS or held > MOST_IDS):
            _, gone = self._kept.popitem(last=False)
            held -= len(gone.ids)


_NAMINGS: WeakKeyDictionary[Catalogue, Naming] = WeakKeyDictionary()


def naming_of(catalogue: Catalogue) -> Naming:
    """The one `Naming` of a catalogue."""
    found = _NAMINGS.get(catalogue)
    return found if found is not None else _NAMINGS.setdefault(catalogue, Naming(catalogue))


def told_as(text: str, catalogue: Catalogue) -> str:
    """How a like is spoken of: `brand:Acme` is "Acme", `category:Kitchen > Pans` is "Pans"."""
    kind, colon, rest = (part.strip() for part in text.partition(":"))
    if not colon or not kind or not rest:
        return text.strip()
    if kind.casefold() == "product":
        product = catalogue.get(rest)
        return product.name if product is not None else rest
    return rest.rpartition(">" if kind.casefold() == "category" else "=")[2].strip() or rest


def _fits(what: str, size: str) -> Callable[[Product], bool]:
    """Whether a product is what a size is said for, and comes in it.

    Either an attribute of that name says so (`{"shoe size": "42"}` for `shoe size`), or the product lies in a
    category or bears a name of that word (`shoes`) and its attribute `size` says so.
    """
    word, wanted = plain(what), plain(size)
    stem = word.removesuffix("s")

    def fits(product: Product) -> bool:
        said = {plain(str(name)): value for name, value in product.attributes.items()}
        if word in said and wanted in values_said(said[word]):
            return True
        if not any(name in said and wanted in values_said(said[name]) for name in SIZE_ATTRIBUTES):
            return False
        return bool(stem) and stem in f"{product.category or ''} {product.name}".casefold()

    return fits
