"""What is read of a stream: as it was written, once as far as there is room, and never from memory alone."""

from __future__ import annotations

from collections import Counter

import pytest

from plugin.activity import Activity, Shopper
from plugin.store import archive as hand_over
from plugin.store import streams
from plugin.store.memory import ShopMemory, Store
from plugin.store.streams import Reader, entries
from tests.store.doings import ANNA, NOW, viewed

BEN = Shopper("ben")


def test_an_entry_is_its_position_and_its_document_whatever_else_it_says(
    kept: Store, shop: ShopMemory
) -> None:
    key = shop.keys.stream(0)
    kept.connection.many(
        [
            ("XADD", key, "1-0", "d", b"one"),
            ("XADD", key, "2-0", "other", b"x", "d", b"two"),
            ("XADD", key, "3-0", "other", b"x"),
        ]
    )
    everything = [(b"1-0", b"one"), (b"2-0", b"two"), (b"3-0", b"")]
    nothing = shop.keys.stream(1)
    assert entries(kept.connection, [(key, "-", "+"), (nothing, "-", "+")]) == [everything, []]
    assert entries(kept.connection, [(key, "2", "+")], 1) == [everything[1:2]]


def test_an_activity_is_read_once_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_HELD", 2)
    read, written = Reader(), [viewed(f"p{n}", message_id=f"m{n}") for n in range(3)]
    first = [read(each.to_bytes()) for each in written]
    again = [read(each.to_bytes()) for each in written]
    assert first == again == written
    assert [one is other for one, other in zip(first, again, strict=True)] == [True, True, False]
    read.forget()
    assert read(written[0].to_bytes()) is not first[0]
    with pytest.raises(ValueError, match="line 1"):
        read(b"no activity")


def test_what_was_taken_out_of_a_stream_is_not_written_because_it_was_read_before(shop: ShopMemory) -> None:
    """An erasure between folding and archiving: what the worker has at hand must not bring it back."""
    shop.activities.append([viewed("drill", message_id="a"), viewed("saw", BEN, "b")], NOW)
    archive = shop.archive()
    assert archive.apply() == 2
    gone: list[Activity] = []

    def left_of(activity: Activity) -> Activity | None:
        if activity.shopper != ANNA:
            return activity
        gone.append(activity)
        return None

    shop.forgetting.entries([ANNA.ref], left_of)
    assert [each.message_id for each in gone] == ["a"]
    assert archive.write_part() == 1
    assert [each.message_id for each in shop.log.activities()] == ["b"]


def test_no_stream_waits_behind_busier_ones(shop: ShopMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than one round takes comes in all the time, for the first streams: the last ones get on too."""
    monkeypatch.setattr(hand_over, "STREAM_PART", 2)
    monkeypatch.setattr(hand_over, "PART", 2)
    monkeypatch.setattr(hand_over, "STREAMS_AT_ONCE", 1)
    people = {shop.keys.shard(f"s{n}"): Shopper(f"s{n}") for n in range(200)}
    shop.activities.append([viewed("p", people[shard], f"quiet {shard}") for shard in people], NOW)
    archive = shop.archive()
    for turn in range(4 * len(people)):
        busy = [people[0], people[0], people[1], people[1]]
        shop.activities.append([viewed("p", who, f"{turn} {n}") for n, who in enumerate(busy)], NOW)
        archive.apply()
        archive.write_part()
    logged = Counter(each.message_id for each in shop.log.activities())
    assert all(logged[f"quiet {shard}"] == 1 for shard in people)
    assert max(logged.values()) == 1
