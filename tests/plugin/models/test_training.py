"""A new model serves unless it is worse than what serves; then the last good one goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from plugin.activity import Line
from plugin.errors import NotFound, Refused
from plugin.models import versions as kept_on_disk
from plugin.models.comparing import compare_versions
from plugin.models.versions import before_that, publish_version, versions
from plugin.training import TrainingReport, train
from recommender.artefact import MANIFEST
from tests.plugin.models.conftest import DAY, PAIRS, Opened, pair_orders


def trained(opened: Opened, now: float, **how: object) -> TrainingReport:
    return train(opened.shops, opened.shop_id, now=now, **how)  # type: ignore[arg-type]


def kinds(report: TrainingReport) -> dict[str, dict]:
    assert report.judged is not None
    return {each["kind"]: each for each in report.judged["kinds"]}


@pytest.fixture
def served(opened: Callable[[], Opened], now: float) -> tuple[Opened, TrainingReport]:
    """A shop with a good model in service, learned 20 days ago, and orders since."""
    shop = opened()
    shop.takes(pair_orders(450, now))
    return shop, trained(shop, now, as_of=now - 20 * DAY, publish=True)


def test_a_model_is_judged_beside_the_one_in_service_on_days_that_neither_has_seen(
    served: tuple[Opened, TrainingReport], now: float
) -> None:
    shop, first = served
    second = trained(shop, now)
    assert second.published
    assert shop.serving == second.version
    assert second.before == first.version
    assert second.judged is not None
    assert second.judged["in_service"] == first.version
    assert second.judged["since"] == now - 20 * DAY
    found = kinds(second)["complements"]
    assert found["cases"] >= 90
    assert found["ours"] > 0.9
    # The same recipe before the same moment of the same history gives the same answers.
    assert found["others"]["in service"] == {"mean": found["ours"], "difference": 0.0, "error": 0.0}
    assert found["others"]["popularity"]["mean"] < 0.5
    assert "as well as the model in service" in second.reason
    assert sum(second.seconds.values()) > 0


def test_a_model_of_a_spoiled_history_is_kept_back_and_serves_only_by_word(
    served: tuple[Opened, TrainingReport], now: float
) -> None:
    """Orders of long ago come in that put each product with twelve others, and never with its own."""
    shop, first = served
    spoiled = [
        replace(order, lines=(Line(f"a{number % PAIRS}"), *others))
        for number, order in enumerate(pair_orders(1_200, now - 25 * DAY, seed=7, days=60))
        for others in [[Line(f"b{(number + step) % PAIRS}") for step in range(1, 13)]]
    ]
    shop.takes(spoiled)
    second = trained(shop, now)
    assert not second.published
    assert not second.fit
    assert "worse than the model in service" in second.reason
    assert "complements" in second.reason
    assert shop.serving == first.version
    assert shop.shops.view(shop.shop_id).training["outcome"] == "kept_back"
    with pytest.raises(Refused):  # what was kept back, or knows another day, is nothing to go back to
        before_that(shop.shops, shop.shop_id, None)
    by_word = trained(shop, now + 60, publish=True)
    assert by_word.published
    assert by_word.reason.startswith("served by your word")
    assert shop.serving == by_word.version


def test_a_model_of_far_less_history_is_kept_back(served: tuple[Opened, TrainingReport], now: float) -> None:
    shop, first = served
    parts = [name for name in shop.memory.log.place.names() if "/part-" in name]
    assert parts
    shop.memory.log.place.remove(parts)
    shop.takes(pair_orders(80, now, seed=9))
    second = trained(shop, now)
    assert not second.published
    assert "it saw 80 orders, and the model in service" in second.reason
    assert shop.serving == first.version


def test_too_little_history_to_judge_is_said_and_serves(opened: Callable[[], Opened], now: float) -> None:
    shop = opened()
    shop.takes(pair_orders(5, now))
    report = trained(shop, now)
    assert report.published
    assert report.judged is None
    assert "too little history" in report.reason


def test_versions_are_listed_compared_gone_back_to_and_forgotten(
    opened: Callable[[], Opened], now: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_on_disk, "VERSIONS_KEPT", 2)
    shop = opened()
    shop.takes(pair_orders(40, now))
    names = [trained(shop, now + number).version for number in range(3)]
    assert list(versions(shop.shops, shop.shop_id)) == names[:0:-1]
    same = compare_versions(shop.shops, shop.shop_id, names[1], names[2])
    assert same["counts"]["orders"] == [40, 40]
    assert same["settings"] == {}
    assert {each["shared"] for each in same["answers"]} == {1.0}
    assert before_that(shop.shops, shop.shop_id, names[2]) == names[1]
    publish_version(shop.shops, shop.shop_id, names[1])
    assert shop.serving == names[1]
    past = trained(shop, now + 100, as_of=now - 80 * DAY)
    assert not past.published
    assert list(versions(shop.shops, shop.shop_id)) == [past.version, *names[:0:-1]], (
        "the one in service stays"
    )
    other = compare_versions(shop.shops, shop.shop_id, names[1], past.version)
    assert min(each["shared"] for each in other["answers"]) < 1.0
    with pytest.raises(NotFound):
        publish_version(shop.shops, shop.shop_id, "../x")
    (shop.memory.models / names[2] / MANIFEST).write_text(json.dumps({"format": 99, "files": {}}))
    with pytest.raises(Refused, match="format 99"):
        publish_version(shop.shops, shop.shop_id, names[2])
    assert shop.serving == names[1]


def test_one_at_a_time_trains_a_shop(opened: Callable[[], Opened], now: float) -> None:
    shop = opened()
    with (
        shop.memory.trainings.held() as ours,
        pytest.raises(Refused, match="Another process trains"),
        shop.memory.trainings.held(patience_s=0.0),
    ):
        pass
    assert ours is not None
    with shop.memory.trainings.held(patience_s=0.0) as now_ours:  # let go of, it is free
        assert now_ours()
