"""Dead letters: what came in and could not be used, kept with the reason until it is put right or dropped.

They lie in boxes: one for what the shop's own server sent and one for what browsers sent, where the door
could not read them; and one in each shard for what was acknowledged and could not be folded or archived.
A box is a hash of letters and a sorted set of their places, oldest first; it holds the newest ones only.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from plugin.activity import Activity, Trust
from plugin.store.connection import Call, Connection, script
from plugin.store.keys import ShopKeys, digest

KEPT_OF_SHOP = 10_000
KEPT_OF_BROWSERS = 1_000
KEPT_OF_SHARD = 1_000
KEPT_FOR_S = 30 * 86400
READ_AT_ONCE = 500

Where = Literal["door", "webhook", "fold", "log", "write"]
"""What could not be done with it: read it at the door, read what a platform delivered, fold it into its
shopper, read it at all (and so neither fold nor log it), or write it into the log once it was folded."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter. `at` is when it came in; `proven` the shopper whom the sender's token proved.

    `document` is what was sent, for the door; `entry` what the store acknowledged, else.
    """

    where: Where
    trust: Trust
    at: float
    code: str
    detail: str
    document: Any = None
    proven: str | None = None
    entry: bytes | None = None
    shard: int | None = None

    @property
    def box(self) -> str:
        """The box it lies in: of the shop, of the browsers, or the number of a shard."""
        return self.trust if self.shard is None else str(self.shard)

    @property
    def name(self) -> str:
        """Its name within the box: the same letter has the same name."""
        said = self.entry or orjson.dumps([self.document, self.proven, self.code])
        return digest(self.where, self.trust, said.hex(), size=8).hex()

    @property
    def letter_id(self) -> str:
        """Its id in the shop."""
        return f"{self.box}-{self.name}"

    @property
    def place(self) -> str:
        """Where it stands among the others, oldest first."""
        return f"{max(0, int(self.at * 1000)):011x}{self.name}"

    def to_bytes(self) -> bytes:
        """Return the letter as the store keeps it."""
        return orjson.dumps(
            {
                "where": self.where,
                "trust": self.trust,
                "at": self.at,
                "code": self.code,
                "detail": self.detail,
                "document": self.document,
                "proven": self.proven,
                "entry": None if self.entry is None else base64.b64encode(self.entry).decode(),
                "shard": self.shard,
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Letter:
        """Return the letter that `to_bytes` wrote."""
        held = orjson.loads(data)
        if held["entry"] is not None:
            held["entry"] = base64.b64decode(held["entry"])
        return cls(**held)

    def shown(self) -> Any:
        """Return what can be shown of what came in: a JSON value, None where it was too large to keep."""
        if self.entry is None:
            return self.document
        try:
            return orjson.loads(self.entry)
        except orjson.JSONDecodeError:
            return self.entry.decode("utf-8", "replace")


def failed(where: Where, shard: int | None, entry: bytes, at: float, error: Exception) -> Letter:
    """Return the letter for something acknowledged that broke the code that came to it."""
    try:
        trust: Trust = Activity.from_bytes(entry).trust
    except Exception:
        trust = "shop"
    detail = f"{type(error).__name__}: {error}"[:500]
    code = {"fold": "not_foldable", "write": "not_writable"}.get(where, "not_readable")
    return Letter(where, trust, at, code, detail, entry=entry, shard=shard)


class DeadLetters:
    """The dead letters of one shop."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys

    def bury(self, letters: Sequence[Letter], now: float) -> None:
        """Keep letters, each once. Of a full box the oldest are forgotten."""
        by_box: dict[str, list[Letter]] = {}
        for letter in letters:
            by_box.setdefault(letter.box, []).append(letter)
        too_old = f"{max(0, int((now - KEPT_FOR_S) * 1000)):011x}"
        calls = []
        for box, held in by_box.items():
            kept = {"shop": KEPT_OF_SHOP, "browser": KEPT_OF_BROWSERS}.get(box, KEPT_OF_SHARD)
            for start in range(0, len(held), READ_AT_ONCE):
                written = [(each.place, each.to_bytes()) for each in held[start : start + READ_AT_ONCE]]
                parts = [part for pair in written for part in pair]
                calls.append(script("bury", self._box(box), kept, too_old, *parts))
        self._connection.many(calls)

    def count(self) -> int:
        """Return how many letters there are."""
        return sum(self._connection.many([("ZCARD", self._box(box)[1]) for box in self._boxes()]))

    def listed(self, cursor: str | None = None, limit: int = 100) -> tuple[list[Letter], str | None]:
        """Return letters behind `cursor`, oldest first, and the next cursor (None at the end)."""
        behind = f"({cursor}" if cursor else "-"
        boxes = self._boxes()
        answers = self._connection.many(
            [("ZRANGEBYLEX", self._box(box)[1], behind, "+", "LIMIT", 0, limit + 1) for box in boxes]
        )
        places = sorted(
            (place.decode(), box)
            for box, found in zip(boxes, answers, strict=True)
            for place in found  # the same instant in two boxes is told apart by the letters' names
        )
        following = places[limit - 1][0] if len(places) > limit else None
        return self._read([(box, place[11:]) for place, box in places[:limit]]), following

    def all(self) -> Iterator[Letter]:
        """Yield every letter, oldest first."""
        cursor: str | None = None
        while True:
            letters, cursor = self.listed(cursor, READ_AT_ONCE)
            yield from letters
            if cursor is None:
                return

    def named(self, letter_ids: Sequence[str]) -> list[Letter]:
        """Return the letters of these ids that there are."""
        boxes = set(self._boxes())
        pairs = [(box, name) for box, _, name in (each.rpartition("-") for each in letter_ids)]
        return self._read([(box, name) for box, name in pairs if box in boxes])

    def drop(self, letters: Sequence[Letter]) -> int:
        """Take letters out for good; return how many there were."""
        calls: list[Call] = []
        for box in {letter.box for letter in letters}:
            places = [letter.place for letter in letters if letter.box == box]
            calls += [
                script("discard", self._box(box), *places[start : start + READ_AT_ONCE])
                for start in range(0, len(places), READ_AT_ONCE)
            ]
        return sum(self._connection.many(calls))

    def forget(self, told_of: Callable[[Letter], bool]) -> int:
        """Take out every letter of which `told_of` holds; return how many those were."""
        return self.drop([letter for letter in self.all() if told_of(letter)])

    def revive(self, letter: Letter, activity: Activity) -> bool:
        """Give an acknowledged activity back to its shopper and to the log, as far as it never got there.

        Exactly once: False when the letter was taken out meanwhile.
        """
        keys, shard = self._keys, letter.shard
        if letter.entry is None:
            return False
        if shard is None:  # of the shop's own history, which tells of no shopper
            stream, pending = keys.history, None
        else:
            who = activity.shopper.ref if activity.shopper else None
            stream, pending = keys.stream(shard), keys.pending(shard) + who if who else None
        names = [*self._box(letter.box), stream, pending or stream]
        to_log, to_shopper = letter.where != "fold", letter.where != "write" and pending is not None
        said = (letter.place, letter.entry, int(to_log), int(to_shopper))
        return bool(self._connection.call(*script("revive", names, *said)))

    def _read(self, found: Sequence[tuple[str, str]]) -> list[Letter]:
        answers = self._connection.many([("HGET", self._box(box)[0], name) for box, name in found])
        return [Letter.from_bytes(body) for body in answers if body]

    def _boxes(self) -> list[str]:
        return ["shop", "browser", *map(str, range(self._keys.shards))]

    def _box(self, box: str) -> list[str]:
        whole = {"shop": self._keys.dead_of_shop, "browser": self._keys.dead_of_browsers}
        name = whole.get(box) or self._keys.dead(int(box))
        return [name, f"{name}:order"]
