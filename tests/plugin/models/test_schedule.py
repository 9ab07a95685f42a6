"""When a model is trained again: daily where there is news, later after failures, each shop at its time."""

from __future__ import annotations

import pytest

from plugin.models.schedule import (
    AGAIN_AFTER_S,
    FIRST_AFTER_S,
    SPREAD,
    WORDLESS_AFTER_S,
    Rhythm,
    begun,
    due_at,
    ended_without_a_word,
    failed,
    is_enough,
)

NOW = 1_700_000_000.0
DAILY = Rhythm.of({})
HOUR = 3600.0


def test_a_shop_is_trained_daily_by_default_and_as_it_says() -> None:
    assert Rhythm(24 * HOUR, 20) == DAILY
    assert Rhythm.of({"every_hours": 6, "least_new_orders": 5}) == Rhythm(6 * HOUR, 5)
    assert due_at("shop", Rhythm.of({"every_hours": 0}), {}, NOW) is None


def test_a_new_shop_waits_until_it_is_filled() -> None:
    assert NOW + FIRST_AFTER_S <= (due_at("shop", DAILY, {}, NOW) or 0) <= NOW + 2 * FIRST_AFTER_S


def test_shops_do_not_all_come_at_once() -> None:
    last = {"outcome": "published", "at": NOW, "failures": 0}
    moments = [due_at(f"shop-{number}", DAILY, last, NOW) or 0.0 for number in range(50)]
    assert all(24 * HOUR <= each - NOW <= 24 * HOUR * (1 + SPREAD) for each in moments)
    assert max(moments) - min(moments) > HOUR
    assert moments == [due_at(f"shop-{number}", DAILY, last, NOW) for number in range(50)]


def test_after_failures_it_is_tried_again_later_each_time_up_to_the_rhythm() -> None:
    last: dict[str, object] = {}
    waits = []
    for _ in range(9):
        last = failed(begun(last, NOW), NOW, "no room")
        waits.append((due_at("shop", DAILY, last, NOW) or 0.0) - NOW)
    assert waits[0] < AGAIN_AFTER_S * (1 + SPREAD)
    assert waits[1] == pytest.approx(2 * waits[0])
    assert waits[-1] == pytest.approx(24 * HOUR * waits[0] / AGAIN_AFTER_S)
    assert last["failures"] == 9


def test_what_was_learned_last_is_remembered_through_failures() -> None:
    last = failed(begun({"at": NOW, "learned_at": NOW - 5, "version": "v"}, NOW), NOW, "no room")
    assert (last["learned_at"], last["version"], last["detail"]) == (NOW - 5, "v", "no room")


def test_a_few_orders_are_enough_after_a_week() -> None:
    assert is_enough(20, DAILY, HOUR)
    assert not is_enough(19, DAILY, 6 * 24 * HOUR)
    assert is_enough(1, DAILY, 7 * 24 * HOUR)
    assert not is_enough(0, DAILY, 700 * 24 * HOUR)


def test_a_training_that_died_with_its_worker_is_noticed() -> None:
    running = begun({}, NOW)
    later = NOW + WORDLESS_AFTER_S + 1
    assert ended_without_a_word(running, later, is_held=False)
    assert not ended_without_a_word(running, later, is_held=True)
    assert not ended_without_a_word(running, NOW + 1, is_held=False)
    assert not ended_without_a_word({}, later, is_held=False)
