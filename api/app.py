"""The composition root: the only place that knows all rooms and wires them; only the server imports it."""

from __future__ import annotations

import gc
import os
import signal
import time
from functools import partial
from typing import Any

from flask import Flask, Response, g, request
from flask_smorest import Api
from werkzeug.middleware.proxy_fix import ProxyFix

from api import (
    __version__,
    activity,
    catalogue,
    consent,
    dead_letters,
    effects,
    errors,
    funding,
    gifts,
    health,
    merging,
    models,
    needs,
    offer_tokens,
    offers,
    preferences,
    prices,
    quotes,
    redemptions,
    rights,
    rule_checks,
    rules,
    segments,
    shoppers,
    signin,
    suggestions,
    tiers,
    use_contexts,
    use_ideas,
    webhooks,
    widgets,
)
from api.auth import acting, storefront
from api.bodies import read_to_the_end
from api.console import front, people
from api.description import describe
from api.doors import Identity
from api.processes import when_orphaned
from plugin.errors import TooLarge
from plugin.key_sets import KeySets
from plugin.merchant import Merchant
from plugin.outside import fetch
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.signin.flow import SignIn
from plugin.signin.providers import Providers
from plugin.store.limits import Limits
from plugin.store.memory import Store, open_store
from plugin.storefront import Storefront

ALLOWED_HEADERS = (
    "Authorization, Content-Type, Content-Encoding, Rapport-Shopper, Rapport-Anonymous, "
    "Idempotency-Key, If-Match, AnonymousId"
)
LONGEST_ADDRESS = 16 * 1024


def served() -> Flask:
    """Return the application for one web process of `rapport serve`, which ends when the main one is gone."""
    when_orphaned(lambda: os.kill(os.getpid(), signal.SIGKILL))
    # What a request makes is gone with it, next to nothing of it in a circle, and looking for circles every
    # few requests took about one part in twenty of the time.
    gc.set_threshold(10_000, 20, 20)
    return create()


def create(settings: Settings | None = None, store: Store | None = None) -> Flask:
    """Return the web application over a store (the one of the environment unless another is given)."""
    store = store or open_store(settings or Settings.from_environment(), for_doors=True)
    shops = Shops(store)
    app = Flask("rapport", static_folder=None, template_folder=None)
    app.config.update(
        API_TITLE="Rapport",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,
        JSON_SORT_KEYS=False,
    )
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    app.url_map.converters["identity"] = Identity
    app.extensions["storefront"] = Storefront(shops, time.time)
    app.extensions["storefront"].warm()
    outside = partial(fetch, allowed=store.settings.outside_allowed)
    app.extensions["key_sets"] = KeySets(outside)
    app.extensions["sign_in"] = SignIn(app.extensions["storefront"], Providers(outside))
    app.extensions["merchant"] = Merchant(shops, time.time, acting)
    app.extensions["deliveries"] = webhooks.deliveries_to(app.extensions["storefront"])
    app.extensions["limits"] = Limits(store.connection, store.shards)
    if proxies := store.settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    errors.translate(app)
    _open_doors(app)
    app.before_request(_answer_preflight)
    app.after_request(_finish)
    return app


def _open_doors(app: Flask) -> None:
    api = Api(app)
    # The library's own handler would answer in its own words; ours speaks for every door.
    errors.translate(app)
    shopping = (suggestions, offers, quotes, redemptions, gifts, funding, offer_tokens, needs)
    of_shoppers = (*shopping, consent, merging, preferences, rights, shoppers, signin, tiers)
    of_things = (catalogue, prices, use_ideas, use_contexts)
    of_offers = (rules, rule_checks, effects, segments)
    for resource in (*of_shoppers, *of_offers, *of_things, models, dead_letters, webhooks):
        api.register_blueprint(resource.doors)
    for blueprint in (activity.doors, health.doors, widgets.doors, front.doors, people.doors):
        app.register_blueprint(blueprint)
    describe(app, api)


def _answer_preflight() -> Response | None:
    """Answer a preflight for any origin that some shop lists; the request is judged by its own shop."""
    if len(request.path) + len(request.query_string) > LONGEST_ADDRESS:
        raise TooLarge(f"An address may have {LONGEST_ADDRESS} characters; post long lists instead.")
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    response = Response(status=204)
    origin = request.headers.get("Origin")
    if origin and origin in storefront().shops.origins():
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
        response.headers["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
        response.headers["Access-Control-Max-Age"] = "600"
    response.headers["Vary"] = "Origin"
    return response


def _finish(response: Response) -> Response:
    if response.status_code >= 400:
        read_to_the_end()
    origin: Any = g.get("allowed_origin")
    if origin:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After, Idempotent-Replayed"
    if request.path.startswith(("/v1/", "/sourceConfig")):
        if "Vary" in response.headers:
            response.vary.add("Origin")
        else:
            response.headers["Vary"] = "Origin"
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
