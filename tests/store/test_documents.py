"""A shop's documents, its tickets, and that every key of a shop stands under the shop's tag."""

from __future__ import annotations

import re

import pytest

from plugin.errors import NotFound, Refused
from plugin.settings import Settings
from plugin.store.memory import ShopMemory, Store, open_store
from tests.store.doings import NOW, bought, viewed


def test_a_mirror_reads_only_what_changed(shop: ShopMemory) -> None:
    documents = shop.documents
    assert documents.changes_since(0) == documents.changes_since(0)
    first = documents.put({"settings": b"a", "product/1/ä ☕": b"b"})
    assert dict(documents.changes_since(0).bodies) == {"settings": b"a", "product/1/ä ☕": b"b"}
    second = documents.put({"settings": b"c"})
    assert second > first
    changes = documents.changes_since(first)
    assert (changes.version, dict(changes.bodies)) == (second, {"settings": b"c"})
    third = documents.put({"settings": None})
    assert dict(documents.changes_since(second).bodies) == {"settings": None}
    assert dict(documents.changes_since(third).bodies) == {}
    assert documents.get("settings") is None


def test_more_documents_than_one_script_takes(shop: ShopMemory) -> None:
    bodies = {f"product/{i}": str(i).encode() for i in range(1_234)}
    version = shop.documents.put(bodies)
    assert dict(shop.documents.changes_since(0).bodies) == bodies
    shop.documents.put(dict.fromkeys(bodies, b"new"))
    assert len(shop.documents.changes_since(version).bodies) == 1_234
    assert shop.documents.get_many(["product/7", "nothing"]) == [b"new", None]


def test_of_two_writers_who_read_the_same_one_is_told(shop: ShopMemory) -> None:
    documents = shop.documents
    assert documents.swap("model", None, b"one")
    assert not documents.swap("model", None, b"two")
    assert documents.swap("model", b"one", b"three")
    before = documents.changes_since(0).version
    assert not documents.swap("model", b"one", b"four")
    assert documents.changes_since(0).version == before
    assert documents.swap("model", b"three", None)
    assert dict(documents.changes_since(before).bodies) == {"model": None}


def test_a_ticket_is_redeemed_once(shop: ShopMemory) -> None:
    ticket = shop.tickets.issue("login", {"email": "a@shop.example"}, 60)
    assert shop.tickets.read("session", ticket) is None
    assert shop.tickets.read("login", ticket) == {"email": "a@shop.example"}
    assert shop.tickets.redeem("login", ticket) == {"email": "a@shop.example"}
    assert shop.tickets.redeem("login", ticket) is None
    other = shop.tickets.issue("session", {}, 60)
    shop.tickets.void("session", other)
    assert shop.tickets.read("session", other) is None


def test_a_ticket_is_not_found_in_the_store(kept: Store, shop: ShopMemory) -> None:
    ticket = shop.tickets.issue("login", {}, 60)
    assert not [key for key in kept.connection.scan("*") if ticket.encode() in key]


def everything(kept: Store, shop: ShopMemory) -> None:
    """Use every kind of key there is."""
    shop.documents.put({"settings": b"{}"}, {"settings": viewed(who=None).to_bytes()})
    shop.activities.append([viewed(), bought(), bought("2", who=None)], NOW)
    shop.tickets.issue("login", {}, 60)
    archive = shop.archive()
    archive.hold()
    archive.apply()
    archive.write_part()
    shop.activities.append([viewed("saw")], NOW)


def test_every_key_stands_under_the_tag_of_its_shop(kept: Store, shop: ShopMemory) -> None:
    everything(kept, shop)
    names = {key.decode() for key in kept.connection.scan("*")}
    installation = {name for name in names if not name.startswith("{")}
    assert installation == {"rapport:installation", "rapport:shops"}
    tag = re.compile(rf"^\{{{shop.shop}(:\d+)?\}}:")
    mine = {name for name in names if shop.shop in name}
    assert mine
    assert all(tag.match(name) for name in mine)


def test_a_shop_that_is_deleted_leaves_no_key_and_takes_none_of_another(
    kept: Store, shop: ShopMemory
) -> None:
    namesake = kept.add_shop(f"{shop.shop}-b")
    for each in (shop, namesake):
        everything(kept, each)
    theirs = sorted(key for key in kept.connection.scan(f"{{{namesake.shop}*"))
    deleted = kept.delete_shop(shop.shop)
    assert deleted > 10
    assert not [k for k in kept.connection.scan("*") if re.match(rf"\{{{shop.shop}[:}}]", k.decode())]
    assert sorted(key for key in kept.connection.scan(f"{{{namesake.shop}*")) == theirs
    assert shop.shop not in kept.shops()
    with pytest.raises(NotFound):
        kept.existing(shop.shop)


def test_shop_ids_are_plain_and_taken_once(kept: Store, shop: ShopMemory) -> None:
    for wrong in ("", "A", "a b", "{x}", "ä", "-a", "a" * 49, "a:1", "a*"):
        with pytest.raises(Refused):
            kept.add_shop(wrong)
    with pytest.raises(Refused):
        kept.add_shop(shop.shop)


def test_the_number_of_shards_stays_what_the_installation_was_born_with(kept: Store) -> None:
    again = open_store(
        Settings(data=kept.settings.data, redis_url=kept.settings.redis_url, shards=kept.shards * 2)
    )
    try:
        assert again.shards == kept.shards
    finally:
        again.close()
