"""What was forgotten is not in the store's bytes either, and everybody else's is where it was."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from plugin.activity import Activity, Line, Shopper
from plugin.store.memory import ShopMemory, Store

GONE, STAYS = "erika-mustermann", "somebody-else"
NOW = 1_700_000_000.0


def looked(who: str, number: int) -> Activity:
    line = (Line("saw", 1, 100),)
    return Activity(f"{who}-{number}", "viewed", "Viewed", NOW, NOW, "shop", Shopper(who), line)


def neighbour_of(shop: ShopMemory) -> str:
    """Somebody in the same stream."""
    shard = shop.keys.shard(GONE)
    return next(name for n in range(1000) if shop.keys.shard(name := f"{STAYS}-{n}") == shard)


def lived(shop: ShopMemory) -> tuple[str, str]:
    """Two shoppers by turns in one stream; return the stream and the one who stays."""
    other = neighbour_of(shop)
    shop.activities.append([looked(who, n) for n in range(40) for who in (GONE, other)], NOW)
    return shop.keys.stream(shop.keys.shard(GONE)), other


def unpacked(kept: Store) -> None:
    """Have the store pack nothing, so that what it holds can be seen."""
    for node in kept.connection.nodes():
        node.config_set("rdbcompression", "no")


def of_gone(activity: Activity) -> Activity | None:
    return None if activity.shopper is not None and activity.shopper.id == GONE else activity


def entries(kept: Store, stream: str) -> list[Any]:
    return kept.connection.call("XRANGE", stream, "-", "+")


def test_a_stream_holds_nothing_of_who_was_forgotten(kept: Store, shop: ShopMemory) -> None:
    unpacked(kept)
    stream, other = lived(shop)
    before = [entry for entry in entries(kept, stream) if other.encode() in entry[1][b"d"]]
    assert shop.forgetting.entries([Shopper(GONE).ref], of_gone) == 40
    assert GONE.encode() not in kept.connection.call("DUMP", stream)
    assert entries(kept, stream) == before
    assert shop.forgetting.entries([Shopper(GONE).ref], of_gone) == 0
    # What comes next stands behind all there ever was, and is folded and archived like before.
    shop.activities.append([looked(other, 100)], NOW)
    assert entries(kept, stream)[-1][0] > before[-1][0]
    archive = shop.archive()
    assert archive.hold()
    archive.apply()
    while archive.write_part():
        pass
    assert shop.log.query("SELECT count(*) AS n FROM log").to_pylist() == [{"n": 41}]


def test_a_changed_activity_is_changed_wherever_it_waits(kept: Store, shop: ShopMemory) -> None:
    unpacked(kept)
    other = neighbour_of(shop)
    told = [replace(looked(other, 1), visitor=GONE), looked(other, 2), looked(GONE, 3)]
    shop.activities.append(told, NOW)
    shard = shop.keys.shard(other)
    places = [place for place, _ in entries(kept, shop.keys.stream(shard))]
    assert (
        shop.forgetting.entries([], lambda each: replace(each, visitor=None) if each.visitor else each) == 1
    )
    waiting = shop.keys.pending(shard) + Shopper(other).ref
    assert GONE.encode() not in kept.connection.call("DUMP", waiting)
    left = entries(kept, shop.keys.stream(shard))
    assert [place for place, _ in left] == places
    assert [fields[b"d"] for _, fields in left[:2]] == kept.connection.call("LRANGE", waiting, 0, -1)
    archive = shop.archive()
    assert archive.hold()
    archive.apply()
    assert shop.shoppers.read_alone(Shopper(other)).events == 2
    assert shop.shoppers.read_alone(Shopper(other)).seen_as == {}


def test_deleting_and_trimming_alone_leave_it_in_the_bytes(kept: Store, shop: ShopMemory) -> None:
    """The control: this is why a stream is written anew."""
    unpacked(kept)
    stream, _ = lived(shop)
    gone = [place for place, fields in entries(kept, stream) if GONE.encode() in fields[b"d"]]
    kept.connection.call("XDEL", stream, *gone)
    assert GONE.encode() in kept.connection.call("DUMP", stream)


def test_what_was_trimmed_from_a_stream_goes_too(kept: Store, shop: ShopMemory) -> None:
    unpacked(kept)
    stream, other = lived(shop)
    kept.connection.call("XTRIM", stream, "MAXLEN", 1)
    assert GONE.encode() in kept.connection.call("DUMP", stream)
    assert shop.forgetting.entries([Shopper(GONE).ref], of_gone) == 0
    assert GONE.encode() not in kept.connection.call("DUMP", stream)
    assert len(entries(kept, stream)) == 1
    assert other.encode() in entries(kept, stream)[0][1][b"d"]


def test_a_stream_of_one_person_keeps_its_place_when_it_is_emptied(kept: Store, shop: ShopMemory) -> None:
    shop.activities.append([looked(GONE, n) for n in range(3)], NOW)
    stream = shop.keys.stream(shop.keys.shard(GONE))
    last = entries(kept, stream)[-1][0]
    assert shop.forgetting.entries([Shopper(GONE).ref], of_gone) == 3
    assert entries(kept, stream) == []
    shop.activities.append([looked(GONE, 9)], NOW)
    assert entries(kept, stream)[0][0] > last


def test_the_files_are_rewritten_since_they_were_asked_for(kept: Store, shop: ShopMemory) -> None:
    shop.activities.append([looked(GONE, 1)], NOW)
    asked = shop.forgetting.begin_rewriting()
    assert len(asked) == len(kept.connection.nodes())
    patience = time.monotonic() + 20
    while not shop.forgetting.rewritten(asked):
        assert time.monotonic() < patience
        time.sleep(0.02)
    # Of another run of a server nobody knows: it is to be asked again.
    assert shop.forgetting.rewritten(dict.fromkeys(asked, "another run")) is None
    assert shop.forgetting.rewritten({}) is None


def test_keys_of_one_person_and_no_other(kept: Store, shop: ShopMemory) -> None:
    lived(shop)
    shop.activities.append([looked(f"x:{GONE}", 1), looked(f"{GONE}x", 1)], NOW)
    shop.forgetting.keys_of([Shopper(GONE).ref])
    assert shop.shoppers.read(Shopper(GONE)).viewed == {}
    for other in (f"x:{GONE}", f"{GONE}x", neighbour_of(shop)):
        assert list(shop.shoppers.read(Shopper(other)).viewed) == ["saw"]
