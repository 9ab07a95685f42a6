"""`rapport offers codes`: codes in a file, told this once."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any


def test_codes_are_written_once_and_open_their_offer(service: Any, tmp_path: Path) -> None:
    rule = {"offer_id": "thanks", "state": "live", "gives": {"free_shipping": {}}}
    assert service.call("POST", "/v1/offer-rules", json=rule).status_code == 201
    assert service.call("POST", "/v1/products", json={"product_id": "cup", "price": "3.00"}).ok
    out = tmp_path / "codes.csv"
    asked = (
        "offers",
        "codes",
        "--shop",
        service.shop_id,
        "--offer",
        "thanks",
        "--count",
        "5",
        "--out",
        str(out),
    )
    told = json.loads(service.rapport(*asked, "--prefix", "may", "--json").stdout)
    assert told == {"offer_id": "thanks", "count": 5, "uses": 1, "file": str(out)}
    rows = list(csv.DictReader(out.open()))
    assert len({row["code"] for row in rows}) == 5
    body = {"codes": [rows[0]["code"]], "basket": {"lines": [{"product_id": "cup"}]}}
    assert service.call("POST", "/v1/redemptions", json=body).json()["free_shipping"] is True
    before = out.read_bytes()
    refused = service.rapport(*asked, check=False)
    assert refused.returncode == 1
    assert "cannot be written as a new file" in refused.stderr
    assert out.read_bytes() == before
    wrong = service.rapport(*asked[:4], "--offer", "none", "--count", "1", "--out", f"{out}.2", check=False)
    assert (wrong.returncode, Path(f"{out}.2").exists()) == (1, False)
    assert service.call("DELETE", "/v1/offer-rules/thanks").status_code == 204
