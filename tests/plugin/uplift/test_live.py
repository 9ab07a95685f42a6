"""Since when a rule has stood as it stands: what counts as another offer, and what does not."""

from __future__ import annotations

import pytest

from plugin.offers.offer import Offer
from plugin.offers.rulebook import RuleVersion
from plugin.uplift.live import Stretch, live_stretch

DAY = 86_400.0
RULE = {"offer_id": "o", "state": "live", "gives": {"percent_off": {"percent": 10}}}


def stretch(*changes, now=100 * DAY):
    """The stretch after these changes, one every ten days from day 10 on."""
    versions = [
        RuleVersion(
            number, 10 * DAY * number, "me", "written", None if change is None else {**RULE, **change}
        )
        for number, change in enumerate(changes, start=1)
    ]
    newest = next(v.document for v in reversed(versions) if v.document)
    return live_stretch(Offer.from_document(newest, "EUR"), versions[::-1], now)


def test_it_stands_since_it_was_first_written_like_this():
    assert stretch({}) == Stretch(10 * DAY, 100 * DAY, 1)
    assert stretch({}, {"title": {"en": "x"}}, {"priority": 5}) == Stretch(10 * DAY, 100 * DAY, 1)


@pytest.mark.parametrize(
    "change",
    [
        {"gives": {"percent_off": {"percent": 20}}},
        {"when": {"first_order": {}}},
        {"holdout": 0.2},
        {"group": "g"},
    ],
)
def test_another_benefit_or_other_terms_are_another_offer(change):
    assert stretch({}, change) == Stretch(20 * DAY, 100 * DAY, 2)
    assert stretch({}, change, {}) == Stretch(30 * DAY, 100 * DAY, 3)


def test_a_pause_ends_it_and_what_follows_is_new():
    assert stretch({}, {"state": "paused"}) == Stretch(10 * DAY, 20 * DAY, 1)
    assert stretch({}, {"state": "paused"}, {}) == Stretch(30 * DAY, 100 * DAY, 3)
    assert stretch({}, None, {}) == Stretch(30 * DAY, 100 * DAY, 3)
    assert stretch({"state": "draft"}, {"state": "draft"}) is None


def test_what_a_paused_rule_was_changed_to_was_never_live():
    changed = {"gives": {"percent_off": {"percent": 20}}}
    assert stretch({}, {"state": "paused", **changed}) is None
    assert stretch({}, {"state": "paused"}, {"state": "paused", **changed}) is None
    assert stretch({}, {"state": "paused", **changed}, changed) == Stretch(30 * DAY, 100 * DAY, 3)


def test_it_cannot_be_seen_outside_its_own_window():
    window = {"from": "1970-01-26T00:00:00Z", "until": "1970-02-20T00:00:00Z"}
    assert stretch(window) == Stretch(25 * DAY, 50 * DAY, 1)
    assert stretch(window, now=20 * DAY) is None


def test_what_was_written_before_versions_were_kept_has_no_beginning():
    unknown = RuleVersion(1, None, None, "written", RULE)
    assert live_stretch(Offer.from_document(RULE, "EUR"), [unknown], 100 * DAY) is None
    dated = {**RULE, "from": "1970-01-26T00:00:00Z"}
    unknown = RuleVersion(1, None, None, "written", dated)
    assert live_stretch(Offer.from_document(dated, "EUR"), [unknown], 100 * DAY).since == 25 * DAY


def test_beginning_to_choose_changes_nothing_and_ceasing_to_does():
    assert stretch({}, {"choose": "by_gain"}).version == 1
    assert stretch({"choose": "by_gain"}, {}).version == 2
