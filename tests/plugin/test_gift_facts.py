"""Gifts as facts of a shopper: in whatever order they are told, and from when on they can be used."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.activity import Activity, Line, Shopper
from plugin.gifts.gift import VISIT_IS_OVER_S, Gift, gifts_of, opens_at
from plugin.shopper import Profile, fold
from plugin.shopper.combined import combined
from plugin.shopper.gifts import GIFTS_KEPT

ANN = Shopper("ann")
NOON = datetime.fromisoformat("2026-11-10T12:00:00+01:00").timestamp()
MINUTE, HOUR = 60.0, 3_600.0


def told(number: int, offer: str = "tea", at: float = NOON, trust: str = "shop") -> Activity:
    said = {"gift_id": f"g_{number}", "offer_id": offer, "order_id": f"o{number}", "at": at, "until": at + 99}
    return Activity(f"m{number}{offer}", "gift", "gift", at, at, trust, ANN, properties=said)  # type: ignore[arg-type]


gifts = st.lists(
    st.builds(told, st.integers(0, 30), st.sampled_from(["tea", "mug"]), st.floats(NOON, NOON + 99)),
    max_size=40,
)


@given(gifts=gifts, data=st.data())
def test_in_any_order_told_again_or_to_two_who_are_one(gifts: list[Activity], data: Any) -> None:
    shuffled = data.draw(st.permutations(gifts + gifts[:3]))
    whole = fold(Profile(), gifts)
    assert fold(Profile(), shuffled).gifts == whole.gifts
    assert Profile.from_bytes(whole.to_bytes()).gifts == whole.gifts
    cut = data.draw(st.integers(0, len(gifts)))
    if len({gift.properties["gift_id"] for gift in gifts}) <= GIFTS_KEPT:
        both = combined(fold(Profile(), gifts[:cut]), fold(Profile(), gifts[cut:]))
        assert both.gifts == whole.gifts
    assert len(whole.gifts) <= GIFTS_KEPT
    assert [gift.given_at for gift in gifts_of(whole)] == sorted(gift.given_at for gift in gifts_of(whole))


def test_only_the_shop_gives() -> None:
    assert not fold(Profile(), [told(1, trust="browser")]).gifts
    assert not fold(Profile(), [told(1, trust="browser")]).events


@pytest.mark.parametrize(
    ("seen", "now", "opens"),
    [
        ([], 10, 30),  # minutes after noon: nothing since, so half an hour from then
        ([], 31, 30),
        ([20, 45], 50, 75),  # still the same visit
        ([20, 45], 200, 75),
        ([20, 60], 61, 50),  # gone for forty minutes between: the visit was over at ten to one
        ([29 * n for n in range(1, 25)], 24 * 29, 720),  # at the latest with the next day
    ],
)
def test_it_opens_with_the_next_visit(seen: list[int], now: int, opens: int) -> None:
    looks = [
        Activity(f"v{at}", "carted", "", NOON + at * MINUTE, NOON, "shop", ANN, (Line(f"p{at}"),))
        for at in seen
    ]
    gift = Gift("g", "tea", "o", NOON, NOON + 90 * 24 * HOUR, "")
    found = opens_at(gift, fold(Profile(), looks), NOON + now * MINUTE, "Europe/Berlin")
    assert found == NOON + opens * MINUTE
    assert VISIT_IS_OVER_S == 30 * MINUTE


def test_it_never_opens_after_its_end() -> None:
    gift = Gift("g", "tea", "o", NOON, NOON + MINUTE, "")
    assert opens_at(gift, Profile(), NOON, "Europe/Berlin") == NOON + MINUTE
