"""A shop's documents: settings, keys, products, rules, ladders, the pointer to the model in service.

They live in one hash per shop with one version number; whoever mirrors them reads only what changed since
the version it knows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from plugin.store.connection import Call, Connection, script
from plugin.store.keys import ShopKeys

BATCH = 500


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed up to `version`: document name to body, None where it is gone."""

    version: int
    bodies: Mapping[str, bytes | None]


class Documents:
    """The documents of one shop, by name (`product/85123A`, `offer/gold-coffee`, `settings` ...)."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys

    def get(self, name: str) -> bytes | None:
        """Return the body of a document, or None."""
        return self._connection.call("HGET", self._keys.documents, name)

    def get_many(self, names: list[str]) -> list[bytes | None]:
        """Return the bodies of some documents, None where there is none."""
        found: list[bytes | None] = []
        for start in range(0, len(names), BATCH):
            found += self._connection.call("HMGET", self._keys.documents, *names[start : start + BATCH])
        return found

    def put(self, bodies: Mapping[str, bytes | None], history: Mapping[str, bytes] | None = None) -> int:
        """Set (or with None delete) documents, and return the shop's version after it.

        `history` holds entries for the log, by document name: what a later look into the past needs.
        """
        version = 0
        items = list(bodies.items())
        for start in range(0, len(items), BATCH):
            args: list[str | bytes] = []
            for name, body in items[start : start + BATCH]:
                args += [name, body or b"", (history or {}).get(name, b"")]
            version = self._connection.call(*script("put_documents", self._written_keys(), *args))
        return version

    def unname(self, names: Collection[str]) -> None:
        """Forget that there ever were documents of these names, which are deleted already.

        Whoever mirrors the documents and did not look since their deletion does not learn of it.
        """
        if names:
            self._connection.call("ZREM", self._keys.changes, *names)

    def swap(self, name: str, before: bytes | None, after: bytes | None) -> bool:
        """Change one document if it is still what the caller read; False when somebody was quicker."""
        return not self.swap_many({name: (before, after)})

    def swap_many(
        self,
        changes: Mapping[str, tuple[bytes | None, bytes | None]],
        history: Mapping[str, bytes] | None = None,
    ) -> set[str]:
        """Change each document from what the caller read; return those with which somebody was quicker.

        `history` holds entries for the log, by document name, of those that are changed.
        """
        told, items = history or {}, list(changes.items())
        overtaken: set[str] = set()
        for start in range(0, len(items), BATCH):
            args: list[str | bytes] = []
            for name, (before, after) in items[start : start + BATCH]:
                args += [name, before or b"", after or b"", told.get(name, b"")]
            answers = self._connection.call(*script("swap_documents", self._written_keys(), *args))
            for (name, _), done in zip(items[start : start + BATCH], answers, strict=True):
                if not done:
                    overtaken.add(name)
        return overtaken

    def version_call(self) -> Call:
        """The command that reads the shop's version, to be sent along with others."""
        return ("GET", self._keys.version)

    def changes_since(self, version: int) -> Changes:
        """Return every document that changed after `version` (all of them for 0)."""
        if version == 0:
            now, everything = self._connection.many([self.version_call(), ("HGETALL", self._keys.documents)])
            pairs = _pairs(everything)
            return Changes(int(now or 0), {name.decode(): body for name, body in pairs})
        now, names = self._connection.many(
            [self.version_call(), ("ZRANGEBYSCORE", self._keys.changes, f"({version}", "+inf")]
        )
        texts = [name.decode() for name in names]
        return Changes(int(now or 0), dict(zip(texts, self.get_many(texts), strict=True)))

    def _written_keys(self) -> list[str]:
        keys = self._keys
        return [keys.documents, keys.version, keys.changes, keys.history]


def _pairs(answer: object) -> Iterable[tuple[bytes, bytes]]:
    """HGETALL comes as a flat list or a mapping, depending on the protocol spoken."""
    if isinstance(answer, Mapping):
        return answer.items()
    assert isinstance(answer, list)
    return zip(answer[::2], answer[1::2], strict=True)
