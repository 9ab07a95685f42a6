"""Where rejected rows go, and what happens when they can go nowhere."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from plugin.connectors.rejects import Rejects
from plugin.errors import Refused


def test_nothing_is_written_without_rejects(tmp_path: Path):
    with Rejects() as rejects:
        pass
    assert (rejects.total, rejects.written, list(tmp_path.iterdir())) == (0, [], [])


def test_rows_and_documents_are_counted_by_reason_and_kept_whole(tmp_path: Path):
    table, lines = tmp_path / "a.csv", tmp_path / "b.ndjson"
    with Rejects() as rejects:
        rejects.add_row(table, 2, "no_time", "when?", {"id": "1", "note": 'says "no", twice'})
        rejects.add_row(table, 5, "no_time", "when?", {"id": "2", "note": None})
        rejects.add_document(lines, 1, "unreadable", "not JSON", {"text": "{"})
    assert rejects.counts == {"no_time": 2, "unreadable": 1}
    assert rejects.written == [tmp_path / "a.csv.rejected.csv", tmp_path / "b.ndjson.rejected.ndjson"]
    assert rejects.written[0].read_text().splitlines() == [
        "row,reason,detail,id,note",
        '2,no_time,when?,1,"says ""no"", twice"',
        "5,no_time,when?,2,",
    ]
    assert orjson.loads(rejects.written[1].read_bytes()) == {
        "row": 1,
        "reason": "unreadable",
        "detail": "not JSON",
        "text": "{",
    }


def test_rows_rejected_once_more_do_not_pile_up_columns(tmp_path: Path):
    with Rejects() as rejects:
        rejects.add_row(
            tmp_path / "a.csv", 2, "b", "c", {"row": "9", "reason": "x", "detail": "y", "id": "1"}
        )
    assert rejects.written[0].read_text().splitlines() == ["row,reason,detail,id", "2,b,c,1"]


def test_the_row_handed_over_last_can_be_refused_later(tmp_path: Path):
    with Rejects() as rejects:
        rejects.hand_over(rejects.add_row, tmp_path / "a.csv", 3, {"id": "9"})
        rejects.refuse("invalid", "the shop has no such thing")
    assert rejects.counts == {"invalid": 1}
    assert rejects.written[0].read_text().splitlines()[1] == "3,invalid,the shop has no such thing,9"


def test_a_folder_that_cannot_be_written_is_named_or_replaced(tmp_path: Path):
    file = tmp_path / "no such folder" / "a.csv"
    with Rejects() as rejects, pytest.raises(Refused, match="no such folder"):
        rejects.add_row(file, 2, "no_time", "when?", {})
    with Rejects(fallback=tmp_path) as rejects:
        rejects.add_row(file, 2, "no_time", "when?", {})
    assert rejects.written == [tmp_path / "a.csv.rejected.csv"]
