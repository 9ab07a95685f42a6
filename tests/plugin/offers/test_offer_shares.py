"""Stable shares: who is held out, and who is in a share, for ever and on any machine."""

from small_occasions import occasion, offer

from plugin.offers.evaluate import evaluate
from plugin.offers.occasion import drawn


def reasons(rule, keys):
    return [evaluate([rule], occasion([], shopper_key=key))[0] for key in keys]


KEYS = [f"shop:{number}" for number in range(4000)]


def test_a_twentieth_is_held_out_and_sees_nothing():
    verdicts = reasons(offer("spring"), KEYS)
    held = [verdict for verdict in verdicts if verdict.held_out]
    assert 0.04 < len(held) / len(KEYS) < 0.06
    assert all((v.verdict, v.reason, v.shown) == ("refused", "held_out", False) for v in held)
    assert verdicts == reasons(offer("spring"), KEYS)


def test_each_rule_draws_its_own_share():
    held = {
        name: {v for v, k in zip(KEYS, reasons(offer(name), KEYS), strict=True) if k.held_out}
        for name in "ab"
    }
    assert len(held["a"] & held["b"]) < 40  # 10 expected when drawn apart, 200 when drawn together


def test_nobody_is_held_out_of_a_promise_or_without_a_key():
    assert offer(code="X").holdout == 0
    assert offer(gives={"message": {"text": "Thanks"}}).holdout == 0
    assert offer().holdout == 0.05
    assert evaluate([offer(holdout=0.5)], occasion([]))[0].verdict == "granted"


def test_only_who_would_have_been_offered_it_is_held_out():
    rule = offer("spring", when={"tier": {"is": "silver"}})
    key = next(key for key in KEYS if drawn("holdout:spring", key) < 0.05)
    assert evaluate([rule], occasion([], shopper_key=key, tier="gold"))[0].reason == "tier"
    assert evaluate([rule], occasion([], shopper_key=key, tier="silver"))[0].reason == "held_out"
    assert evaluate([rule], occasion([], shopper_key=key, tier="bronze"))[0].reason == "held_out"


def test_a_share_of_shoppers():
    rule = offer(when={"share": {"percent": 20}}, holdout=0)
    inside = sum(verdict.verdict == "granted" for verdict in reasons(rule, KEYS))
    assert 0.18 < inside / len(KEYS) < 0.22
    assert evaluate([rule], occasion([]))[0].reason == "share"
    assert evaluate([offer(when={"share": {"percent": 100}})], occasion([]))[0].verdict == "granted"


def test_the_draw_never_moves():
    """BLAKE2b, 8 bytes, read big-endian: a measurement that is running must not be reshuffled."""
    assert round(drawn("holdout:spring", "shop:1"), 6) == 0.957336
