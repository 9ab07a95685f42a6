"""The past as the models see it, from a log so small that every answer is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from plugin.activity import Activity, Line, Shopper, Trust
from plugin.catalog import Catalogue, Product
from plugin.history import (
    DISMISSALS,
    ORDER_LINES,
    VIEWS,
    VISIT_GAP_S,
    catalogue_before,
    figures_between,
    interactions_before,
    known_from_orders,
    profiles_before,
)
from plugin.store.log import Log
from recommender.signs import DISMISSALS as DISMISSAL_REASONS
from recommender.signs import RETURN_REASONS, SIGNS

DAY = 86400.0
START = 1_700_000_000.0
LATER = START + 1000 * DAY
ANNA, BEN = Shopper("anna"), Shopper("ben")


class Writing:
    """A log being written, entry by entry, in the order things came in."""

    def __init__(self, folder: Path) -> None:
        self.log = Log(folder)
        self._count = 0

    def add(
        self,
        kind: str,
        *lines: tuple[str, int] | tuple[str, int, int],
        day: float = 0,
        who: Shopper | None = ANNA,
        order_id: str | None = None,
        trust: Trust = "shop",
        visit: str | None = None,
        **more: Any,
    ) -> None:
        """Write one activity that came in now and happened on a day."""
        self._count += 1
        at = START + day * DAY
        answered = more.pop("recommendation_id", None)
        names = tuple(Line(line[0], line[1], (*line, 1000)[2], line[0].title(), answered) for line in lines)
        name = more.pop("message_id", f"m{self._count:03}")
        activity = Activity(
            *(name, kind, kind, at, START + self._count, trust, who, names, order_id),
            visit=visit,
            properties=more,
        )
        self.log.write(self._count, [(f"{{s:0}}{self._count}-0", activity)])


@pytest.fixture
def past(tmp_path: Path) -> Writing:
    return Writing(tmp_path / "log")


def lines(log: Log, before: float = LATER) -> dict[str, dict[str, float]]:
    """What is counted as bought: order -> product -> quantity."""
    found: dict[str, dict[str, float]] = {}
    for row in log.query(ORDER_LINES, {"before": before}).to_pylist():
        found.setdefault(row["order_id"], {})[row["product_id"]] = float(row["quantity"])
    return found


def test_an_empty_log_is_an_empty_past(past: Writing) -> None:
    assert lines(past.log) == {}
    assert figures_between(past.log, 0.0, LATER) == []
    assert profiles_before(past.log, [ANNA], LATER)["u:anna"].events == 0


def test_an_order_counts_once_by_the_document_that_came_first(past: Writing) -> None:
    past.add("bought", ("drill", 1), ("bits", 3), order_id="1", day=2)
    past.add("bought", ("gold", 9), order_id="1", day=1)  # came later, tells of an earlier time
    assert lines(past.log) == {"1": {"drill": 1, "bits": 3}}
    (figures,) = figures_between(past.log, 0.0, LATER)
    assert (figures.orders, figures.spent, figures.first_at) == (1, 4000, START + 2 * DAY)


def test_repeated_lines_of_a_product_add_up(past: Writing) -> None:
    past.add("bought", ("bits", 1, 500), ("bits", 3, 300), order_id="1")
    assert lines(past.log) == {"1": {"bits": 4}}
    assert figures_between(past.log, 0.0, LATER)[0].spent == 1400


def test_what_a_browser_claims_teaches_nothing(past: Writing) -> None:
    past.add("bought", ("drill", 1), order_id="1", trust="browser")
    past.add("cancelled", order_id="2", trust="browser")
    past.add("bought", ("saw", 1), order_id="2")
    assert lines(past.log) == {"2": {"saw": 1}}


def test_the_newest_update_replaces_the_lines_and_keeps_the_shopper(past: Writing) -> None:
    past.add("rebought", ("file", 2), order_id="1", day=3, who=None)
    past.add("bought", ("drill", 1), order_id="1", day=0)
    past.add("rebought", ("saw", 1), order_id="1", day=2)
    assert lines(past.log) == {"1": {"file": 2}}
    (row,) = past.log.query(ORDER_LINES, {"before": LATER}).to_pylist()
    assert (row["shopper"], row["ordered_at"]) == ("u:anna", START)
    assert lines(past.log, START + 2.5 * DAY) == {"1": {"saw": 1}}  # the past did not know better


@pytest.mark.parametrize(("first", "second"), [("z", "a"), ("a", "z")])
def test_of_two_updates_of_one_moment_log_and_profile_choose_the_same(
    past: Writing, first: str, second: str
) -> None:
    past.add("bought", ("drill", 1), order_id="1")
    for name in (first, second):
        past.add("rebought", (f"saw {name}", 1), order_id="1", day=1, message_id=name)
    profile = profiles_before(past.log, [ANNA], LATER)["u:anna"]
    assert lines(past.log) == {"1": profile.orders["1"].kept()} == {"1": {"saw z": 1}}


def test_returns_are_taken_out_once_a_refund_id(past: Writing) -> None:
    past.add("bought", ("bits", 5), ("drill", 1), order_id="1")
    past.add("returned", ("bits", 1), order_id="1", refund_id="r1", day=1)
    past.add("returned", ("bits", 1), order_id="1", refund_id="r1", day=2)
    past.add("returned", ("bits", 1), ("drill", 1), order_id="1", refund_id=7, day=3)
    assert lines(past.log) == {"1": {"bits": 3}}
    assert lines(past.log, START + 1.5 * DAY) == {"1": {"bits": 4, "drill": 1}}


def test_refunds_without_an_id_count_by_their_message(past: Writing) -> None:
    past.add("bought", ("bits", 5), order_id="1")
    past.add("returned", ("bits", 1), order_id="1", day=1)
    past.add("returned", ("bits", 1), order_id="1", day=1)
    assert lines(past.log) == {"1": {"bits": 3}}


def test_cancelled_and_wholly_refunded_orders_are_gone(past: Writing) -> None:
    for order_id in ("1", "2", "3"):
        past.add("bought", ("drill", 1), order_id=order_id)
    past.add("cancelled", order_id="1", day=4)
    past.add("returned", order_id="2", day=4)
    assert lines(past.log) == {"3": {"drill": 1}}
    assert set(lines(past.log, START + 3 * DAY)) == {"1", "2", "3"}


def test_the_profile_and_the_log_know_the_same_orders(past: Writing) -> None:
    past.add("returned", ("bits", 2), order_id="1", refund_id="r", day=5)
    past.add("bought", ("bits", 3), ("drill", 1), order_id="1", day=1)
    past.add("rebought", ("bits", 4), order_id="1", day=2)
    past.add("bought", ("saw", 1), order_id="2", day=3)
    past.add("cancelled", order_id="2", day=4)
    profile = profiles_before(past.log, [ANNA], LATER)["u:anna"]
    kept = {order_id: order.kept() for order_id, order in profile.orders.items() if order.kept()}
    assert lines(past.log) == kept == {"1": {"bits": 2}}


def test_looks_are_joined_into_visits(past: Writing) -> None:
    gap = VISIT_GAP_S / DAY
    for day in (0, 0.5 * gap, 2.0 * gap):  # the pause before the last one ends the visit
        past.add("viewed", (f"p{day}", 1), day=day)
    past.add("viewed", ("saw", 1), who=BEN)
    past.add("viewed", ("drill", 1), who=BEN, day=3, visit="told")
    past.add("viewed", ("file", 1), who=None)
    past.add("viewed", ("vice", 1), trust="browser", who=Shopper("ben", known=False))
    rows = past.log.query(
        VIEWS.format(taught="SELECT * FROM log"), {"before": LATER, "gap": VISIT_GAP_S, "most": 100}
    ).to_pylist()
    visits: dict[str, int] = {}
    for row in rows:
        visits[row["visit"]] = visits.get(row["visit"], 0) + 1
    assert visits == {"u:anna/0": 2, "u:anna/1": 1, "u:ben/0": 1, "u:ben/told": 1, "a:ben/0": 1}


def test_dismissals_and_the_whole_past_end_at_the_moment(past: Writing) -> None:
    past.add("dismissed", ("drill", 1), day=1)
    past.add("bought", ("drill", 1), order_id="1", day=2)
    past.add("viewed", ("drill", 1), day=3)
    assert (
        past.log.query(DISMISSALS.format(taught="SELECT * FROM log"), {"before": START + DAY}).num_rows == 0
    )
    for day, orders, views in ((2, 0, 0), (2.5, 1, 0), (3, 1, 0), (3.5, 1, 1)):
        seen = interactions_before(past.log, START + day * DAY)
        assert (len(seen.orders), len(seen.views)) == (orders, views), day


BASKET = ("small", "broken", "ugly", "odd", "slow", "unlike", "kept")


def test_what_came_back_teaches_by_its_reason(past: Writing) -> None:
    past.add("bought", *((each, 1) for each in BASKET), order_id="1")
    past.add(
        *("returned", ("small", 1), ("broken", 1), ("ugly", 1), ("slow", 1), ("unlike", 1)),
        order_id="1",
        day=1,
        reason="I did not like it",
        reasons=["Too small", "defect", None, "Came too late", "Not as described"],
    )
    past.add("returned", ("odd", 1), order_id="1", day=2)
    past.add("bought", ("lamp", 2), ("vase", 1), order_id="2", who=None)
    past.add("returned", order_id="2", reason="arrived broken", day=3, who=None)
    past.add("bought", ("saw", 1), order_id="3", day=4)
    past.add("cancelled", order_id="3", reason="too small", day=4)
    seen = interactions_before(past.log, LATER)
    wanted = {
        seen.product_ids[row]: bool(kept)
        for row, kept in zip(seen.orders.product, seen.orders.kept, strict=True)
    }
    assert wanted == {
        "small": False,
        "broken": False,
        "slow": False,
        "kept": True,
        "lamp": False,
        "vase": False,
    }
    why = {
        seen.product_ids[row]: RETURN_REASONS[reason]
        for row, reason in zip(seen.returns.product, seen.returns.reason, strict=True)
    }
    assert why == {
        "small": "wrong_size",
        "broken": "defect",
        "ugly": "not_liked",
        "odd": "other",
        "slow": "late",
        "unlike": "not_as_described",
        **dict.fromkeys(("lamp", "vase"), "damaged"),
    }
    assert lines(past.log) == {"1": {"kept": 1}}  # money and ownership know it has gone
    before = interactions_before(past.log, START + 0.5 * DAY)
    assert before.orders.kept.all()
    assert len(before.orders) == len(BASKET) + 2
    assert len(before.returns) == 0


def test_a_part_that_came_back_for_its_size_leaves_the_rest(past: Writing) -> None:
    past.add("bought", ("socks", 5), order_id="1")
    past.add("returned", ("socks", 2), order_id="1", refund_id="a", reason="wrong_size", day=1)
    past.add("returned", ("socks", 1), order_id="1", refund_id="b", reason="not_liked", day=2)
    seen = interactions_before(past.log, LATER)
    assert (seen.orders.quantity.tolist(), seen.orders.kept.tolist()) == ([4.0], [True])
    assert lines(past.log) == {"1": {"socks": 2}}


def test_signs_are_told_and_what_was_shown_counts_by_how_surely_it_was_seen(past: Writing) -> None:
    past.add("carted", ("drill", 1), day=1)
    past.add("uncarted", ("drill", 1), day=2)
    past.add("wished", ("saw", 1), day=3)
    for position, product in enumerate(("a", "b", "c", "d"), start=1):
        past.add("shown", (product, 1), recommendation_id="r1", position=position)
    past.add("clicked", ("b", 1), recommendation_id="r1", position=2)
    seen = interactions_before(past.log, LATER)
    told = {
        (SIGNS[kind], seen.product_ids[row]): round(float(amount), 2)
        for kind, row, amount in zip(seen.signs.kind, seen.signs.product, seen.signs.amount, strict=True)
    }
    assert told == {
        ("carted", "drill"): 1.0,
        ("uncarted", "drill"): 1.0,
        ("wished", "saw"): 1.0,
        ("ignored", "a"): 1.0,
        ("ignored", "c"): 0.5,
        ("ignored", "d"): 0.43,
    }


def test_why_something_was_waved_away_is_told(past: Writing) -> None:
    past.add("dismissed", ("a", 1), reason="too_dear")
    past.add("dismissed", ("b", 1))
    seen = interactions_before(past.log, LATER).dismissals
    assert [DISMISSAL_REASONS[reason] for reason in seen.reason] == ["too_dear", "not_for_me"]


def test_the_catalogue_of_the_past_is_what_was_known_then(past: Writing) -> None:
    def tell(product: Product, day: float) -> None:
        past.add("product", ("x", 1), day=day, who=None, **orjson.loads(product.to_bytes()))

    past.add("bought", ("drill", 1, 9900), order_id="1", day=1)
    tell(Product("saw", name="Saw", price=500), 2)
    past.add("bought", ("drill", 1, 8800), order_id="2", day=3)
    tell(Product("saw", name="Fine saw", price=600), 4)
    today = Catalogue()
    today.put(Product("drill", name="Drill of today", price=1, group_id="drills", durable=True))
    early = catalogue_before(past.log, START + 2.5 * DAY, today)
    late = catalogue_before(past.log, LATER, today)
    assert {p.product_id: (p.name, p.price) for p in early} == {"drill": ("Drill", 9900), "saw": ("Saw", 500)}
    assert {p.product_id: (p.name, p.price) for p in late} == {
        "drill": ("Drill", 8800),
        "saw": ("Fine saw", 600),
    }
    drill = early.get("drill")
    assert drill is not None
    assert (drill.group_id, drill.durable, drill.source) == ("drills", True, "orders")
    assert [p.product_id for p in known_from_orders(past.log, START + 0.5 * DAY)] == []


def test_figures_are_of_known_shoppers_within_the_window(past: Writing) -> None:
    past.add("bought", ("drill", 1), order_id="1", day=0)
    past.add("bought", ("drill", 2), order_id="2", day=10)
    past.add("bought", ("drill", 1), order_id="3", day=10, who=None)
    past.add("bought", ("drill", 1), order_id="4", day=10, who=Shopper("v", known=False))
    (held,) = figures_between(past.log, START + 5 * DAY, LATER)
    assert (held.orders, held.spent, held.first_at, held.last_at) == (1, 2000, *[START + 10 * DAY] * 2)
    assert figures_between(past.log, 0.0, LATER)[0].orders == 2


def test_an_activity_comes_back_from_the_log_as_it_went_in(past: Writing) -> None:
    activity = Activity(
        *("m ☕", "bought", "Order Completed", START, START + 1, "shop", Shopper("a/b ü", known=False)),
        lines=(Line("x y", 2, None, None, "r_1"), Line("ü", 1, 5, "Ü")),
        order_id="o/1",
        currency="JPY",
        visit="v",
        properties={"a": {"b": [1, None, "☕"]}},
    )
    bare = replace(activity, message_id="n", shopper=None, lines=(), order_id=None, visit=None, properties={})
    past.log.write(1, [("1-0", activity), ("2-0", bare)])
    assert list(past.log.activities()) == [activity, bare]


def test_an_order_that_only_updates_tell_of_was_made_by_the_first_of_them(tmp_path: Path) -> None:
    for told in (["late", "early"], ["early", "late"]):
        writing = Writing(tmp_path / told[0])
        for name in told:
            day = {"early": 2, "late": 4}[name]
            writing.add("rebought", (name, 1), day=day, order_id="1")
        writing.add("rebought", day=1, order_id="2")  # emptied, and never told of otherwise
        (row,) = writing.log.query(ORDER_LINES, {"before": LATER}).to_pylist()
        assert (row["product_id"], row["ordered_at"]) == ("late", START + 2 * DAY)
        writing.add("bought", ("own", 1), day=0, order_id="1")
        (row,) = writing.log.query(ORDER_LINES, {"before": LATER}).to_pylist()
        assert (row["product_id"], row["ordered_at"]) == ("late", START)
        assert {product.product_id for product in known_from_orders(writing.log, LATER)} == {
            *("early", "late", "own")
        }
