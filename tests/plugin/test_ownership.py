"""What a shopper has: a table of lives with known answers, and what holds for every life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.activity import Activity, Line, Shopper
from plugin.catalog import Catalogue, Product
from plugin.ownership import Owned, ownership
from plugin.shopper import Profile, fold

DAY = 86_400.0
START = 1_700_000_000.0
CATALOGUE = Catalogue(
    [
        Product("drill", durable=True),
        Product("phone", durable=True, lifetime_days=900),
        Product("coffee", durable=False, lifetime_days=30),
        Product("soap", lifetime_days=30),
        Product("paint", durable=False),
        Product("bits"),
    ]
)

Step = tuple[Any, ...]


def done(step: Step, number: int = 0) -> Activity:
    """One step of a life, (what, day, product, pieces or word or order id ...), as an activity."""
    what, day, product, *more = step
    at, order_id, properties, pieces = START + day * DAY, None, {}, 1
    if what in ("bought", "returned", "cancelled", "rebought"):
        order_id, pieces = more[0], (more[1] if len(more) > 1 else 1)
    elif what == "used":
        pieces = more[0] if more else 1
    else:
        properties = {"state": more[0]}
    lines = () if what == "cancelled" else (Line(product, pieces, 1000),)
    if what == "returned":
        properties = {"refund_id": f"r{day}/{order_id}"}
    name = f"{step}/{number}"
    return Activity(name, what, what, at, at, "shop", Shopper("anna"), lines, order_id, properties=properties)


def had(steps: Sequence[Step], product: str, day: float) -> Owned | None:
    return ownership(fold(Profile(), map(done, steps)), CATALOGUE, START + day * DAY).get(product)


def told(owned: Owned | None) -> str:
    if owned is None:
        return "nothing"
    return f"{owned.quantity:g} {owned.state}" + (", estimated" if owned.estimated else "")


# Each life is a line of days: what happened, to which order, how many pieces or which word, and what is then
# there on the day that somebody looks.
LIVES = [
    ("nothing was bought", "bits", "9 look", "nothing"),
    ("bought twice", "bits", "0 bought A 2, 10 bought B 3, 20 look", "5 have"),
    ("a part sent back", "bits", "0 bought A 2, 10 bought B 3, 12 returned B 2, 20 look", "3 have"),
    ("all of one order sent back", "bits", "0 bought A 2, 10 bought B 3, 12 returned A 2, 20 look", "3 have"),
    ("more sent back than bought", "bits", "0 bought A 2, 10 bought B 3, 12 returned A 9, 20 look", "3 have"),
    ("an order cancelled", "bits", "0 bought A 2, 10 bought B 3, 12 cancelled B, 20 look", "2 have"),
    (
        "sent back, and then cancelled",
        "bits",
        "0 bought A 2, 10 bought B 3, 11 returned B 1, 12 cancelled B, 20 look",
        "2 have",
    ),
    (
        "all orders cancelled",
        "bits",
        "0 bought A 2, 10 bought B 3, 1 cancelled A, 12 cancelled B, 20 look",
        "nothing",
    ),
    ("used some", "bits", "0 bought A 2, 10 bought B 3, 11 used 2, 20 look", "3 have"),
    ("used all", "bits", "0 bought A 2, 10 bought B 3, 11 used 5, 20 look", "0 out"),
    ("used more than owned", "bits", "0 bought A 2, 10 bought B 3, 11 used 99, 20 look", "0 out"),
    ("used more than owned, then bought", "bits", "0 bought A, 5 used 9, 6 bought B, 9 look", "1 have"),
    ("sent back after it was used", "bits", "0 bought A 3, 2 used 2, 4 returned A 2, 9 look", "0 out"),
    (
        "used more than owned, bought, used",
        "bits",
        "0 bought A 2, 1 used 5, 2 bought B 3, 3 used, 9 look",
        "2 have",
    ),
    (
        "used often",
        "bits",
        "0 bought A 30, " + ", ".join(f"{day} used" for day in range(1, 21)) + ", 40 look",
        "10 have",
    ),
    (
        "out, bought, and still there",
        "bits",
        "0 bought A 5, 1 corrected out, 2 bought B, 3 corrected have, 9 look",
        "1 have",
    ),
    ("out, and then plenty", "bits", "0 bought A 5, 1 corrected out, 2 corrected plenty, 9 look", "1 plenty"),
    (
        "a drill given away and bought again",
        "drill",
        "0 bought A, 1 corrected no_longer, 2 bought B, 9 look",
        "1 have",
    ),
    ("used before it was bought", "bits", "0 used 2, 5 bought A 2, 9 look", "2 have"),
    ("using a drill does not use it up", "drill", "0 bought A, 2 used 5, 900 look", "1 have"),
    ("a durable is not counted down", "phone", "0 bought A, 2000 look", "1 have"),
    ("nobody said how long paint lasts", "paint", "0 bought A 2, 2000 look", "2 have"),
    ("a word: out", "bits", "0 bought A 2, 10 bought B 3, 12 corrected out, 20 look", "0 out"),
    ("a word: no longer", "drill", "0 bought A, 3 corrected no_longer, 20 look", "0 no_longer"),
    ("a word: plenty", "coffee", "0 bought A, 3 corrected plenty, 900 look", "1 plenty"),
    ("plenty, and one used", "coffee", "0 bought A, 3 corrected plenty, 4 used, 9 look", "1 plenty"),
    ("a word: have, of what ran out by time", "coffee", "0 bought A, 50 corrected have, 55 look", "1 have"),
    ("a word of what was never bought here", "bits", "3 corrected have, 9 look", "1 have"),
    ("no longer having what was never bought", "bits", "3 corrected no_longer, 9 look", "nothing"),
    (
        "a purchase after the word counts from there",
        "bits",
        "0 bought A 2, 10 bought B 3, 12 corrected out, 13 bought C, 20 look",
        "1 have",
    ),
    (
        "a purchase on the day of the word, after it",
        "bits",
        "0 bought A 2, 10 bought B 3, 12.25 corrected out, 12.5 bought C, 20 look",
        "1 have",
    ),
    (
        "a word on the day of the purchase, after it",
        "bits",
        "12.25 bought C, 12.5 corrected out, 20 look",
        "0 out",
    ),
    (
        "a word at the moment of the purchase",
        "bits",
        "12 bought C, 12 corrected no_longer, 20 look",
        "0 no_longer",
    ),
    ("a newer version of the order", "bits", "0 bought A 5, 1 rebought A 2, 9 look", "2 have"),
    ("a month's coffee, on its last day", "coffee", "0 bought A, 29.9 look", "1 have"),
    ("a month's coffee, a month later", "coffee", "0 bought A, 30 look", "0 out, estimated"),
    ("three packs, one after the other", "coffee", "0 bought A 3, 65 look", "1 have, estimated"),
    ("three packs, all gone", "coffee", "0 bought A 3, 90 look", "0 out, estimated"),
    ("bought again after it ran out", "coffee", "0 bought A, 100 bought B, 110 look", "1 have"),
    ("bought again before it ran out", "coffee", "0 bought A, 10 bought B, 45 look", "1 have, estimated"),
    ("a lifetime, but nobody said it lasts", "soap", "0 bought A, 31 look", "0 out, estimated"),
    ("a word of use is better than an estimate", "coffee", "0 bought A 3, 90 used, 91 look", "2 have"),
    ("and counts down from there", "coffee", "0 bought A 3, 90 used, 125 look", "1 have, estimated"),
]


def lived(text: str, product: str) -> tuple[list[Step], float]:
    """A line of the table as steps and the day of the look."""
    steps: list[Step] = []
    for part in text.split(", "):
        day, what, *more = part.split()
        if what == "look":
            return steps, float(day)
        steps.append((what, float(day), product, *(int(each) if each.isdigit() else each for each in more)))
    raise ValueError(text)


@pytest.mark.parametrize(
    ("product", "life", "answer"), [row[1:] for row in LIVES], ids=[row[0] for row in LIVES]
)
def test_a_life_has_its_known_answer(product: str, life: str, answer: str) -> None:
    steps, day = lived(life, product)
    assert told(had(steps, product, day)) == answer
    assert told(had(steps[::-1], product, day)) == answer  # whichever was heard of first


def test_variants_are_owned_each_by_itself() -> None:
    steps: list[Step] = [("bought", 0, "red", "1"), ("bought", 0, "blue", "2", 2), ("used", 1, "red")]
    assert [told(had(steps, each, 3)) for each in ("red", "blue")] == ["0 out", "2 have"]


def test_since_when_and_until_when() -> None:
    steps: list[Step] = [("bought", 0, "coffee", "1"), ("bought", 100, "coffee", "2", 2)]
    held = had(steps, "coffee", 110)
    assert held is not None
    days = [(at - START) / DAY for at in (held.first_at, held.last_at, held.since, held.runs_out_at or 0)]
    assert days == [0, 100, 100, 160]
    assert (held.times, held.bought) == (2, 3)


def test_without_a_moment_nothing_runs_out() -> None:
    profile = fold(Profile(), [done(("bought", 0, "coffee", "1"))])
    assert told(ownership(profile, CATALOGUE)["coffee"]) == "1 have"
    assert told(ownership(profile)["coffee"]) == "1 have"


# --- whatever happens, in whatever order it is heard of

PRODUCTS = st.sampled_from(["drill", "phone", "coffee", "soap", "paint", "bits", "unknown"])
DAYS = st.integers(0, 120)
ORDERS = st.sampled_from(["1", "2", "3"])
STEPS = st.one_of(
    st.tuples(st.just("bought"), DAYS, PRODUCTS, ORDERS | st.uuids().map(str), st.integers(1, 5)),
    st.tuples(st.just("returned"), DAYS, PRODUCTS, ORDERS, st.integers(1, 5)),
    st.tuples(st.just("used"), DAYS, PRODUCTS, st.integers(1, 4)),
    st.tuples(st.just("cancelled"), DAYS, PRODUCTS, ORDERS),
    st.tuples(st.just("corrected"), DAYS, PRODUCTS, st.sampled_from(["have", "no_longer", "plenty", "out"])),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=12), st.randoms(use_true_random=False), st.integers(120, 400))
def test_never_below_nothing_and_the_same_in_any_order(life: list[Step], random: Any, day: int) -> None:
    heard = [done(step, number) for number, step in enumerate(life)]
    now = START + day * DAY
    held = ownership(fold(Profile(), heard), CATALOGUE, now)
    random.shuffle(heard)
    assert ownership(fold(Profile(), heard), CATALOGUE, now) == held
    for owned in held.values():
        assert owned.quantity >= 0
        assert owned.quantity == int(owned.quantity)
        assert owned.quantity <= owned.bought + 1  # one more, where the shopper said so
        assert owned.there == (owned.quantity > 0)
        assert owned.runs_out_at is None or owned.runs_out_at > now
        if owned.product_id in ("drill", "phone", "paint", "bits", "unknown"):
            assert not owned.estimated
