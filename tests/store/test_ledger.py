"""The books of offers on either kind of store: every limit, every step, each in one slot."""

from __future__ import annotations

import pytest

from plugin.redemptions.codes import ALPHABET, BITS, compared, new_codes
from plugin.store.ledger import Asked, Counts, Room, Use
from plugin.store.memory import ShopMemory, Store

NOW = 1_700_000_000.0
USE = Use("gold/{x}", 250, "s1", "2026-11", "c1")


def counted(shop: ShopMemory, now: float = NOW) -> Counts:
    return shop.ledger.counts([Asked(USE.offer_id, "s1", "2026-11", ("c1", "c2"))], now)[0]


@pytest.mark.parametrize(
    ("room", "full"),
    [
        (Room(total=1), "total"),
        (Room(shopper=1), "shopper"),
        (Room(period=1), "period"),
        (Room(code=1), "code"),
        (Room(budget=499), "budget"),
    ],
)
def test_what_is_taken_holds_and_ends(shop: ShopMemory, room: Room, full: str) -> None:
    books = shop.ledger
    assert books.hold(USE, room, "d1", "t1", NOW + 9, NOW) == ""
    assert books.hold(USE, room, "d1", "t1", NOW + 9, NOW) == ""
    assert books.hold(USE, room, "d2", "t2", NOW + 9, NOW) == full
    assert counted(shop) == Counts(1, 250, 1, 1, (1, 0))
    assert books.keep(USE, room, "d1", "t1", NOW + 99, NOW) == ""
    assert counted(shop, NOW + 10) == Counts(1, 250, 1, 1, (1, 0))
    assert books.give_back(USE.offer_id, "d1", 100, True, NOW)
    assert books.give_back(USE.offer_id, "d1", 200, True, NOW), "told late, it raises nothing"
    assert counted(shop) == Counts(1, 100, 1, 1, (1, 0))
    assert counted(shop, NOW + 100) == Counts(1, 100, 1, 1, (1, 0)), "forgotten one by one, and counted"


def test_what_is_done_with_is_done_with(shop: ShopMemory) -> None:
    books, room = shop.ledger, Room(total=1)
    assert not books.give_back(USE.offer_id, "d1", 0, False, NOW)
    books.keep(USE, room, "d1", "t1", NOW + 99, NOW)
    assert not books.undo(USE.offer_id, "d1", "t2", NOW)
    assert books.give_back(USE.offer_id, "d1", 0, False, NOW)
    assert counted(shop) == Counts(0, 0, 0, 0, (0, 0))
    assert books.keep(USE, room, "d1", "t1", NOW + 99, NOW) == "done"
    assert books.hold(USE, room, "d2", "t2", NOW + 9, NOW) == ""
    assert counted(shop, NOW + 9) == Counts(0, 0, 0, 0, (0, 0))


def test_a_free_use_is_counted_and_given_back(shop: ShopMemory) -> None:
    free = Use(USE.offer_id, 0)
    assert shop.ledger.hold(free, Room(), "d1", "t1", NOW + 9, NOW) == ""
    assert counted(shop).total == 1
    assert shop.ledger.undo(USE.offer_id, "d1", "t1", NOW)
    assert counted(shop).total == 0


def test_records_and_orders(shop: ShopMemory) -> None:
    records = shop.redemptions
    assert records.swap("d1", b"", b"one")
    assert not records.swap("d1", b"", b"two")
    assert records.swap("d1", b"one", b"two")
    assert (records.get("d1"), records.get("d2")) == (b"two", b"")
    records.belongs_to("o 1", "d1")
    records.belongs_to("o 1", "d0")
    assert records.of_orders(["o 1", "o 2"]) == [["d0", "d1"], []]


def test_codes_have_fifty_bits_and_leave_only_marks(shop: ShopMemory, kept: Store) -> None:
    """Promise S2: who has the store has no code."""
    assert BITS >= 50
    assert not set("0O1ILU") & set(ALPHABET)
    codes = list(new_codes(200, "MAY"))
    assert len(set(codes)) == 200
    shop.codes.add(map(compared, codes), "thanks", 1, None)
    found = shop.codes.find([compared(codes[0].lower()), compared("MAY-2222-2222-2222")])
    assert found[0] is not None
    assert (found[0].offer_id, found[0].uses, found[1]) == ("thanks", 1, None)
    stored = b""
    for key in kept.connection.scan(f"{{{shop.shop}:*codes"):
        for field, value in dict(kept.connection.call("HGETALL", key)).items():
            stored += field + value
    assert stored.count(b"thanks") == 200
    plain = [part.encode() for code in codes for part in (code, compared(code), code.replace("-", ""))]
    assert not any(text in stored for text in plain)
