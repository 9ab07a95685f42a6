"""Activity files with known answers: events, batches, packed files, and lines of no use."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from plugin.connectors.activity_files import LARGEST_BATCH, read_activity
from plugin.connectors.rejects import Rejects
from plugin.connectors.segment import Sender, read_document
from plugin.errors import NotFound, Unreadable

VIEWED = {"type": "track", "event": "Product Viewed", "userId": "ann", "properties": {"product_id": "7"}}


def read(*paths: Path, **how: Any) -> tuple[list[dict[str, Any]], Rejects]:
    with Rejects() as rejects:
        return list(read_activity(paths, rejects=rejects, **how)), rejects


def event_of(size: int) -> dict[str, Any]:
    empty = len(orjson.dumps({**VIEWED, "context": {"x": ""}}))
    return {**VIEWED, "context": {"x": "x" * (size - empty)}}


def test_one_document_a_line_in_the_order_of_the_files(tmp_path: Path):
    first, second = tmp_path / "a.ndjson", tmp_path / "b.ndjson"
    first.write_bytes(b"\xef\xbb\xbf" + orjson.dumps({**VIEWED, "messageId": "1"}) + b"\r\n\r\n")
    second.write_bytes(orjson.dumps({**VIEWED, "messageId": "2"}))
    documents, rejects = read(first, second)
    assert [document["messageId"] for document in documents] == ["1", "2"]
    assert rejects.total == 0


def test_a_packed_file_is_known_by_what_it_holds(tmp_path: Path):
    path = tmp_path / "export.ndjson"
    path.write_bytes(gzip.compress(orjson.dumps(VIEWED) + b"\n" + orjson.dumps(VIEWED)))
    assert read(path)[0] == [VIEWED, VIEWED]
    path.write_bytes(gzip.compress(orjson.dumps(VIEWED) * 100)[:60])
    with pytest.raises(Unreadable, match="damaged gzip"):
        read(path)


def test_a_batch_gives_its_events_what_it_says_for_all(tmp_path: Path):
    path = tmp_path / "batches.ndjson"
    own = {**VIEWED, "context": {"locale": "nl"}}
    path.write_bytes(
        orjson.dumps(
            {"batch": [VIEWED, own, 7], "context": {"locale": "de"}, "sentAt": "2024-01-05T00:00:00Z"}
        )
    )
    documents, rejects = read(path)
    assert [document["context"]["locale"] for document in documents] == ["de", "nl"]
    assert all("sentAt" not in document for document in documents)
    assert rejects.counts == {"not_an_object": 1}


def test_an_event_may_have_32_kb_alone_or_in_a_batch(tmp_path: Path):
    path = tmp_path / "large.ndjson"
    fits, large = event_of(32 * 1024), event_of(32 * 1024 + 1)
    path.write_bytes(b"\n".join(orjson.dumps(x) for x in (fits, large, {"batch": [fits, large, VIEWED]})))
    documents, rejects = read(path)
    assert documents == [fits, fits, VIEWED]
    assert rejects.counts == {"too_large": 2}


def test_an_endless_line_is_passed_over_without_being_kept(tmp_path: Path):
    path = tmp_path / "endless.ndjson"
    path.write_bytes(b"{" + b"x" * (2 * LARGEST_BATCH + 5) + b"\n" + orjson.dumps(VIEWED) + b"\n")
    documents, rejects = read(path)
    assert documents == [VIEWED]
    assert rejects.counts == {"too_large": 1}
    assert rejects.written[0].stat().st_size < 10_000


def test_lines_of_no_use_are_kept_with_their_number_and_reason(tmp_path: Path):
    path = tmp_path / "lines.ndjson"
    deep = b'{"a":' * 2_000 + b"1" + b"}" * 2_000
    path.write_bytes(
        b"\n".join([b"{", b'"text"', b'{"a": NaN}', b'{"a": "\xff"}', deep, orjson.dumps(VIEWED)])
    )
    documents, rejects = read(path)
    assert documents == [VIEWED]
    assert rejects.counts == {"unreadable": 4, "not_an_object": 1}
    kept = [orjson.loads(line) for line in rejects.written[0].read_bytes().splitlines()]
    assert [(row["row"], row["reason"]) for row in kept] == [
        (1, "unreadable"),
        (2, "not_an_object"),
        (3, "unreadable"),
        (4, "unreadable"),
        (5, "unreadable"),
    ]
    assert kept[0]["text"] == "{"


def test_the_caller_may_refuse_the_event_it_was_just_given(tmp_path: Path):
    path = tmp_path / "events.ndjson"
    path.write_bytes(orjson.dumps(VIEWED) + b"\n" + orjson.dumps({"type": "dance"}))
    with Rejects() as rejects:
        for document in read_activity([path], rejects=rejects):
            if document["type"] == "dance":
                rejects.refuse("invalid", "nobody dances here")
    (kept,) = [orjson.loads(line) for line in rejects.written[0].read_bytes().splitlines()]
    assert kept == {
        "row": 2,
        "reason": "invalid",
        "detail": "nobody dances here",
        "document": {"type": "dance"},
    }


def test_progress_counts_lines(tmp_path: Path):
    path = tmp_path / "many.ndjson"
    path.write_bytes((orjson.dumps(VIEWED) + b"\n") * 5_001)
    told: list[tuple[int, int | None]] = []
    read(path, progress=lambda *lines: told.append(lines))
    assert told == [(5_000, None), (5_001, 5_001)]


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(NotFound, match="nowhere"):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "moments",
    [
        {"timestamp": "2024-01-05T09:00:00Z"},
        {"timestamp": "2024-01-05T09:00:00Z", "sentAt": "2024-01-05T09:00:09Z"},
        {"originalTimestamp": "2024-01-05T09:00:00Z", "sentAt": "2024-01-05T09:00:09Z"},
        {
            "timestamp": "2024-01-05T09:00:00Z",
            "originalTimestamp": "2024-01-05T08:00:00Z",  # that clock was an hour off, and was set right
            "sentAt": "2024-01-05T08:00:09Z",
        },
    ],
)
def test_what_happened_years_ago_stays_there(tmp_path: Path, moments: dict[str, str]):
    path = tmp_path / "past.ndjson"
    path.write_bytes(orjson.dumps({**VIEWED, **moments}))
    (document,), _ = read(path)
    activity = read_document(document, Sender("shop", "EUR"), received_at=1_790_000_000.0)
    assert activity.at == datetime(2024, 1, 5, 9, tzinfo=UTC).timestamp()
