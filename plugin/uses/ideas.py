"""All use ideas of a shop, by their id. A plain view: filling it is the store's work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from threading import Lock

from plugin.uses.idea import UseIdea

MOST_IDEAS = 100_000
MOST_READ = 5_000


class Ideas:
    """The use ideas as they are written, read when asked for: a shop may have a hundred thousand.

    `changed_since` tells who keeps something worked out from them what to look at again.
    """

    def __init__(self) -> None:
        self._written: dict[str, bytes] = {}
        self._changes: dict[str, int] = {}  # by id, in the order of the changes: the number of its newest
        self._read: dict[str, tuple[bytes, UseIdea]] = {}  # those shown, which are shown again
        self._count = 0
        self._lock = Lock()

    def put(self, use_id: str, body: bytes) -> None:
        """Add an idea, or take its new state."""
        with self._lock:
            self._written[use_id] = body
            self._note(use_id)

    def remove(self, use_id: str) -> None:
        """Forget an idea; unknown ids are no error."""
        with self._lock:
            if self._written.pop(use_id, None) is not None:
                self._note(use_id)

    def _note(self, use_id: str) -> None:
        self._count += 1
        self._changes.pop(use_id, None)
        self._changes[use_id] = self._count

    def changed_since(self, upto: int) -> tuple[int, list[str]]:
        """How many changes there were so far, and the ids changed after the first `upto` of them."""
        with self._lock:
            changed = []
            for use_id in reversed(self._changes):
                if self._changes[use_id] <= upto:
                    break
                changed.append(use_id)
            return self._count, changed

    def get(self, use_id: str) -> UseIdea | None:
        """Return an idea, or None when the shop has none of that id."""
        body = self._written.get(use_id)
        if body is None:
            return None
        held = self._read.get(use_id)
        if held is None or held[0] is not body:
            if len(self._read) >= MOST_READ:
                self._read = {}
            held = self._read[use_id] = body, UseIdea.from_bytes(body)
        return held[1]

    @property
    def by_id(self) -> Mapping[str, bytes]:
        """All ideas by their id as the store keeps them, to be read only."""
        return self._written

    def __iter__(self) -> Iterator[UseIdea]:
        for body in list(self._written.values()):
            yield UseIdea.from_bytes(body)

    def __contains__(self, use_id: str) -> bool:
        return use_id in self._written

    def __len__(self) -> int:
        return len(self._written)
