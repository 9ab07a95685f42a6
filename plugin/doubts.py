"""What a merchant wrote that may be meant, and may be a slip: names that the shop does not know (yet)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from plugin.catalog import Catalogue, category_key, category_keys

Doubt = dict[str, str]  # `pointer` and `detail`, as an error has them
COMBINING = ("all", "any")
COMPARED: dict[str, Callable[[str], Any]] = {
    "category": category_key,
    "brand": str.casefold,
    "attribute": str,
}
UNKNOWN = "no product of the catalogue"


def doubts_of_placement(document: Mapping[str, Any], catalogue: Catalogue, now: float) -> list[Doubt]:
    """Return what a checked placement names that is not there or has no effect now, each with its place.

    Products, categories, brands and attributes that are unknown may come later; pins beyond the limit show
    where a page asks for more.
    """
    return [
        *_of_pins(document, catalogue, now),
        *_ended("boosts", document, now),
        *_of_conditions(document, catalogue),
    ]


def doubts_of_settings(changes: Mapping[str, Any], catalogue: Catalogue) -> list[Doubt]:
    """Return which sensitive categories that were just set hold no product."""
    named = changes.get("sensitive_categories") or ()
    if not named:
        return []
    known = _categories(catalogue)
    return [
        _doubt(f"/sensitive_categories/{place}", f"{UNKNOWN} lies in {name!r}")
        for place, name in enumerate(named)
        if category_key(name) not in known
    ]


def _of_pins(document: Mapping[str, Any], catalogue: Catalogue, now: float) -> Iterator[Doubt]:
    for place, pin in enumerate(document.get("pins") or ()):
        if catalogue.get(pin["product_id"]) is None:
            yield _doubt(f"/pins/{place}/product_id", f"{UNKNOWN} is {pin['product_id']!r}")
        if pin["position"] > document["limit"]:
            what = f"beyond the {document['limit']} places, so it shows only where a page asks for more"
            yield _doubt(f"/pins/{place}/position", what)
    yield from _ended("pins", document, now)


def _ended(name: str, document: Mapping[str, Any], now: float) -> Iterator[Doubt]:
    for place, each in enumerate(document.get(name) or ()):
        if each.get("until") and datetime.fromisoformat(each["until"]).timestamp() <= now:
            yield _doubt(f"/{name}/{place}/until", "it has ended, and does nothing any more")


def _of_conditions(document: Mapping[str, Any], catalogue: Catalogue) -> list[Doubt]:
    written = [("/where", document.get("where"))]
    written += [
        (f"/boosts/{place}/where", each["where"]) for place, each in enumerate(document.get("boosts") or ())
    ]
    named = [found for pointer, condition in written for found in _named(condition, pointer)]
    if not named:
        return []
    known: dict[str, set[Any]] = {
        "category": _categories(catalogue),
        "brand": {product.brand.casefold() for product in catalogue if product.brand},
        "attribute": {name for product in catalogue for name in product.attributes},
    }
    return [
        _doubt(pointer, f"{UNKNOWN} has the {kind} {name!r}")
        for pointer, kind, name in named
        if COMPARED[kind](name) not in known[kind]
    ]


def _named(condition: Mapping[str, Any] | None, pointer: str) -> Iterator[tuple[str, str, str]]:
    """Where in a condition which category, brand or attribute is named."""
    for key, held in (condition or {}).items():
        if held is None:
            continue
        if key in COMBINING:
            for place, each in enumerate(held):
                yield from _named(each, f"{pointer}/{key}/{place}")
        elif key == "not":
            yield from _named(held, f"{pointer}/not")
        elif key in ("category", "brand"):
            names = held["is"]
            several = [(f"/{place}", name) for place, name in enumerate(names)]
            for part, name in [("", names)] if isinstance(names, str) else several:
                yield f"{pointer}/{key}/is{part}", key, name
        elif key == "attribute":
            yield f"{pointer}/attribute/attribute", key, held["attribute"]


def _categories(catalogue: Catalogue) -> set[tuple[str, ...]]:
    return set().union(*map(category_keys, catalogue))


def _doubt(pointer: str, detail: str) -> Doubt:
    return {"pointer": pointer, "detail": f"{detail[0].upper()}{detail[1:]}."}
