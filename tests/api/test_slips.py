"""What can never be right is refused with words that put it right; what may be a slip is kept and said."""

from __future__ import annotations

from typing import Any

import pytest

SLOT = {"placement": "beside", "kinds": ["complements", "trending"], "limit": 3}
LONG_AGO = "2020-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def camp(open_shop: Any) -> Any:
    shop = open_shop("Slips")
    shop.product("tent", category="Outdoor > Tents", brand="Acme", attributes={"waterproof": True})
    return shop


def faults(answer: Any) -> dict[str, str]:
    """Return what is wrong by its place."""
    assert answer.status_code == 422, answer.text
    return {each.get("pointer") or each["parameter"]: each["detail"] for each in answer.json()["errors"]}


def put(shop: Any, **more: Any) -> Any:
    return shop.call("PUT", "/v1/placements/beside", {**SLOT, **more})


@pytest.mark.parametrize(
    ("written", "pointer", "words"),
    [
        ({"kinds": ["trending", "trending"]}, "/kinds/1", "stands before"),
        ({"pins": [{"product_id": "tent", "position": n} for n in (1, 2)]}, "/pins/1/product_id", "already"),
        (
            {"where": {"price": {"at_least": "9.00", "at_most": "8.99"}}},
            "/where/price/at_least",
            "above at_most",
        ),
        ({"where": {"price": {"at_least": "-1.00"}}}, "/where/price/at_least", "below zero"),
        ({"where": {"price": {"at_least": -1}}}, "/where/price/at_least", 'such as "40.00"'),
        ({"where": {"on_sale": True}}, "/where/on_sale", "empty object, {}"),
        ({"where": {"brand": "Acme"}}, "/where/brand", "an object of is"),
        ({"placement": "Below Product"}, "/placement", "a-z"),
        ({"limit": 0}, "/limit", "from 1 to 100"),
    ],
)
def test_a_placement_that_can_never_be_right_is_refused(
    camp: Any, written: dict[str, Any], pointer: str, words: str
) -> None:
    assert words in faults(put(camp, **written))[pointer]


def test_a_bound_that_leaves_something_is_taken(camp: Any) -> None:
    answer = put(camp, where={"price": {"at_least": "9.00", "at_most": "9.00"}})
    assert (answer.status_code, "warnings" in answer.json()) == (200, False)


def test_what_a_placement_names_and_nobody_knows_is_kept_and_said(camp: Any) -> None:
    written = {
        "where": {"any": [{"category": {"is": ["Tents", "Tenst"]}}, {"not": {"brand": {"is": "Acne"}}}]},
        "pins": [
            {"product_id": "tnet", "position": 1},
            {"product_id": "tent", "position": 9, "until": LONG_AGO},
        ],
        "boosts": [
            {"where": {"attribute": {"attribute": "colour", "is": "red"}}, "factor": 2, "until": LONG_AGO}
        ],
    }
    answer = put(camp, **written)
    assert answer.status_code == 200
    said = {each["pointer"]: each["detail"] for each in answer.json()["warnings"]}
    assert sorted(said) == [
        "/boosts/0/until",
        "/boosts/0/where/attribute/attribute",
        "/pins/0/product_id",
        "/pins/1/position",
        "/pins/1/until",
        "/where/any/0/category/is/1",
        "/where/any/1/not/brand/is",
    ]
    assert "'Tenst'" in said["/where/any/0/category/is/1"]
    held = camp.call("GET", "/v1/placements/beside").json()
    assert "warnings" not in held
    assert held["pins"] == written["pins"]


def test_a_sensitive_category_without_a_product_is_said(camp: Any) -> None:
    answer = camp.call("PATCH", "/v1/shop", {"sensitive_categories": ["outdoor > tents", "Helath"]})
    assert [each["pointer"] for each in answer.json()["warnings"]] == ["/sensitive_categories/1"]
    answer = camp.call("PATCH", "/v1/shop", {"sensitive_categories": []})
    assert "warnings" not in answer.json()


@pytest.mark.parametrize(
    ("patch", "pointer", "words"),
    [
        ({"likes": ["category:"]}, "/likes/0", "nothing after 'category:'"),
        ({"avoids": ["Nuts", ": nuts"]}, "/avoids/1", "Names nothing"),
        ({"likes": ["  "]}, "/likes/0", "Names nothing"),
        ({"avoids": ["attribute:contains="]}, "/avoids/0", "a name and a value"),
        ({"how_often": "hourly"}, "/how_often", "weekly"),
        ({"likes": ["x" * 201]}, "/likes/0", "1 to 200 characters"),
        ({"likes": ["x"] * 101}, "/likes", "at most 100 entries"),
    ],
)
def test_a_wish_that_can_mean_nothing_is_refused(camp: Any, patch: Any, pointer: str, words: str) -> None:
    assert words in faults(camp.call("PATCH", "/v1/shoppers/ann/preferences", patch))[pointer]


@pytest.mark.parametrize(
    ("path", "parameter", "words"),
    [
        ("/v1/recommendations?kind=trending&limit=abc", "limit", "Must be a whole number from 1 to 100."),
        ("/v1/products?limit=0", "limit", "Must be a whole number from 1 to 1000."),
    ],
)
def test_a_number_in_an_address_needs_no_talk_of_quotes(
    camp: Any, path: str, parameter: str, words: str
) -> None:
    assert faults(camp.call("GET", path))[parameter] == words


@pytest.mark.parametrize(
    ("path", "parameter", "words"),
    [
        ("/v1/recommendations?kind=trending&limits=3", "limits", "Known: limit, product"),
        ("/v1/recommendations?kind=trending&kind=similar", "kind", "more than once"),
        ("/v1/offers?baskets=tent", "baskets", "Not known"),
        ("/v1/products?page=2", "page", "Known: limit, cursor"),
        ("/v1/products?limit=1&limit=2", "limit", "more than once"),
    ],
)
def test_what_an_address_asks_and_nobody_answers_is_named(
    camp: Any, path: str, parameter: str, words: str
) -> None:
    assert words in faults(camp.call("GET", path))[parameter]


def test_what_may_be_repeated_is_and_a_dash_takes_its_id(camp: Any) -> None:
    assert camp.call("GET", "/v1/recommendations?kind=similar&product=a&product=b").status_code == 200
    camp.send(camp.buys("ann", "tent"))
    assert camp.call("GET", "/v1/shoppers/-/timeline?id=ann").status_code == 200
    assert "id" in faults(camp.call("GET", "/v1/products?id=tent"))


def test_a_name_that_is_no_placement_is_told_alike_wherever_it_is_asked_for(camp: Any) -> None:
    sentence = "There is no kind or placement 'shelf'; kinds are complements, "
    in_address = camp.call("GET", "/v1/recommendations?kind=shelf")
    assert faults(in_address)["kind"].startswith(sentence)
    assert faults(camp.call("POST", "/v1/recommendations", {"kind": "shelf"}))["/kind"].startswith(sentence)
    by_itself = camp.call("GET", "/v1/placements/shelf")
    assert (by_itself.status_code, by_itself.json()["detail"].startswith(sentence)) == (404, True)
    on_a_page = camp.call("GET", "/v1/placements?names=shelf,trending").json()["placements"]
    assert on_a_page["shelf"]["error"]["detail"] == by_itself.json()["detail"]
    assert on_a_page["trending"]["products"]


def test_a_name_that_is_too_long_says_how_long_it_may_be(camp: Any) -> None:
    answer = camp.call("POST", "/v1/products", {"product_id": "x", "name": "x" * 501})
    assert faults(answer)["/name"] == "Must have at most 500 characters."


@pytest.mark.parametrize("said", [{}, {"reason": "never"}, {"products": []}, {"use_id": ""}])
def test_a_dismissal_of_nothing_is_rejected_by_itself(camp: Any, said: dict[str, Any]) -> None:
    nothing, tent = (
        {"type": "track", "event": "Suggestion Dismissed", "userId": "ann", "properties": properties}
        for properties in (
            said,
            {"product_id": "tent", **said} if "products" not in said else {"use_id": "u"},
        )
    )
    answer = camp.call("POST", "/v1/batch", {"batch": [nothing, tent]}).json()
    assert answer["accepted"] == 1
    [rejected] = answer["rejected"]
    assert (rejected["index"], rejected["code"]) == (0, "invalid")
    assert "a product_id, or a use_id" in rejected["detail"]
