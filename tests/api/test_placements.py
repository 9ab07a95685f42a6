"""Placements as a merchant sets them up, and why a product is shown or not, at the doors."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

SLOT = {"placement": "beside", "kinds": ["complements", "trending"], "limit": 3}


def moment(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat().replace("+00:00", "Z")


@pytest.fixture(scope="module")
def camp(open_shop: Any) -> Any:
    """A shop in which tents go with pegs, and stoves with gas."""
    shop = open_shop("Camp")
    for name, category in (
        *(("tent", "Tents"), ("pegs", "Tents"), ("mat", "Sleep")),
        *(("stove", "Cook"), ("gas", "Cook"), ("pills", "Health")),
    ):
        shop.product(name, name=name.capitalize(), category=category)
    baskets = (("tent", "pegs"), ("stove", "gas"), ("tent", "mat")) * 4 + (("tent", "pills"),) * 2
    shop.send(*(shop.buys(f"s{n}", *basket) for n, basket in enumerate(baskets)))
    shop.train()
    return shop


def put(shop: Any, **more: Any) -> dict[str, Any]:
    answer = shop.call("PUT", "/v1/placements/beside", {**SLOT, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def explained(shop: Any, candidate: str, **asked: Any) -> dict[str, Any]:
    params = {"kind": "complements", "product": "tent", "candidate": candidate, **asked}
    answer = shop.call("GET", "/v1/recommendations/explain", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_pins_and_boosts_are_taken_and_come_back_as_written(camp: Any) -> None:
    written = {
        "pins": [{"product_id": "gas", "position": 2, "until": moment(1)}],
        "boosts": [{"where": {"category": {"is": "Sleep"}}, "factor": 50, "until": None}],
        "when_little": "stay_short",
        "floor": 0.1,
        "diversity": False,
        "fatigue": False,
        "explore": False,
    }
    held = put(camp, **written)
    assert held == camp.call("GET", "/v1/placements/beside").json()
    assert {name: held[name] for name in written if name not in ("pins", "boosts")} == {
        name: value for name, value in written.items() if name not in ("pins", "boosts")
    }
    assert held["pins"] == written["pins"]
    cards = camp.suggestions("beside", product="tent")["products"]
    assert [card["product_id"] for card in cards[:2]] == ["mat", "gas"]
    assert (cards[1]["rung"], cards[1]["reason"]["code"]) == ("merchant", "chosen")
    put(camp, pins=[{"product_id": "gas", "position": 2, "until": moment(-1)}])
    cards = camp.suggestions("beside", product="tent")["products"]
    assert {card["rung"] for card in cards} & {"merchant"} == set()


def test_a_shops_own_placements_are_listed_for_its_server(camp: Any) -> None:
    put(camp)
    camp.call("PUT", "/v1/placements/another", {**SLOT, "placement": "another"})
    listed = camp.call("GET", "/v1/placements?limit=1").json()
    assert [each["placement"] for each in listed["items"]] == ["another"]
    rest = camp.call("GET", "/v1/placements", params={"cursor": listed["next"]}).json()
    assert ([each["placement"] for each in rest["items"]], rest["next"]) == (["beside"], None)
    refused = camp.call("GET", "/v1/placements", key="publishable")
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "names")


DEEP: dict[str, Any] = {"on_sale": {}}
for _ in range(9):
    DEEP = {"not": DEEP}


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"pins": [{"product_id": "gas"}]}, "/pins/0/position"),
        ({"pins": [{"product_id": "gas", "position": 0}]}, "/pins/0/position"),
        ({"pins": [{"product_id": "gas", "position": 1, "until": "soon"}]}, "/pins/0/until"),
        ({"pins": [{"product_id": "gas", "position": 1}] * 51}, "/pins"),
        ({"boosts": [{"factor": 2}]}, "/boosts/0/where"),
        ({"boosts": [{"where": {"on_sale": {}}, "factor": 0}]}, "/boosts/0/factor"),
        ({"boosts": [{"where": {"on_sale": {}}, "factor": 1e300}]}, "/boosts/0/factor"),
        ({"boosts": [{"where": {"colour": {}}, "factor": 2}]}, "/boosts/0/where/colour"),
        ({"boosts": [{"where": DEEP, "factor": 2}]}, "/boosts/0/where"),
        ({"boosts": [{"where": {"price": {"at_least": "1.001"}}, "factor": 2}]}, "/boosts/0/where/price"),
        ({"where": DEEP}, "/where"),
        ({"floor": 1.5}, "/floor"),
        ({"diversity": {"per_brand": 0}}, "/diversity/per_brand"),
        ({"diversity": {"weight": "much"}}, "/diversity/weight"),
        ({"diversity": "much"}, "/diversity"),
        ({"fatigue": "no"}, "/fatigue"),
        ({"explore": 1}, "/explore"),
    ],
)
def test_what_cannot_be_is_refused_with_where(camp: Any, change: Any, pointer: str) -> None:
    answer = camp.call("PUT", "/v1/placements/beside", {**SLOT, **change})
    assert answer.status_code == 422, answer.text
    assert any(error["pointer"].startswith(pointer) for error in answer.json()["errors"]), answer.text


def test_why_and_why_not(camp: Any) -> None:
    shown = explained(camp, "pegs", limit=3)
    assert (shown["shown"], shown["code"]) == (True, "shown")
    assert shown["position"] in (1, 2)  # pegs and the mat go with a tent alike
    assert shown["reason"]["evidence"]["product_id"] == "tent"
    assert shown["standing"]["terms"][0]["adds"] > 0
    assert shown["model_version"]
    own = explained(camp, "tent")
    assert (own["shown"], own["code"], own["standing"]) == (False, "on_this_page", None)
    camp.send({"event": "Suggestion Dismissed", "userId": "w", "properties": {"product_id": "pegs"}})
    assert explained(camp, "pegs", shopper="w")["code"] == "dismissed"
    put(camp, where={"category": {"is": ["Cook"]}})
    assert explained(camp, "pegs", kind="beside")["rule"] == "where: category Cook"
    assert explained(camp, "pegs", kind="beside")["placement"] == "beside"


@pytest.mark.parametrize(
    ("params", "status", "where"),
    [
        ({"kind": "complements", "candidate": "nobody's"}, 404, None),
        ({"kind": "nothing", "candidate": "tent"}, 422, "kind"),
        ({"kind": "complements"}, 422, "candidate"),
        ({"kind": "complements", "candidate": "tent", "limit": 0}, 422, "limit"),
    ],
)
def test_a_why_that_cannot_be_answered(camp: Any, params: Any, status: int, where: str | None) -> None:
    answer = camp.call("GET", "/v1/recommendations/explain", params=params)
    assert answer.status_code == status, answer.text
    if where is not None:
        assert answer.json()["errors"][0]["parameter"] == where


def test_a_sensitive_category_is_the_shops_to_name(camp: Any) -> None:
    assert "pills" in camp.ids("complements", product="tent", limit=10)
    assert camp.call("PATCH", "/v1/shop", {"sensitive_categories": ["health"]}).status_code == 200
    assert "pills" not in camp.ids("complements", product="tent", limit=10)
    assert explained(camp, "pills")["rule"] == "sensitive_categories: health"
    camp.call("PATCH", "/v1/shop", {"sensitive_categories": []})
    assert "pills" in camp.ids("complements", product="tent", limit=10)


def test_what_is_shown_again_and_again_steps_back_in_the_very_next_answer(camp: Any) -> None:
    first = camp.ids("complements", product="tent", shopper="bored", limit=5)
    old = datetime.now(UTC)
    showings = [
        {
            "event": "Suggestion Shown",
            "userId": "bored",
            "timestamp": (old - timedelta(minutes=turn)).isoformat(),
            "properties": {"product_id": first[0], "placement": "complements", "position": 1},
        }
        for turn in range(40)
    ]
    camp.send(*showings)
    after = camp.ids("complements", product="tent", shopper="bored", limit=5)
    assert after[0] != first[0]
    assert set(after) == set(first)


def test_the_command_says_the_same_as_the_door(camp: Any) -> None:
    asked = ("explain", "--shop", camp.shop_id, "--kind", "complements", "--product", "tent")
    told = json.loads(camp.service.rapport(*asked, "--candidate", "pegs", "--json").stdout)
    assert told == explained(camp, "pegs")
    words = camp.service.rapport(*asked, "--candidate", "tent").stdout
    assert "the page's own product" in words
    unknown = camp.service.rapport(*asked, "--candidate", "nobody's", check=False)
    assert (unknown.returncode, unknown.stdout) == (1, "")
