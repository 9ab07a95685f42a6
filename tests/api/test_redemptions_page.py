"""The calls of docs/redemptions.md and docs/gifts.md do what the pages say, one after the other."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"
WRITTEN = "MAY-7KQ2-M9XD-4RTB"  # the code on the page stands for one that was made
pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def calls(page: str) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", (DOCS / page).read_text(), flags=re.S)
    parts = [part.strip() for block in blocks for part in re.split(r"\n(?=curl|rapport)", block)]
    return [part for part in parts if part.startswith("curl")]


class Page:
    """The calls of a page, in a shop of its own."""

    def __init__(self, shop: Any) -> None:
        self.shop = shop
        for product, price in (("mug", "9.99"), ("pan", "40.00")):
            shop.product(product, price=price)
        gives = {"percent_off": {"percent": 10, "products": ["mug"]}}
        thanks = {"offer_id": "thanks", "state": "live", "gives": gives, "holdout": 0}
        assert shop.call("PUT", "/v1/offer-rules/thanks", thanks).status_code in (200, 201)
        self.environment = {
            **os.environ,
            "RAPPORT": shop.service.url,
            "SECRET": shop.keys["secret"],
            "PUBLIC": shop.keys["publishable"],
            "TOKEN": shop.token("ann"),
        }

    def ask(self, call: str, **environment: str) -> Any:
        said = subprocess.run(
            ["bash", "-c", call.replace("curl ", "curl -sS --fail-with-body ", 1)],
            env={**self.environment, **environment}, capture_output=True, text=True, timeout=30,
        )  # fmt: skip
        assert said.returncode == 0, f"{call}\n{said.stdout}{said.stderr}"
        return json.loads(said.stdout)

    def reserved(self, who: str = "ann", **fields: Any) -> str:
        lines = [{"product_id": "pan", "quantity": 1}]
        body = {"shopper": who, "basket": {"lines": lines}, **fields}
        return self.shop.call("POST", "/v1/redemptions", body).json()["redemption_id"]


@pytest.fixture
def page(open_shop: Any) -> Page:
    return Page(open_shop(f"Page {uuid.uuid4().hex[:6]}"))


def test_redemptions(page: Page) -> None:
    reserve, commit, release, give_back, reopen, codes, revoke = calls("redemptions.md")
    made = page.shop.call("POST", "/v1/offer-rules/thanks/codes", {"count": 1}).json()["codes"][0]
    held = page.ask(reserve.replace(WRITTEN, made))
    assert (held["total"]["amount"], held["discounts"][0]["offer_id"]) == ("26.97", "thanks")
    known = held["redemption_id"]
    assert page.ask(commit, ID=known)["state"] == "committed"
    assert page.ask(release, ID=page.reserved())["state"] == "released"
    assert page.ask(give_back, ID=known)["refund"]["amount"] == "8.99"
    page.shop.send({"type": "track", "event": "Order Cancelled", "messageId": "c", "userId": "ann",
                    "properties": {"order_id": "1001"}})  # fmt: skip
    assert page.shop.call("GET", f"/v1/redemptions/{known}").json()["state"] == "cancelled"
    assert page.ask(reopen, ID=known)["state"] == "partly_returned"
    made = page.ask(codes)["codes"]
    assert (len(made), made[0][:4]) == (500, "MAY-")
    assert page.ask(revoke.replace(WRITTEN, made[0])) == {"offer_id": "thanks", "revoked": 1}


def test_gifts(page: Page) -> None:
    rule, commit, choices, choose, judged, funding, sign = calls("gifts.md")
    assert page.ask(rule)["gift"] == {"valid_days": 60}
    told = page.ask(commit, ID=page.reserved("ann"))
    assert (told["gift"]["state"], told["gift_refused"]) == ("waiting", None)
    other = page.shop.token("cleo")
    path = f"/v1/redemptions/{page.reserved('cleo')}/commit"
    assert page.shop.call("POST", path, {"order_id": "1003"}).status_code == 200
    assert [each["offer_id"] for each in page.ask(choices, TOKEN=other)["choose"]] == ["next-time"]
    assert page.ask(choose, TOKEN=other)["order_id"] == "1003"
    assert page.ask(judged)["state"] == "waiting"
    assert page.ask(funding)["given"]["amount"] == "0.00"
    assert page.ask(sign)["offer_id"] == "thanks"
