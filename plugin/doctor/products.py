"""Products that activity names and the catalogue does not know, and products that cannot be shown."""

from __future__ import annotations

from plugin.doctor.finding import Check, Found, Patient, found_in, named

NAMED = """
SELECT product_id, count(*) AS events, max(happened_at) AS moment FROM recent
WHERE product_id IS NOT NULL AND kind NOT IN ('product', 'dismissed') GROUP BY product_id
ORDER BY events DESC, product_id
"""


def unknown_products(patient: Patient) -> Found | None:
    """Products that events name and the merchant's catalogue does not hold."""
    catalogue = patient.shop.catalogue
    told = [
        row
        for row in patient.ask(NAMED)
        if (known := catalogue.get(row["product_id"])) is None or known.source != "merchant"
    ]
    return found_in(told, lambda row: f"{row['product_id']} ({row['events']:,} events)")


def not_showable(patient: Patient) -> Found | None:
    """Products of the merchant's own that lack what a card needs."""
    lacking = {
        product.product_id: [
            name for name in ("name", "url", "image_url", "price") if getattr(product, name) in (None, "")
        ]
        for product in patient.shop.catalogue
        if product.source == "merchant" and not product.hidden
    }
    return named(f"{product_id}: no {', '.join(names)}" for product_id, names in lacking.items() if names)


def nothing_in_stock(patient: Patient) -> Found | None:
    """A catalogue of which nothing may be sold."""
    products = list(patient.shop.catalogue)
    if not products or any(product.sellable for product in products):
        return None
    return Found(len(products))


CHECKS = (
    Check(
        "product_unknown",
        "warning",
        "Events name products that the catalogue does not hold",
        "What browsers alone name is never shown; what only orders name is shown with the order's name and "
        "price, without picture or link.",
        "Send the same `product_id` in events as in the catalogue (`g:id` of a feed), and run "
        "`rapport import products`.",
        unknown_products,
    ),
    Check(
        "product_not_showable",
        "warning",
        "Products lack what a card needs",
        "Their cards have no picture, no price or lead nowhere.",
        "Complete `name`, `url`, `image_url` and `price` in the feed.",
        not_showable,
    ),
    Check(
        "nothing_in_stock",
        "error",
        "Not one product is in stock",
        "Every shelf stays empty.",
        "Check `availability` in the feed: `in_stock`, `out_of_stock` or `preorder`.",
        nothing_in_stock,
    ),
)
