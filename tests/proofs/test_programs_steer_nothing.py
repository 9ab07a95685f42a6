"""Ten thousand events from browsers nobody knows move no list of anybody else (promise S19)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Service

SHOPPERS = 400
FAKE = 10_000


@pytest.mark.slow
def test_invented_visitors_move_no_list_of_a_living_shop(service: Service, tmp_path: Path) -> None:
    shop = service.new_shop("Steered")
    truth = tmp_path / "truth.json"
    service.rapport("simulate", "--shop", shop["shop_id"], "--shoppers", str(SHOPPERS), "--truth", str(truth))
    moment = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    products = [each["product_id"] for each in _all_products(service, shop)]
    asked = tmp_path / "asked.ndjson"
    asked.write_text("\n".join(json.dumps(query) for query in _queries(products)))
    before = _answers(service, shop, moment, asked, tmp_path / "before.ndjson")

    victim, pushed = products[3], products[200]
    for batch in _invented(victim, pushed):
        answer = service.call("POST", "/v1/batch", key=shop["publishable_key"], json={"batch": batch})
        assert answer.status_code == 200, answer.text
    after = _answers(service, shop, moment, asked, tmp_path / "after.ndjson")
    assert len(before) > 500
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 0

    # The control: what the shop's own server tells of does move them, so the lists could have moved.
    for batch in _invented(victim, pushed, told="told"):
        answer = service.call("POST", "/v1/batch", key=shop["secret_key"], json={"batch": batch})
        assert answer.status_code == 200, answer.text
    believed = _answers(service, shop, moment, asked, tmp_path / "believed.ndjson")
    assert sum(a != b for a, b in zip(before, believed, strict=True)) > 0


def _all_products(service: Service, shop: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    asked: dict[str, Any] = {"limit": 100}
    while True:
        page = service.call("GET", "/v1/products", key=shop["secret_key"], params=asked).json()
        found += page["items"]
        if page["next"] is None:
            return found
        asked["cursor"] = page["next"]


def _queries(products: list[str]) -> Iterator[dict[str, Any]]:
    for product in products:
        for kind in ("complements", "similar", "also-viewed"):
            yield {"kind": kind, "product": [product], "limit": 10}
    for kind in ("for-you", "next-basket", "trending"):
        yield {"kind": kind, "limit": 10}


def _answers(service: Service, shop: dict[str, Any], moment: str, asked: Path, out: Path) -> list[list[str]]:
    """The lists of a model that was trained anew on everything up to one and the same moment."""
    service.rapport("train", "--shop", shop["shop_id"], "--as-of", moment)
    service.rapport(
        *("recommend", "--shop", shop["shop_id"], "--as-of", moment),
        *("--queries", str(asked), "--out", str(out)),
    )
    answers = (json.loads(line) for line in out.read_text().splitlines())
    return [[each["product_id"] for each in answer["products"]] for answer in answers]


def _invented(victim: str, pushed: str, told: str = "fake") -> Iterator[list[dict[str, Any]]]:
    """One crawler, a crowd of fresh visitors, and hundreds of patient ones, looking from one to the other."""
    now = time.time()
    events = []
    for n in range(FAKE):
        who = (f"{told}-crawler", f"{told}-crowd-{n // 2}", f"{told}-patient-{n % 300}")[n % 3]
        at = datetime.fromtimestamp(now - 86_400 + n * 8.0, UTC).isoformat()
        look = {"product_id": (victim, pushed)[(n // 3) % 2]}
        events.append(
            {"type": "track", "event": "Product Viewed", "anonymousId": who, "messageId": f"{told}{n}",
             "timestamp": at, "properties": look}
        )  # fmt: skip
    for first in range(0, FAKE, 1_000):
        yield events[first : first + 1_000]
