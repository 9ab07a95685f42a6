"""Signing in and out, the customer's own page, and the token that says to the service who is here."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from widgets.storefront import visit
from widgets.storefront.browsing import the_shop
from widgets.storefront.tokens import sign_token

pages = Blueprint("account", __name__)


@pages.get("/login")
def login() -> str:
    """The demo accounts, one click each."""
    return render_template("login.html", customers=list(the_shop().customers.values()))


@pages.post("/login")
def sign_in() -> AnyResponse:
    """Sign in as one of the demo accounts."""
    visit.sign_in(the_shop().customers.get(request.form.get("user_id", "")) or abort(404))
    return redirect(url_for("account.mine"), 303)


@pages.post("/logout")
def sign_out() -> AnyResponse:
    """Sign out; basket and visitor's id go too."""
    visit.sign_out()
    return redirect(url_for("browsing.home"), 303)


@pages.get("/account")
def mine() -> str | AnyResponse:
    """Who I am here, what I bought, and what is due again."""
    shop = the_shop()
    customer = visit.signed_in(shop.customers)
    if customer is None:
        return redirect(url_for("account.login"))
    orders = shop.orders.of(customer.user_id)
    bought = [line.product_id for order in orders for line in order.lines]
    again = [
        product for product in map(shop.catalogue.get, dict.fromkeys(bought)) if product and product.available
    ]
    return render_template(
        "account.html",
        orders=orders,
        tier=tier_title(shop.service.shopper(customer.user_id)),
        again=shop.catalogue.cards(again)[:4],
        best=shop.catalogue.bestsellers(4, apart=bought),
        ideas=shop.notebook.first(3),
    )


def tier_title(shopper: dict[str, Any] | None) -> str | None:
    """Return the name of the tier the service has the customer in, or None where it does not say."""
    tier = (shopper or {}).get("tier")
    if not isinstance(tier, dict):
        return None
    title = tier.get("title") or tier.get("tier")
    if isinstance(title, dict):
        title = title.get("en") or next(iter(title.values()), None)
    return title[:1].upper() + title[1:] if isinstance(title, str) and title else None


@pages.get("/rapport-token")
def token() -> Response:
    """The signed token of whoever is signed in; 204 when nobody is."""
    shop = the_shop()
    customer = visit.signed_in(shop.customers)
    if customer is None:
        return Response(status=204)
    settings = shop.settings
    signed = sign_token(
        customer.user_id,
        shop=settings.shop,
        kid=settings.signing_kid,
        key=settings.signing_key,
        now=time.time(),
    )
    return jsonify(token=signed)
