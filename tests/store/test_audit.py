"""The audit chain: whole as it was written, and broken by whatever is done to it by hand."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest

from plugin.store.memory import ShopMemory

NOW = 1_700_000_000.0


def filled(shop: ShopMemory, entries: int = 5) -> list[str]:
    """Add some entries and return their hashes."""
    return [
        shop.audit.add(NOW + n, "key k1", "rule.written", {"offer_id": f"o{n}"}).hash for n in range(entries)
    ]


def test_a_chain_says_who_did_what_when(shop: ShopMemory) -> None:
    assert shop.audit.verify().as_dict() == {"whole": True, "entries": 0, "head": "", "fault": None}
    hashes = filled(shop)
    newest = shop.audit.newest(2)
    assert [(entry.number, entry.what, entry.hash) for entry in newest] == [
        (5, {"offer_id": "o4"}, hashes[4]),
        (4, {"offer_id": "o3"}, hashes[3]),
    ]
    assert (newest[0].who, newest[0].did, newest[0].at) == ("key k1", "rule.written", NOW + 4)
    verdict = shop.audit.verify()
    assert (verdict.whole, verdict.entries, verdict.head) == (True, 5, hashes[4])


def test_many_writers_make_one_chain(shop: ShopMemory) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: shop.audit.add(NOW, f"w{n}", "did", {}), range(40)))
    verdict = shop.audit.verify()
    assert (verdict.whole, verdict.entries) == (True, 40)
    assert {entry.who for entry in shop.audit.newest(100)} == {f"w{n}" for n in range(40)}


@pytest.mark.parametrize("fault", ["changed", "first", "middle", "last", "swapped", "added"])
def test_what_is_done_to_it_by_hand_is_found(shop: ShopMemory, fault: str) -> None:
    filled(shop)
    call, chain = shop._connection.call, f"{{{shop.shop}}}:audit"
    entries = call("XRANGE", chain, "-", "+")
    bodies = [(fields[b"d"], fields[b"h"]) for _, fields in entries]
    if fault == "changed":
        body = orjson.loads(bodies[2][0])
        bodies[2] = (orjson.dumps({**body, "who": "somebody else"}), bodies[2][1])
    elif fault == "swapped":
        bodies[1], bodies[2] = bodies[2], bodies[1]
    elif fault == "added":
        bodies.append((bodies[4][0], b"0" * 64))
    else:
        del bodies[{"first": 0, "middle": 2, "last": 4}[fault]]
    call("DEL", chain)
    for body, hashed in bodies:
        call("XADD", chain, "*", "d", body, "h", hashed)
    verdict = shop.audit.verify()
    assert not verdict.whole
    assert verdict.fault


def test_a_chain_reckoned_anew_lacks_the_noted_hash(shop: ShopMemory) -> None:
    noted = filled(shop)[2]
    assert shop.audit.verify(noted).whole
    shop._connection.call("DEL", f"{{{shop.shop}}}:audit", f"{{{shop.shop}}}:audit-head")
    for n in range(5):
        shop.audit.add(NOW + n, "key k1", "rule.written", {"offer_id": f"other{n}"})
    assert shop.audit.verify().whole  # by itself it cannot be told: this is what the note is for
    assert not shop.audit.verify(noted).whole


def test_what_can_happen_in_floods_is_told_once_an_hour(shop: ShopMemory) -> None:
    told = [shop.audit.add_once_an_hour("browser:k1", NOW, "a browser", "shown", {}) for _ in range(20)]
    assert [entry is not None for entry in told] == [True] + [False] * 19
    assert shop.audit.add_once_an_hour("browser:k2", NOW, "a browser", "shown", {})
    assert shop.audit.verify().entries == 2
