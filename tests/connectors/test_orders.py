"""Order files with known answers: every rule of `rapport import orders`, a tiny file each."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from plugin.activity import Activity, Line, Shopper
from plugin.connectors.orders import read_orders
from plugin.connectors.rejects import Rejects
from plugin.errors import Invalid, NotFound, Unreadable

LONDON = ZoneInfo("Europe/London")
HEADING = "order_id,product_id,shopper_id,quantity,price,ordered_at,name"


def epoch(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def read(
    *paths: Path,
    mapping: Mapping[str, str] | None = None,
    currency: str = "GBP",
    zone: ZoneInfo = LONDON,
    rejects: Rejects | None = None,
) -> list[Activity]:
    with rejects or Rejects() as kept:
        return list(
            read_orders(paths, mapping or {}, currency=currency, zone=zone, received_at=9.0, rejects=kept)
        )


@pytest.fixture
def orders(tmp_path: Path):
    """Write rows under a heading and read them: the activities, and the counts of rejected rows."""

    def write_and_read(*rows: str, heading: str = HEADING, **how) -> tuple[list[Activity], dict[str, int]]:
        path = tmp_path / "orders.csv"
        path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
        rejects = Rejects()
        return read(path, rejects=rejects, **how), dict(rejects.counts)

    return write_and_read


@pytest.fixture
def rejected(tmp_path: Path):
    """Read the rejected rows that stand beside the file."""

    def rows() -> list[dict[str, str]]:
        with (tmp_path / "orders.csv.rejected.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return rows


def test_an_order_becomes_one_activity_trusted_like_the_shop(orders):
    activities, counts = orders(
        "1,drill,ann,1,49.90,2024-01-05 10:30,Drill",
        "1,bits,ann,2,7.5,2024-01-05 10:00,Bits",
    )
    assert activities == [
        Activity(
            message_id="import:order:1",
            kind="bought",
            event="Order Completed",
            at=epoch("2024-01-05T10:00"),
            received_at=9.0,
            trust="shop",
            shopper=Shopper("ann"),
            lines=(Line("drill", 1, 4990, "Drill"), Line("bits", 2, 750, "Bits")),
            order_id="1",
            currency="GBP",
        )
    ]
    assert counts == {}


def test_an_order_without_a_shopper_is_a_guests(orders):
    (guest, known), _ = orders(
        "1,tea,,1,2,2024-01-05,", "2,tea,,1,2,2024-01-06,", "2,pot,ann,1,9,2024-01-06,"
    )
    assert guest.shopper is None
    assert known.shopper == Shopper("ann")
    assert [line.product_id for line in known.lines] == ["tea", "pot"]


def test_only_order_product_and_time_are_needed(orders):
    (order,), _ = orders("1,tea,2024-01-05", heading="order_id,product_id,ordered_at")
    assert order.lines == (Line("tea", 1, None, None),)
    assert order.shopper is None


def test_blank_price_quantity_and_name_are_taken_as_unsaid(orders):
    (order,), _ = orders("1,tea,ann,, ,2024-01-05,  ")
    assert order.lines == (Line("tea", 1, None, None),)


def test_columns_are_mapped_and_our_own_names_taken_as_they_are(orders):
    (order,), _ = orders(
        "A1,T,UK,3,2024-01-05",
        heading="InvoiceNo,StockCode,Country,Quantity,ordered_at",
        mapping={"order_id": "InvoiceNo", "product_id": "StockCode", "quantity": "Quantity"},
    )
    assert (order.order_id, order.lines) == ("A1", (Line("T", 3),))


def test_a_missing_column_is_named_with_those_the_file_has(orders):
    with pytest.raises(Invalid, match=r"'ordered_at'.*InvoiceNo, product_id, when"):
        orders("1,2,3", heading="InvoiceNo,product_id,when", mapping={"order_id": "InvoiceNo"})
    with pytest.raises(Invalid, match=r"'Price' for price"):
        orders("1,2,3", heading="order_id,product_id,ordered_at", mapping={"price": "Price"})
    with pytest.raises(Invalid, match=r"no column of ours is called 'sku'"):
        orders("1,2,3", heading="order_id,product_id,ordered_at", mapping={"sku": "product_id"})


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_delimiters_and_encodings_are_found(tmp_path, delimiter, encoding):
    rows = [["order_id", "product_id", "ordered_at", "name"], ["1", "tee", "2024-01-05", "Grüner Tee, groß"]]
    path = tmp_path / "export.txt"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    (order,) = read(path)
    assert order.lines[0].name == "Grüner Tee, groß"


def test_quoted_fields_may_hold_delimiters_and_line_breaks(orders):
    (order,), _ = orders('1,pan,ann,1,"1.234,50",2024-01-05,"a ""deep"" pan,\nwith lid"')
    assert order.lines == (Line("pan", 1, 123450, 'a "deep" pan, with lid'),)


@pytest.mark.parametrize(
    ("written", "currency", "minor"),
    [
        ("2.55", "GBP", 255),
        ("2,55", "EUR", 255),
        ("1.234,50", "EUR", 123450),
        ("1,234.50", "GBP", 123450),
        ("1 234,5", "NOK", 123450),
        ("1'234.50", "CHF", 123450),
        ("1,234,567", "JPY", 1234567),
        ("1.2345", "KWD", 1235),
        ("0.005", "GBP", 1),
        ("0", "GBP", 0),
        ("1e3", "GBP", 100000),
    ],
)
def test_prices_are_read_with_point_or_comma_into_minor_units(orders, written, currency, minor):
    (order,), _ = orders(f'1,tea,ann,1,"{written}",2024-01-05,', currency=currency)
    assert (order.lines[0].price, order.currency) == (minor, currency)


def test_a_currency_of_its_own_counts_in_its_own_units(orders):
    heading = "order_id,product_id,ordered_at,price,currency"
    activities, counts = orders(
        "1,tea,2024-01-05,255,jpy",
        "2,tea,2024-01-06,2.55,",
        "2,pot,2024-01-06,2.55,EUR",
        "3,pot,2024-01-06,2.55,euros",
        heading=heading,
    )
    assert [(a.currency, a.lines) for a in activities] == [
        ("JPY", (Line("tea", 1, 255),)),
        ("GBP", (Line("tea", 1, 255),)),
    ]
    assert counts == {"another_currency": 1, "unreadable_currency": 1}


def test_identical_repeated_lines_add_up_and_other_prices_stay_apart(orders):
    (order,), _ = orders(
        "1,tea,ann,2,3.00,2024-01-05,Tea",
        "1,tea,ann,2,3.00,2024-01-05,The same under another name",
        "1,tea,ann,1,2.50,2024-01-05,Tea",
    )
    assert order.lines == (Line("tea", 4, 300, "Tea"), Line("tea", 1, 250, "Tea"))


def test_an_order_may_be_spread_over_a_file_and_over_files(tmp_path):
    first, second = tmp_path / "january.csv", tmp_path / "february.csv"
    first.write_text(
        f"{HEADING}\n1,tea,ann,1,3,2024-01-31 23:59,\n2,pot,bob,1,9,2024-02-02,\n1,cup,ann,1,4,2024-01-31,\n"
    )
    second.write_text(f"{HEADING}\n1,spoon,ann,1,1,2024-02-01,\n1,tea,ann,1,3,2024-02-01,\n")
    activities = read(first, second)
    assert [(a.order_id, [(x.product_id, x.quantity) for x in a.lines]) for a in activities] == [
        ("1", [("tea", 2), ("cup", 1), ("spoon", 1)]),
        ("2", [("pot", 1)]),
    ]
    assert activities[0].at == epoch("2024-01-31T00:00")
    with pytest.raises(Invalid, match="named twice"):
        read(first, tmp_path / "." / "january.csv")


def test_a_decimal_column_of_ids_is_read_as_whole_numbers(orders):
    activities, _ = orders(
        "536365.0,85123A,17850.0,1,1,2024-01-05,",
        "536366.0,10.5,,1,1,2024-01-05,",
        "536367.0,10.0,12346.0,1,1,2024-01-05,",
    )
    assert [(a.order_id, a.shopper, a.lines[0].product_id) for a in activities] == [
        ("536365", Shopper("17850"), "85123A"),
        ("536366", None, "10.5"),
        ("536367", Shopper("12346"), "10.0"),  # not a decimal column: the others are no whole numbers
    ]


def test_one_shopper_is_the_same_in_a_decimal_and_in_a_text_file(tmp_path):
    decimal, text = tmp_path / "a.csv", tmp_path / "b.csv"
    decimal.write_text(f"{HEADING}\n1,tea,17850.0,1,3,2024-01-05,\n")
    text.write_text(f"{HEADING}\n2,tea,17850,-1,3,2024-01-06,\n")
    bought, back = read(decimal, text)
    assert bought.shopper == back.shopper == Shopper("17850")


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2011-01-15 08:26", "2011-01-15T08:26"),
        ("2011-07-15 08:26:30", "2011-07-15T07:26:30"),  # summer time in London
        ("2011-07-15T08:26:30Z", "2011-07-15T08:26:30"),
        ("2011-07-15T08:26:30.250+02:00", "2011-07-15T06:26:30.250"),
        ("2011-07-15 08:26:30 +0200", "2011-07-15T06:26:30"),
        ("2011-07-15", "2011-07-14T23:00"),
        ("2011/7/15 8:26", "2011-07-15T07:26"),
        ("15.7.2011 08:26", "2011-07-15T07:26"),
        ("2011-01-15 12:26 am", "2011-01-15T00:26"),
        ("2011-01-15 12:26:30 PM", "2011-01-15T12:26:30"),
        ("2011-03-27 01:30", "2011-03-27T01:30"),  # skipped by the clock: half an hour after the change
        ("2011-10-30 01:30", "2011-10-30T00:30"),  # shown twice: the first
    ],
)
def test_times_without_zone_are_the_shops(orders, written, utc):
    (order,), counts = orders(f'1,tea,ann,1,3,"{written}",')
    assert (order.at, counts) == (epoch(utc), {})


def test_dates_with_slashes_are_read_by_the_whole_column(orders):
    (first, second), _ = orders("1,tea,ann,1,3,12/1/2010 8:26,", "2,tea,ann,1,3,12/13/2010 1:05 PM,")
    assert (first.at, second.at) == (epoch("2010-12-01T08:26"), epoch("2010-12-13T13:05"))
    (first, second), _ = orders("1,tea,ann,1,3,1/12/2010 8:26,", "2,tea,ann,1,3,13/12/2010 9:00,")
    assert (first.at, second.at) == (epoch("2010-12-01T08:26"), epoch("2010-12-13T09:00"))
    with pytest.raises(Invalid, match="day/month or as month/day"):
        orders("1,tea,ann,1,3,12/1/2010 8:26,", "2,tea,ann,1,3,12/2/2010 8:26,")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",tea,ann,1,3,2024-01-05,", "no_order_id"),
        ("1, ,ann,1,3,2024-01-05,", "no_product_id"),
        ("1,tea,ann,1,3,,", "no_time"),
        ("1,tea,ann,1,3,yesterday,", "unreadable_time"),
        ("1,tea,ann,1,3,2024-02-30,", "unreadable_time"),
        ("1,tea,ann,1,3,1899-12-30,", "unreadable_time"),
        ("1,tea,ann,0,3,2024-01-05,", "zero_quantity"),
        ("1,tea,ann,1.5,3,2024-01-05,", "unreadable_quantity"),
        ("1,tea,ann,many,3,2024-01-05,", "unreadable_quantity"),
        ("1,tea,ann,nan,3,2024-01-05,", "unreadable_quantity"),
        ("1,tea,ann,1e300,3,2024-01-05,", "unreadable_quantity"),
        ("1,tea,ann,1,dear,2024-01-05,", "unreadable_price"),
        ("1,tea,ann,1,1e99,2024-01-05,", "unreadable_price"),
        ("1,tea,ann,1,-3,2024-01-05,", "negative_price"),
        ("1," + "t" * 129 + ",ann,1,3,2024-01-05,", "id_too_long"),
        ("1,te\x07a,ann,1,3,2024-01-05,", "id_with_control_characters"),
        ("1,tea,a\x85nn,1,3,2024-01-05,", "id_with_control_characters"),
        ("1,tea,ann,1,3,2024-01-05,a,b", "wrong_number_of_fields"),
        ("1,tea", "wrong_number_of_fields"),
    ],
)
def test_a_row_of_no_use_is_counted_and_written_beside_the_file(orders, rejected, row, reason):
    activities, counts = orders("7,pot,bob,1,9,2024-01-01,", row)
    assert [activity.order_id for activity in activities] == ["7"]
    assert counts == {reason: 1}
    (kept,) = rejected()
    assert (kept["row"], kept["reason"]) == ("3", reason)
    assert kept["detail"]
    assert kept["product_id"] == (row.split(",")[1])


def test_ids_may_have_128_characters_of_any_script(orders):
    (order,), counts = orders(f"Ж/1 😀,{'t' * 128},ann b,1,3,2024-01-05,")
    assert (order.order_id, order.lines[0].product_id, order.shopper) == (
        "Ж/1 😀",
        "t" * 128,
        Shopper("ann b"),
    )
    assert counts == {}


def test_rejected_rows_put_right_can_be_imported_as_they_are(orders, rejected, tmp_path):
    orders("1,tea,ann,one,3,2024-01-05,Tea")
    path = tmp_path / "orders.csv.rejected.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",one,", ",1,"), encoding="utf-8")
    (order,) = read(path)
    assert order.lines == (Line("tea", 1, 300, "Tea"),)


def test_a_line_that_names_another_shopper_is_not_the_orders(orders, rejected):
    (order,), counts = orders("1,tea,ann,1,3,2024-01-05,", "1,pot,bob,1,9,2024-01-05,")
    assert (order.shopper, len(order.lines)) == (Shopper("ann"), 1)
    assert counts == {"another_shopper": 1}
    assert rejected()[0]["product_id"] == "pot"


def test_a_return_names_the_order_it_came_from(orders):
    (bought, back), counts = orders(
        "C2,tea,ann,-1,3,2024-01-09,Tea",
        "1,tea,ann,2,3,2024-01-05,Tea",
    )
    assert bought.order_id == "1"
    assert back == Activity(
        message_id="import:return:C2:1",
        kind="returned",
        event="Order Refunded",
        at=epoch("2024-01-09T00:00"),
        received_at=9.0,
        trust="shop",
        shopper=Shopper("ann"),
        lines=(Line("tea", 1, 300, "Tea"),),
        order_id="1",
        currency="GBP",
        properties={"refund_id": "C2"},
    )
    assert counts == {}


def test_a_return_is_taken_from_the_latest_purchases_before_it(orders):
    activities, counts = orders(
        "1,tea,ann,3,3,2024-01-01,",
        "2,tea,ann,2,4,2024-01-02,",
        "3,tea,bob,9,3,2024-01-03,",
        "C4,tea,ann,-4,3.5,2024-01-04,",
        "5,tea,ann,9,3,2024-01-05,",
    )
    backs = [(a.order_id, a.message_id, a.lines) for a in activities if a.kind == "returned"]
    assert backs == [
        ("2", "import:return:C4:2", (Line("tea", 2, 350),)),
        ("1", "import:return:C4:1", (Line("tea", 2, 350),)),
    ]
    assert counts == {}


def test_what_came_back_once_cannot_come_back_again(orders, rejected):
    activities, counts = orders(
        "1,tea,ann,3,3,2024-01-01,",
        "C2,tea,ann,-2,3,2024-01-02,",
        "C3,tea,ann,-2,3,2024-01-03,",
    )
    assert [sum(x.quantity for x in a.lines) for a in activities if a.kind == "returned"] == [2, 1]
    assert counts == {"return_without_purchase": 1}
    assert rejected()[0]["detail"].startswith("1 of 2 ")


def test_a_return_without_price_gives_back_what_was_paid(orders):
    activities, _ = orders(
        "1,tea,ann,1,3,2024-01-01,", "1,tea,ann,1,2,2024-01-01,", "C2,tea,ann,-2,,2024-01-02,"
    )
    assert activities[1].lines == (Line("tea", 1, 200), Line("tea", 1, 300))


def test_rows_of_one_return_to_one_order_are_one_activity(orders):
    activities, _ = orders(
        "1,tea,ann,5,3,2024-01-01,",
        "1,pot,ann,1,9,2024-01-01,",
        "C2,tea,ann,-1,3,2024-01-02,",
        "C2,pot,ann,-1,9,2024-01-02,",
        "C2,tea,ann,-1,3,2024-01-02,",
    )
    assert [a.lines for a in activities[1:]] == [(Line("tea", 2, 300), Line("pot", 1, 900))]


def test_an_order_may_take_back_some_of_itself(orders):
    activities, counts = orders("1,tea,ann,3,3,2024-01-01,", "1,tea,ann,-1,3,2024-01-01,")
    assert [(a.kind, a.order_id, a.lines[0].quantity) for a in activities] == [
        ("bought", "1", 3),
        ("returned", "1", 1),
    ]
    assert counts == {}


def test_returns_of_nobody_and_of_nothing_are_rejected_by_reason(orders, rejected):
    activities, counts = orders(
        "1,tea,,1,3,2024-01-01,",
        "C2,tea,,-1,3,2024-01-02,Tea",
        "C3,tea,ann,-1,3,2024-01-03,",
        "C3,tea,ann,-1,3,2024-01-03,",
        "4,tea,ann,1,3,2024-01-04,",
    )
    assert [a.kind for a in activities] == ["bought", "bought"]
    assert counts == {"return_without_shopper": 1, "return_without_purchase": 2}
    assert [(row["row"], row["order_id"], row["name"]) for row in rejected()] == [
        ("3", "C2", "Tea"),
        ("4", "C3", ""),
        ("5", "C3", ""),
    ]


def test_activities_come_in_time_order(orders):
    activities, _ = orders(
        "9,tea,ann,1,3,2024-01-09,", "C8,tea,ann,-1,3,2024-01-12,", "1,tea,ann,1,3,2024-01-10,"
    )
    assert [(a.order_id, a.kind) for a in activities] == [
        ("9", "bought"),
        ("1", "bought"),
        ("1", "returned"),
    ]


def test_parquet_reads_like_text_whatever_its_types(tmp_path):
    path = tmp_path / "orders.parquet"
    table = pa.table(
        {
            "order_id": pa.array([536365.0, 536366.0, 536367.0]),
            "product_id": pa.array(["tea", "tea", "pot"]).dictionary_encode(),
            "shopper_id": pa.array([Decimal("17850.0"), None, Decimal("12346.0")]),
            "quantity": pa.array([6, 1, 1], pa.int32()),
            "price": pa.array([2.55, float("nan"), 0.1]),
            "ordered_at": pa.array([datetime(2011, 7, 1, 8, 26)] * 3, pa.timestamp("us")),
            "tags": pa.array([["a"], [], None]),
        }
    )
    pq.write_table(table, path)
    activities = read(path)
    assert [(a.order_id, a.shopper, a.lines[0].price) for a in activities] == [
        ("536365", Shopper("17850"), 255),
        ("536366", None, None),
        ("536367", Shopper("12346"), 10),
    ]
    assert activities[0].at == epoch("2011-07-01T07:26")


@pytest.mark.parametrize(
    ("times", "utc"),
    [
        (
            pa.array([datetime(2011, 7, 1, 8, 26, tzinfo=UTC)], pa.timestamp("ns", "Asia/Tokyo")),
            "2011-07-01T08:26",
        ),
        (pa.array([date(2011, 7, 1)]), "2011-06-30T23:00"),
        (pa.array(["2011-07-01T08:26:00+01:00"]), "2011-07-01T07:26"),
    ],
)
def test_times_in_parquet_keep_their_zone_or_take_the_shops(tmp_path, times, utc):
    path = tmp_path / "orders"
    pq.write_table(pa.table({"order_id": ["1"], "product_id": ["tea"], "ordered_at": times}), path)
    (order,) = read(path)
    assert order.at == epoch(utc)


def test_progress_ends_with_all_rows_read(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(HEADING + "\n" + "1,tea,ann,1,3,2024-01-05,\n" * 45_000)
    told: list[tuple[int, int | None]] = []
    with Rejects() as rejects:
        (order,) = read_orders(
            [path],
            {},
            currency="GBP",
            zone=LONDON,
            received_at=0.0,
            rejects=rejects,
            progress=lambda done, total: told.append((done, total)),
        )
    assert order.lines[0].quantity == 45_000
    assert told == [(20_000, 45_000), (40_000, 45_000), (45_000, 45_000)]


def test_files_that_cannot_be_read_say_so(tmp_path):
    with pytest.raises(NotFound, match="no file"):
        read(tmp_path / "nowhere.csv")
    with pytest.raises(Unreadable, match="folder"):
        read(tmp_path)
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(Unreadable, match="no heading"):
        read(empty)
    damaged = tmp_path / "damaged.parquet"
    damaged.write_bytes(b"PAR1 and then nothing of the kind")
    with pytest.raises(Unreadable, match="damaged Parquet"):
        read(damaged)
    picture = tmp_path / "picture.csv"
    picture.write_bytes(b"\x89PNG\x81\x8d\x00\x00")
    with pytest.raises(Unreadable, match="neither"):
        read(picture)
    unclosed = tmp_path / "unclosed.csv"
    unclosed.write_text('order_id,"product_id\n' + "1,2\n" * 50_000)
    with pytest.raises(Unreadable, match=r"heading of .* cannot be read"):
        read(unclosed)
    unclosed.write_text(f'{HEADING}\n1,"tea\n' + "1,2\n" * 50_000)
    with pytest.raises(Unreadable, match="cannot be read at line"):
        read(unclosed)
    heading_only = tmp_path / "heading.csv"
    heading_only.write_text(HEADING)
    assert read(heading_only) == []
