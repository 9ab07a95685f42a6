"""Products from an address by command: fetched under the rules for outside addresses, and what came of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_commands import Box
from tests.plugin.sites import Site, answers, site_in

FEED = b"id\ttitle\tprice\ncup\tCup\t5.00 EUR\npan\tPan\tten EUR\npot\tPot\t9 EUR\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_in(tmp_path_factory.mktemp("site")) as running:
        yield running


def test_products_are_imported_from_an_address_within_the_rules(tmp_path: Path, site: Site) -> None:
    box = Box(tmp_path)
    shop = box.ask("shops", "create", "Corner", "--currency", "EUR")["shop_id"]
    site.pages["/feed.tsv"] = answers(200, FEED)
    url = f"{site.url}/feed.tsv"
    assert "not on the open internet" in box.refused("import", "products", url, "--shop", shop)
    vouched = {"SSL_CERT_FILE": str(site.certificate), "RAPPORT_OUTSIDE_ALLOWED": "127.0.0.1"}
    box.environment = {**os.environ, **box.environment, **vouched}
    came = box.ask("import", "products", url, "--shop", shop, "--replace")
    assert (came["products"], came["hidden"], came["rejected"]) == (2, 0, {"unreadable_price": 1})
    [kept] = came["rejected_rows_in"]
    assert "ten EUR" in Path(kept).read_text()
    shown = box.ask("shops", "set", shop, "feeds=https://shop.example/a.xml,https://shop.example/b.xml")
    rhythm = {"every_hours": 24, "replace": True}
    assert shown["feeds"] == [{"url": f"https://shop.example/{each}.xml", **rhythm} for each in "ab"]
