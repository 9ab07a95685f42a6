"""Preferences from files: tables and documents say the same, and what cannot be used is kept apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from plugin.connectors.preference_files import read_preferences
from plugin.connectors.rejects import Rejects
from plugin.errors import Invalid, NotFound

ANN = {
    "shopper_id": "ann",
    "likes": ["category:Pans", "Tea"],
    "sizes": {"shoes": "42", "shirt": "M", "hat": "57"},
    "plain_feed": True,
}


def read(path: Path) -> tuple[list[dict[str, Any]], Rejects]:
    with Rejects() as rejects:
        return list(read_preferences(path, rejects)), rejects


def test_a_table_and_documents_say_the_same(tmp_path: Path) -> None:
    table, documents = tmp_path / "p.csv", tmp_path / "p.ndjson"
    table.write_text(
        "shopper_id,likes,sizes,sizes.hat,plain_feed,aims\n"
        "ann,category:Pans; Tea,shoes=42; shirt = M,57,yes,\n"
    )  # fmt: skip
    documents.write_bytes(orjson.dumps(ANN) + b"\n")
    assert read(table)[0] == read(documents)[0] == [ANN]


def test_what_cannot_be_read_is_kept_beside_the_file(tmp_path: Path) -> None:
    table = tmp_path / "p.csv"
    table.write_text("shopper_id,sizes,plain_feed\nann,42,\nben,,perhaps\ncarl,shoes=42\ndora,shoes=42,no\n")
    rows, rejects = read(table)
    assert rows == [{"shopper_id": "dora", "sizes": {"shoes": "42"}, "plain_feed": False}]
    assert rejects.counts == {
        "unreadable_sizes": 1, "unreadable_plain_feed": 1, "wrong_number_of_fields": 1
    }  # fmt: skip
    kept = (tmp_path / "p.csv.rejected.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in kept] == ["row", "2", "3", "4"]


@pytest.mark.parametrize("heading", ["shopper,likes", "likes,aims", "shopper_id,colour"])
def test_a_table_of_other_columns_is_refused_with_those_that_are_known(tmp_path: Path, heading: str) -> None:
    table = tmp_path / "p.csv"
    table.write_text(f"{heading}\na,b\n")
    with pytest.raises(Invalid, match="known are shopper_id, at, likes"):
        read(table)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read(tmp_path / "none.csv")
