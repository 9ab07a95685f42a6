"""What is remembered of an id: whether it was there, in few bytes, whatever other ids stand beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plugin.activity import Shopper
from plugin.store.activities import head
from plugin.store.connection import script
from plugin.store.keys import MARK, digest
from plugin.store.memory import ShopMemory, Store
from tests.store.doings import NOW, bought, viewed

SHOPPERS = [Shopper(f"s{i}") for i in range(512)]
FEW_BYTES = st.lists(st.sampled_from([0, 1, 255]), min_size=MARK, max_size=MARK).map(bytes)


def remember_messages(shop: ShopMemory, count: int, start: int = 0) -> None:
    """Have the store see so many message ids; what comes with them is thrown away at once."""
    blank = viewed("p")
    for first in range(start, start + count, 2_000):
        some = range(first, min(first + 2_000, start + count))
        batch = [replace(blank, message_id=f"message {n}", shopper=SHOPPERS[n % 512]) for n in some]
        assert sum(shop.activities.append(batch, NOW)) == len(batch)


def bytes_kept(kept: Store, shop: ShopMemory, name: str) -> int:
    """What the keys of one name take of the store's memory, by its own account."""
    keys = list(kept.connection.scan(f"{{{shop.shop}:*:{name}:*"))
    assert keys
    return sum(kept.connection.many([("MEMORY", "USAGE", key, "SAMPLES", 0) for key in keys]))


def test_a_remembered_message_takes_at_most_25_bytes(embedded: Store) -> None:
    shop = embedded.add_shop("remembering")
    remember_messages(shop, 40_000)  # on 8 shards: as many in each as 320,000 on 64
    assert bytes_kept(embedded, shop, "seen") / 40_000 <= 25


@pytest.mark.slow
@pytest.mark.parametrize("count", [100_000, 1_000_000])
def test_a_remembered_message_takes_at_most_25_bytes_at_volume(embedded: Store, count: int) -> None:
    shop = embedded.add_shop(f"remembering-{count}")
    remember_messages(shop, count)
    each = bytes_kept(embedded, shop, "seen") / count
    print(f"{count} ids: {each:.1f} bytes each")  # noqa: T201
    assert each <= 25


def test_a_remembered_order_takes_at_most_32_bytes(embedded: Store) -> None:
    shop = embedded.add_shop("ordering")
    for first in range(0, 20_000, 2_000):
        batch = [bought(f"order {n}", who=SHOPPERS[n % 512]) for n in range(first, first + 2_000)]
        assert sum(shop.activities.append(batch, NOW)) == 2_000
    assert bytes_kept(embedded, shop, "ordered") / 20_000 <= 32
    assert not list(embedded.connection.scan(f"{{{shop.shop}:*:claim:*"))


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(ids=st.lists(FEW_BYTES, min_size=1, max_size=40))
def test_ids_side_by_side_are_never_taken_for_another(embedded: Store, ids: list[bytes]) -> None:
    """Ids of few different bytes: what stands across two of them often looks like a third."""
    prefix = f"{{side:0}}:{len(ids)}:{hash(tuple(ids))}:"
    names = [prefix + name for name in ("stream", "now:", "then:", "pending:", "consent", "erased")]
    seen: set[bytes] = set()
    for each in ids:
        answer = embedded.connection.call(
            *script("append", names, 1000, 60, "y", head(each, 0, 0, False, b""), b"", b"{}")
        )
        assert answer.decode() == ("0" if each in seen else "1")
        seen.add(each)
    embedded.connection.call("DEL", *names, names[1] + "0")


def test_ids_that_outgrow_their_string_are_all_remembered(embedded: Store) -> None:
    names = [f"{{many:0}}:{name}" for name in ("stream", "now:", "then:", "pending:", "consent", "erased")]

    def send(numbers: range) -> str:
        ids = [digest(str(number), size=MARK) for number in numbers]
        parts = [part for each in ids for part in (head(each, 0, 0, False, b""), b"", b"{}")]
        return embedded.connection.call(*script("append", names, 10**6, 60, "y", *parts)).decode()

    for first in range(0, 6_000, 1_000):  # one bucket of thousands; a string holds 256
        assert send(range(first, first + 1_000)) == "1" * 1_000
    strings = list(embedded.connection.scan("{many:0}:now:*"))
    assert len(strings) > 50
    assert max(embedded.connection.many([("STRLEN", key) for key in strings])) <= 256 * MARK
    assert send(range(6_000)) == "0" * 6_000
    assert send(range(6_000, 6_010)) == "1" * 10
    assert min(embedded.connection.many([("TTL", key) for key in strings])) > 0  # and all of it runs out
    embedded.connection.call("DEL", *names, *embedded.connection.scan("{many:0}:*"))
