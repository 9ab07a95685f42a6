"""Tiers at the doors: where a shopper stands and why, set by hand, points, and the page's own examples."""

from __future__ import annotations

import json
import re
import shlex
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import OpenShop

PAGE = Path(__file__).parents[2] / "docs" / "tiers.md"
LADDER = {
    "basis": "spend",
    "services": {"everyone": [{"en": "Free returns", "de": "Rückgabe kostenlos"}]},
    "tiers": [
        {"tier": "guest", "title": {"en": "Guest", "de": "Gast"}},
        {"tier": "friend", "from": "20.00", "adds": ["Early access"]},
        {"tier": "family", "from": "60.00", "adds": ["A present"]},
    ],
}


@pytest.fixture(scope="module")
def cafe(open_shop: Any) -> OpenShop:
    """A shop with a ladder by spending, 20.00 and 60.00."""
    shop = open_shop("Cafe")
    shop.product("beans")
    assert shop.call("PUT", "/v1/tiers", LADDER).json()["services"] == LADDER["services"]
    return shop


def tier(shop: OpenShop, who: str) -> dict[str, Any]:
    answer = shop.call("GET", f"/v1/shoppers/{who}/tier")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_who_buys_stands_higher_in_the_very_next_answer(cafe: OpenShop) -> None:
    assert tier(cafe, "nora")["tier"] == "guest"
    cafe.send(cafe.buys("nora", "beans", "beans"))
    stands = tier(cafe, "nora")
    assert (stands["tier"], stands["falls_to"], stands["progress"]["to"]) == ("friend", "guest", "family")
    assert stands["progress"]["missing"] == {"amount": "40.00", "currency": "EUR"}
    assert stands["since"][:10] == time.strftime("%Y-%m-%d", time.gmtime())
    days = (time.mktime(time.strptime(stands["falls_on"], "%Y-%m-%dT%H:%M:%SZ")) - time.time()) / 86400
    assert days == pytest.approx(365 + 30, abs=1)


def test_everybody_is_served_the_floor_in_their_own_language(cafe: OpenShop) -> None:
    cafe.send(cafe.buys("floor", "beans", "beans"))
    token = {"Rapport-Shopper": cafe.token("floor")}
    me = cafe.call("GET", "/v1/shoppers/me", key="publishable", headers=token).json()
    assert me["tier"]["services"] == ["Free returns", "Early access"]
    assert "why" not in me["tier"]
    page = cafe.call("GET", "/v1/placements?names=tier&locale=de", key="publishable").json()
    assert page["placements"]["tier"] == {
        **dict.fromkeys(("tier", "title", "since", "progress", "falls_on", "falls_to")),
        "services": ["Rückgabe kostenlos"],
    }


def test_a_tier_by_hand_is_the_least_is_told_with_its_reason_and_can_be_taken_back(cafe: OpenShop) -> None:
    where = "/v1/shoppers/hanna/tier"
    assert cafe.call("DELETE", where).status_code == 404
    said = {"tier": "friend", "reason": "Helped at the fair", "until": "2099-01-01T00:00:00Z"}
    stands = cafe.call("PUT", where, said).json()
    assert (stands["tier"], stands["falls_on"], stands["falls_to"]) == ("friend", said["until"], "guest")
    assert cafe.call("PUT", where, said).json()["history"] == stands["history"]
    [change] = stands["history"]
    assert (change["how"], change["why"]["reason"]) == ("set", "Helped at the fair")
    assert change["why"]["by"].startswith("key ")
    cafe.send(cafe.buys("hanna", *["beans"] * 6))
    assert tier(cafe, "hanna")["tier"] == "family"
    exact = cafe.call("PUT", where, {"tier": "guest", "reason": "A reseller", "exact": True}).json()
    assert (exact["tier"], exact["why"]["by_hand"]["by_figures"]) == ("guest", "family")
    assert (exact["falls_on"], exact["stays"]) == (None, "set_by_hand")
    assert cafe.call("DELETE", where).status_code == 204
    assert tier(cafe, "hanna")["tier"] == "family"
    whole = cafe.call("GET", "/v1/shoppers/hanna").json()
    assert {each["how"] for each in whole["tier"]["history"]} >= {"set", "unset"}
    exported = cafe.call("GET", "/v1/shoppers/hanna/export").json()
    assert "Helped at the fair" in json.dumps(exported["tier_history"])
    chain = [each.did for each in cafe.merchant.shops.memory(cafe.shop_id).audit.newest(20)]
    assert {"tier.set_by_hand", "tier.unset_by_hand"} <= set(chain)


def test_points_count_once_by_their_id_and_for_each_shopper(cafe: OpenShop, open_shop: Any) -> None:
    shop = open_shop("Points")
    tiers = [{"tier": "a"}, {"tier": "b", "from": "30"}]
    assert shop.call("PUT", "/v1/tiers", {"basis": "points", "tiers": tiers}).status_code == 200
    given = {"points": 30, "reason": "A review", "id": "r1"}
    first, again = (shop.call("POST", "/v1/shoppers/pia/points", given) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert (first.json()["counted"], again.json()["counted"]) == (True, False)
    assert first.json()["tier"]["tier"] == again.json()["tier"]["tier"] == "b"
    assert again.json()["tier"]["why"]["points_given"] == 30
    other = shop.call("POST", "/v1/shoppers/ole/points", {**given, "points": 31}).json()
    assert (other["counted"], other["tier"]["tier"]) == (True, "b")
    taken = shop.call(
        "POST", "/v1/shoppers/ole/points", {"points": -2, "reason": "A slip", "id": "r2"}
    ).json()
    assert (taken["tier"]["tier"], taken["tier"]["why"]["kept_by"]) == ("b", "hysteresis")
    keyed = {"Idempotency-Key": "once"}
    twice = [
        shop.call("POST", "/v1/shoppers/ole/points", given | {"id": "r3"}, headers=keyed) for _ in range(2)
    ]
    assert [each.json() for each in twice] == [twice[0].json()] * 2
    merged = shop.call("POST", "/v1/shoppers/merge", {"from": "pia", "into": "ole"})
    assert merged.status_code in (200, 201), "points are something that is known"
    assert tier(shop, "ole")["why"]["points_given"] == 30 + 29 + 30


def test_a_no_to_a_profile_keeps_the_tier(cafe: OpenShop) -> None:
    cafe.send(cafe.buys("quiet", "beans", "beans"))
    said = {"profile": "no", "personalise": "no"}
    assert cafe.call("PUT", "/v1/shoppers/quiet/consent", said).status_code == 200
    assert tier(cafe, "quiet")["tier"] == "friend"
    cafe.send(cafe.buys("quiet", *["beans"] * 4))
    assert tier(cafe, "quiet")["tier"] == "family"
    assert (
        cafe.call("POST", "/v1/shoppers/quiet/points", {"points": 1, "reason": "r", "id": "1"}).status_code
        == 201
    )


def test_a_preview_changes_nothing(cafe: OpenShop) -> None:
    cafe.send(cafe.buys("pre", "beans", "beans"))
    told = cafe.call("POST", "/v1/tiers/preview", {"basis": "spend", "tiers": [{"tier": "all"}]}).json()
    assert told["flips"] is None or told["flips"]["as_written"]["changes"] == 0
    assert [each["tier"] for each in told["proposed"]] == ["all"]
    assert cafe.call("GET", "/v1/tiers").json()["tiers"][1]["tier"] == "friend"


BY_HAND, POINTS, LADDERS = "/v1/shoppers/x/tier", "/v1/shoppers/x/points", "/v1/tiers"
SAID = {"tier": "friend", "reason": "r"}
GIVEN = {"points": 1, "reason": "r", "id": "1"}


def rule(when: Any) -> dict[str, Any]:
    return {"basis": "rule", "tiers": [{"tier": "a"}, {"tier": "b", "when": when}]}


def by_points(threshold: str | None) -> dict[str, Any]:
    return {"basis": "points", "tiers": [{"tier": "a"}, {"tier": "b", "from": threshold}]}


@pytest.mark.parametrize(
    ("method", "path", "body", "where"),
    [
        ("PUT", BY_HAND, {"tier": "friend"}, "/reason"),
        ("PUT", BY_HAND, {"tier": "none", "reason": "r"}, "/tier"),
        ("PUT", BY_HAND, {**SAID, "until": "2001-01-01T00:00:00Z"}, "/until"),
        ("PUT", BY_HAND, {**SAID, "until": "soon"}, "/until"),
        ("PUT", BY_HAND, {**SAID, "exact": 1}, "/exact"),
        ("PUT", "/v1/shoppers/-/tier?anonymous_id=v", SAID, None),
        ("POST", POINTS, {**GIVEN, "points": 0}, "/points"),
        ("POST", POINTS, {**GIVEN, "points": 1.5}, "/points"),
        ("POST", POINTS, {**GIVEN, "points": 10**10}, "/points"),
        ("POST", POINTS, {"points": 1, "id": "1"}, "/reason"),
        ("POST", "/v1/tiers/preview", by_points(None), "/tiers/1/from"),
        ("PUT", LADDERS, by_points("1.5"), "/tiers/1/from"),
        ("PUT", LADDERS, {"points_per_unit": "2", "tiers": [{"tier": "a"}]}, "/points_per_unit"),
        ("PUT", LADDERS, rule(None), "/tiers/1/when"),
        ("PUT", LADDERS, rule({"tier": {"is": "a"}}), "/tiers/1/when/tier"),
        ("PUT", LADDERS, rule({"height": {}}), "/tiers/1/when/height"),
        ("PUT", LADDERS, rule({"segment": {"is": "nobody's"}}), "/tiers/1/when"),
        ("PUT", LADDERS, {"services": {"everyone": [3]}, "tiers": [{"tier": "a"}]}, "/services/everyone/0"),
    ],
)
def test_bad_input_is_told_where_it_is_wrong(
    cafe: OpenShop, method: str, path: str, body: Any, where: str | None
) -> None:
    answer = cafe.call(method, path, body)
    assert answer.status_code == 422, answer.text
    if where is not None:
        assert [each["pointer"] for each in answer.json()["errors"]] == [where]


def test_a_tier_is_the_same_on_every_page_whatever_its_segments_ask(open_shop: Any) -> None:
    shop = open_shop("Pages")
    when = {
        "any": [{"channel": {"is": "web"}}, {"locale": {"is": "nl"}}, {"basket": {"quantity_at_least": 1}}]
    }
    assert shop.call("PUT", "/v1/segments/page", {"segment": "page", "when": when}).status_code == 201
    ladder = {"basis": "rule", "tiers": [{"tier": "a"}, {"tier": "b", "when": {"segment": {"is": "page"}}}]}
    assert shop.call("PUT", "/v1/tiers", ladder).status_code == 200
    token = {"Rapport-Shopper": shop.token("una")}
    me = shop.call("GET", "/v1/shoppers/me?locale=nl", key="publishable", headers=token).json()
    page = shop.call("GET", "/v1/placements?names=tier&locale=nl", key="publishable", headers=token).json()
    told = (me["tier"]["tier"], page["placements"]["tier"]["tier"], tier(shop, "una")["tier"])
    assert told == ("a", "a", "a")


def test_a_condition_in_a_ladder_is_no_deeper_than_anywhere(cafe: OpenShop) -> None:
    when: dict[str, Any] = {"first_order": {}}
    for _ in range(20):
        when = {"not": when}
    ladder = {"basis": "rule", "tiers": [{"tier": "a"}, {"tier": "b", "when": when}]}
    assert cafe.call("PUT", "/v1/tiers", ladder).status_code == 422


def test_the_command_line_tries_a_ladder_and_refuses_what_is_none(
    cafe: OpenShop, service: Any, tmp_path: Path
) -> None:
    file = tmp_path / "ladder.json"
    file.write_text(json.dumps({"basis": "spend", "tiers": [{"tier": "all"}, {"tier": "b", "from": "5.00"}]}))
    told = service.rapport("tiers", "preview", str(file), "--shop", cafe.shop_id, "--json")
    assert [each["tier"] for each in json.loads(told.stdout)["proposed"]] == ["all", "b"]
    file.write_text(json.dumps({"tiers": []}))
    refused = service.rapport("tiers", "preview", str(file), "--shop", cafe.shop_id, check=False)
    assert refused.returncode == 1
    assert "tiers" in refused.stderr


def test_every_example_of_the_page_works(open_shop: Any) -> None:
    shop = open_shop("Page")
    shop.product("pan")
    shop.send(shop.buys("ann", *["pan"] * 30))
    answered = [ask(shop, words) for words in commands(PAGE.read_text())]
    assert [answer.status_code for answer in answered] == [200, 200, 200, 200, 204, 201]
    ladder, tried, stands, by_hand, _, points = (each.json() if each.content else None for each in answered)
    assert [each["tier"] for each in ladder["tiers"]] == ["guest", "friend", "family"]
    assert [each["tier"] for each in tried["proposed"]] == ["guest", "friend"]
    assert (stands["tier"], by_hand["tier"]) == ("friend", "family")
    assert stands["services"][-1] == "Early access to new things"
    assert points["counted"] is True


def commands(page: str) -> Iterator[list[str]]:
    """The words of every `curl` of a page."""
    for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL):
        for command in re.split(r"\n(?=curl )", block.strip()):
            yield shlex.split(command)


def ask(shop: OpenShop, words: list[str]) -> Any:
    """Do what a `curl` would do, with this shop's key."""
    given = dict(pairwise(words))
    (url,) = (word for word in words if word.startswith("$RAPPORT"))
    body = json.loads(given["-d"]) if "-d" in given else None
    return shop.call(given.get("-X", "GET"), url.removeprefix("$RAPPORT"), body)
