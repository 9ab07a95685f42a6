"""From the streams to the log exactly once, wherever a worker ends; streams are cut behind readers only."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from plugin.activity import Activity, Shopper
from plugin.store import archive as hand_over
from plugin.store.archive import Archive
from plugin.store.log import Log, places
from plugin.store.memory import ShopMemory, Store
from tests.store.doings import NOW, bought, viewed


class Ended(BaseException):
    """The process is gone: nothing catches this."""


def logged(shop: ShopMemory) -> Counter[str]:
    """How often each message is in the log."""
    rows = shop.log.query("SELECT message_id, count(*) AS times FROM log WHERE line = 0 GROUP BY message_id")
    return Counter({row["message_id"]: row["times"] for row in rows.to_pylist()})


def fill(shop: ShopMemory, count: int = 40, name: str = "m") -> list[Activity]:
    """Keep some activities of several shoppers."""
    batch = [viewed(f"p{i}", Shopper(f"s{i % 9}"), f"{name}{i}") for i in range(count)]
    shop.activities.append(batch, NOW)
    return batch


def drain(archive: Archive) -> None:
    """Apply and archive until nothing is left."""
    for _ in range(50):
        if not archive.apply() and not archive.write_part() and not archive.waiting():
            return
    raise AssertionError(f"{archive.waiting()} entries are never archived")


def test_everything_is_archived_once_and_the_streams_are_empty(
    shop: ShopMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_over, "STREAM_PART", 3)
    monkeypatch.setattr(hand_over, "PART", 8)
    batch = fill(shop)
    archive = shop.archive()
    assert archive.waiting() == 40
    drain(archive)
    assert logged(shop) == Counter(activity.message_id for activity in batch)
    assert archive.waiting() == 0
    back = {activity.message_id: activity for activity in shop.log.activities()}
    assert back == {activity.message_id: activity for activity in batch}


def test_only_what_is_folded_is_cut(kept: Store, shop: ShopMemory) -> None:
    fill(shop)
    archive = shop.archive()
    assert archive.write_part() == 0  # nothing is folded yet
    assert archive.waiting() == 40
    archive.apply()
    fill(shop, 10, "late")
    assert archive.write_part() == 40
    assert archive.waiting() == 10
    drain(archive)
    assert sum(logged(shop).values()) == 50


def test_a_stream_kept_short_by_length_would_lose_what_nobody_read(kept: Store, shop: ShopMemory) -> None:
    """The control: the usual way of bounding a stream."""
    fill(shop)
    for shard in range(kept.shards):
        kept.connection.call("XTRIM", shop.keys.stream(shard), "MAXLEN", 2)
    drain(shop.archive())
    assert len(logged(shop)) < 40


STEPS = ["planned", "read", "written", "learned", "settled"]


def ends_at(step: str, broken: pytest.MonkeyPatch) -> None:
    """Have the worker's process end right after a step of the hand-over."""

    def gone(*_: object) -> None:
        raise Ended

    swap, write, entries = Archive._swap_state, Log.write, Archive._entries
    swaps = []

    def planned(self, *arguments):  # type: ignore[no-untyped-def]
        swap(self, *arguments)
        raise Ended

    def read(self, *arguments):  # type: ignore[no-untyped-def]
        entries(self, *arguments)
        raise Ended

    def written(self, *arguments):  # type: ignore[no-untyped-def]
        write(self, *arguments)
        raise Ended

    def settled(self, *arguments):  # type: ignore[no-untyped-def]
        swaps.append(swap(self, *arguments))
        if len(swaps) == 2:
            raise Ended
        return swaps[-1]

    name, patch = {
        "planned": ("_swap_state", planned),
        "read": ("_entries", read),
        "settled": ("_swap_state", settled),
        "learned": ("_shorten", gone),
    }.get(step, ("", written))
    if name:
        broken.setattr(Archive, name, patch)
    else:
        broken.setattr(Log, "write", patch)


@pytest.mark.parametrize("further", [0, 20])
@pytest.mark.parametrize("step", STEPS)
def test_a_worker_that_ends_at_any_step_leaves_no_gap_and_no_double(
    shop: ShopMemory, monkeypatch: pytest.MonkeyPatch, step: str, further: int
) -> None:
    batch = fill(shop)
    first = shop.archive()
    first.apply()
    with monkeypatch.context() as broken:
        ends_at(step, broken)
        with pytest.raises(Ended):
            first.write_part()
    more = fill(shop, further, "n")
    drain(shop.archive())
    assert logged(shop) == Counter(activity.message_id for activity in batch + more)


def test_writing_without_a_plan_would_archive_twice(
    shop: ShopMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a worker that writes a part before it says which, ends, and begins anew."""
    fill(shop)
    first = shop.archive()
    first.apply()
    with monkeypatch.context() as broken:
        ends_at("written", broken)
        with pytest.raises(Ended):
            first.write_part()
    held, state = first._state()
    first._swap_state(held, {**state, "plan": None, "part": state["part"] + 1})
    drain(shop.archive())
    assert max(logged(shop).values()) == 2


def test_what_a_part_teaches_is_learned_even_if_the_worker_ends(
    shop: ShopMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.activities.append([bought("1001", ("saw",))], NOW)
    first, learned = shop.archive(), []
    first.apply()

    def ends(_: list[Activity]) -> None:
        raise Ended

    with pytest.raises(Ended):
        first.write_part(ends)
    assert shop.archive().write_part(learned.extend) == 1
    assert [activity.order_id for activity in learned] == ["1001"]


def test_a_worker_whose_lease_ran_out_writes_over_nothing(
    shop: ShopMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It planned and read, then stood still; its successor finished the part and the next one."""
    batch = fill(shop)
    slow, quick = shop.archive(), shop.archive()
    slow.apply()
    entries, more = Archive._entries, []

    def stands_still(self, stretches):  # type: ignore[no-untyped-def]
        found = entries(self, stretches)
        if self is slow and not more:
            quick.write_part()
            more.extend(fill(shop, 20, "n"))
            drain(quick)
            return entries(self, stretches)[:1] or found[:1]  # the streams were cut under it
        return found

    monkeypatch.setattr(Archive, "_entries", stands_still)
    assert slow.write_part() == 0
    assert logged(shop) == Counter(activity.message_id for activity in batch + more)


def test_two_workers_finishing_one_part_write_the_same_file(
    shop: ShopMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = fill(shop)
    slow, quick = shop.archive(), shop.archive()
    slow.apply()
    write, once = Log.write, []

    def stands_still(self, *arguments):  # type: ignore[no-untyped-def]
        if not once:
            once.append(True)
            assert quick.write_part() == 40
        write(self, *arguments)

    monkeypatch.setattr(Log, "write", stands_still)
    assert slow.write_part() == 0
    assert logged(shop) == Counter(activity.message_id for activity in batch)


def test_two_writers_of_one_part_do_not_disturb_each_other(
    shop: ShopMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one begins and ends while this one has written its file and not yet moved it."""
    entries = [("{s:0}1-0", viewed(message_id="m"))]
    to_disk, others = places.to_disk, []

    def slowly(path: Path) -> None:
        to_disk(path)
        if not others:
            others.append(True)
            shop.log.write(1, entries)

    monkeypatch.setattr(places, "to_disk", slowly)
    shop.log.write(1, entries)
    assert logged(shop) == Counter(["m"])
    assert not list(shop.log.place.folder.glob("day=*/*.unfinished"))


def test_unfinished_files_of_ended_workers_are_cleared_away(shop: ShopMemory) -> None:
    fill(shop)
    drain(shop.archive())
    (day,) = shop.log.place.folder.glob("day=*")
    left = day / "part-000000000001.0badcafe.unfinished"
    left.write_bytes(b"half a file")
    fill(shop, 5, "n")
    drain(shop.archive())
    assert not left.exists()
    assert sum(logged(shop).values()) == 45


def test_only_one_worker_has_a_shop_at_a_time(shop: ShopMemory) -> None:
    first, second = shop.archive(), shop.archive()
    assert first.hold()
    assert first.hold()
    assert not second.hold()
    second.let_go()  # not its own to give
    assert not second.hold()
    first.let_go()
    assert second.hold()


def test_what_documents_tell_the_past_is_archived_too(shop: ShopMemory) -> None:
    told = viewed(message_id="product:drill", who=None)
    shop.documents.put({"product/drill": b"{}"}, {"product/drill": told.to_bytes()})
    drain(shop.archive())
    assert logged(shop) == Counter(["product:drill"])
