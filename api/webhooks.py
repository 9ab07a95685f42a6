"""Webhooks of shop platforms: proven by their signature over the raw body (contract, section 4).

Platforms remove a webhook that is refused a few times, so only what is not authentic, or no JSON, is refused:
whatever else cannot be used is put aside, and the answer says so.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, current_app, request

from api.answers import answer
from api.bodies import parse, raw_body, shallow, valid
from api.doors import Doors, described
from api.schemas.documents import ProductDocument
from plugin.connectors import shopify as shopify_
from plugin.connectors import woocommerce as woocommerce_
from plugin.connectors.platforms import Connector
from plugin.errors import Invalid, Unauthenticated
from plugin.intake.dead_letters import Deliver
from plugin.intake.deliveries import Deliveries, Taken
from plugin.merchant import Merchant
from plugin.rights.erasing import Erasing
from plugin.store.memory import SHOP_ID
from plugin.storefront import Storefront

doors = Doors("webhooks", __name__, description="What shop platforms deliver by themselves")

CONNECTORS = {each.name: each for each in (shopify_.CONNECTOR, woocommerce_.CONNECTOR)}
LARGEST_DELIVERY = 4 * 1024 * 1024
LONGEST_TOPIC = 100


def deliveries_to(front: Storefront) -> Deliveries:
    """Return what takes the platforms' deliveries for a service."""
    shops = front.shops
    by_platform = Merchant(shops, front.clock, lambda: "the shop's platform")
    check = partial(valid, ProductDocument())
    return Deliveries(front, by_platform, check, Erasing(shops, front.clock).for_platform)


def delivered_again(taking: Deliveries) -> Deliver:
    """Return what reads a message again that was put aside, of whichever platform."""
    return partial(taking.again, CONNECTORS)


def deliveries() -> Deliveries:
    """Return what takes the platforms' deliveries."""
    return current_app.extensions["deliveries"]


def _is_door_of(connector: Connector) -> Any:
    """Have the description say how this platform signs."""
    headers = [
        (connector.signed_in, "base64 of the body's HMAC-SHA256 under the shared secret"),
        (connector.topic_in, "what the message is about"),
    ]
    parameters = [
        {"in": "header", "name": name, "description": what, "schema": {"type": "string"}}
        for name, what in headers
    ]
    content = {"application/json": {"schema": {"type": "object"}}}

    def wrap(view: Any) -> Any:
        described(view, {"security": [], "parameters": parameters, "requestBody": {"content": content}})
        return view

    return wrap


@doors.post("/v1/webhooks/shopify/<shop_id>")
@_is_door_of(shopify_.CONNECTOR)
def shopify(shop_id: str) -> Response:
    """Take what Shopify delivers."""
    return _taken(shop_id, shopify_.CONNECTOR)


@doors.post("/v1/webhooks/woocommerce/<shop_id>")
@_is_door_of(woocommerce_.CONNECTOR)
def woocommerce(shop_id: str) -> Response:
    """Take what WooCommerce delivers."""
    return _taken(shop_id, woocommerce_.CONNECTOR)


def _taken(shop_id: str, connector: Connector) -> Response:
    body = raw_body(LARGEST_DELIVERY, LARGEST_DELIVERY)
    topic = request.headers.get(connector.topic_in, "")[:LONGEST_TOPIC].strip().lower()
    # A shop that cannot exist is judged like one that does not: the same answer, after the same work.
    known_as = shop_id if SHOP_ID.match(shop_id) else "-"
    if connector.is_ping(body) and deliveries().awaited(known_as, connector):
        return _said(Taken(ignored="ping"))
    given = request.headers.get(connector.signed_in, "")
    if not deliveries().authentic(known_as, connector, topic, body, given):
        raise Unauthenticated(
            "This delivery is not signed with a secret of this shop; set it with "
            f"`rapport shops set SHOP webhook_secrets.{connector.name}=...`."
        )
    document = shallow(parse(body))
    if not isinstance(document, dict):
        detail = "The body must be a JSON object."
        raise Invalid(detail, errors=[{"pointer": "", "detail": detail}])
    site = request.headers.get(connector.site_in) if connector.site_in else None
    return _said(deliveries().take(shop_id, connector, topic, document, site))


def _said(taken: Taken) -> Response:
    return answer(
        {
            "success": True,
            "accepted": taken.accepted,
            "duplicates": taken.duplicates,
            "products": taken.products,
            "hidden": taken.hidden,
            "request_id": taken.request,
            "ignored": taken.ignored,
        }
    )
