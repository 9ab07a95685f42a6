"""A log that is being changed: whoever reads sees every row once, and so does whoever comes after a death."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from plugin.activity import Activity, Shopper
from plugin.errors import StoreUnavailable
from plugin.store.log import Log, inventory, reading
from plugin.store.log.places import LocalFolder
from plugin.store.log.rewriting import Rewriting
from plugin.store.log.rows import rows_of
from tests.store.doings import viewed
from tests.store.log.writing import AT, DAY, entries, messages, once, tidied, write_parts


class Ended(BaseException):
    """The process is gone: nothing catches this."""


def ends_after(calls: int, broken: pytest.MonkeyPatch) -> None:
    """Have the process end before so many changes of the folder, of whatever kind, were made."""
    left = [calls]

    def counting(real: Callable[..., object]) -> Callable[..., object]:
        def counted(*arguments: object, **named: object) -> object:
            if left[0] == 0:  # and so it stays: what would tidy up behind itself does not come to that either
                raise Ended
            left[0] -= 1
            return real(*arguments, **named)

        return counted

    for owner, name in ((os, "link"), (os, "fsync"), (Path, "rename"), (Path, "unlink")):
        broken.setattr(owner, name, counting(getattr(owner, name)))


def test_ended_at_any_step_of_a_merge_every_row_counts_once(
    local: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, done, steps = write_parts(local, range(1, 5)), False, 0
    while not done:
        try:
            with monkeypatch.context() as broken:
                ends_after(steps, broken)
                done = local.tidy(4, AT + DAY) == 0
        except Ended:
            pass
        assert messages(local) == once(written), steps
        steps += 1
        if steps % 3 == 0:
            more = 4 + steps // 3
            written += write_parts(local, [more])
    assert steps > 8
    tidied(local, 4 + steps // 3, AT + DAY)
    assert messages(local) == once(written)
    assert sorted(local.place.names()) == sorted([*local.files, look_name(local)])
    assert len(local.files) == 1


def look_name(log: Log) -> str:
    """The name of the inventory there is now."""
    return inventory.look(log.place).inventory.name


@pytest.mark.parametrize("steps", range(12))
def test_ended_at_any_step_of_forgetting_nobody_else_is_lost(
    local: Log, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    written = write_parts(local, range(1, 4))
    others = [a for a in written if a.shopper != Shopper("s1")]
    try:
        with monkeypatch.context() as broken:
            ends_after(steps, broken)
            local.forget(["u:s1"], settled=3)
    except Ended:
        pass
    assert messages(local) in (once(written), once(others))
    local.forget(["u:s1"], settled=3)
    assert messages(local) == once(others)
    assert sorted(local.place.names()) == sorted([*local.files, look_name(local)])


def test_without_an_inventory_a_merge_that_ends_early_would_double(
    local: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: a merged file that counts by being there, beside those it was made of."""
    written = write_parts(local, range(1, 4))
    merged = [(f"{{shop:9}}{i}", activity) for i, activity in enumerate(written)]
    local.write(4, merged)  # what a merge under a part's name is, ended before the old ones are removed
    assert max(messages(local).values()) == 2


def test_removing_before_the_inventory_stands_would_lose(local: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the old files removed first, and the process ended then."""
    written = write_parts(local, range(1, 4))
    change = Rewriting(local.place, 3, lambda: True)
    change.replace(change.files, sum(file.rows for file in change.files))
    local.place.remove([file.name for file in change.files])
    assert len(messages(local)) < len(written)


def test_of_two_who_change_it_at_once_only_the_first_does(local: Log) -> None:
    """A worker whose lease ran out while it stood still does not bring back what was forgotten meanwhile."""
    written = write_parts(local, range(1, 4))
    slow = Rewriting(local.place, 3, lambda: True)
    slow.replace(slow.files, sum(file.rows for file in slow.files))
    gone = [a for a in written if a.shopper == Shopper("s1")]
    assert local.forget(["u:s1"], settled=3) == len(gone)
    assert slow.settle() is False
    assert messages(local) == once([a for a in written if a not in gone])
    assert sorted(local.place.names()) == sorted([*local.files, look_name(local)])


def test_who_lost_the_lease_changes_nothing(log: Log) -> None:
    written = write_parts(log, range(1, 5))
    before = sorted(log.place.names())
    log.tidy(4, AT + DAY, still_ours=lambda: False)
    with pytest.raises(StoreUnavailable):
        log.forget(["u:s1"], 4, still_ours=lambda: False)
    assert sorted(log.place.names()) == before
    assert messages(log) == once(written)


@pytest.mark.parametrize("parts", [600, pytest.param(5_000, marks=pytest.mark.slow)])
def test_whoever_reads_while_many_parts_are_merged_sees_each_row_once(local: Log, parts: int) -> None:
    written = tiny_parts(local, parts)
    ended, seen = threading.Event(), []
    expected = len(written)

    def read() -> None:
        while not ended.is_set():
            rows = local.query("SELECT count(*) AS n, count(DISTINCT message_id) AS d FROM log").to_pylist()
            seen.append((rows[0]["n"], rows[0]["d"]))

    reader = threading.Thread(target=read)
    reader.start()
    steps = tidied(local, parts, AT + DAY)
    ended.set()
    reader.join(60)
    assert steps >= 2
    assert len(local.files) == 1
    assert set(seen) == {(expected, expected)}
    assert messages(local) == once(written)


def tiny_parts(log: Log, count: int) -> list[Activity]:
    """Many parts of one row, put there without flushing each to disk."""
    assert isinstance(log.place, LocalFolder)
    folder = log.place.folder / "day=2026-01-05"
    folder.mkdir(parents=True)
    written = []
    for number in range(1, count + 1):
        part = entries(number, 1)
        pq.write_table(rows_of(part), folder / f"part-{number:012d}.parquet")
        written += [activity for _, activity in part]
    return written


def test_a_file_that_goes_while_it_is_read_is_looked_for_anew(
    local: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = write_parts(local, range(1, 5))
    show, chance, overtaken = reading.show, random.Random(1), []

    def slowly(connection, place, names, **more):  # type: ignore[no-untyped-def]
        if len(overtaken) < 3 and not more:
            overtaken.append(True)
            number = 4 + len(overtaken)
            with monkeypatch.context() as undisturbed:
                undisturbed.setattr(reading, "show", show)
                written.extend(write_parts(local, [number], 1 + chance.randrange(3)))
                assert local.tidy(number, AT + DAY) > 1
        return show(connection, place, names, **more)

    monkeypatch.setattr(reading, "show", slowly)
    found = [activity.message_id for activity in local.activities()]
    assert sorted(found) == sorted(once(written))
    assert len(overtaken) == 3


@pytest.mark.parametrize("looks", ["as it is", "once"])
def test_a_merge_between_inventory_and_listing_hides_nothing(
    local: Log, monkeypatch: pytest.MonkeyPatch, looks: str
) -> None:
    """And the control: one listing after the inventory was read, as is usual, misses what was merged then."""
    written = write_parts(local, range(1, 5))
    names, listings = LocalFolder.names, []

    def overtaken(self):  # type: ignore[no-untyped-def]
        listings.append(True)
        if len(listings) == 2:  # the first told which inventory is the newest
            with monkeypatch.context() as undisturbed:
                undisturbed.setattr(LocalFolder, "names", names)
                undisturbed.setattr(reading, "look", inventory.look)
                assert local.tidy(4, AT + DAY) == 4
        return names(self)

    monkeypatch.setattr(LocalFolder, "names", overtaken)
    monkeypatch.setattr(reading, "look", inventory.look if looks == "as it is" else looked_once)
    assert (messages(local) == once(written)) is (looks == "as it is")


def looked_once(place: LocalFolder) -> inventory.Found:
    """What a look without the second listing would take for the log."""
    names = place.names()
    newest = inventory._newest(names)
    held = inventory.Inventory.from_bytes(place.read(newest)) if newest else inventory.Inventory()
    return inventory._sorted_out(place.names(), held)


def test_an_identity_without_properties_is_no_trouble(local: Log) -> None:
    local.write(1, [("{shop:0}1-0", replace(viewed(message_id="m"), kind="identified"))])
    assert local.forget(["u:nobody"], settled=1) == 0
    assert messages(local).total() == 1
