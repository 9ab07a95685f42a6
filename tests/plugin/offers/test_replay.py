"""A replay judges as it was judged then: the quick way equals folding every shopper's past anew."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from plugin.activity import Line
from plugin.offers.offer import Offer
from plugin.offers.replay.candidates import Candidates
from plugin.offers.replay.figures import replay_figures
from plugin.offers.replay.judging import Judge, gives
from plugin.offers.replay.past_catalogue import written_before
from plugin.offers.replay.past_orders import PastOrders, past_orders
from plugin.offers.replay.reading import reading_of
from plugin.offers.replay.replaying import EVERY_KIND, GIVEN, Question, Replayed, replay, then_of
from plugin.store.log import Log
from tests.plugin.offers.past_world import (
    BEGIN,
    END,
    RULES,
    UNTRAINED,
    WHO,
    PastWorld,
    a_world,
    rule_of,
    tell,
)

EVER = Question(BEGIN - 1, END + 86_400.0, as_written=True)
Told = list[tuple[str, str, str, tuple[int, ...]]]


@pytest.fixture(
    scope="module", params=[1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 8))]
)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[PastWorld, Log]:
    world = a_world(request.param)
    return world, world.written(tmp_path_factory.mktemp("past"))


def replayed(world: PastWorld, log: Log, rules: list[Offer]) -> Told:
    """The verdicts on every order by the replay's own way of knowing the past."""
    kinds = reading_of(rules, world.shop.ladder, EVERY_KIND).kinds
    past, written = _read(log, kinds), written_before(log, EVER.until, world.shop.catalogue)
    among = Candidates(past, world.shop.catalogue, written)
    then = then_of(world.shop, tuple(rules), past.listed(), written, among, EVER, {}, UNTRAINED)
    in_time = sorted(range(len(past)), key=lambda order: past.at[order])
    return [
        (past.order_id[each.order], verdict.offer_id, verdict.verdict, verdict.discounts)
        for each in Judge(then).in_time(in_time)
        for verdict in each.verdicts
    ]


@cache
def _read(log: Log, kinds: frozenset[str]) -> PastOrders:
    return past_orders(log, EVER.until, kinds)


def anew(world: PastWorld, rules: list[Offer], *, ever: bool = False) -> Told:
    """The same with everything folded anew for every order."""
    return [
        (order, verdict.offer_id, verdict.verdict, verdict.discounts)
        for order, verdicts in world.verdicts(rules, ever=ever)
        for verdict in verdicts
    ]


@pytest.mark.parametrize("name", RULES)
def test_every_rule_alone_is_judged_as_it_was(told: tuple[PastWorld, Log], name: str) -> None:
    world, log = told
    rule = rule_of(name)
    right = anew(world, [rule])
    assert replayed(world, log, [rule]) == right
    found = replay(world.shop, log, rule, EVER, model=UNTRAINED)
    given = {order for order, verdicts in world.verdicts([rule]) for verdict in verdicts if gives(verdict)}
    assert {found.past.order_id[each.order] for each in found.reached} == given
    assert sum(each.discount for each in found.reached) == sum(sum(off) for _, _, _, off in right)


def test_all_rules_together_are_judged_as_they_were(told: tuple[PastWorld, Log]) -> None:
    world, log = told
    rules = [rule_of(name) for name in RULES]
    assert replayed(world, log, rules) == anew(world, rules)


def test_control_a_replay_that_knows_what_came_later_differs(told: tuple[PastWorld, Log]) -> None:
    world, _ = told
    names = ("tier", "bought", "first", "owned")
    assert any(anew(world, [rule_of(name)]) != anew(world, [rule_of(name)], ever=True) for name in names)


def test_several_processes_find_what_one_finds(
    told: tuple[PastWorld, Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, log = told
    monkeypatch.setattr("plugin.offers.replay.replaying.WORTH_PROCESSES", 1)
    one = replay(world.shop, log, rule_of("each"), EVER)
    assert replay(world.shop, log, rule_of("each"), EVER, processes=2).given == one.given


def test_figures_are_those_of_the_orders(told: tuple[PastWorld, Log]) -> None:
    world, log = told
    found = replay(world.shop, log, rule_of("all"), EVER)
    figures = replay_figures(found, [rule_of("tier")])
    reached = found.reached
    assert figures["given"]["orders"] == len(reached) == sum(each["orders"] for each in figures["by_week"])
    assert figures["orders"] == len(world.orders())
    assert figures["not_given"].get("held_out", 0) == sum(each.reason == "held_out" for each in found.given)
    off = sum(each.discount for each in reached)
    assert figures["discount"]["amount"] == f"{off / 100:.2f}"
    assert sum(each["orders"] for each in figures["by_tier"]) == len(reached)
    assert figures["notes"][0]["code"] == "not_caused"


def test_a_log_without_orders_is_replayed_to_nothing(tmp_path: Path) -> None:
    world = a_world(1, orders=0)
    found: Replayed = replay(world.shop, Log(tmp_path), rule_of("all"), EVER)
    figures = replay_figures(found)
    assert (found.given, figures["orders"], figures["given"]["share_of_orders"]) == ([], 0, None)


def test_what_an_order_was_changed_to_counts_as_bought(tmp_path: Path) -> None:
    world, line = a_world(1, orders=0), (Line("mug", 1, 999),)
    tell(world, "bought", BEGIN + 86_400.0, WHO[0], line, "first")
    tell(world, "rebought", BEGIN + 2 * 86_400.0, WHO[0], (Line("tea", 1, 999),), "first")
    tell(world, "bought", BEGIN + 3 * 86_400.0, WHO[0], line, "second")
    found = replay(world.shop, world.written(tmp_path), rule_of("changed"), EVER)
    assert [found.past.order_id[each.order] for each in found.reached] == ["second"]


def test_a_draft_is_replayed_as_if_it_had_been_live(told: tuple[PastWorld, Log]) -> None:
    world, log = told
    document = {
        "offer_id": "d",
        "state": "draft",
        "from": "2030-01-01T00:00:00Z",
        **RULES["share"],
        "holdout": 0,
    }
    draft = Offer.from_document(document, "EUR")
    asked = Question(BEGIN - 1, END + 86_400.0)
    assert any(each.reason == GIVEN for each in replay(world.shop, log, draft, asked).given)
    assert not replay(world.shop, log, draft, EVER).reached
