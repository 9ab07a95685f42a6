"""The shop's offer rules as they are written: each version kept, with who wrote it and when.

Versions of one rule are numbered for ever, across deletion and return. The 200 newest of each are kept, those
of a deleted rule for 400 days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from plugin.errors import NotFound, Refused, Stale
from plugin.merchant import Merchant
from plugin.offers.offer import Offer
from plugin.offers.segment import demand_known
from plugin.store.rules import RuleWrite

Expected = Callable[[int], bool]  # whether a version (0: there is none) is one the caller saw
WRITTEN, REVERTED, DELETED = "written", "reverted", "deleted"


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One version of a rule: its document, None for its deletion.

    `at` (epoch seconds) and `who` are unknown of what was written before versions were kept. `reverted_to` is
    the earlier version that this one brought back.
    """

    version: int
    at: float | None
    who: str | None
    did: str
    document: Mapping[str, Any] | None
    reverted_to: int | None = None

    def to_bytes(self) -> bytes:
        """Return the version as the store keeps it."""
        return orjson.dumps({name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def from_bytes(cls, data: bytes) -> RuleVersion:
        """Return the version that `to_bytes` wrote."""
        return cls(**orjson.loads(data))


def write_rule(
    merchant: Merchant, shop_id: str, document: Mapping[str, Any], expected: Expected | None = None
) -> tuple[Offer, bool]:
    """Return the offer rule as it now stands, and whether it is new.

    Raises `Stale` when the version that is there is not `expected`, `Invalid` for what only the shop's own
    settings can tell.
    """
    version, new = _write(merchant, shop_id, document["offer_id"], document, expected, WRITTEN)
    merchant.audit(shop_id, "rule.written", offer_id=document["offer_id"], version=version)
    return _read(merchant, shop_id, document, version), new


def delete_rule(merchant: Merchant, shop_id: str, offer_id: str, expected: Expected | None = None) -> None:
    """Take an offer rule away; its versions stay. Raises `NotFound` when there is none, `Stale` when not the
    `expected`."""
    version, _ = _write(merchant, shop_id, offer_id, None, expected, DELETED)
    merchant.audit(shop_id, "rule.deleted", offer_id=offer_id, version=version)


def revert_rule(
    merchant: Merchant, shop_id: str, offer_id: str, to: int, expected: Expected | None = None
) -> Offer:
    """Return the rule after an earlier version was written again, as a new one; a deleted rule comes back.

    Raises `NotFound` for a version that is not kept, `Refused` for one that is a deletion, `Invalid` where it
    no longer fits the shop, `Stale` when the version there is not `expected`.
    """
    found = rule_version(merchant, shop_id, offer_id, to)
    if found.document is None:
        raise Refused(f"Version {to} is the deletion of {offer_id!r}; delete the rule instead.")
    version, _ = _write(merchant, shop_id, offer_id, found.document, expected, REVERTED, to)
    merchant.audit(shop_id, "rule.reverted", offer_id=offer_id, version=version, to=to)
    return _read(merchant, shop_id, found.document, version)


def rule_versions(merchant: Merchant, shop_id: str, offer_id: str) -> list[RuleVersion]:
    """Return the versions kept of a rule, the newest first. Raises `NotFound` where there never was one."""
    rules = merchant.shops.memory(shop_id).rules
    kept = {number: RuleVersion.from_bytes(record) for number, record in rules.versions(offer_id).items()}
    body, _ = rules.read(offer_id)
    if body is not None and (current := _from_body(body)).version not in kept:
        kept[current.version] = current
    if not kept:
        raise NotFound(f"There is no offer rule {offer_id!r}, and there was none.")
    return [kept[number] for number in sorted(kept, reverse=True)]


def rule_version(merchant: Merchant, shop_id: str, offer_id: str, number: int) -> RuleVersion:
    """Return one version of a rule. Raises `NotFound` when it is not kept, or never was."""
    rules = merchant.shops.memory(shop_id).rules
    record = rules.version(offer_id, number)
    if record is not None:
        return RuleVersion.from_bytes(record)
    body, _ = rules.read(offer_id)
    if body is not None and (current := _from_body(body)).version == number:
        return current
    raise NotFound(f"Version {number} of the offer rule {offer_id!r} is not kept.")


def _write(
    merchant: Merchant,
    shop_id: str,
    offer_id: str,
    document: Mapping[str, Any] | None,
    expected: Expected | None,
    did: str,
    reverted_to: int | None = None,
) -> tuple[int, bool]:
    """Write a rule's next version; return its number, and whether there was no rule before."""
    rules = merchant.shops.memory(shop_id).rules
    while True:
        body, newest = rules.read(offer_id)
        held = _from_body(body) if body else None
        if document is None and held is None:
            raise NotFound(f"There is no offer rule {offer_id!r}.")
        _demand(expected, held.version if held else 0)
        number = max(newest, held.version if held else 0) + 1
        if document is not None:
            _read(merchant, shop_id, document, number)
        record = RuleVersion(number, merchant.clock(), merchant.who(), did, document, reverted_to)
        after = None if document is None else orjson.dumps({"version": number, "offer": document})
        known_before = {held.version: held.to_bytes()} if held else {}
        if rules.write(RuleWrite(offer_id, body, after, number, record.to_bytes(), known_before)):
            merchant.shops.view(shop_id, fresh=True)
            return number, held is None
        # Somebody was quicker: judge by what is there now.


def _read(merchant: Merchant, shop_id: str, document: Mapping[str, Any], version: int) -> Offer:
    shop = merchant.shops.view(shop_id)
    offer = Offer.from_document(document, shop.settings.currency, version)
    demand_known(offer.when, shop.segments)
    return offer


def _from_body(body: bytes) -> RuleVersion:
    """A rule that stands, of which no version was kept when it was written."""
    held = orjson.loads(body)
    return RuleVersion(held["version"], None, None, WRITTEN, held["offer"])


def _demand(expected: Expected | None, version: int) -> None:
    if expected is not None and not expected(version):
        raise Stale(f"The rule is at version {version}, which is not the one the change was made to.")
