"""The shop put together: data, keys, pages, and the headers that keep a page to itself."""

from __future__ import annotations

import hashlib
import hmac
import json

from flask import Flask, Response, current_app, make_response, render_template
from werkzeug.exceptions import HTTPException

from widgets.storefront import account, browsing, buying, visit
from widgets.storefront.money import price_text
from widgets.storefront.shop import Shop


def create_app(shop: Shop) -> Flask:
    """Return the shop's web application."""
    app = Flask(__name__)
    app.secret_key = hmac.digest(shop.settings.signing_key.encode(), b"storefront session", hashlib.sha256)
    # Cookies know no port: another shop on this host must not share ours.
    app.config.update(
        SESSION_COOKIE_NAME=f"shop_{shop.settings.port}",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        MAX_CONTENT_LENGTH=64 * 1024,
    )
    app.extensions["shop"] = shop
    app.before_request(visit.guard_forms)
    app.after_request(_guard_page)
    app.context_processor(_what_every_page_shows)
    app.add_template_filter(price_text, "price")
    app.add_template_filter(json.dumps, "ids")
    app.register_error_handler(HTTPException, _say_what_failed)
    for pages in (browsing.pages, buying.pages, account.pages):
        app.register_blueprint(pages)
    return app


def _what_every_page_shows() -> dict[str, object]:
    shop: Shop = current_app.extensions["shop"]
    return {
        "shop": shop.settings.name,
        "api": shop.settings.api,
        "publishable_key": shop.settings.publishable_key,
        "tree": shop.catalogue.tree,
        "has_ideas": bool(shop.notebook),
        "customer": visit.signed_in(shop.customers),
        "basket": visit.Basket(shop.catalogue),
        "csrf": visit.csrf_token,
        "visitor": visit.visitor_id,
    }


def _guard_page(response: Response) -> Response:
    shop: Shop = current_app.extensions["shop"]
    api, images = shop.settings.api_origin, " ".join(sorted(shop.catalogue.image_origins))
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src 'self' {api}; connect-src 'self' {api}; style-src 'self' {api}; "
        f"img-src 'self' {images}; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'",
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    if response.mimetype in ("text/html", "application/json"):
        response.headers["Cache-Control"] = "no-store"
    return response


FAILED = {
    400: (
        "That did not work",
        "The form had been open for too long. Please go back, load the page again and repeat the step.",
    ),
    404: ("This page is not here", "It may have sold out or moved."),
    405: (
        "This page cannot be opened like this",
        "It is a step on the way, and belongs to a button in the shop.",
    ),
    413: ("That was too much at once", "Please go back and send less."),
}
OUR_FAULT = ("Something went wrong on our side", "Please try again in a moment.")
OTHERWISE = ("That did not work", "Please go back and try it once more.")


def _say_what_failed(error: HTTPException) -> Response:
    code = error.code or 500
    title, text = FAILED.get(code, OUR_FAULT if code >= 500 else OTHERWISE)
    response = make_response(render_template("notice.html", title=title, text=text), code)
    # What the error tells programs, such as the methods a page allows, stays true of our page.
    response.headers.update((name, value) for name, value in error.get_headers() if name != "Content-Type")
    return response
