"""What platforms tell of products, taken into the catalogue: in any order, each moment's word once.

A product that the shop has described keeps what its platform does not speak of (its cost, how long it lasts).
What is older than what is held changes nothing, whoever wrote that; what it cost then is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from plugin.catalog import Product
from plugin.connectors.platforms import FamilyTold, ProductTold
from plugin.merchant import product_of
from plugin.prices.keeping import known_prices, with_late_word, with_prices
from plugin.shop import Shop
from plugin.shop_window import former_prices, history_of
from plugin.shops import Shops

Check = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(slots=True)
class ProductsTaken:
    """How many products a message added or changed, and how many it hid."""

    changed: int = 0
    hidden: int = 0


class PlatformProducts:
    """Takes what platforms tell of products into the catalogues. `check` raises `Invalid`."""

    def __init__(self, shops: Shops, clock: Callable[[], float], check: Check) -> None:
        self._shops = shops
        self._clock = clock
        self._check = check

    def take(
        self, shop_id: str, platform: str, products: tuple[ProductTold, ...], family: FamilyTold | None
    ) -> ProductsTaken:
        """Return what came of it. Raises `Invalid` for a product that no catalogue could hold."""
        view = self._shops.view(shop_id, fresh=True)
        taken = ProductsTaken()
        wholes = {told.document["product_id"]: (told, self._whole(told, view)) for told in products}
        if family is not None and not family.kept:
            self._remember_gone(shop_id, platform, family)
        groups = {told.document.get("group_id") or "" for told, _ in wholes.values()}
        gone_at = self._gone_at(shop_id, platform, groups)
        hiding = [] if family is None else _no_longer_there(view, family)

        def judged(product_id: str, held: Product | None) -> Product | None:
            if product_id in wholes:
                told, whole = wholes[product_id]
                if told.at <= gone_at.get(told.document.get("group_id") or "", -1.0):
                    return None
                news = as_told(held, told, whole)
                if news is None and held is not None:
                    return with_late_word(held, whole, told.at, view.settings.timezone)
                return news
            return as_gone(held, family.at) if family is not None else None

        for product_id in self._change(shop_id, [*wholes, *hiding], judged):
            if product_id in wholes:
                taken.changed += 1
            else:
                taken.hidden += 1
        return taken

    def _whole(self, told: ProductTold, view: Shop) -> Product:
        document = {name: value for name, value in told.document.items() if value is not None}
        return product_of(self._check(document), view, told.at)

    def _change(
        self, shop_id: str, product_ids: list[str], judged: Callable[[str, Product | None], Product | None]
    ) -> list[str]:
        """Change products from what is held now; what somebody changes meanwhile is judged again."""
        documents, zone = self._shops.memory(shop_id).documents, self._shops.view(shop_id).settings.timezone
        changed, left = [], product_ids
        while left:
            names = [f"product/{each}" for each in left]
            bodies = documents.get_many(names)
            former = former_prices(
                self._shops, shop_id, [each for each, body in zip(left, bodies, strict=True) if not body]
            )
            changes, history = {}, {}
            for product_id, name, body in zip(left, names, bodies, strict=True):
                held = Product.from_bytes(body) if body else None
                after = judged(product_id, held)
                if after is None or after == held:
                    continue
                if not _only_prices_differ(held, after):
                    known = known_prices(held, former.get(product_id, ()))
                    after = with_prices(after, known, after.updated_at, self._clock(), zone)
                    history[name] = history_of(after, after.updated_at, self._clock()).to_bytes()
                changes[name] = (body, after.to_bytes())
            overtaken = documents.swap_many(changes, history)
            changed += [each for each in left if f"product/{each}" in history.keys() - overtaken]
            left = [each for each in left if f"product/{each}" in overtaken]
        return changed

    def _remember_gone(self, shop_id: str, platform: str, family: FamilyTold) -> None:
        """A product's deletion may overtake what was said of it before."""
        name = f"deleted/{platform}:{family.product_id}"
        self._shops.memory(shop_id).documents.put({name: str(family.at).encode()})

    def _gone_at(self, shop_id: str, platform: str, groups: set[str]) -> Mapping[str, float]:
        names = sorted(groups)
        bodies = self._shops.memory(shop_id).documents.get_many([f"deleted/{platform}:{g}" for g in names])
        return {group: float(body) for group, body in zip(names, bodies, strict=True) if body}


def as_told(held: Product | None, told: ProductTold, whole: Product) -> Product | None:
    """Return a product after what its platform told of it; None where that is no news.

    `whole` is the product as if nothing else were known of it.
    """
    if held is None:
        return replace(whole, first_seen=told.at, updated_at=told.at)
    if held.source == "merchant" and told.at <= held.updated_at:
        return None
    said = {name: getattr(whole, name) for name, value in told.document.items() if value is not None}
    said["sale_price"] = whole.sale_price  # none told is none held
    said["attributes"] = {**held.attributes, **whole.attributes}
    if held.group_id is not None and held.source == "merchant":
        said.pop("group_id", None)
    first_seen = min(held.first_seen, told.at)
    return replace(held, **said, source="merchant", first_seen=first_seen, updated_at=told.at)


def as_gone(held: Product | None, at: float) -> Product | None:
    """Return a product that its platform no longer has, hidden; None where that is no news."""
    if held is None or held.hidden or at < held.updated_at:
        return None
    return replace(held, hidden=True, updated_at=at)


def _only_prices_differ(held: Product | None, after: Product) -> bool:
    """Whether nothing is new but what the product cost at some time past."""
    return held is not None and replace(held, prices=after.prices, was=after.was) == after


def _no_longer_there(view: Shop, family: FamilyTold) -> list[str]:
    """The products of a family that the platform does not name any more.

    While the family lives, only variants that came from the platform itself are judged by its list: what a
    feed brought under names of its own is the feed's business.
    """
    catalogue = view.catalogue
    members = catalogue.variants(family.product_id) | {family.product_id}
    return sorted(
        each
        for each in members - family.kept
        if (product := catalogue.get(each)) is not None
        and product.source == "merchant"
        and (not family.kept or (each.isdigit() and each != family.product_id))
    )
