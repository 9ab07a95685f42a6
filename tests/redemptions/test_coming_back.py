"""What comes back is exact to the minor unit, in whatever pieces and however it is told (promise M2)."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from plugin.redemptions.redemption import Given, RedeemedLine, Redemption
from tests.redemptions.redeeming import basket

lines = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 7), st.integers(0, 10_000)), min_size=1, max_size=4
)
shares = st.lists(st.integers(0, 100), min_size=4, max_size=4)


@st.composite
def redemptions(draw: st.DrawFn) -> Redemption:
    bought = tuple(RedeemedLine(*line) for line in draw(lines))
    offers = []
    for number in range(draw(st.integers(0, 2))):  # two of at most half each never pass a line's price
        percents = draw(shares)
        by_line = {
            at: line.quantity * line.unit_price * percents[at] // 200 for at, line in enumerate(bought)
        }
        offers.append(Given(f"o{number}", {at: amount for at, amount in by_line.items() if amount}))
    return replace(basket(), lines=bought, given=tuple(offers), state="committed")


@given(redemptions(), st.randoms(use_true_random=False))
def test_piece_by_piece_gives_back_exactly_all(held: Redemption, chance: object) -> None:
    pieces = [at for at, line in enumerate(held.lines) for _ in range(line.quantity)]
    chance.shuffle(pieces)  # type: ignore[attr-defined]
    last = 0
    for number, at in enumerate(pieces):
        held = replace(held, returns={**held.returns, f"r{number}": {at: 1}})
        assert held.refund() >= last, "no refund is taken back"
        last = held.refund()
        assert held.told(0.0) == ("returned" if number == len(pieces) - 1 else "partly_returned")
    assert last == held.total
    assert all(held.left_of(each) == (0, False) for each in held.given)
    assert replace(held, returns={}, cancelled=True).refund() == held.total


def test_two_halves_of_a_unit_take_off_one() -> None:
    """Two offers took 1 each off two pieces of 1: nothing was paid, and nothing is due for either."""
    offers = (Given("o0", {0: 1}), Given("o1", {0: 1}))
    held = replace(basket(), lines=(RedeemedLine("a", 2, 1),), given=offers, state="committed")
    assert [replace(held, returns={"r": {0: pieces}}).refund() for pieces in (0, 1, 2)] == [0, 0, 0]


@given(redemptions(), st.data())
def test_told_both_ways_counts_once(held: Redemption, data: st.DataObject) -> None:
    back = {at: data.draw(st.integers(0, line.quantity)) for at, line in enumerate(held.lines)}
    products: dict[str, int] = {}
    for at, count in back.items():
        products[held.lines[at].product_id] = products.get(held.lines[at].product_id, 0) + count
    door = replace(held, returns={"r": back})
    both = replace(door, refunds={"f": products})
    assert both.back() == door.back() == list(back.values())
    by_platform = replace(held, refunds={"f": products}).back()
    assert sum(by_platform) == sum(back.values())


@given(redemptions())
def test_a_record_reads_back_as_it_was(held: Redemption) -> None:
    held = replace(held, returns={"r": {0: 1}}, refunds={"f": {"a": 1}}, order_id="o")
    assert Redemption.from_bytes(held.to_bytes()) == held
