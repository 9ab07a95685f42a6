"""Every case file: an occasion, the shop's offers, and the verdicts a person would expect."""

import json
from pathlib import Path
from typing import Any

import pytest
from small_occasions import occasion, offer

from plugin.catalog import Product
from plugin.offers.price import quote
from plugin.offers.sentences import verdict_sentence

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.json"))
    for case in json.loads(path.read_text())
]


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    given = dict(case["occasion"])
    if "products" in given:
        given["products"] = tuple(Product(**held) for held in given["products"])
    at = occasion(given.pop("basket", []), **given)
    offers = [offer(currency=case.get("currency", "EUR"), **held) for held in case["offers"]]
    quoted = quote(offers, at)
    got = {held.offer_id: held for held in quoted.verdicts}
    for offer_id, expected in case["expect"].items():
        held = got[offer_id]
        assert [held.verdict, held.reason] == [expected["verdict"], expected.get("reason", held.verdict)]
        assert list(held.discounts) == expected.get("discounts", list(held.discounts))
        if "unlock" in expected:
            assert held.unlock is not None
            assert {"kind": held.unlock.kind, **held.unlock.missing} == expected["unlock"]
            also = [{"kind": step.kind, **step.missing} for step in held.unlock.also]
            assert also == expected.get("also", [])
        else:
            assert held.unlock is None
        if "sentence" in expected:
            assert verdict_sentence(held, at).replace("\N{NO-BREAK SPACE}", " ") == expected["sentence"]
    if "total" in case:
        assert quoted.total == case["total"]
