"""Consent and `Sec-GPC` (S15): on a no nothing is kept, whatever else was said, and no answer is personal."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from plugin.activity import Shopper
from plugin.history import interactions_before
from plugin.models.learned_from import readable_by_models
from plugin.ownership import figures
from plugin.store.memory import Store
from plugin.worker import Worker
from tests.api.own_shop import OwnShop

WORDS = (None, "yes", "no")
SIGNALS = ("none", "header", "context")


@pytest.fixture(scope="module", params=["yes", "ask"])
def shop(request: pytest.FixtureRequest, store: Store) -> OwnShop:
    """A shop for each default."""
    return OwnShop(store, consent_default=request.param)


def viewed(shop: OwnShop, who: dict[str, str]) -> tuple[str, Any]:
    return "/v1/track", shop.event(event="Product Viewed", properties={"product_id": "drill"}, **who)


def carted(shop: OwnShop, who: dict[str, str]) -> tuple[str, Any]:
    said = shop.event(event="Product Added", properties={"product_id": "drill"}, **who)
    return "/v1/batch", {"batch": [said]}


def told(shop: OwnShop, who: dict[str, str]) -> tuple[str, Any]:
    return "/v1/identify", {**shop.event(**who), "type": "identify", "traits": {"plan": "gold"}}


def paged(shop: OwnShop, who: dict[str, str]) -> tuple[str, Any]:
    return "/v1/page", {**shop.event(**who), "type": "page", "name": "Home"}


def aliased(shop: OwnShop, who: dict[str, str]) -> tuple[str, Any]:
    return "/v1/alias", {**shop.event(**who), "type": "alias", "previousId": "before"}


def shown(shop: OwnShop, who: dict[str, str]) -> tuple[str, Any]:
    said = shop.event(event="Suggestion Shown", properties={"product_id": "drill"}, **who)
    return "/v1/import", {"batch": [said]}


def broken(shop: OwnShop, who: dict[str, str]) -> tuple[str, Any]:
    """An event that cannot be used beside one that can: a rejected one is kept as a dead letter."""
    unusable = shop.event(event="Product Viewed", properties={}, **who)
    return "/v1/batch", {"batch": [unusable, viewed(shop, who)[1]]}


def bought(shop: OwnShop, who: dict[str, str]) -> tuple[str, Any]:
    order = {"order_id": f"o{shop.count}", "products": [{"product_id": "drill", "price": 9}]}
    return "/v1/track", shop.event(event="Order Completed", properties=order, **who)


DOORS: tuple[Callable[..., tuple[str, Any]], ...] = (
    *(viewed, carted, told, paged, aliased, shown, broken, bought),
)
CALLERS = ("browser", "visitor", "server")


def combinations() -> Iterator[Any]:
    for signal, caller in itertools.product(SIGNALS, CALLERS):
        # A visitor has no token to say a word with; of one, the shop's server may.
        for own, shops in itertools.product((None,) if caller == "visitor" else WORDS, WORDS):
            # An event's own signal is read where the header is: under a yes it tells the two apart.
            long = signal == "context" and "yes" not in (own, shops)
            yield pytest.param(signal, caller, own, shops, marks=[pytest.mark.slow] if long else [])


@pytest.mark.parametrize(("signal", "caller", "own", "shops"), list(combinations()))
def test_nothing_is_kept_on_a_no(
    shop: OwnShop, signal: str, caller: str, own: str | None, shops: str | None
) -> None:
    """Every door, by every caller, under every combination of words: kept exactly where it may be."""
    name = f"{signal}-{caller}-{own}-{shops}"
    key, who, headers = _calling(shop, caller, name)
    at = f"/v1/shoppers/-/consent?{'anonymous_id' if caller == 'visitor' else 'id'}={name}"
    if own is not None:
        token = shop.token(name)
        shop.call("PUT", "/v1/shoppers/me/consent", "pk", {"profile": own}, Rapport_Shopper=token)
    if shops is not None:
        shop.call("PUT", at, "sk", {"profile": shops})
    default = shop.merchant.shops.view(shop.shop_id).settings.consent_default == "yes"
    allowed = signal == "none" and ((own or shops) == "yes" if own or shops else default)
    before = shop.kept()
    for door in DOORS:
        path, body = door(shop, who)
        if signal == "context":
            for event in body.get("batch", [body]):
                event["context"] = {"gpc": True}
        more = {**headers, **({"Sec_GPC": "1"} if signal == "header" else {})}
        answer = shop.call("POST", path, key, body, **more)
        after = shop.kept()
        order_of_the_shop = door is bought and caller == "server" and signal == "none"
        if allowed or order_of_the_shop:
            assert after != before, door
            assert "withheld" not in answer
        else:
            assert after == before, door
            assert answer["accepted"] == answer["withheld"] == 1
        before = after


def _calling(shop: OwnShop, caller: str, name: str) -> tuple[str, dict[str, str], dict[str, str]]:
    if caller == "browser":
        return "pk", {"userId": name, "anonymousId": f"n-{name}"}, {"Rapport_Shopper": shop.token(name)}
    if caller == "visitor":
        return "pk", {"anonymousId": name}, {}
    return "sk", {"userId": name}, {}


def bought_and_looked(shop: OwnShop, name: str) -> None:
    """Ann's past: the drill is hers, and she looked at the saw."""
    who = {"userId": name}
    order = {"order_id": f"o-{name}", "products": [{"product_id": "drill", "price": 9}]}
    shop.call("POST", "/v1/track", "sk", shop.event(event="Order Completed", properties=order, **who))
    for product in ("saw", "bits"):
        looked = shop.event(event="Product Viewed", properties={"product_id": product}, **who)
        shop.call("POST", "/v1/track", "sk", looked)
    put = shop.event(event="Product Added", properties={"product_id": "bits"}, **who)
    shop.call("POST", "/v1/track", "sk", put)


@pytest.fixture(scope="module")
def tools(store: Store) -> OwnShop:
    """A shop with a window and one shopper's past."""
    shop = OwnShop(store)
    for product in ("drill", "saw", "bits", "glue"):
        written = {"product_id": product, "name": product, "price": "9.00"}
        assert shop.client.post("/v1/products", json=written, headers=_secret(shop)).status_code < 300
    return shop


def _secret(shop: OwnShop) -> dict[str, str]:
    return {"Authorization": f"Bearer {shop.keys['sk']}"}


def asked(shop: OwnShop, name: str | None, kind: str, **headers: str) -> list[tuple[str, str, str]]:
    """What a browser with this shopper's token is answered: product, rung and reason."""
    if name is not None:
        headers["Rapport_Shopper"] = shop.token(name)
    answer = shop.call("GET", f"/v1/recommendations?kind={kind}&product=glue", "pk", None, **headers)
    return [(card["product_id"], card["rung"], card["reason"]["code"]) for card in answer["products"]]


PERSONAL = ("recently-viewed", "buy-again", "because-you-bought")
KINDS = ("complements", "similar", "also-viewed", "for-you", "next-basket", "trending", "on-sale", *PERSONAL)


@pytest.mark.parametrize("thing", ["personalise", "profile"])
@pytest.mark.parametrize("by", ["shopper", "shop"])
def test_after_a_no_the_next_answer_is_a_strangers(tools: OwnShop, thing: str, by: str) -> None:
    name = f"ann-{thing}-{by}"
    bought_and_looked(tools, name)
    strangers = {kind: asked(tools, None, kind) for kind in KINDS}
    # The control: what is remembered shows before the word is said.
    assert asked(tools, name, "recently-viewed")
    assert "drill" not in {product for product, *_ in asked(tools, name, "for-you")}
    if by == "shopper":
        token = tools.token(name)
        tools.call("PUT", "/v1/shoppers/me/consent", "pk", {thing: "no"}, Rapport_Shopper=token)
    else:
        tools.call("PUT", f"/v1/shoppers/{name}/consent", "sk", {thing: "no"})
    assert {kind: asked(tools, name, kind) for kind in KINDS} == strangers
    # What was bought stays known to the shop: for returns, limits and the tier.
    assert figures(tools.memory.gather(Shopper(name))[1]).orders == 1


def test_the_signal_makes_one_answer_a_strangers_and_leaves_the_next_alone(tools: OwnShop) -> None:
    bought_and_looked(tools, "gil")
    tools.call("PUT", "/v1/shoppers/gil/consent", "sk", {"personalise": "yes", "profile": "yes"})
    for kind in KINDS:
        before = tools.kept()
        assert asked(tools, "gil", kind, Sec_GPC="1") == asked(tools, None, kind)
        assert tools.kept() == before
    assert asked(tools, "gil", "recently-viewed")


def test_what_was_browsed_is_dropped_at_once_and_does_not_come_back(tools: OwnShop) -> None:
    bought_and_looked(tools, "eve")
    tools.call("PUT", "/v1/shoppers/eve/consent", "sk", {"profile": "no"})
    tools.call("PUT", "/v1/shoppers/eve/consent", "sk", {"profile": "yes"})
    profile = tools.memory.gather(Shopper("eve"))[1]
    assert (profile.viewed, profile.steps, list(profile.orders)) == ({}, [], ["o-eve"])
    assert not asked(tools, "eve", "recently-viewed")


def test_a_no_counts_at_a_number_that_becomes_theirs_later(tools: OwnShop) -> None:
    """At once, and not only when the worker comes by."""
    looked = {"event": "Product Viewed", "properties": {"product_id": "drill"}, "anonymousId": "later"}
    assert "withheld" not in tools.call("POST", "/v1/track", "pk", tools.event(**looked))
    word = {"profile": "no"}
    tools.call("PUT", "/v1/shoppers/me/consent", "pk", word, Rapport_Shopper=tools.token("lena"))
    order = {"order_id": "l1", "products": [{"product_id": "saw", "price": 9}]}
    both = {"anonymousId": "later", "userId": "lena"}
    tools.call("POST", "/v1/track", "sk", tools.event(event="Order Completed", properties=order, **both))
    assert tools.call("POST", "/v1/track", "pk", tools.event(**looked))["withheld"] == 1
    assert tools.memory.gather(Shopper("lena"))[1].viewed == {}


def test_the_shoppers_word_stands_above_the_shops(tools: OwnShop) -> None:
    token = tools.token("ben")
    everything = {"personalise": "no", "profile": "no", "contact": "no"}
    assert tools.call("PUT", "/v1/shoppers/ben/consent", "sk", everything) == {
        **everything,
        "by": dict.fromkeys(everything, "shop"),
    }
    own = tools.call("PUT", "/v1/shoppers/me/consent", "pk", {"profile": "yes"}, Rapport_Shopper=token)
    assert (own["profile"], own["by"]["profile"]) == ("yes", "shopper")
    again = tools.call("PUT", "/v1/shoppers/ben/consent", "sk", everything)
    assert again == tools.call("GET", "/v1/shoppers/me/consent", "pk", None, Rapport_Shopper=token) == own
    signal = tools.call("GET", "/v1/shoppers/me/consent", "pk", None, Rapport_Shopper=token, Sec_GPC="1")
    assert (signal["profile"], signal["by"]["profile"], signal["contact"]) == ("no", "gpc", "no")


def test_a_word_on_consent_is_kept_under_the_signal_too(tools: OwnShop) -> None:
    """Whose browser always sends it could else never say a no that holds for what the shop's server tells."""
    token = {"Rapport_Shopper": tools.token("sig")}
    said = tools.call("PUT", "/v1/shoppers/me/consent", "pk", {"profile": "no"}, Sec_GPC="1", **token)
    assert (said["profile"], said["by"]["profile"]) == ("no", "gpc")
    later = tools.call("GET", "/v1/shoppers/me/consent", "pk", None, **token)
    assert (later["profile"], later["by"]["profile"]) == ("no", "shopper")


def test_a_word_that_is_no_word_is_refused_and_changes_nothing(tools: OwnShop) -> None:
    before = tools.kept()
    for body, where in (({}, ""), ({"profile": "maybe"}, "/profile"), ({"cookies": "yes"}, "/cookies")):
        answer = tools.client.put("/v1/shoppers/ann/consent", json=body, headers=_secret(tools))
        assert answer.status_code == 422
        assert answer.json["errors"][0]["pointer"] == where
    assert tools.kept() == before


def test_no_model_learns_from_who_said_no(tools: OwnShop) -> None:
    for name, words in (
        ("may", {"profile": "yes", "personalise": "yes"}),
        ("not", {"profile": "no"}),
        ("nor", {"personalise": "no"}),
    ):
        bought_and_looked(tools, f"taught-{name}")
        tools.call("PUT", f"/v1/shoppers/taught-{name}/consent", "sk", words)
    shops = tools.merchant.shops
    Worker(shops).drain(tools.shop_id)
    read = interactions_before(tools.memory.log, time.time(), readable_by_models(shops, tools.shop_id))
    everybody = interactions_before(tools.memory.log, time.time())
    taught = {f"u:taught-{name}" for name in ("may", "not", "nor")}
    assert taught & set(read.shopper_ids) == {"u:taught-may"}
    assert taught <= set(everybody.shopper_ids)
    tools.merchant.change_settings(tools.shop_id, {"consent_default": "ask"})
    asked_for = readable_by_models(shops, tools.shop_id)
    read = interactions_before(tools.memory.log, time.time(), asked_for)
    assert set(read.shopper_ids) == {"u:gil", "u:taught-may"}
    tools.merchant.change_settings(tools.shop_id, {"consent_default": "yes"})
