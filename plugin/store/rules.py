"""A shop's offer rules with all they ever were: a write keeps its version in the same step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plugin.store.connection import Connection, script
from plugin.store.keys import ShopKeys

VERSIONS_KEPT = 200
KEPT_AFTER_DELETION_S = 400 * 86_400


@dataclass(frozen=True, slots=True)
class RuleWrite:
    """One change of a rule: its body as it was read and as it becomes (None: there is none), and its record.

    `number` is the new version's. `known_before` are records of versions that were written before records
    were kept.
    """

    offer_id: str
    before: bytes | None
    after: bytes | None
    number: int
    record: bytes
    known_before: Mapping[int, bytes]


class Rules:
    """The offer rules of one shop, and their versions."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys

    def read(self, offer_id: str) -> tuple[bytes | None, int]:
        """Return a rule's body, None where there is none, and the number of its newest version, else 0."""
        body, numbers = self._connection.many(
            [("HGET", self._keys.documents, _name(offer_id)), ("HKEYS", self._versions(offer_id))]
        )
        return body, max(map(int, numbers), default=0)

    def write(self, change: RuleWrite) -> bool:
        """Write a rule and its next version; False when somebody was quicker."""
        keys = self._keys
        earlier = [part for number, record in change.known_before.items() for part in (number, record)]
        call = script(
            "write_rule",
            [keys.documents, keys.version, keys.changes, self._versions(change.offer_id)],
            *(_name(change.offer_id), change.before or b"", change.after or b""),
            *(change.number, change.record, change.number - VERSIONS_KEPT),
            0 if change.after else KEPT_AFTER_DELETION_S,
            *earlier,
        )
        return bool(self._connection.call(*call))

    def versions(self, offer_id: str) -> dict[int, bytes]:
        """Return the records of a rule's versions by their number, oldest first."""
        key = self._versions(offer_id)
        numbers = sorted(map(int, self._connection.call("HKEYS", key)))
        records = self._connection.call("HMGET", key, *numbers) if numbers else []
        # One that was dropped for a newer one between the two looks is gone.
        return {number: record for number, record in zip(numbers, records, strict=True) if record}

    def version(self, offer_id: str, number: int) -> bytes | None:
        """Return the record of one version, None where none is kept."""
        return self._connection.call("HGET", self._versions(offer_id), number)

    def _versions(self, offer_id: str) -> str:
        return f"{{{self._keys.shop}}}:rule:{offer_id}"


def _name(offer_id: str) -> str:
    return f"offer/{offer_id}"
