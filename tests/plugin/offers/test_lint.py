"""Planted faults are all found, what is called never is never, and usual rules are let through."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.catalog import Product
from plugin.errors import Invalid
from plugin.offers.evaluate import evaluate
from plugin.offers.lint.finding import ERROR, Finding
from plugin.offers.lint.linting import lint, not_a_rule
from plugin.offers.lint.reasoning import follows, never_holds
from plugin.offers.lint.together import shadows
from plugin.offers.occasion import Occasion
from plugin.offers.offer import Offer
from plugin.offers.segment import Segment
from plugin.offers.verdict import GRANTED
from plugin.shop import Shop, ShopSettings
from plugin.tiers.ladder import TierLadder
from tests.plugin.offers.past_world import LADDER, a_world

CASES = sorted((Path(__file__).parent / "lint_cases").glob("*.json"))
NOW = datetime(2026, 6, 1, tzinfo=UTC).timestamp()
WORDS = {"message": {"text": "Hello"}}


def shop_of() -> Shop:
    shop = Shop("linted")
    shop.settings = ShopSettings("linted", "Linted", currency="EUR")
    shop.ladder = TierLadder.from_document(LADDER, "EUR")
    for product_id, category, hidden in (
        ("beans", "Coffee", False),
        ("mug", "Cups", False),
        ("tea", "Tea", False),
        ("old", "Cups", True),
    ):
        shop.catalogue.put(
            Product(product_id, product_id.title(), price=1000, cost=600, category=category, hidden=hidden)
        )
    return shop


def found_in(documents: list[dict[str, Any]], shop: Shop) -> list[Finding]:
    rules, findings = [], []
    for document in documents:
        try:
            rules.append(Offer.from_document(document, "EUR"))
        except Invalid as wrong:
            findings += not_a_rule(document, wrong)
    return [*findings, *lint(rules, shop, NOW)]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_planted_fault_is_found_where_it_is(path: Path) -> None:
    case = json.loads(path.read_text())
    told = {(each.offer_id, each.code, each.pointer) for each in found_in(case["rules"], shop_of())}
    assert tuple(case["finds"].values()) in told


def test_a_name_that_is_unknown_is_told_once() -> None:
    for name in ("unknown-tier", "unknown-segment"):
        case = json.loads(next(path for path in CASES if path.stem == name).read_text())
        errors = [each.code for each in found_in(case["rules"], shop_of()) if each.severity == ERROR]
        assert errors == [name.replace("-", "_")]


def test_there_are_as_many_kinds_of_faults_as_can_be_found() -> None:
    codes = {json.loads(path.read_text())["finds"]["code"] for path in CASES}
    assert len(CASES) >= 30
    assert codes >= {"unreachable", "shadowed", "contradictory", "below_floor", "endless", "uncapped"}


PAGE = (Path(__file__).parents[3] / "docs" / "offers.md").read_text()
USUAL = [
    json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL) if '"gives"' in block
]


def test_the_usual_rules_have_no_error() -> None:
    assert len(USUAL) >= 12
    assert [each for each in found_in(USUAL, shop_of()) if each.severity == ERROR] == []


WORLD = a_world(11, orders=60)
OCCASIONS: list[Occasion] = [WORLD.occasion(order, {}) for order in WORLD.orders()]

products = st.sampled_from(["coffee", "beans", "tea", "mug", "pot"])
categories = st.sampled_from(["Coffee", "Tea", "Cups"])
tiers = st.sampled_from(["bronze", "silver", "gold"])
days = st.sampled_from([None, 10, 40, 400])
plain = st.one_of(
    st.builds(
        lambda t, k: {"tier": {k: t}},
        st.sampled_from(["bronze", "silver", "gold"]),
        st.sampled_from(["is", "at_least"]),
    ),
    st.builds(
        lambda kind, category, within, least: {
            kind: {"category": category, "within_days": within, "at_least": least}
        },
        st.sampled_from(["bought", "owned"]),
        categories,
        days,
        st.sampled_from([None, 1, 2]),
    ),
    st.builds(lambda cents: {"basket": {"subtotal_at_least": f"{cents}.00"}}, st.integers(0, 60)),
    st.builds(lambda pieces: {"basket": {"quantity_at_least": pieces}}, st.integers(1, 6)),
    st.builds(lambda lines: {"basket": {"lines_at_least": lines}}, st.integers(1, 4)),
    st.builds(
        lambda product, pieces: {"basket": {"contains": {"product_id": product, "quantity": pieces}}},
        products,
        st.integers(1, 3),
    ),
    st.just({"first_order": {}}),
    st.builds(
        lambda low, high: {"order_count": {"at_least": low, "at_most": low + high}},
        st.integers(0, 4),
        st.integers(0, 4),
    ),
    st.builds(lambda low: {"order_count": {"at_most": low}}, st.integers(0, 4)),
    st.builds(
        lambda amount, within: {"spent": {"at_least": f"{amount}.00", "within_days": within}},
        st.integers(1, 90),
        days,
    ),
    st.builds(lambda quiet: {"win_back": {"quiet_days_at_least": quiet}}, st.integers(1, 60)),
    st.builds(lambda percent: {"share": {"percent": percent}}, st.sampled_from([20, 50, 80])),
    st.builds(
        lambda days, begin: {"time": {"days": days, "from": f"{begin:02d}:00"}},
        st.lists(st.sampled_from(["mon", "sat", "sun"]), min_size=1, max_size=2, unique=True),
        st.integers(0, 23),
    ),
    st.builds(lambda locale: {"locale": {"is": locale}}, st.sampled_from(["en", "de", "de-AT"])),
    st.just({"anniversary": {"within_days": 60}}),
)
conditions = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=5,
)
EXAMPLES = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def rule(offer_id: str, when: Any, **fields: Any) -> Offer:
    document = {"offer_id": offer_id, "state": "live", "holdout": 0, "when": when, **fields}
    return Offer.from_document({"gives": {"percent_off": {"percent": 10}}, **document}, "EUR")


def holds(when: Any) -> list[bool]:
    condition = rule("same", when).when
    return [condition.holds(occasion) for occasion in OCCASIONS]


@EXAMPLES
@given(conditions)
def test_what_is_said_to_hold_never_or_always_does(when: Any) -> None:
    if never_holds(rule("same", when).when, WORLD.shop):
        assert not any(holds(when))
    if never_holds(rule("same", {"not": when}).when, WORLD.shop):
        assert all(holds(when))


@EXAMPLES
@given(conditions, conditions)
def test_what_is_said_to_follow_follows(given_: Any, then: Any) -> None:
    both = {"all": [given_, then]}
    if never_holds(rule("same", both).when, WORLD.shop):
        assert not any(holds(both))
    for narrow, wide in ((given_, then), (both, then), (given_, {"any": [given_, then]})):
        if follows(rule("same", wide).when, rule("same", narrow).when, WORLD.shop):
            assert all(w for n, w in zip(holds(narrow), holds(wide), strict=True) if n)


@EXAMPLES
@given(
    conditions,
    conditions,
    st.sampled_from(["best", "exclusive", "stack"]),
    st.sampled_from(["best", "exclusive"]),
    st.integers(5, 20),
    st.integers(5, 20),
    st.sampled_from([None, "Coffee"]),
)
def test_a_shadowed_rule_is_never_granted_beside_its_shadow(
    narrow: Any, wide: Any, combine: str, wins_by: str, less: int, more: int, category: str | None
) -> None:
    shadow = rule(
        "a",
        {"any": [narrow, wide]},
        group="g",
        combine=wins_by,
        priority=1,
        gives={"percent_off": {"percent": more, "category": category}},
    )
    hidden = rule(
        "b",
        narrow,
        group="g",
        combine=combine,
        gives={"percent_off": {"percent": less, "category": category}},
    )
    if not shadows(shadow, hidden, WORLD.shop):
        return
    for occasion in OCCASIONS:
        granted = {each.offer_id for each in evaluate([shadow, hidden], occasion) if each.verdict == GRANTED}
        assert "b" not in granted
        assert "a" in granted or not hidden.when.holds(occasion)


def test_most_of_what_is_never_true_is_noticed() -> None:
    """The proofs above would hold of a lint that says nothing; this one counts that it speaks."""
    spoken = 0

    @EXAMPLES
    @given(conditions)
    def counted(when: Any) -> None:
        nonlocal spoken
        spoken += never_holds(rule("same", {"all": [when, {"not": when}]}).when, WORLD.shop)

    counted()
    assert spoken > 100


def test_a_tower_of_segments_is_looked_through_once_a_level() -> None:
    class Asked(dict[str, Segment]):
        times = 0

        def get(self, name: str, default: Any = None) -> Any:
            self.times += 1
            return super().get(name, default)

    def level(number: int) -> dict[str, Any]:
        if number == 8:
            return {"order_count": {"at_least": 5}}
        return {"any": [{"segment": {"is": f"level{number + 1}"}}] * 3}

    shop = shop_of()
    tower = [Segment.from_document({"segment": f"level{n}", "when": level(n)}, "EUR") for n in range(1, 9)]
    shop.segments = Asked({each.segment: each for each in tower})
    assert not never_holds(tower[0].when, shop)
    assert shop.segments.times == 7 * 3


CLOCK = st.sampled_from((None, "00:00", "00:01", "08:30", "22:00", "23:59"))
HOURS = st.fixed_dictionaries(
    {"days": st.sampled_from((None, ["mon"], ["mon", "sun"])), "from": CLOCK, "until": CLOCK}
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(HOURS.filter(lambda held: any(held.values())), st.booleans()), min_size=2, max_size=3)
)
def test_hours_never_meet_only_where_no_minute_of_a_week_is_in_all(
    asked: list[tuple[dict[str, Any], bool]],
) -> None:
    parts = [{"time": hours} if holds else {"not": {"time": hours}} for hours, holds in asked]
    when = Offer.from_document({"offer_id": "r", "when": {"all": parts}, "gives": WORDS}, "EUR").when
    monday = datetime(2026, 6, 1)
    week = (SimpleNamespace(local=monday + timedelta(minutes=minute)) for minute in range(7 * 24 * 60))
    assert never_holds(when, shop_of()) is not any(when.holds(minute) for minute in week)


def test_of_many_rules_that_stand_in_the_way_one_is_named() -> None:
    alike = [
        {
            "offer_id": f"r{number}",
            "title": "Hello",
            "state": "live",
            "group": "g",
            "gives": WORDS,
            "holdout": 0,
        }
        for number in range(6)
    ]
    distinct = [{**document, "gives": {"message": {"text": document["offer_id"]}}} for document in alike]
    found = [each for each in found_in(distinct, shop_of()) if each.code == "same_title"]
    assert [(each.offer_id, "'r0'" in each.detail) for each in found] == [
        (f"r{n}", True) for n in range(1, 6)
    ]
