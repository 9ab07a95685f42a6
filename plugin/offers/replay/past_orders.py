"""The orders of a shop's log as columns: by shopper and time, each with the basket it was made of.

An order is read from the trusted document that came first, at its moment: what was changed, cancelled or sent
back later is news of later. Who was whom is taken as it was known at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from plugin.activity import Activity, Line, Shopper
from plugin.identity.past import PERSONS
from plugin.store.log import Log

ORDER_LINES = """
SELECT coalesce(order_id, message_id) AS order_id, entry, line, shopper, product_id, quantity,
    coalesce(price, -1) AS price, happened_at, received_at, message_id,
    CASE WHEN properties LIKE '%"coupon"%' THEN json_extract_string(properties, '$.coupon') END AS coupon
FROM log
WHERE trust = 'shop' AND kind = 'bought' AND product_id IS NOT NULL AND quantity > 0 AND happened_at < $before
"""
COUNTED = """
SELECT count(*) AS lines FROM log
WHERE trust = 'shop' AND kind = 'bought' AND product_id IS NOT NULL AND quantity > 0 AND happened_at < $before
"""
NO_PRICE = -1
NOBODY = -1
OF_ORDERS = ("order_id", "message_id", "at", "received_at", "person", "ref", "changed")
OF_LINES = ("product", "quantity", "price")


@dataclass(frozen=True)
class PastOrders:
    """Orders sorted by person and time. Arrays of one length an order, then arrays of one length a line.

    `person` and `ref` point into `names` (`NOBODY` for a guest's): who it is in the end, and who the log says
    it was. `lines_from[i]` up to `lines_from[i + 1]` are an order's lines. `price` is minor units a piece,
    `NO_PRICE` where none was told. `others` is what else is known of a person, in time order. `changed` are
    the orders that need more than adding up, as something came back, was changed, or has two prices; `mixed`
    are the persons who have such.
    """

    names: Sequence[str]
    product_ids: Sequence[str]
    order_id: Any
    message_id: Any
    at: Any
    received_at: Any
    person: Any
    ref: Any
    lines_from: Any
    product: Any
    quantity: Any
    price: Any
    changed: Any
    coupons: dict[int, str] = field(default_factory=dict)
    others: dict[int, list[Activity]] = field(default_factory=dict)
    mixed: frozenset[int] = frozenset()

    def __len__(self) -> int:
        return len(self.at)

    def part(self, first: int, end: int) -> PastOrders:
        """Some of the orders, one after the other, with all that belongs to them."""
        lines = slice(int(self.lines_from[first]), int(self.lines_from[end]))
        persons = set(np.unique(self.person[first:end]).tolist())
        return replace(
            self,
            **{name: getattr(self, name)[first:end] for name in OF_ORDERS},
            **{name: getattr(self, name)[lines] for name in OF_LINES},
            lines_from=self.lines_from[first : end + 1] - self.lines_from[first],
            coupons={at - first: code for at, code in self.coupons.items() if first <= at < end},
            others={person: told for person, told in self.others.items() if person in persons},
            mixed=self.mixed & persons,
        )

    def listed(self) -> PastOrders:
        """The same with plain lists for its arrays, which are quicker to read one by one."""
        names = (*OF_ORDERS, *OF_LINES, "lines_from")
        plain: dict[str, Any] = {name: getattr(self, name).tolist() for name in names}
        return replace(self, **plain)

    @property
    def order_of_line(self) -> np.ndarray:
        """Which order each line is of."""
        return np.repeat(np.arange(len(self)), np.diff(self.lines_from))

    def name_of(self, order: int) -> str | None:
        """The reference the log has for an order's shopper; None for a guest."""
        ref = int(self.ref[order])
        return None if ref == NOBODY else self.names[ref]

    def lines_of(self, order: int) -> range:
        """The places of an order's lines."""
        return range(int(self.lines_from[order]), int(self.lines_from[order + 1]))

    def activity(self, order: int, lines: Sequence[int]) -> Activity:
        """An order as the activity it came as, with these of its lines."""
        return self.made_of(
            order,
            tuple(
                Line(
                    self.product_ids[self.product[at]],
                    int(self.quantity[at]),
                    None if self.price[at] == NO_PRICE else int(self.price[at]),
                )
                for at in lines
            ),
        )

    def made_of(self, order: int, lines: tuple[Line, ...]) -> Activity:
        """An order as the activity it came as, had it been made of these lines."""
        name = self.name_of(order)
        return Activity(
            self.message_id[order],
            "bought",
            "Order Completed",
            float(self.at[order]),
            float(self.received_at[order]),
            "shop",
            Shopper.from_ref(name) if name else None,
            lines,
            self.order_id[order],
        )


def order_lines_before(log: Log, before: float) -> int:
    """Return how many order lines the log has before a moment, which is what a replay costs."""
    return int(log.query(COUNTED, {"before": before}).column("lines")[0].as_py())


def past_orders(log: Log, before: float, kinds: frozenset[str]) -> PastOrders:
    """Return every trusted order before a moment, and all activities of `kinds` of those who made them."""
    told = {"before": before}
    table = log.query(ORDER_LINES, told)
    persons = {row["ref"]: row["person"] for row in log.query(PERSONS, told).to_pylist()}
    ref, names = _coded(table, "shopper")
    by_name = {name: code for code, name in enumerate(names)}
    person_of = np.array([_code(persons.get(name, name), by_name, names) for name in list(names)], np.int64)
    entry, entries = _coded(table, "entry")
    orders, line_of = _grouped(table, entry, len(entries))
    ref = ref[orders.row]
    person = np.where(ref == NOBODY, NOBODY, person_of[ref] if len(person_of) else NOBODY)
    sorted_by = np.lexsort((orders.row, orders.at, person))
    rank = np.empty(len(sorted_by), np.int64)
    rank[sorted_by] = np.arange(len(sorted_by))
    kept = line_of >= 0
    rows = np.flatnonzero(kept)
    lines = rows[np.lexsort((_numbers(table, "line")[rows], rank[line_of[rows]]))]
    counts = np.bincount(rank[line_of[rows]], minlength=len(sorted_by))
    product, product_ids = _coded(table, "product_id")
    first_row = orders.row[sorted_by]
    found = PastOrders(
        names=names,
        product_ids=product_ids,
        order_id=_texts(table, "order_id", first_row),
        message_id=_texts(table, "message_id", first_row),
        at=orders.at[sorted_by],
        received_at=_numbers(table, "received_at")[first_row],
        person=person[sorted_by],
        ref=ref[sorted_by],
        lines_from=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        product=product[lines],
        quantity=_numbers(table, "quantity")[lines],
        price=_numbers(table, "price")[lines],
        changed=np.zeros(len(sorted_by), bool),
    )
    found.coupons.update(_coupons(table, np.where(kept, rank[line_of], -1)))
    changed = _others(log, before, kinds, persons, by_name, found.others)
    return _with_mixed(found, changed)


@dataclass(frozen=True)
class _Firsts:
    row: np.ndarray  # a row of the document that made each order
    at: Any


def _grouped(table: pa.Table, entry: np.ndarray, entries: int) -> tuple[_Firsts, np.ndarray]:
    """A row of the document that came first of each order; the order of each row, -1 for a later one's."""
    order, order_ids = _coded(table, "order_id")
    row_of_entry = np.full(entries, -1, np.int64)
    row_of_entry[entry[::-1]] = np.arange(len(entry))[::-1]
    received = _numbers(table, "received_at")
    by_coming = row_of_entry[np.lexsort((received[row_of_entry],))] if entries else row_of_entry
    row_of_order = np.full(len(order_ids), -1, np.int64)
    row_of_order[order[by_coming[::-1]]] = by_coming[::-1]  # written last: the one that came first
    is_first = entry == entry[row_of_order[order]] if len(entry) else np.zeros(0, bool)
    return _Firsts(row_of_order, _numbers(table, "happened_at")[row_of_order]), np.where(is_first, order, -1)


def _coupons(table: pa.Table, order_of_row: np.ndarray) -> dict[int, str]:
    """The code that each order tells of, by its place."""
    coupons = table.column("coupon")
    rows = np.flatnonzero(coupons.is_valid().to_numpy())
    told = coupons.take(pa.array(rows)).to_pylist()
    return {
        int(order_of_row[row]): code for row, code in zip(rows, told, strict=True) if order_of_row[row] >= 0
    }


def _others(
    log: Log,
    before: float,
    kinds: frozenset[str],
    persons: dict[str, str],
    by_name: dict[str, int],
    into: dict[int, list[Activity]],
) -> set[tuple[int, str]]:
    """Sort what else is known by person; return of whom, and of which order, it changes what was bought."""
    changed: set[tuple[int, str]] = set()
    where = "list_contains($kinds, kind) AND shopper IS NOT NULL AND happened_at < $before"
    for activity in log.activities(where, {"kinds": sorted(kinds), "before": before}):
        ref = activity.shopper.ref if activity.shopper else ""
        person = by_name.get(persons.get(ref, ref))
        if person is not None:
            into.setdefault(person, []).append(activity)
            if activity.kind in CHANGES_ORDERS:
                changed.add((person, activity.order_id or activity.message_id))
    return changed


CHANGES_ORDERS = frozenset({"rebought", "returned", "cancelled"})


def _with_mixed(found: PastOrders, changed: set[tuple[int, str]]) -> PastOrders:
    """The orders, knowing which, and whose, cannot simply be added up."""
    order = found.order_of_line
    by_product = np.lexsort((found.product, order))
    order, product, price = order[by_product], found.product[by_product], found.price[by_product]
    again = (order[1:] == order[:-1]) & (product[1:] == product[:-1]) & (price[1:] != price[:-1])
    touched = {name for _, name in changed}
    of_order = np.fromiter((name in touched for name in found.order_id), bool, len(found))
    of_order[order[1:][again]] = True
    persons = {person for person, _ in changed} | set(found.person[of_order].tolist())
    return replace(found, changed=of_order, mixed=frozenset(persons))


def _coded(table: pa.Table, name: str) -> tuple[np.ndarray, list[str]]:
    """A text column as numbers, and the texts they stand for; `NOBODY` where there is none."""
    coded = table.column(name).combine_chunks().dictionary_encode()
    codes = coded.indices.fill_null(NOBODY).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, coded.dictionary.to_pylist()


def _code(name: str, by_name: dict[str, int], names: list[str]) -> int:
    if name not in by_name:
        by_name[name] = len(names)
        names.append(name)
    return by_name[name]


def _numbers(table: pa.Table, name: str) -> np.ndarray:
    return table.column(name).to_numpy()


def _texts(table: pa.Table, name: str, rows: np.ndarray) -> np.ndarray:
    return np.array(table.column(name).take(pa.array(rows)).to_pylist(), dtype=object)
