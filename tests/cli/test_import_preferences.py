"""`rapport import preferences`: said in a file, read at the doors, never above a newer word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.conftest import Service

ROWS = """shopper_id,at,likes,avoids,sizes
ann,2026-01-05T10:00:00Z,Tea,category:Meat,shoes=42
ben,,Coffee;Tea,,
,,Tea,,
dora,soon,Tea,,
"""


def brought(service: Service, path: Path) -> dict[str, Any]:
    done = service.rapport("import", "preferences", str(path), "--shop", service.shop_id, "--json")
    return json.loads(done.stdout)


def test_a_file_says_what_shoppers_said(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "wishes.csv"
    path.write_text(ROWS)
    newer = service.call("PATCH", "/v1/shoppers/ann/preferences", json={"likes": ["Coffee"]})
    assert newer.status_code == 200, newer.text
    first = brought(service, path)
    assert (first["preferences"], first["known"]) == (2, 0)
    assert first["rejected"] == {"invalid": 1, "unreadable_time": 1}
    assert len(Path(first["rejected_rows_in"][0]).read_text().splitlines()) == 3
    ann = service.call("GET", "/v1/shoppers/ann").json()["preferences"]
    assert (ann["likes"], ann["avoids"], ann["sizes"]) == (["Coffee"], ["category:Meat"], {"shoes": "42"})
    assert service.call("GET", "/v1/shoppers/ben").json()["preferences"]["likes"] == ["Coffee", "Tea"]
    again = brought(service, path)
    assert (again["preferences"], again["known"]) == (0, 2)
