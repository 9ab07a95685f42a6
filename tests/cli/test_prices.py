"""`rapport prices check`: what a feed calls reduced and the past contradicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def test_reductions_of_a_feed_are_judged_by_what_products_cost_before(service: Any, tmp_path: Path) -> None:
    before = {"fair": "10.00", "raised": "10.00", "left": "5.00", "high": "10.00"}
    for product_id, price in {**before, "raised ": "14.00", "high ": "20.00"}.items():
        written = {"product_id": product_id.strip(), "name": product_id, "price": price}
        assert service.call("POST", "/v1/products", json=written).status_code in (200, 201)
    rows = ["fair,10.00,7.00", "raised,14.00,12.00", "left,5.00,4.00", "high,20.00,9.00", "fresh,3.00,2.00"]
    (tmp_path / "feed.csv").write_text("\n".join(["id,price,sale_price", *rows]))
    shop = service.shop_id
    service.rapport("import", "products", str(tmp_path / "feed.csv"), "--shop", shop, "--json")
    mine = {*before, "fresh"}
    told = json.loads(service.rapport("prices", "check", "--shop", shop, "--json").stdout)
    assert {each["product_id"]: each["code"] for each in told["doubts"] if each["product_id"] in mine} == {
        "raised": "not_cheaper",
        "high": "overstated",
        "fresh": "unproven",
    }
    assert told["reduced"] >= 3  # fair, left, and high (from 10.00)
    high = next(each for each in told["doubts"] if each["product_id"] == "high")
    assert (high["stated"]["amount"], high["was"]["amount"], high["percent_saved"]) == ("20.00", "10.00", 10)
    past = [
        "fresh,2026-01-01,2.80,",
        "fresh,2026-02-01,3.00,",
        "nobody,2026-01-01,1.00,",
        "fair,2999-01-01,1.00,",
    ]
    (tmp_path / "past.csv").write_text("\n".join(["product_id,at,price,sale_price", *past]))
    brought = service.rapport("import", "prices", str(tmp_path / "past.csv"), "--shop", shop, "--json")
    came = json.loads(brought.stdout)
    assert (came["prices"], came["unknown_products"], came["rejected"]) == (2, 1, {"in_the_future": 1})
    fresh = service.call("GET", "/v1/products/fresh/prices").json()
    assert (fresh["was"]["amount"], fresh["percent_saved"], len(fresh["changes"])) == ("3.00", 33, 2)
    for_people = service.rapport("prices", "check", "--shop", shop).stdout
    assert "reductions that past prices do not bear out" in for_people
    assert "as cheap or cheaper before" in for_people
