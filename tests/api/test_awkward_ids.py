"""Every id of the shop's own is reached, if not in the path then by `-` and a query (contract, section 9)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from api.app import create

# What no path can say, or says otherwise than it reads.
IDS = ["me", ".", "..", "-", "a/export", "export", "a/../b", "//", "a?b=c&id=x", "100%", "%2F", "%", "a b",
       "a+b", " ", "\N{SLICE OF PIZZA}", "e\u0301", "\u00e9", "#top", ";", "\\", "consent", "a/consent",
       "<b>", "x" * 128]  # fmt: skip


def by_query(identity: str) -> str:
    return f"-?id={quote(identity, safe='')}"


@pytest.fixture(scope="module")
def odd(open_shop: Any) -> Any:
    """A shop whose products, rules, placements and shoppers all bear such ids."""
    return open_shop("Odd")


def a_rule(identity: str) -> dict[str, Any]:
    return {"offer_id": identity, "state": "draft", "gives": {"free_shipping": {}}}


def an_idea(identity: str) -> dict[str, Any]:
    return {"use_id": identity, "title": "Tea", "needs": [{"any": [{"product_id": identity}]}]}


def a_segment(identity: str) -> dict[str, Any]:
    return {"segment": identity, "when": {"first_order": {}}}


DOCUMENTS = {
    "/v1/products": ("product_id", lambda identity: {"product_id": identity, "price": "1.00"}),
    "/v1/offer-rules": ("offer_id", a_rule),
    "/v1/use-ideas": ("use_id", an_idea),
    "/v1/segments": ("segment", a_segment),
}


@pytest.mark.parametrize("resource", DOCUMENTS)
def test_every_document_is_written_read_and_deleted_under_any_id(odd: Any, resource: str) -> None:
    member, document = DOCUMENTS[resource]
    for identity in IDS:
        answer = odd.call("PUT", f"{resource}/{by_query(identity)}", document(identity))
        assert answer.status_code in (200, 201), (identity, answer.text)
    for identity in IDS:  # all of them are there together: none was taken for another
        answer = odd.call("GET", f"{resource}/{by_query(identity)}")
        assert (answer.status_code, answer.json().get(member)) == (200, identity), answer.text
    other = document("other")
    assert odd.call("PUT", f"{resource}/{by_query('me')}", other).status_code == 422
    for identity in IDS:
        assert odd.call("DELETE", f"{resource}/{by_query(identity)}").status_code == 204, identity
        assert odd.call("GET", f"{resource}/{by_query(identity)}").status_code == 404


def test_every_shopper_is_found_under_any_id(odd: Any) -> None:
    odd.product("thing")
    odd.send(*(odd.buys(identity, "thing", order=f"o{n}") for n, identity in enumerate(IDS)))
    for identity in IDS:
        answer = odd.call("GET", f"/v1/shoppers/{by_query(identity)}")
        assert (answer.status_code, answer.json().get("shopper_id")) == (200, identity), answer.text


def test_a_placement_is_reached_by_a_query_too(odd: Any) -> None:
    """Names of placements are letters, digits and dashes, so a path can always say them."""
    written = {"placement": "slot-1", "kinds": ["trending"]}
    assert odd.call("PUT", "/v1/placements/-?id=slot-1", written).status_code == 200
    for path in ("/v1/placements/-?id=slot-1", "/v1/placements/slot-1"):
        assert odd.call("GET", path).json()["placement"] == "slot-1"
    assert odd.call("DELETE", "/v1/placements/-?id=slot-1").status_code == 204


@pytest.mark.parametrize("identity", ["a/b", "100%", "a b", "\N{SLICE OF PIZZA}", "a?b", "%2F", "a+b"])
def test_what_a_path_can_say_it_may(odd: Any, identity: str) -> None:
    written = {"product_id": identity, "price": "1.00"}
    path = f"/v1/products/{quote(identity, safe='')}"
    assert odd.call("PUT", path, written).status_code in (200, 201)
    assert odd.call("GET", path).json()["product_id"] == identity


def test_without_the_query_it_is_said_what_is_missing(odd: Any) -> None:
    for resource in (*DOCUMENTS, "/v1/placements", "/v1/shoppers"):
        for path in (f"{resource}/-", f"{resource}/-?id="):
            answer = odd.call("GET", path)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), path
            assert answer.json()["errors"][0]["parameter"] == "id"


# Gaps that hold our own words, which a path can always say: shops, keys, ids that we made.
OUR_WORDS = {"key", "shop", "shop_id", "provider", "version"}


def test_every_gap_for_an_id_of_the_shops_holds_any_id(store: Any) -> None:
    for rule in create(store=store).url_map.iter_rules():
        if rule.rule.startswith("/v1/") and "<any(" not in rule.rule:
            gaps = {name for name in rule.arguments if f"<identity:{name}>" not in rule.rule}
            assert gaps <= OUR_WORDS, f"{rule.rule} cannot hold every id"
