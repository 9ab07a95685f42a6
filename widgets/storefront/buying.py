"""The way from the basket to the order. The shop's server reports the order, never the browser."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from widgets.storefront import visit
from widgets.storefront.browsing import the_shop
from widgets.storefront.orders import Order, OrderLine
from widgets.storefront.service import Discount

pages = Blueprint("buying", __name__)

FREE_DELIVERY = 5000  # minor units
DELIVERY = 490


def delivery_cost(paid: int, discount: Discount | None) -> int:
    """What delivery costs for goods of this worth, in minor units; an offer may make it free."""
    free = paid >= FREE_DELIVERY or (discount is not None and discount.free_delivery)
    return 0 if free else DELIVERY


def discount_of(basket: visit.Basket) -> Discount | None:
    """What the service's offers take off the basket now, or None."""
    if not basket.lines:
        return None
    lines = [(product.product_id, quantity, product.price) for product, quantity in basket.lines]
    customer = visit.signed_in(the_shop().customers)
    currency = basket.lines[0][0].currency
    return the_shop().service.discount(lines, currency, customer.user_id if customer else None)


@pages.get("/basket")
def basket_page() -> str:
    """What lies in the basket, what completes it, and what it costs."""
    catalogue = the_shop().catalogue
    basket = visit.Basket(catalogue)
    discount = discount_of(basket)
    goods = max(0, basket.subtotal - (discount.amount if discount else 0))
    delivery = delivery_cost(goods, discount)
    return render_template(
        "basket.html",
        discount=discount,
        delivery=delivery,
        total=goods + delivery,
        free_from=FREE_DELIVERY,
        best=catalogue.bestsellers(4, apart=basket.ids),
        most=visit.MOST_PIECES,
    )


@pages.post("/basket")
def change_basket() -> Response:
    """Add a product (`add`), or set how many of it lie in the basket (`set`)."""
    catalogue = the_shop().catalogue
    basket = visit.Basket(catalogue)
    product = catalogue.get(request.form.get("product_id", "")) or abort(404)
    quantity = request.form.get("quantity", 1, type=int)
    if request.form.get("step") == "set":
        basket.put(product, quantity)
    elif product.available:
        basket.put(product, basket.quantity(product) + max(1, quantity))
    return redirect(url_for("buying.basket_page"), 303)


@pages.get("/checkout")
def back_to_basket() -> Response:
    """The address typed or loaded again orders nothing: it leads to the basket."""
    return redirect(url_for("buying.basket_page"), 303)


@pages.post("/checkout")
def checkout() -> Response:
    """Place the order with one click and report it to the service."""
    shop = the_shop()
    basket = visit.Basket(shop.catalogue)
    if not basket.lines:
        return redirect(url_for("buying.basket_page"), 303)
    discount = discount_of(basket)
    off = discount.amount if discount else 0
    goods = max(0, basket.subtotal - off)
    delivery = delivery_cost(goods, discount)
    customer = visit.signed_in(shop.customers)
    order = Order(
        order_id=f"BF-{datetime.now(UTC):%y%m%d}-{secrets.token_hex(3).upper()}",
        placed_at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        currency=basket.lines[0][0].currency,
        total=goods + delivery,
        delivery=delivery,
        lines=tuple(
            OrderLine(product.product_id, product.name, product.price, quantity)
            for product, quantity in basket.lines
        ),
        user_id=customer.user_id if customer else None,
        visitor=visit.visitor_id(),
        discount=off,
        reported=False,
        offers=discount.titles if discount else (),
    )
    shop.orders.place(order)
    basket.empty()
    session["thanked"] = order.order_id
    shop.reporter.report(order)
    return redirect(url_for("buying.thanks"), 303)


@pages.get("/thanks")
def thanks() -> str | Response:
    """The order just placed, and what goes with it."""
    shop = the_shop()
    order = shop.orders.get(session.get("thanked", ""))
    if order is None:
        return redirect(url_for("browsing.home"))
    bought = [line.product_id for line in order.lines]
    return render_template(
        "thanks.html",
        order=order,
        bought=bought,
        best=shop.catalogue.bestsellers(4, apart=bought),
        ideas=shop.notebook.first(3),
    )
