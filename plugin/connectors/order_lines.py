"""A row of an order file, read as one line of one order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from plugin.connectors import written
from plugin.connectors.rejects import Unusable
from plugin.connectors.tables import Row, Table
from plugin.errors import Invalid

# our name of a column -> whether a file must have it
COLUMNS: dict[str, bool] = {
    "order_id": True,
    "product_id": True,
    "ordered_at": True,
    "shopper_id": False,
    "quantity": False,
    "price": False,
    "name": False,
    "currency": False,
}
REMEMBERED = 100_000


class OrderLine(NamedTuple):
    """One line of an order. `quantity` is below 0 for what came back; `price` and `currency` as the shop
    counts them (minor units); `at` is epoch seconds."""

    order_id: str
    product_id: str
    at: float
    shopper_id: str | None
    quantity: int
    price: int | None
    name: str | None
    currency: str


class Remembered(dict[Any, Any]):
    """Answers of a function by its argument, asked once each: in order files the same words come often."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, words: Any) -> Any:
        if len(self) >= REMEMBERED:
            self.clear()
        answer = self[words] = self.read(words)
        return answer


class Ids(Remembered):
    """The ids of one column; `decimals` says whether it is a decimal one: 17850.0, where 17850 is meant."""

    def __init__(self, what: str, missing: Unusable | None) -> None:
        super().__init__(self._read)
        self.what = what
        self.missing = missing
        self._whole = True
        self._with_point = False

    @property
    def decimals(self) -> bool:
        """Whether every id so far is a whole number, and some are written with a point."""
        return self._whole and self._with_point

    def _read(self, words: str | None) -> str | None:
        text = written.identifier(words, self.what)
        if text is None:
            if self.missing is not None:
                raise self.missing
            return None
        digits, point, fraction = text.replace(",", ".").partition(".")
        if digits.removeprefix("-").isdecimal() and not fraction.strip("0") and bool(point) == bool(fraction):
            self._with_point = self._with_point or bool(point)
        else:
            self._whole = False
        return text


class LineReader:
    """Reads the rows of one order file. Raises `Invalid` when the file lacks a column that is needed."""

    def __init__(self, table: Table, mapping: Mapping[str, str], currency: str, zone: ZoneInfo) -> None:
        self.ids = (
            Ids("order id", Unusable("no_order_id", "the line belongs to no order")),
            Ids("product id", Unusable("no_product_id", "the line names no product")),
            Ids("shopper id", None),
        )
        places = _places(table, mapping)
        self._pick = itemgetter(*places)
        day_before_month = _day_before_month(table, places[2])
        self._times = Remembered(lambda text: written.moment(text, zone, day_before_month))
        self._pieces = Remembered(written.pieces)
        self._currencies = Remembered(lambda text: written.currency_code(text, currency))
        self._prices = Remembered(lambda priced: written.price(*priced))
        self._names = Remembered(_name)
        self._table = table

    def read(self, row: Row) -> OrderLine:
        """Return the row as an order line. Raises `Unusable` with the reason when it is none."""
        if not self._table.fits(row):
            wanted = len(self._table.columns)
            raise Unusable("wrong_number_of_fields", f"{len(row)} fields, where the heading has {wanted}")
        order_id, product_id, ordered_at, shopper_id, quantity, price, name, currency = self._pick(row)
        orders, products, shoppers = self.ids
        code = self._currencies[currency]
        return OrderLine(
            orders[order_id],
            products[product_id],
            self._times[ordered_at],
            shoppers[shopper_id],
            self._pieces[quantity],
            self._prices[price, code],
            self._names[name],
            code,
        )


def _places(table: Table, mapping: Mapping[str, str]) -> list[int]:
    has = "its columns are " + ", ".join(column or "(no name)" for column in table.columns)
    for ours in mapping:
        if ours not in COLUMNS:
            raise Invalid(f"no column of ours is called {ours!r}; they are {', '.join(COLUMNS)}")
    places = []
    for ours, needed in COLUMNS.items():
        theirs = mapping.get(ours, ours)
        if theirs in table.columns:
            places.append(table.columns.index(theirs))
        elif needed or ours in mapping:
            called = f"column {theirs!r}" + (f" for {ours}" if theirs != ours else "")
            raise Invalid(f"{table.path.name} has no {called}; {has}")
        else:
            places.append(len(table.columns))  # the None that every row ends with
    return places


def _day_before_month(table: Table, place: int) -> bool | None:
    """Whether dates like 1/12/2010 put the day first, found by reading all of them; None without any.

    One such date alone can mean two days, so a file whose dates leave it open is refused as a whole rather
    than half understood.
    """
    parts_of = Remembered(written.slashed_parts)
    largest_first = largest_second = 0
    for row in (row for _, row in table.rows() if table.fits(row)):
        parts = parts_of[row[place]]
        if parts is not None:
            largest_first, largest_second = max(largest_first, parts[0]), max(largest_second, parts[1])
        elif row[place] and not largest_first:
            return None  # a file whose first time is not written so is not read twice
    if not largest_first:
        return None
    if (largest_first > 12) == (largest_second > 12):
        raise Invalid(
            f"the dates of {table.path.name} can be read as day/month or as month/day; "
            "write them as 2010-12-01 or 1.12.2010"
        )
    return largest_first > 12


def _name(text: str | None) -> str | None:
    return (written.CONTROL.sub(" ", text).strip() or None) if text else None
