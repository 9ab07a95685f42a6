"""The merchant's page on offers: each rule does what stands beneath it, and its tables are the code's."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plugin.offers.arguments import arguments
from plugin.offers.benefits import BENEFITS
from plugin.offers.conditions import OCCASION_CONDITIONS, PRODUCT_CONDITIONS

PAGE = (Path(__file__).parents[2] / "docs" / "offers.md").read_text()
DAY = 86_400.0

EXAMPLE = re.compile(
    r"### ([^\n]+)\n+(?:(?!```|###)[^\n]*\n+)*```json\n(.*?)```\n+((?:\|[^\n]*\n)+)", re.DOTALL
)
TWELVE = EXAMPLE.findall(PAGE[PAGE.index("## Twelve") :])
WANTED = (
    "Welcome, Second order, Birthday, Gold early access, Replenish, Win-back, Supplier-funded, Bundle, "
    "Free shipping from, Next-visit gift, Clearance within margin, Thank-you without discount"
).split(", ")

PEOPLE = {
    "somebody new": "new",
    "somebody with one order": "once",
    "somebody with a birthday today": "birthday",
    "somebody who spent 350.00": "gold",
    "somebody who bought beans 28 days ago": "regular",
    "somebody who bought beans today": "once",
    "somebody whose last order was 200 days ago": "quiet",
}
BASKETS = {
    "nothing": [],
    "one bag of beans": [("beans", 1)],
    "three bags of beans": [("beans", 3)],
    "one reduced scale": [("scale", 1)],
    "a grinder and beans": [("grinder", 1), ("beans", 1)],
    "a lamp": [("lamp", 1)],
}


def rows(table: str) -> list[list[str]]:
    """The cells of a table, without its head."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().split("\n")[2:]]


@pytest.fixture(scope="module")
def cafe(open_shop: Any) -> Any:
    """The shop of the page, with everybody who is spoken of."""
    shop = open_shop("Page of offers", currency="EUR")
    assert shop.call("PATCH", "/v1/shop", {"margin_floor": 5}).status_code == 200
    steps = [{"tier": "bronze"}, {"tier": "silver", "from": "100.00"}, {"tier": "gold", "from": "300.00"}]
    assert shop.call("PUT", "/v1/tiers", {"basis": "spend", "tiers": steps}).status_code == 200
    shop.product(
        "beans", name="Beans", category="Food > Coffee", brand="Roaster", price="12.00", cost="5.00",
        durable=False, lifetime_days=30,
    )  # fmt: skip
    shop.product("grinder", name="Grinder", category="Kitchen", price="49.00", cost="20.00")
    shop.product("scale", name="Scale", category="Kitchen", price="30.00", sale_price="24.00", cost="10.00")
    shop.product("lamp", name="Lamp", category="Clearance", price="40.00", cost="30.00")

    def bought(who: str, days_ago: float, price: float = 12) -> dict[str, Any]:
        at = datetime.fromtimestamp(time.time() - days_ago * DAY, UTC).isoformat()
        event = shop.buys(who, "beans", timestamp=at)
        event["properties"]["products"][0]["price"] = price
        return event

    today = datetime.now(UTC).date()
    shop.send(
        bought("once", 0),
        bought("gold", 0, 350),
        bought("regular", 28),
        bought("quiet", 200),
        {"type": "identify", "userId": "birthday", "traits": {"birthday": f"1990-{today:%m-%d}"}},
    )
    return shop


def test_there_are_twelve() -> None:
    assert [name for name, _, _ in TWELVE] == WANTED


@pytest.mark.parametrize(("name", "written", "table"), TWELVE, ids=[name for name, _, _ in TWELVE])
def test_a_rule_of_the_page_does_what_stands_beneath_it(
    cafe: Any, name: str, written: str, table: str
) -> None:
    rule = json.loads(written)
    answer = cafe.call("POST", "/v1/offer-rules", rule)
    assert answer.status_code == 201, answer.text
    verdicts = set()
    for who, verdict, said in rows(table):
        person, *reading, basket = who.split(", ")
        lines = [{"product_id": product, "quantity": count} for product, count in BASKETS[basket]]
        asked = {"shopper": PEOPLE[person], "basket": {"lines": lines}}
        if reading:
            asked["locale"] = {"reading German": "de"}[reading[0]]
        if lines:
            answer = cafe.call("POST", "/v1/offers/quote", asked)
            told = answer.json()["verdicts"]
        else:
            answer = cafe.call("GET", "/v1/offers", params={"shopper": PEOPLE[person]})
            told = answer.json()["offers"]
        assert answer.status_code == 200, answer.text
        (held,) = (each for each in told if each["offer_id"] == rule["offer_id"])
        sentence = held["sentence"].replace("\N{NO-BREAK SPACE}", " ")
        assert (held["verdict"], sentence) == (verdict, said), (who, held["reason"])
        assert (held["unlock"] is None) == (verdict != "almost")
        verdicts.add(verdict)
    assert "granted" in verdicts
    assert len(verdicts) > 1, "and one for whom it is not"
    assert cafe.call("DELETE", f"/v1/offer-rules/{rule['offer_id']}").status_code == 204


def test_the_segment_of_the_page_can_be_written_and_used(cafe: Any) -> None:
    block = PAGE[PAGE.index("### Segments") :]
    written = json.loads(re.search(r"```json\n(.*?)```", block, re.DOTALL)[1])
    assert cafe.call("PUT", "/v1/segments/coffee-people", written).status_code == 201
    rule = {
        "offer_id": "o", "when": {"segment": {"is": "coffee-people"}}, "gives": {"free_shipping": {}},
    }  # fmt: skip
    assert (
        cafe.call("POST", "/v1/offer-rules", rule).json()["sentence"]
        == "In the segment Coffee people: free delivery."
    )


def section(title: str) -> str:
    begins = PAGE.index(f"## {title}\n")
    return PAGE[begins : PAGE.index("\n## ", begins + 1)]


def test_the_table_of_conditions_is_that_of_the_code() -> None:
    listed = {}
    for names, taken, *_ in rows(re.search(r"(?:\|[^\n]*\n)+", section("Conditions"))[0]):
        for name in re.findall(r"`(\w+)`", names):
            listed[name] = set(re.findall(r"`(\w+)`", taken))
    assert listed == {
        name: {argument.name for argument in arguments(held)} for name, held in OCCASION_CONDITIONS.items()
    }
    on_products = re.search(
        r"On products[^:]*: \{.*?\}`: (.*?),\s+joined|On products.*?: (`category`.*?),\njoined",
        PAGE,
        re.DOTALL,
    )
    assert on_products is not None
    named = re.findall(r"`(\w+)`", on_products[1] or on_products[2])
    assert set(named) == set(PRODUCT_CONDITIONS)


def test_the_table_of_benefits_is_that_of_the_code() -> None:
    listed = [
        re.findall(r"`(\w+)`", row[0])[0]
        for row in rows(re.search(r"(?:\|[^\n]*\n)+", section("Benefits"))[0])
    ]
    assert set(listed) == set(BENEFITS)
    told = section("Benefits")
    order = re.findall(r"`(\w+)`", told[told.index("in this order:") : told.index(";\nwithin")])
    in_code = [
        name for name, held in sorted(BENEFITS.items(), key=lambda item: item[1].order) if name != "message"
    ]
    assert order == in_code
