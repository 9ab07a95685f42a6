"""A place now and then for what is new and was never sold: the only way to learn whether anybody wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from plugin.catalog import Catalogue, Product
from plugin.offers.occasion import drawn

DAY = 86_400.0
SHARE = 0.08  # of a day's shelves
LEAST_SHELF = 4  # a shorter shelf has no place to spare
NEW_FOR_DAYS = 60.0
LEAST_ALIKE = 0.25
MOST_SOURCES = 5
EXPLORING = frozenset({"complements", "for-you", "also-viewed"})


def tries_something_new(who: str, placement: str, now: float) -> bool:
    """Whether this shelf has a place for something new today; the same answer all day (UTC), for everybody
    the shop calls `who`."""
    return drawn(f"explore/{placement}/{int(now // DAY)}", who) < SHARE


def something_new(
    catalogue: Catalogue,
    sources: Iterable[str],
    alike: Callable[[str], Mapping[str, float]],
    unsold: Callable[[str], bool],
    card: Callable[[str], Product | None],
    now: float,
) -> tuple[Product, str] | None:
    """Return a new product that nobody bought yet and the one of `sources` it is most like; None without.

    `card` says what may be shown. Products longer in the shop than two months are not new.
    """
    best: tuple[float, str, Product] | None = None
    for source in _first(sources, MOST_SOURCES):
        for product_id, likeness in alike(source).items():
            if likeness < LEAST_ALIKE or (best is not None and likeness <= best[0]):
                continue
            product = catalogue.get(product_id)
            if product is None or now - product.first_seen > NEW_FOR_DAYS * DAY or not unsold(product_id):
                continue
            if (shown := card(product_id)) is not None:
                best = (likeness, source, shown)
    return None if best is None else (best[2], best[1])


def _first(sources: Iterable[str], most: int) -> Sequence[str]:
    return list(dict.fromkeys(sources))[:most]
