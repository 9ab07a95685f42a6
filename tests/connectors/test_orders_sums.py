"""What holds for any order file: no piece is lost, none counted twice, whatever the order of the rows.

The same sums are then taken of Online Retail, where they can be checked against the raw file.
"""

from __future__ import annotations

import csv
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.activity import Activity
from plugin.connectors.orders import read_orders
from plugin.connectors.rejects import Rejects

UTC = ZoneInfo("UTC")
COLUMNS = ["order_id", "product_id", "shopper_id", "quantity", "price", "ordered_at"]
Row = tuple[str, str, str, int, str, str]

# every order has its own day and shopper, so that the truth is easy to say
lines = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(["tea", "pot", "cup"]),
        st.integers(-4, 4).filter(bool),
        st.sampled_from(["1", "2"]),
    ),
    max_size=25,
)
SHOPPERS = ["ann", "bob", "", "ann", "ann", "bob"]


def rows_of(drawn: Iterable[tuple[int, str, int, str]]) -> list[Row]:
    return [
        (f"o{order}", product, SHOPPERS[order], quantity, price, f"2024-01-{order + 1:02}")
        for order, product, quantity, price in drawn
    ]


def read(rows: Iterable[Row]) -> tuple[list[Activity], Counter[str]]:
    with tempfile.TemporaryDirectory() as folder, Rejects() as rejects:
        path = Path(folder) / "orders.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows])
        activities = list(read_orders([path], {}, currency="GBP", zone=UTC, received_at=0.0, rejects=rejects))
    return activities, rejects.counts


def bought(activities: Iterable[Activity]) -> Counter[tuple[str, str, int | None]]:
    pieces: Counter[tuple[str, str, int | None]] = Counter()
    for activity in activities:
        for line in activity.lines if activity.kind == "bought" else ():
            pieces[activity.order_id or "", line.product_id, line.price] += line.quantity
    return pieces


def brought_back(activities: Iterable[Activity]) -> Counter[tuple[str, str, str]]:
    """Pieces by (return, order they came from, product)."""
    pieces: Counter[tuple[str, str, str]] = Counter()
    for activity in activities:
        for line in activity.lines if activity.kind == "returned" else ():
            pieces[activity.properties["refund_id"], activity.order_id or "", line.product_id] += (
                line.quantity
            )
    return pieces


def latest_first(rows: Iterable[Row]) -> Counter[tuple[str, str, str]]:
    """What comes back from where, said the slow way: piece by piece, one list of pieces for each product."""
    pieces: Counter[tuple[str, str, str]] = Counter()
    have: dict[tuple[str, str], list[str]] = {}
    for order, product, shopper, quantity, *_ in sorted(rows, key=lambda row: (row[5], row[3] < 0)):
        held = have.setdefault((shopper, product), [])
        if quantity > 0:
            held.extend([order] * quantity)
        elif shopper:
            for _ in range(min(-quantity, len(held))):
                pieces[order, held.pop(), product] += 1
    return pieces


@settings(max_examples=40, deadline=None)
@given(lines, st.randoms(use_true_random=False))
def test_every_piece_is_counted_once_in_any_order_of_rows(drawn, chance: random.Random):
    rows = rows_of(drawn)
    shuffled = chance.sample(rows, len(rows))
    activities, counts = read(shuffled)

    expected: Counter[tuple[str, str, int | None]] = Counter()
    for order, product, _, quantity, price, _ in rows:
        if quantity > 0:
            expected[order, product, int(price) * 100] += quantity
    assert bought(activities) == expected
    assert brought_back(activities) == latest_first(rows)
    assert counts["return_without_shopper"] == sum(not row[2] and row[3] < 0 for row in rows)

    times = [activity.at for activity in activities]
    assert times == sorted(times)
    ids = [activity.message_id for activity in activities]
    assert len(set(ids)) == len(ids)


BENCH = Path(os.environ.get("RAPPORT_BENCH_DATA") or Path(__file__).parents[3] / "shared" / "data")
ONLINE_RETAIL = BENCH / "online-retail.parquet"
NAMES = {
    "order_id": "InvoiceNo",
    "product_id": "StockCode",
    "shopper_id": "CustomerID",
    "quantity": "Quantity",
    "price": "UnitPrice",
    "ordered_at": "InvoiceDate",
    "name": "Description",
}


@pytest.mark.data
@pytest.mark.skipif(not ONLINE_RETAIL.exists(), reason=f"no online-retail.parquet in {BENCH}")
def test_online_retail_is_read_whole(tmp_path: Path, record_property):
    file = tmp_path / ONLINE_RETAIL.name
    file.symlink_to(ONLINE_RETAIL.resolve())
    began = time.perf_counter()
    with Rejects() as rejects:
        activities = list(
            read_orders(
                [file],
                NAMES,
                currency="GBP",
                zone=ZoneInfo("Europe/London"),
                received_at=0.0,
                rejects=rejects,
            )
        )
    seconds = time.perf_counter() - began
    record_property("seconds", round(seconds, 1))

    raw = pq.read_table(ONLINE_RETAIL).to_pydict()
    rows = list(zip(*(raw[NAMES[ours]] for ours in COLUMNS), strict=True))
    sold = [row for row in rows if row[3] > 0 and row[4] >= 0]
    orders = [a for a in activities if a.kind == "bought"]
    assert {a.order_id: a.shopper.id if a.shopper else None for a in orders} == {
        order: shopper for order, _, shopper, *_ in sold
    }
    assert sum(bought(activities).values()) == sum(row[3] for row in sold)

    # an order's time is that of its earliest line, and that is when a return is judged too
    began_at: dict[tuple[str, bool], datetime] = {}
    for order, _, _, quantity, _, at in rows:
        began_at[order, quantity < 0] = min(at, began_at.get((order, quantity < 0), at))
    timed = [
        (order, product, shopper or "", quantity, "", began_at[order, quantity < 0].isoformat())
        for order, product, shopper, quantity, price, _ in rows
        if price >= 0
    ]
    assert brought_back(activities) == latest_first(timed)

    assert len(orders) == 20_726
    assert sum(a.shopper is None for a in orders) == 2_190
    assert sum(a.kind == "returned" for a in activities) == 3_849
    assert rejects.counts == {
        "return_without_shopper": 1_719,
        "return_without_purchase": 1_389,
        "negative_price": 2,
    }
    print(f"\nonline-retail: {len(rows):,} lines in {seconds:.1f} s")  # noqa: T201
