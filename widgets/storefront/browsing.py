"""The pages one looks around on: home, categories, search, products, ideas, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, current_app, render_template, request, send_from_directory

from widgets.storefront.catalogue import Product

if TYPE_CHECKING:
    from widgets.storefront.shop import Shop

pages = Blueprint("browsing", __name__)

SORTS = {
    "popular": "Most bought",
    "price": "Price, low to high",
    "price-down": "Price, high to low",
    "name": "Name",
}


def the_shop() -> Shop:
    """The shop that this application serves."""
    return current_app.extensions["shop"]


def sort_cards(products: list[Product], by: str) -> list[Product]:
    """Return cards in the order the reader chose; what cannot be bought now comes last."""
    sold = the_shop().catalogue.sold
    keys = {
        "popular": lambda product: -sold[product.product_id],
        "price": lambda product: product.price,
        "price-down": lambda product: -product.price,
        "name": lambda product: product.name.casefold(),
    }
    return sorted(products, key=lambda product: (not product.available, keys[by](product)))


@pages.get("/")
def home() -> str:
    """The shop window."""
    catalogue = the_shop().catalogue
    window = {outer: catalogue.bestsellers(3, path=(outer,)) for outer in catalogue.tree}
    hero = [products[0] for products in window.values() if products][:4]
    taken = [product.product_id for product in hero]
    best = catalogue.bestsellers(4, apart=taken)
    taken += [product.product_id for product in best]
    return render_template(
        "home.html", hero=hero, window=window, best=best, more=catalogue.bestsellers(4, apart=taken)
    )


@pages.get("/category/<outer>")
@pages.get("/category/<outer>/<inner>")
def category(outer: str, inner: str | None = None) -> str:
    """All products of a category."""
    catalogue = the_shop().catalogue
    if outer not in catalogue.tree or (inner is not None and inner not in catalogue.tree[outer]):
        abort(404)
    sort = request.args.get("sort", "popular")
    sort = sort if sort in SORTS else "popular"
    path = (outer,) if inner is None else (outer, inner)
    return render_template(
        "category.html",
        outer=outer,
        inner=inner,
        products=sort_cards(catalogue.within(path), sort),
        best=catalogue.bestsellers(4),
        sort=sort,
        sorts=SORTS,
    )


@pages.get("/search")
def search() -> str:
    """What the shop has for some words."""
    words = request.args.get("q", "").strip()[:100]
    catalogue = the_shop().catalogue
    return render_template(
        "search.html", words=words, products=catalogue.search(words), best=catalogue.bestsellers(4)
    )


@pages.get("/product/<path:product_id>")
def product(product_id: str) -> str:
    """One product, what goes with it, and what could be taken instead."""
    catalogue = the_shop().catalogue
    shown = catalogue.get(product_id) or abort(404)
    like = catalogue.bestsellers(4, path=shown.path, apart=[product_id])
    taken = [product_id, *(other.product_id for other in like)]
    return render_template(
        "product.html",
        product=shown,
        variants=catalogue.variants(shown),
        like=like,
        near=catalogue.bestsellers(4, path=shown.path[:1], apart=taken),
    )


@pages.get("/ideas")
def ideas() -> str:
    """What can be done with the shop's goods."""
    return render_template("ideas.html", ideas=list(the_shop().notebook))


@pages.get("/ideas/<use_id>")
def idea(use_id: str) -> str:
    """One thing to do, and what it takes."""
    return render_template("idea.html", idea=the_shop().notebook.get(use_id) or abort(404))


@pages.get("/help")
def help_page() -> str:
    """Delivery, returns, contact and privacy."""
    return render_template("help.html")


@pages.get("/pictures/<path:name>")
def picture(name: str) -> Response:
    """A product's picture."""
    response = send_from_directory((the_shop().settings.data / "pictures").resolve(), name, max_age=3600)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
