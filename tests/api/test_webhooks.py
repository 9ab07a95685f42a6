"""Webhooks at the doors: only what is signed counts, each thing once, in any order of arrival (S11)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.connectors.contract import shopify_messages as of_shopify
from tests.connectors.contract import woocommerce_messages as of_woocommerce

SECRETS = {"shopify": "hush-hush-shopify", "woocommerce": "s3cret, with [marks] \u00e9 and all"}
SIGNED_IN = {"shopify": "X-Shopify-Hmac-Sha256", "woocommerce": "X-WC-Webhook-Signature"}
TOPIC_IN = {"shopify": "X-Shopify-Topic", "woocommerce": "X-WC-Webhook-Topic"}
TOPIC = {"shopify": "orders/create", "woocommerce": "order.created"}
PLATFORMS = sorted(SECRETS)


def signed(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def deliver(
    shop: Any,
    platform: str,
    topic: str,
    message: Any,
    *,
    secret: str | None = None,
    shop_id: str | None = None,
    signature: str | None = None,
) -> requests.Response:
    """Post a message as its platform does."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    given = signed(secret or SECRETS[platform], body) if signature is None else signature
    headers = {SIGNED_IN[platform]: given, TOPIC_IN[platform]: topic, "Content-Type": "application/json"}
    if platform == "shopify":
        headers["X-Shopify-Shop-Domain"] = of_shopify.SITE
    path = f"/v1/webhooks/{platform}/{shop_id or shop.shop_id}"
    return shop.call("POST", path, key=None, data=body, headers=headers)


def took(answer: requests.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    return answer.json()


def owned(shop: Any, who: str) -> dict[str, int]:
    answer = shop.call("GET", f"/v1/shoppers/{who}")
    return {each["product_id"]: each["quantity"] for each in answer.json()["ownership"]} if answer.ok else {}


@pytest.fixture(scope="module")
def opened(open_shop: Callable[..., Any]) -> Callable[..., Any]:
    """Open a shop that is connected with both platforms, and has a cup in its catalogue."""

    def connected(name: str = "Connected") -> Any:
        shop = open_shop(name)
        changed = {f"webhook_secrets.{platform}": secret for platform, secret in SECRETS.items()}
        assert shop.call("PATCH", "/v1/shop", changed).status_code == 200
        shop.product("cup")
        return shop

    return connected


@pytest.fixture(scope="module")
def tools(opened: Callable[..., Any]) -> Any:
    """One connected shop for the tests of this file."""
    return opened()


def order_of(platform: str, number: int) -> dict[str, Any]:
    if platform == "shopify":
        return of_shopify.order(of_shopify.line(1, "cup", 2, "5.00"), number=number, customer=number)
    return of_woocommerce.order(of_woocommerce.line(1, "cup", 2, "10.00"), number=number, customer=number)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_signed_order_counts_once_however_often_it_comes(tools: Any, platform: str) -> None:
    number = 1000 + PLATFORMS.index(platform)
    first = took(deliver(tools, platform, TOPIC[platform], order_of(platform, number)))
    assert (first["accepted"], first["duplicates"], first["ignored"]) == (1, 0, None)
    for _ in range(3):
        again = took(deliver(tools, platform, TOPIC[platform], order_of(platform, number)))
        assert (again["accepted"], again["duplicates"]) == (1, 1)
    assert owned(tools, str(number)) == {"cup": 2}
    value = tools.call("GET", f"/v1/shoppers/{number}").json()["value"]
    assert (value["frequency"], value["monetary"]["amount"]) == (1, "10.00")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_is_not_authentic_is_the_same_401_and_keeps_nothing(
    tools: Any, open_shop: Callable[..., Any], platform: str
) -> None:
    number = 1100 + PLATFORMS.index(platform)
    body = json.dumps(order_of(platform, number)).encode()
    other, secretless = (open_shop(name) for name in ("Other", "Secretless"))
    other.call("PATCH", "/v1/shop", {f"webhook_secrets.{platform}": "another secret"})
    right = signed(SECRETS[platform], body)
    forged = {
        "tampered": {"message": body.replace(b"cup", b"pan"), "signature": right},
        "unsigned": {"message": body, "signature": ""},
        "wrong secret": {"message": body, "secret": "hush-hush-somebody"},
        "hex": {"message": body, "signature": hashlib.sha256(body).hexdigest()},
        "cut off": {"message": body, "signature": right[:-4]},
        "not latin": {"message": body, "signature": "\u00ff\u00fe" + right},
        "long": {"message": body, "signature": "A" * 5000},
        "unknown shop": {"message": body, "shop_id": "nobody-000000"},
        "impossible shop": {"message": body, "shop_id": "No%20Shop"},
        "other shop": {"message": body, "shop_id": other.shop_id},
        "no secret set": {"message": body, "shop_id": secretless.shop_id},
        "no secret set, signed with nothing": {
            "message": body,
            "shop_id": secretless.shop_id,
            "signature": base64.b64encode(hmac.new(b"", body, hashlib.sha256).digest()).decode(),
        },
        "other platform's secret": {"message": body, "secret": SECRETS[PLATFORMS[platform == PLATFORMS[0]]]},
    }
    answers = {name: deliver(tools, platform, TOPIC[platform], **how) for name, how in forged.items()}
    assert {name for name, answer in answers.items() if answer.status_code != 401} == set()
    assert len({answer.content for answer in answers.values()}) == 1, "the same answer to all"
    assert answers["unsigned"].json()["code"] == "unauthenticated"
    for shop in (tools, other, secretless):
        assert shop.call("GET", f"/v1/shoppers/{number}").status_code == 404
    # The control: the very same body, signed as it should be, is taken.
    assert took(deliver(tools, platform, TOPIC[platform], body))["accepted"] == 1


@pytest.mark.parametrize("platform", PLATFORMS)
def test_while_secrets_are_changed_the_old_and_the_new_one_open(
    opened: Callable[..., Any], platform: str
) -> None:
    shop = opened("Rotating")
    name = f"webhook_secrets.{platform}"
    changed = shop.call("PATCH", "/v1/shop", {name: [SECRETS[platform], "the new secret"]})
    assert changed.json()["webhook_secrets"][platform] == "set", "a secret is never read back"
    for secret in (SECRETS[platform], "the new secret"):
        assert deliver(shop, platform, "other/topic", {"id": 1}, secret=secret).status_code == 200
    shop.call("PATCH", "/v1/shop", {name: "the new secret"})
    assert shop.soon(lambda: deliver(shop, platform, "other/topic", {"id": 1}).status_code == 401)
    assert deliver(shop, platform, "other/topic", {"id": 1}, secret="the new secret").status_code == 200
    shop.call("PATCH", "/v1/shop", {name: None})
    last = lambda: deliver(shop, platform, "x", {"id": 1}, secret="the new secret").status_code  # noqa: E731
    assert shop.soon(lambda: last() == 401)


def test_the_command_line_takes_one_secret_or_several(opened: Callable[..., Any]) -> None:
    shop = opened("By command")
    both = json.dumps([SECRETS["shopify"], "the new secret"])
    shop.service.rapport("shops", "set", shop.shop_id, f"webhook_secrets.shopify={both}")
    for secret in (SECRETS["shopify"], "the new secret"):
        assert deliver(shop, "shopify", "other/topic", {"id": 1}, secret=secret).status_code == 200
    shown = json.loads(shop.service.rapport("shops", "show", shop.shop_id, "--json").stdout)
    assert shown["deliveries"] == {"shopify another topic ignored": 2}
    assert shown["webhook_secrets"] == {"shopify": "set", "woocommerce": "set"}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_unknown_topic_is_taken_and_counted_as_ignored(opened: Callable[..., Any], platform: str) -> None:
    shop = opened("Counting")
    for topic in ("carts/update", "coupon.created", ""):
        assert took(deliver(shop, platform, topic, {"id": 1}))["ignored"] == "topic not read"
    took(deliver(shop, platform, TOPIC[platform], order_of(platform, 1)))
    counts = shop.merchant.shops.memory(shop.shop_id).tally("deliveries").all()
    assert counts == {f"{platform} another topic ignored": 3, f"{platform} {TOPIC[platform]} taken": 1}


def test_woocommerces_ping_is_answered_where_a_secret_is_set(
    tools: Any, open_shop: Callable[..., Any]
) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    path = "/v1/webhooks/woocommerce/"
    pinged = tools.call("POST", path + tools.shop_id, key=None, data=b"webhook_id=7", headers=form)
    assert took(pinged)["ignored"] == "ping"
    for shop_id in (open_shop("Unconnected").shop_id, "nobody-000000"):
        assert tools.call("POST", path + shop_id, key=None, data=b"webhook_id=7").status_code == 401
    wrong = tools.call("POST", path + tools.shop_id, key=None, data=b"webhook_id=7&x=1", headers=form)
    assert wrong.status_code == 401


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        *((b"", 400, "unreadable"), (b"{", 400, "unreadable"), (b"[" * 900 + b"]" * 900, 400, "unreadable")),
        *((b"[]", 422, "invalid"), (b"null", 422, "invalid"), (b"\xff\xfe", 400, "unreadable")),
        (b'{"id": 1, "note": "' + b"x" * (4 * 1024 * 1024) + b'"}', 413, "too_large"),
    ],
)
def test_what_no_platform_sends_is_refused_clearly(tools: Any, body: bytes, status: int, code: str) -> None:
    answer = deliver(tools, "shopify", "orders/create", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_long_order_is_taken(tools: Any) -> None:
    lines = [of_shopify.line(1, "cup", 1, "5.00", properties=[{"name": "n", "value": "x" * 500}])] * 900
    body = json.dumps(of_shopify.order(*lines, number=1200, customer=1200)).encode()
    assert len(body) > 1_000_000
    assert took(deliver(tools, "shopify", "orders/create", body))["accepted"] == 1
    assert owned(tools, "1200") == {"cup": 900}


def test_a_message_that_cannot_be_used_is_put_aside_and_not_refused(opened: Callable[..., Any]) -> None:
    shop = opened("Patient")
    for _ in range(2):
        answer = took(deliver(shop, "shopify", "orders/create", {**order_of("shopify", 1), "id": None}))
        assert answer["ignored"] == "unusable: /id is no id"
    [letter] = shop.call("GET", "/v1/dead-letters").json()["items"]
    assert (letter["code"], letter["where"]) == ("no_id", "webhook")

    def replayed(document: Any) -> Any:
        again = {"corrected": [{"id": letter["id"], "document": document}]}
        return shop.call("POST", "/v1/dead-letters/replay", again).json()

    for document in (letter["document"], "nonsense", {**letter["document"], "webhook": []}):
        assert len(replayed(document)["still"]) == 1
    right = {**letter["document"], "body": order_of("shopify", 1)}
    assert [replayed(right)["applied"] for _ in range(2)] == [1, 0]
    assert owned(shop, "1") == {"cup": 2}
    assert shop.call("GET", "/v1/dead-letters").json()["items"] == []
    assert took(deliver(shop, "shopify", "orders/create", order_of("shopify", 1)))["duplicates"] == 1


def test_older_and_newer_versions_arrive_in_any_order(tools: Any) -> None:
    def version(second: int, quantity: int) -> dict[str, Any]:
        line = of_shopify.line(1, "cup", quantity, "5.00")
        at = f"2026-03-02T10:00:{second:02}+01:00"
        return of_shopify.order(line, number=1300, customer=1300, updated_at=at)

    for second, quantity in ((20, 4), (10, 9), (30, 7), (20, 4), (5, 1)):
        took(deliver(tools, "shopify", "orders/updated", version(second, quantity)))
    took(deliver(tools, "shopify", "orders/create", order_of("shopify", 1300)))
    assert owned(tools, "1300") == {"cup": 7}
    assert tools.call("GET", "/v1/shoppers/1300").json()["value"]["frequency"] == 1


def test_a_refund_before_its_order_and_again_inside_it_takes_back_once(tools: Any) -> None:
    line = of_shopify.line(1, "cup", 3, "5.00", current_quantity=2)
    refund = of_shopify.refund(77, (line, 1), order_id=1400)
    took(deliver(tools, "shopify", "refunds/create", refund))
    assert owned(tools, "1400") == {}
    took(deliver(tools, "shopify", "refunds/create", refund))
    later = {"updated_at": "2026-03-05T10:00:00Z", "refunds": [refund]}
    body = of_shopify.order(line, number=1400, customer=1400, **later)
    for _ in range(2):
        took(deliver(tools, "shopify", "orders/updated", body))
        took(deliver(tools, "shopify", "refunds/create", refund))
    assert owned(tools, "1400") == {"cup": 2}


def test_an_order_in_the_bin_is_gone_and_comes_back(tools: Any) -> None:
    body = order_of("woocommerce", 1500)
    took(deliver(tools, "woocommerce", "order.created", body))
    took(deliver(tools, "woocommerce", "order.deleted", {"id": 1500}))
    assert owned(tools, "1500") == {}
    took(deliver(tools, "woocommerce", "order.updated", body))
    assert owned(tools, "1500") == {}, "an older word does not bring it back"
    took(deliver(tools, "woocommerce", "order.restored", body))
    assert owned(tools, "1500") == {"cup": 2}


def product(shop: Any, product_id: str) -> dict[str, Any] | None:
    answer = shop.call("GET", f"/v1/products/{product_id}")
    return answer.json() if answer.status_code == 200 else None


def test_products_are_written_changed_and_hidden_in_any_order(opened: Callable[..., Any]) -> None:
    shop = opened("Stocked")
    red = of_shopify.variant(2, title="Red", option1="Red")
    newer = {"updated_at": "2026-02-03T10:00:00+01:00", "title": "Better cup"}
    took(deliver(shop, "shopify", "products/update", of_shopify.product(of_shopify.variant(1), red, **newer)))
    came = took(deliver(shop, "shopify", "products/create", of_shopify.product()))
    assert (came["products"], came["hidden"]) == (0, 0), "older than what is held"
    first = product(shop, "642667001")
    assert first is not None
    assert (first["name"], first["price"]["amount"], first["group_id"]) == (
        *("Better cup", "24.99"),
        "788032119",
    )
    newest = {"updated_at": "2026-02-04T10:00:00+01:00"}
    came = took(deliver(shop, "shopify", "products/update", of_shopify.product(**newest)))
    assert (came["products"], came["hidden"]) == (1, 1), "the red one is no more"
    assert product(shop, "642667002")["hidden"] is True  # type: ignore[index]
    assert product(shop, "cup")["hidden"] is False  # type: ignore[index]
    assert took(deliver(shop, "shopify", "products/delete", {"id": 788032119}))["hidden"] == 1
    late = of_shopify.product(red, updated_at="2026-02-05T10:00:00+01:00")
    assert took(deliver(shop, "shopify", "products/update", late))["products"] == 0
    assert product(shop, "642667002")["hidden"] is True  # type: ignore[index]


def test_a_deletion_that_overtakes_the_product_still_holds(opened: Callable[..., Any]) -> None:
    shop = opened("Overtaken")
    took(deliver(shop, "woocommerce", "product.deleted", {"id": 799}))
    took(deliver(shop, "woocommerce", "product.updated", of_woocommerce.product()))
    assert product(shop, "799") is None
    took(deliver(shop, "woocommerce", "product.restored", of_woocommerce.product()))
    assert product(shop, "799")["hidden"] is False  # type: ignore[index]


def test_the_platform_changes_what_it_speaks_of_and_leaves_the_rest(opened: Callable[..., Any]) -> None:
    shop = opened("Described")
    shop.product("sku-9", cost="4.00", durable=True, group_id="own", attributes={"fair": "yes"})
    body = of_woocommerce.product(sku="sku-9", date_modified_gmt="2099-01-01T00:00:00")
    took(deliver(shop, "woocommerce", "product.updated", body))
    held = product(shop, "sku-9")
    assert held is not None
    assert (held["name"], held["durable"], held["group_id"]) == ("Example cup", True, "own")
    assert held["cost"]["amount"] == "4.00"
    assert held["attributes"] == {"fair": "yes", "color": "Blue"}


def test_a_shop_that_left_opens_for_what_the_platform_must_still_say(opened: Callable[..., Any]) -> None:
    shop = opened("Leaving")
    goodbye = {"id": 954889, "name": "Leaving", "domain": of_shopify.SITE}
    assert took(deliver(shop, "shopify", "app/uninstalled", goodbye))["accepted"] == 1
    assert shop.soon(
        lambda: deliver(shop, "shopify", "orders/create", order_of("shopify", 1)).status_code == 401
    )
    assert took(deliver(shop, "shopify", "app/uninstalled", goodbye))["ignored"] == "said before"
    assert took(deliver(shop, "shopify", "shop/redact", {"shop_id": 954889}))["request_id"]
    back = {"webhook_secrets.shopify": SECRETS["shopify"]}
    assert shop.call("PATCH", "/v1/shop", back).status_code == 200
    took(deliver(shop, "shopify", "app/uninstalled", goodbye))
    took(deliver(shop, "shopify", "orders/create", order_of("shopify", 1)))


def test_what_a_platform_asks_for_a_person_is_kept_once(opened: Callable[..., Any]) -> None:
    shop = opened("Asked")
    person = {"shop_id": 1, "customer": {"id": 7, "email": "a@example.com"}, "orders_requested": [1]}
    asked = {**person, "data_request": {"id": 9999}}
    first = took(deliver(shop, "shopify", "customers/data_request", asked))["request_id"]
    assert took(deliver(shop, "shopify", "customers/data_request", asked))["request_id"] == first
    kept = shop.merchant.shops.memory(shop.shop_id).documents.get(f"privacy-request/{first}")
    request = json.loads(kept)
    assert (request["wants"], request["shopper"], request["reference"]) == ("export", "7", "9999")
    assert b"a@example.com" not in kept


def test_a_person_is_erased_when_the_platform_asks_for_it(opened: Callable[..., Any]) -> None:
    shop = opened("Erasing")
    took(deliver(shop, "shopify", "orders/create", order_of("shopify", 61)))
    asked = {"shop_id": 1, "customer": {"id": 61, "email": "x@example.com"}, "orders_to_redact": [61]}
    first = took(deliver(shop, "shopify", "customers/redact", asked))
    assert owned(shop, "61") == {}, "at once; the worker removes the rest"
    kept = shop.merchant.shops.memory(shop.shop_id).documents.get(f"privacy-request/{first['request_id']}")
    request = json.loads(kept)
    assert (request["state"], request["shopper"]) == ("under way", None), "it forgets whom it was about"
    assert shop.call("GET", f"/v1/erasures/{request['erasure_id']}").status_code == 200
    again = took(deliver(shop, "shopify", "customers/redact", asked))
    assert again["ignored"] == "nothing is known of this person any more"
    took(deliver(shop, "shopify", "orders/updated", {**order_of("shopify", 61), "id": 62}))
    assert owned(shop, "61") == {}, "what comes later is not kept"


def test_what_is_kept_of_a_customer_holds_no_address(opened: Callable[..., Any]) -> None:
    shop = opened("Discreet")
    took(deliver(shop, "shopify", "customers/create", of_shopify.customer(31)))
    took(deliver(shop, "shopify", "orders/create", order_of("shopify", 31)))
    shown = shop.call("GET", "/v1/shoppers/31")
    assert shown.status_code == 200
    for told in ("ann@example.com", "High St", "+4412", "Bell"):
        assert told not in shown.text
