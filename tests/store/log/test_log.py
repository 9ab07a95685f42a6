"""What every log does, wherever it lies."""

from __future__ import annotations

from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from plugin.activity import Activity, Shopper
from plugin.errors import Refused
from plugin.settings import Settings
from plugin.store.log import SCHEMA, Log
from plugin.store.log.places import LocalFolder, place_of
from plugin.store.log.rows import rows_of
from tests.store.doings import viewed
from tests.store.log.writing import AT, DAY, MONDAY, entries, messages, once, tidied, write_parts


def test_what_was_written_comes_back_as_it_was(anywhere: Log) -> None:
    log = anywhere
    assert messages(log) == {}
    written = write_parts(log, [1, 2])
    assert {a.message_id: a for a in log.activities()} == {a.message_id: a for a in written}
    assert [a.at for a in log.activities()] == sorted(a.at for a in written)


def test_a_part_written_again_is_the_same_part(log: Log) -> None:
    write_parts(log, [1])
    assert messages(log) == once(write_parts(log, [1]))


def test_many_small_files_become_few_and_hold_the_same(anywhere: Log) -> None:
    log = anywhere
    written = write_parts(log, range(1, 6))
    before = log.query("SELECT * FROM log ORDER BY message_id")
    assert tidied(log, 5) >= 1
    assert len(log.files) <= 2
    assert log.query("SELECT * FROM log ORDER BY message_id").equals(before)
    assert messages(log) == once(written)
    assert sorted(log.place.names()) == sorted([*log.files, "files-000000000001.json"])
    assert log.tidy(5, AT) == 0


def test_a_day_that_is_over_is_one_file(log: Log) -> None:
    written = write_parts(log, [1, 2, 3]) + write_parts(log, [4], at=AT + DAY)
    assert tidied(log, 4, AT + DAY) == 1
    assert [name.partition("/")[0] for name in log.files] == ["day=2026-01-05", "day=2026-01-06"]
    assert messages(log) == once(written)


def test_parts_that_may_still_be_written_are_left_alone(log: Log) -> None:
    write_parts(log, range(1, 4))
    assert log.tidy(1, AT + DAY) == 0
    assert len(log.files) == 3


def test_parts_written_after_a_merge_count(log: Log) -> None:
    written = write_parts(log, range(1, 6))
    tidied(log, 5)
    assert log.through == 5
    written += write_parts(log, range(6, 10))
    assert messages(log) == once(written)
    tidied(log, 9)
    assert messages(log) == once(written)


def test_a_late_writer_of_a_merged_part_adds_nothing(log: Log) -> None:
    """It stood still between reading its part and writing it, while others finished and merged it."""
    written = write_parts(log, range(1, 6))
    tidied(log, 5)
    log.write(4, entries(4, 3))
    assert messages(log) == once(written)
    log.tidy(5, AT)
    assert not [name for name in log.place.names() if "/part-" in name]


def test_files_of_an_older_version_lack_a_column_and_are_read(log: Log) -> None:
    old = rows_of(entries(1, 3)).drop_columns(["visitor"])
    with log.place.writing("day=2026-01-05/part-000000000001.parquet") as path:
        pq.write_table(old, path)
    assert [a.visitor for a in log.activities()] == [None] * 3
    write_parts(log, [2])
    assert sorted(str(a.visitor) for a in log.activities()) == ["None"] * 3 + ["v1"] * 3
    assert log.tidy(2, AT + DAY) == 2
    with log.place.writing("copy") as copy:
        log.place.fetch(log.files[0], copy)
        assert pq.read_schema(copy).names == SCHEMA.names


def test_a_forgotten_shopper_is_in_no_file(log: Log) -> None:
    """By reference, as the visitor beside somebody else, and where another row tells who they are."""
    written = write_parts(log, [1, 2])
    named = [
        replace(
            viewed(message_id="alias", who=Shopper("ben")), kind="aliased", properties={"previous_id": "v9"}
        ),
        replace(viewed(message_id="join", who=Shopper("ben")), kind="joined", properties={"part": "u:s1"}),
        replace(viewed(message_id="other", who=Shopper("ben")), properties={"reason": "s1"}),
        replace(viewed(message_id="beside", who=Shopper("ben")), visitor="v9"),
        replace(viewed(message_id="sign-in", who=Shopper("ben")), kind="signed_in", properties={"sub": "s1"}),
        viewed(message_id="as visitor", who=Shopper("v9", known=False)),
    ]
    log.write(3, [(f"{{shop:1}}3-{i}", activity) for i, activity in enumerate(named)])
    untouched = write_parts(log, [4], 1)
    gone = [a for a in written if a.shopper == Shopper("s1")]
    before = set(log.files)
    assert log.forget(["u:s1"], settled=4) == len(gone) + 1
    assert messages(log) == once([a for a in written if a not in gone] + untouched) + once(
        [named[0], *named[2:]]
    )
    assert {name for name in log.files if name in before} == {
        name for name in before if "-000000000004" in name
    }
    assert log.forget(["a:v9"], settled=4) == 3
    (beside,) = log.activities("message_id = 'beside'")
    assert beside == replace(named[3], visitor=None)  # what ben did there is ben's
    assert log.forget(["u:nobody"], settled=4) == 0
    assert log.forget(["u:s0", "u:s2", "u:ben"], settled=4) == messages_of(written, "s0", "s2") + 3 + 1
    assert messages(log) == {}
    assert [name for name in log.place.names() if name.endswith(".parquet")] == []


def messages_of(activities: list[Activity], *ids: str) -> int:
    """How many of these activities are of these shoppers."""
    return sum(activity.shopper is not None and activity.shopper.id in ids for activity in activities)


def test_each_kind_expires_at_its_own_time(anywhere: Log) -> None:
    log = anywhere
    old = write_parts(log, [1], at=MONDAY - 90 * DAY)
    orders = [replace(a, kind="bought", message_id=f"o{a.message_id}") for a in old]
    log.write(2, [(f"{{shop:0}}2-{i}", order) for i, order in enumerate(orders)])
    new = write_parts(log, [3])
    assert log.expire({"viewed": MONDAY - 30 * DAY, "searched": MONDAY}, settled=3) == 3
    assert messages(log) == once(orders + new)
    assert log.expire({"viewed": MONDAY - 30 * DAY}, settled=3) == 0
    assert log.expire({}, settled=3) == 0


def test_rows_of_one_shopper_lie_together(local: Log) -> None:
    from plugin.store.log import rewriting

    part = entries(1, 4_000, shoppers=40)
    local.write(1, part[::2])
    local.write(2, part[1::2])
    group = rewriting.ROW_GROUP
    try:
        rewriting.ROW_GROUP = 2_048
        assert local.tidy(2, AT + DAY) == 2
    finally:
        rewriting.ROW_GROUP = group
    (file,) = local.files
    assert isinstance(local.place, LocalFolder)
    metadata = pq.read_metadata(local.place.folder / file)
    column = SCHEMA.get_field_index("shopper")
    ranges = [metadata.row_group(i).column(column).statistics for i in range(metadata.num_row_groups)]
    assert len(ranges) > 1
    assert sum(r.min <= "u:s11" <= r.max for r in ranges) == 1


@pytest.mark.parametrize("url", ["s3://", "nonsense://x/y", "s3://b?colour=blue"])
def test_a_place_that_cannot_be_is_refused_by_name(url: str, tmp_path: object) -> None:
    settings = Settings.from_environment({"RAPPORT_LOG": url})
    with pytest.raises(Refused, match="RAPPORT_LOG"):
        place_of(settings.log_url, settings.log, settings.scratch, "shop")


def test_a_path_and_a_file_url_are_folders_of_this_machine(tmp_path: object) -> None:
    for url in (f"{tmp_path}/my logs", f"file://{tmp_path}/my%20logs"):
        place = place_of(url, Settings().log, Settings().scratch, "shop")
        assert isinstance(place, LocalFolder)
        assert str(place.folder) == f"{tmp_path}/my logs/shop"


def test_a_folder_whose_name_looks_like_a_pattern_is_read(tmp_path: object) -> None:
    log = Log(place_of(f"{tmp_path}/lo[g]*?", Settings().log, Settings(data=tmp_path).scratch, "shop"))  # type: ignore[arg-type]
    assert messages(log) == {}
    written = write_parts(log, [1, 2])
    assert messages(log) == once(written)
    assert log.tidy(2, AT + DAY) == 2
    assert messages(log) == once(written)
