"""A row of a product file, in Google's words or ours, turned into the shop's product document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any

from plugin import money
from plugin.connectors import written
from plugin.connectors.rejects import Unusable

TEXTS = {
    "name": ("name", "title"),
    "url": ("url", "link"),
    "image_url": ("image_url", "image_link"),
    "brand": ("brand",),
}
AMOUNTS = {"price": ("price",), "sale_price": ("sale_price",), "cost": ("cost", "cost_of_goods_sold")}
YES_OR_NO = ("durable", "sensitive", "hidden")
AVAILABILITY = {
    "in_stock": "in_stock",
    "limited_availability": "in_stock",
    "available_for_order": "in_stock",
    "out_of_stock": "out_of_stock",
    "preorder": "preorder",
    "pre_order": "preorder",
    "backorder": "preorder",  # can be ordered, arrives later
}
# what Google says of a product beyond our own fields, kept as attributes for conditions to read
ATTRIBUTES = (
    "color size size_type size_system material pattern gender age_group condition gtin mpn "
    "custom_label_0 custom_label_1 custom_label_2 custom_label_3 custom_label_4"
).split()
PRICED = re.compile(r"(?P<before>[A-Za-z]{3})?\s*(?P<amount>[^A-Za-z]+?)\s*(?P<after>[A-Za-z]{3})?")


def field_name(heading: str) -> str:
    """Return a heading as a field's name: `g:image link` is `image_link`; attribute names keep their case."""
    heading = heading.strip()
    if heading.lower().startswith(("attributes.", "locales.")):
        return heading
    return heading.lower().removeprefix("g:").strip().replace(" ", "_")


def product_document(fields: Mapping[str, str], currency: str, now: float | None) -> dict[str, Any]:
    """Return the document of one product; what a row leaves blank is left out.

    `fields` go by our own names, or Google's where ours is absent; also `attributes.<name>` and
    `locales.<language>.name` or `.url`. Amounts may carry their currency. `now` (epoch seconds) decides
    whether a sale price that Google limits in time holds; without it such a price is left out. Raises
    `Unusable` with the reason.
    """
    product_id = written.identifier(_first(fields, ("product_id", "id")), "product id")
    if product_id is None:
        raise Unusable("no_product_id", "the product has no id")
    document: dict[str, Any] = {"product_id": product_id}
    for ours, theirs in TEXTS.items():
        _put(document, ours, _first(fields, theirs))
    _put(document, "group_id", written.identifier(_first(fields, ("group_id", "item_group_id")), "group id"))
    _put(document, "category", _category(fields))
    for ours, theirs in AMOUNTS.items():
        if text := _first(fields, theirs):
            document[ours] = _amount(ours, text, currency)
    if "sale_price" in document and not _on_sale(fields.get("sale_price_effective_date"), now):
        del document["sale_price"]
    if text := _first(fields, ("availability",)):
        document["availability"] = _availability(text)
    for ours in YES_OR_NO:
        if text := _first(fields, (ours,)):
            document[ours] = _yes_or_no(ours, text)
    if text := _first(fields, ("lifetime_days",)):
        document["lifetime_days"] = _days(text)
    _put(document, "attributes", _attributes(fields))
    _put(document, "locales", _locales(fields))
    return document


def _first(fields: Mapping[str, str], names: Iterable[str]) -> str | None:
    for name in names:
        if text := (fields.get(name) or "").strip():
            return text
    return None


def _put(document: dict[str, Any], name: str, value: Any) -> None:
    if value:
        document[name] = value


def _category(fields: Mapping[str, str]) -> str | None:
    """The shop's own words before Google's; Google's number for a category says nothing to a shopper."""
    text = _first(fields, ("category", "product_type", "google_product_category"))
    if text is None or text.isdecimal():
        return None
    return " > ".join(part for part in (part.strip() for part in text.split(">")) if part) or None


def _amount(name: str, text: str, currency: str) -> dict[str, str]:
    match = PRICED.fullmatch(text)
    if match is None or (match["before"] and match["after"]):
        raise Unusable("unreadable_price", f"the {name} {text[:80]!r} is not an amount")
    code = (match["before"] or match["after"] or currency).upper()
    if code != currency:
        raise Unusable("another_currency", f"the {name} is in {code}, the shop counts in {currency}")
    minor = written.price(match["amount"], currency)
    if minor is None:
        raise Unusable("unreadable_price", f"the {name} {text[:80]!r} is not an amount")
    return {"amount": money.decimal_text(minor, currency), "currency": currency}


def _on_sale(window: str | None, now: float | None) -> bool:
    if not window or not window.strip():
        return True
    since, mark, until = window.partition("/")
    if not mark:
        raise Unusable("unreadable_time", f"{window[:80]!r} is not a span of two times with / between")
    begins, ends = written.moment(since, UTC), written.moment(until, UTC)
    return now is not None and begins <= now < ends


def _availability(text: str) -> str:
    word = re.sub(r"[\s_-]+", "_", text.lower())
    if word not in AVAILABILITY:
        raise Unusable("unreadable_availability", f"{text[:80]!r} is not one of {', '.join(AVAILABILITY)}")
    return AVAILABILITY[word]


def _yes_or_no(name: str, text: str) -> bool:
    try:
        return written.yes_or_no(text)
    except ValueError as error:
        raise Unusable("unreadable_value", f"{name}: {error}") from None


def _days(text: str) -> int:
    try:
        days = written.number(text)
    except ValueError as error:
        raise Unusable("unreadable_value", f"lifetime_days: {error}") from None
    if days != days.to_integral_value() or not 0 < days <= 36_525:
        raise Unusable("unreadable_value", f"lifetime_days: {text[:80]!r} is not a number of days")
    return int(days)


def _attributes(fields: Mapping[str, str]) -> dict[str, str]:
    found = {name: fields[name].strip() for name in ATTRIBUTES if (fields.get(name) or "").strip()}
    for name, text in fields.items():
        if name.lower().startswith("attributes.") and text and text.strip():
            found[name[len("attributes.") :]] = text.strip()
    return found


def _locales(fields: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, text in fields.items():
        prefix, _, rest = name.partition(".")
        language, _, own = rest.rpartition(".")
        if prefix.lower() == "locales" and language and own in ("name", "url") and text and text.strip():
            found.setdefault(language, {})[own] = text.strip()
    return found
