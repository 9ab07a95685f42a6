"""What shoppers did with ideas, and what it says of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from plugin.activity import Shopper
from plugin.connectors.segment import Sender, read_document
from plugin.history import Readable
from plugin.intake.importing import bring_in
from plugin.merchant import Merchant
from plugin.trust.teachers import Teachers
from plugin.uses.answers import answers_before, refresh_trust
from plugin.uses.trusted import UNTOLD, UseTrust
from plugin.uses.writing import put_ideas
from plugin.worker import Worker
from tests.plugin.test_history import DAY, START, Writing

LATER = START + 100 * DAY


@pytest.fixture
def past(tmp_path: Path) -> Writing:
    return Writing(tmp_path / "log")


def test_every_shopper_has_one_voice(past: Writing) -> None:
    for day in range(5):
        for who in ("a", "b"):
            past.add("tried", day=day, who=Shopper(who), use_id="jam")
        past.add("shown", day=day, who=Shopper("c"), use_id="jam")
    past.add("clicked", who=Shopper("d"), use_id="jam")
    past.add("dismissed", who=Shopper("e"), use_id="jam", reason="never")
    past.add("clicked", who=Shopper("e"), use_id="jam")
    past.add("dismissed", who=Shopper("f"), use_id="jam", reason="have_it")
    past.add("shown", who=Shopper("g"), use_id="jam")
    past.add("dismissed", ("jam", 1), who=Shopper("h"))  # a product of that name is no idea
    assert answers_before(past.log, LATER) == {"jam": [2.5, 1.2]}


def test_programs_and_those_who_object_have_none(past: Writing) -> None:
    for who in ("person", "program", "objects"):
        past.add("tried", who=Shopper(who), use_id="jam")
    everybody = answers_before(past.log, LATER)
    teachers = Teachers(nobody=frozenset({"u:program"}))
    assert answers_before(past.log, LATER, Readable(frozenset({"u:objects"})), teachers) == {
        "jam": [1.0, 0.0]
    }
    assert everybody == {"jam": [3.0, 0.0]}  # without the two nets all of them would have been counted
    visitors = Teachers(proven_only=True)
    past.add("tried", who=Shopper("v", known=False), use_id="tea", trust="browser")
    assert "tea" not in answers_before(past.log, LATER, teachers=visitors)


def test_trust_leans_on_the_shops_own_ideas_until_many_have_answered() -> None:
    told = UseTrust.from_document({"ideas": {"good": [40.0, 2.0], "bad": [1.0, 30.0], "few": [1.0, 0.0]}})
    assert told.shares["good"] > 0.85
    assert told.shares["bad"] < 0.25
    assert abs(told.shares["few"] - told.otherwise) < 0.1
    assert told.answers == {"good": 42.0, "bad": 31.0, "few": 1.0}
    assert UseTrust.from_document({"ideas": {}}) == UNTOLD


def test_a_shop_keeps_what_came_of_its_ideas(merchant: Merchant, open_for: Any) -> None:
    shop_id = open_for("Uses")
    need = {"needs": [{"any": [{"product_id": "pot"}]}], "title": "Jam", "state": "live"}
    put_ideas(merchant, shop_id, [{"use_id": "jam", **need}])
    refresh_trust(merchant.shops, shop_id, time.time())
    assert merchant.shops.view(shop_id, fresh=True).use_trust == UNTOLD
    now = time.time()
    tried = {"type": "track", "event": "Use Tried", "userId": "ann", "properties": {"use_id": "jam"}}
    read = read_document(tried, Sender("shop", "EUR"), now)
    bring_in(merchant.shops, shop_id, [read])
    Worker(merchant.shops, lambda: now + 5).drain(shop_id)
    refresh_trust(merchant.shops, shop_id, now + 5)
    assert merchant.shops.view(shop_id, fresh=True).use_trust.answers == {"jam": 1.0}


@pytest.fixture
def open_for(merchant: Merchant) -> Any:
    return lambda name: merchant.open_shop(name, {"currency": "EUR"}).settings.shop_id
