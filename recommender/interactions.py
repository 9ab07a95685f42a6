"""What shoppers did, as arrays of rows: the border between a shop's own ids and the model's row numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Any, TypeVar

import numpy as np
from scipy import sparse

from recommender.signs import DISMISSALS, RETURN_REASONS, SIGNS, Returns, Signs, places, returns_of, signs_of

GUEST = -1
MOST_PRODUCTS_IN_AN_ORDER = 500

T = TypeVar("T")


@dataclass(frozen=True)
class OrderLines:
    """What was bought, one row per order and product, oldest first.

    ``order`` and ``product`` are rows (int32), ``shopper`` too with -1 for a guest; ``quantity`` is float32,
    ``time`` epoch seconds (float64). ``kept`` (bool) is False for what came back although it was wanted (too
    small, broken, late): it teaches like any purchase, and the shopper has not got it. Not given, all is
    kept.
    """

    order: np.ndarray
    shopper: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    time: np.ndarray
    kept: np.ndarray = field(default_factory=lambda: np.ones(1, bool))

    def __post_init__(self) -> None:
        if len(self.kept) != len(self.order):
            object.__setattr__(self, "kept", np.ones(len(self.order), bool))

    def __len__(self) -> int:
        return len(self.order)

    def where(self, wanted: np.ndarray) -> OrderLines:
        """Only these lines (bool, one per line)."""
        return OrderLines(**{name: column[wanted] for name, column in vars(self).items()})


@dataclass(frozen=True)
class Views:
    """What was looked at, one row per look, oldest first; ``visit``, ``shopper`` (-1 unknown), ``product``
    are rows.
    """

    visit: np.ndarray
    shopper: np.ndarray
    product: np.ndarray
    time: np.ndarray

    def __len__(self) -> int:
        return len(self.visit)


@dataclass(frozen=True)
class Dismissals:
    """What a shopper waved away, one row each, oldest first; ``shopper`` and ``product`` are rows.

    ``reason`` (int8) is a place in ``signs.DISMISSALS``, the first where it is not given.
    """

    shopper: np.ndarray
    product: np.ndarray
    time: np.ndarray
    reason: np.ndarray = field(default_factory=lambda: np.zeros(1, np.int8))

    def __post_init__(self) -> None:
        if len(self.reason) != len(self.shopper):
            object.__setattr__(self, "reason", np.zeros(len(self.shopper), np.int8))

    def __len__(self) -> int:
        return len(self.shopper)


@dataclass(frozen=True)
class Interactions:
    """A shop's history: orders, looks, dismissals, signs and returns over one numbering of products and
    shoppers.

    ``product_ids`` and ``shopper_ids`` are sorted, so the same history in another order of rows is the same
    object.
    """

    orders: OrderLines
    views: Views
    dismissals: Dismissals
    product_ids: tuple[str, ...]
    shopper_ids: tuple[str, ...]
    order_count: int
    visit_count: int
    signs: Signs = field(default_factory=Signs.none)
    returns: Returns = field(default_factory=Returns.none)
    _worked_out: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    _working: RLock = field(default_factory=RLock, init=False, repr=False, compare=False)

    def once(self, name: str, work: Callable[[], T]) -> T:
        """What ``work`` gives, which is done the first time only and kept under this name.

        For what several parts read of the same history, and is dear.
        """
        with self._working:
            if name not in self._worked_out:
                self._worked_out[name] = work()
            found: T = self._worked_out[name]
            return found

    @classmethod
    def from_columns(
        cls,
        *,
        order_ids: Sequence[str] | np.ndarray = (),
        shopper_ids: Sequence[str | None] | np.ndarray = (),
        product_ids: Sequence[str] | np.ndarray = (),
        quantities: Sequence[float] | np.ndarray = (),
        times: Sequence[float] | np.ndarray = (),
        view_visits: Sequence[str] | np.ndarray = (),
        view_shoppers: Sequence[str | None] | np.ndarray = (),
        view_products: Sequence[str] | np.ndarray = (),
        view_times: Sequence[float] | np.ndarray = (),
        dismissed_shoppers: Sequence[str] | np.ndarray = (),
        dismissed_products: Sequence[str] | np.ndarray = (),
        dismissed_times: Sequence[float] | np.ndarray = (),
        kept: Sequence[bool] | np.ndarray | None = None,
        dismissed_reasons: Sequence[str | None] | np.ndarray | None = None,
        sign_kinds: Sequence[str] | np.ndarray = (),
        sign_shoppers: Sequence[str | None] | np.ndarray = (),
        sign_products: Sequence[str] | np.ndarray = (),
        sign_times: Sequence[float] | np.ndarray = (),
        sign_amounts: Sequence[float] | np.ndarray | None = None,
        returned_shoppers: Sequence[str | None] | np.ndarray = (),
        returned_products: Sequence[str] | np.ndarray = (),
        returned_times: Sequence[float] | np.ndarray = (),
        returned_reasons: Sequence[str | None] | np.ndarray = (),
    ) -> Interactions:
        """A shop's history from columns of its own ids.

        Columns of one table have one length. A shopper of None is a guest (or an unknown visitor). Times
        are epoch seconds. Lines of one order that name the same product are added up; an order happens at
        its earliest line. ``kept`` says of each order line whether it stayed with the shopper (all, where it
        is not given); a sign's amount is 1 where it is not given. Words that are not known count as the
        first of their kind. Raises ValueError when columns of one table differ in length, or for a sign
        that is none.
        """
        stayed = np.ones(len(order_ids), bool) if kept is None else np.asarray(kept, bool)
        why = [None] * len(dismissed_shoppers) if dismissed_reasons is None else dismissed_reasons
        amounts = np.ones(len(sign_kinds)) if sign_amounts is None else _floats(sign_amounts)
        _same_length("orders", order_ids, shopper_ids, product_ids, quantities, times, stayed)
        _same_length("views", view_visits, view_shoppers, view_products, view_times)
        _same_length("dismissals", dismissed_shoppers, dismissed_products, dismissed_times, why)
        _same_length("signs", sign_kinds, sign_shoppers, sign_products, sign_times, amounts)
        _same_length("returns", returned_shoppers, returned_products, returned_times, returned_reasons)
        if unknown := set(sign_kinds) - set(SIGNS):
            raise ValueError(f"there is no sign {min(unknown)!r}; they are {', '.join(SIGNS)}")
        products, (bought, viewed, dismissed, signed, returned) = _rows(
            product_ids, view_products, dismissed_products, sign_products, returned_products
        )
        shoppers, (buyers, viewers, dismissers, signers, returners) = _rows(
            shopper_ids, view_shoppers, dismissed_shoppers, sign_shoppers, returned_shoppers
        )
        orders, (order,) = _rows(order_ids)
        visits, (visit,) = _rows(view_visits)
        return cls(
            orders=_order_lines(
                order, buyers, bought, _floats(quantities), _floats(times), stayed, len(orders)
            ),
            views=_views(visit, viewers, viewed, _floats(view_times)),
            dismissals=_dismissals(dismissers, dismissed, _floats(dismissed_times), places(why, DISMISSALS)),
            product_ids=products,
            shopper_ids=shoppers,
            order_count=len(orders),
            visit_count=len(visits),
            signs=signs_of(
                places(sign_kinds, SIGNS), signers, signed, _floats(sign_times), amounts.astype(np.float32)
            ),
            returns=returns_of(
                places(returned_reasons, RETURN_REASONS), returners, returned, _floats(returned_times)
            ),
        )

    def before(self, time: float) -> Interactions:
        """The history strictly before this moment (epoch seconds), over the same numbering."""
        return self.where({name: table.time < time for name, table in self._tables().items()})

    def since(self, time: float) -> Interactions:
        """The history from this moment (epoch seconds) on, over the same numbering."""
        return self.where({name: table.time >= time for name, table in self._tables().items()})

    def _tables(self) -> dict[str, OrderLines | Views | Dismissals | Signs | Returns]:
        return {
            "orders": self.orders,
            "views": self.views,
            "dismissals": self.dismissals,
            "signs": self.signs,
            "returns": self.returns,
        }

    def where(self, wanted: dict[str, np.ndarray]) -> Interactions:
        """Only the rows that are wanted (bool) of each table, by its name, over the same numbering."""
        if all(every.all() for every in wanted.values()):
            return self
        return self._with(
            {
                name: {each: column[wanted[name]] for each, column in vars(table).items()}
                for name, table in self._tables().items()
            }
        )

    def _with(self, columns: dict[str, dict[str, np.ndarray]]) -> Interactions:
        return replace(
            self,
            **{name: type(table)(**columns[name]) for name, table in self._tables().items()},  # type: ignore[arg-type]
        )

    def over(self, product_ids: tuple[str, ...]) -> Interactions:
        """The same history in another numbering of products; rows of products not in it are left out."""
        if product_ids == self.product_ids:
            return self
        row_of = {product_id: row for row, product_id in enumerate(product_ids)}
        place = np.fromiter(
            (row_of.get(each, GUEST) for each in self.product_ids), np.int32, self.product_count
        )
        found = self.where({name: place[table.product] >= 0 for name, table in self._tables().items()})
        renumbered = {
            name: {**vars(table), "product": place[table.product]} for name, table in found._tables().items()
        }
        return replace(found._with(renumbered), product_ids=product_ids)

    def met(self) -> tuple[str, ...]:
        """The ids of products that some row names, sorted."""
        named = np.zeros(self.product_count, bool)
        for table in self._tables().values():
            named[table.product] = True
        return tuple(self.product_ids[row] for row in np.flatnonzero(named))

    @property
    def product_count(self) -> int:
        return len(self.product_ids)

    def parties(self) -> np.ndarray:
        """Whose order each line is, guests told apart by order: rows from 0, shoppers first (int64)."""
        lines = self.orders
        return np.where(
            lines.shopper == GUEST, len(self.shopper_ids) + lines.order.astype(np.int64), lines.shopper
        )

    def baskets(self, most: int = MOST_PRODUCTS_IN_AN_ORDER) -> sparse.csr_matrix:
        """Orders by products, 1 where bought (float32); orders of more than ``most`` products are left
        empty.
        """
        lines = self.orders
        sizes = np.bincount(lines.order, minlength=self.order_count)
        kept = sizes[lines.order] <= most
        return _ones(lines.order[kept], lines.product[kept], (self.order_count, self.product_count))


def _rows(*columns: Iterable[str | None]) -> tuple[tuple[str, ...], list[np.ndarray]]:
    """One sorted numbering over several columns of ids, and each column in it; None becomes -1."""
    met: dict[str | None, int] = {None: GUEST}
    met_in_order = [_first_met(column, met) for column in columns]
    del met[None]
    ids = [str(key) for key in met]
    sorting = sorted(range(len(ids)), key=ids.__getitem__)
    place = np.empty(len(ids) + 1, np.int32)
    place[sorting] = np.arange(len(ids), dtype=np.int32)
    place[-1] = GUEST
    return tuple(ids[row] for row in sorting), [place[column] for column in met_in_order]


def _first_met(column: Iterable[str | None], met: dict[str | None, int]) -> np.ndarray:
    """Numbers ids in the order they are met; ``met`` starts with None at -1, hence the lengths less one."""
    values = column.tolist() if isinstance(column, np.ndarray) else column
    return np.fromiter((met.setdefault(value, len(met) - 1) for value in values), np.int32)


def _floats(column: Sequence[float] | np.ndarray) -> np.ndarray:
    return np.asarray(column, dtype=np.float64).reshape(-1)


def _same_length(table: str, *columns: Sequence[object] | np.ndarray) -> None:
    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        raise ValueError(f"the columns of {table} differ in length: {sorted(lengths)}")


def _order_lines(
    order: np.ndarray,
    shopper: np.ndarray,
    product: np.ndarray,
    quantity: np.ndarray,
    time: np.ndarray,
    kept: np.ndarray,
    count: int,
) -> OrderLines:
    starts = np.full(count, np.inf)
    np.minimum.at(starts, order, time)
    time = starts[order] if len(order) else time
    ranked = np.lexsort((product, order, time))
    order, shopper, product, quantity, time, kept = (
        column[ranked] for column in (order, shopper, product, quantity, time, kept)
    )
    first = np.ones(len(order), bool)
    first[1:] = (order[1:] != order[:-1]) | (product[1:] != product[:-1])
    starting = np.flatnonzero(first)
    if len(order):
        quantity, kept = np.add.reduceat(quantity, starting), np.logical_or.reduceat(kept, starting)
    return OrderLines(
        order[first], shopper[first], product[first], quantity.astype(np.float32), time[first], kept
    )


def _views(visit: np.ndarray, shopper: np.ndarray, product: np.ndarray, time: np.ndarray) -> Views:
    ranked = np.lexsort((product, visit, time))
    return Views(visit[ranked], shopper[ranked], product[ranked], time[ranked])


def _dismissals(shopper: np.ndarray, product: np.ndarray, time: np.ndarray, reason: np.ndarray) -> Dismissals:
    ranked = np.lexsort((reason, product, shopper, time))
    return Dismissals(shopper[ranked], product[ranked], time[ranked], reason[ranked])


def _ones(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> sparse.csr_matrix:
    matrix = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return matrix
