"""What every connector must tell alike: the same story, whatever the platform and the order of arrival."""

from __future__ import annotations

import random
import uuid
from pathlib import Path

import pytest

from plugin.activity import Activity, Shopper
from plugin.intake.keeping import keep
from plugin.shopper import Profile
from plugin.store.memory import Store
from tests.connectors.contract.tellers import NOW, TELLERS, Teller


@pytest.fixture(params=TELLERS)
def teller(request: pytest.FixtureRequest, tmp_path: Path) -> Teller:
    """One platform telling the story."""
    return TELLERS[request.param](tmp_path)


def kept_after(store: Store, teller: Teller, steps: list[list[Activity]]) -> Profile:
    """Return what a new shop knows of the shopper after these deliveries, each by itself."""
    memory = store.add_shop(f"shop-{uuid.uuid4().hex[:8]}")
    for step in steps:
        keep(memory, step, NOW)
    return memory.shoppers.read(Shopper(teller.shopper))


def test_an_order_is_told_with_its_lines_in_minor_units(teller: Teller) -> None:
    [bought] = teller.made()
    assert (bought.kind, bought.trust, bought.order_id) == ("bought", "shop", teller.order_id)
    assert bought.shopper == Shopper(teller.shopper)
    assert [(line.product_id, line.quantity, line.price) for line in bought.lines] == [
        ("cup", 2, 500),
        (teller.pan, 1, 2500),
    ]
    assert 1_772_000_000 < bought.at < 1_773_000_000, "when it was bought, not when it was told"


def test_a_guests_order_belongs_to_nobody(teller: Teller) -> None:
    [bought] = teller.guest()
    assert bought.shopper is None


def test_told_again_it_is_the_same(teller: Teller) -> None:
    for step in (teller.made, teller.changed, teller.sent_back, teller.cancelled):
        if step is not None:
            assert [each.message_id for each in step()] == [each.message_id for each in step()]


def test_the_story_ends_the_same_in_any_order_and_however_often_it_is_told(
    teller: Teller, store: Store
) -> None:
    named = [step for step in (teller.made, teller.changed, teller.sent_back) if step is not None]
    steps = [list(step()) for step in named]
    cups = 3 if teller.changed is not None else 2
    cups -= 1 if teller.sent_back is not None else 0
    dice = random.Random(7)
    for _ in range(6):
        told = steps * 2
        dice.shuffle(told)
        [order] = kept_after(store, teller, told).orders.values()
        assert order.kept() == {"cup": cups, teller.pan: 1}
        assert order.paid_for(order.kept()) == cups * 500 + 2500


@pytest.mark.parametrize("platform", ["shopify", "woocommerce", "segment"])
def test_a_cancelled_order_is_gone_in_any_order(platform: str, tmp_path: Path, store: Store) -> None:
    teller = TELLERS[platform](tmp_path)
    assert teller.cancelled is not None
    assert teller.changed is not None
    for steps in (
        [teller.made, teller.changed, teller.cancelled],
        [teller.cancelled, teller.changed, teller.made],
        [teller.made, teller.cancelled, teller.changed, teller.made],
    ):
        profile = kept_after(store, teller, [list(step()) for step in steps])
        assert [order.kept() for order in profile.orders.values()] == [{}]
