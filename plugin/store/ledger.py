"""What offers have given: one book an offer, in one slot, so that a limit of N gives N under any race.

A use is *held* until its hold ends, then it gives back by itself; *kept* once the order is placed; and *done
with* once all of it came back. Every step may be taken again and counts once. Who took a use is written
beside it: only the same taker can undo it, so that what was overtaken undoes nothing of its successor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plugin.store.connection import Connection, script
from plugin.store.keys import ShopKeys

NONE = "-"


@dataclass(frozen=True, slots=True)
class Room:
    """How much an offer may give: in all, to the shopper, in the period, by the code; money (minor units)."""

    total: int | None = None
    shopper: int | None = None
    period: int | None = None
    code: int | None = None
    budget: int | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """One use of one offer: what it gives (minor units), and what it counts for; no text has a space in it.

    `shopper` is a mark that names nobody, `period` the name of a day, week or month, `code` a code's mark. It
    takes over the `place` of a hold that was made for it before, whose name its `code` is; when it is given
    back, that hold is there again.
    """

    offer_id: str
    money: int
    shopper: str = NONE
    period: str = NONE
    code: str = NONE
    place: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which counts of an offer to tell, beside all its uses and its money."""

    offer_id: str
    shopper: str = NONE
    period: str = NONE
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """How far an offer is used up; `codes` in the order asked."""

    total: int
    money: int
    shopper: int
    period: int
    codes: tuple[int, ...]


class Ledger:
    """The books of one shop's offers. Times are epoch seconds."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys

    def hold(self, use: Use, room: Room, redemption: str, taker: str, until: float, now: float) -> str:
        """Take a use until a moment; return "" or what has no room (`total`, `shopper`, `period`, `code`,
        `budget`), or `done` where it was given back for good."""
        return self._take("h", use, room, redemption, taker, until, now)

    def keep(self, use: Use, room: Room, redemption: str, taker: str, until: float, now: float) -> str:
        """Keep a use, whether it is held or has to be taken now; answers as `hold` does.

        After `until` its book no longer knows it one by one; what it counts for stays counted.
        """
        return self._take("k", use, room, redemption, taker, until, now)

    def keep_anew(self, use: Use, room: Room, redemption: str, taker: str, until: float, now: float) -> str:
        """Keep a use that was given back for good, if there is room for it; answers as `hold` does."""
        return self._take("r", use, room, redemption, taker, until, now)

    def size(self, offer_id: str) -> int:
        """Return how many uses of an offer are known one by one."""
        return int(self._connection.call("HLEN", self._book(offer_id)[1]))

    def redemptions(self, offer_id: str) -> Iterator[str]:
        """Yield the redemptions whose uses of an offer were kept, given back since or not, in no order."""
        place = 0
        while True:
            answer = self._connection.call("HSCAN", self._book(offer_id)[1], place, "COUNT", 1_000)
            place, found = int(answer[0]), answer[1]
            pairs = found.items() if isinstance(found, Mapping) else zip(found[::2], found[1::2], strict=True)
            yield from (redemption.decode() for redemption, entry in pairs if entry[:1] in (b"k", b"x"))
            if not place:
                return

    def undo(self, offer_id: str, redemption: str, taker: str, now: float) -> bool:
        """Give a use back as if it had never been taken; False where nothing of this taker is there."""
        keys, args = self._book(offer_id), (_ms(now), redemption, taker)
        return bool(self._connection.durably([script("untake_offer", keys, *args)])[0])

    def give_back(
        self, offer_id: str, redemption: str, left: int, counts: bool, now: float, opening: int = 0
    ) -> bool:
        """Have a kept use give only `left` any more, and no longer count at all where `counts` is false.

        Returns False where nothing was kept. It only ever lowers, whatever order such words come in; a word
        from before the `opening` at which a use was taken anew changes nothing.
        """
        args = (_ms(now), redemption, left, "1" if counts else "0", opening)
        return bool(self._connection.durably([script("return_offer", self._book(offer_id), *args)])[0])

    def counts(self, asked: Sequence[Asked], now: float) -> list[Counts]:
        """Return how far offers are used up, in the order asked; one round trip."""
        calls = [
            script("count_offer", self._book(each.offer_id), _ms(now), "n", "m", *_fields(each))
            for each in asked
        ]
        answers = [[int(count or 0) for count in answer] for answer in self._connection.many(calls)]
        return [Counts(told[0], told[1], told[2], told[3], tuple(told[4:])) for told in answers]

    def _take(
        self, how: str, use: Use, room: Room, redemption: str, taker: str, until: float, now: float
    ) -> str:
        most = (room.total, room.shopper, room.period, room.code, room.budget)
        call = script(
            "take_offer",
            self._book(use.offer_id),
            *(_ms(now), redemption, how, _ms(until), taker, use.money, use.shopper, use.period, use.code),
            *("" if limit is None else limit for limit in most),
            use.place,
        )
        return self._connection.durably([call])[0].decode()

    def _book(self, offer_id: str) -> list[str]:
        shard = self._keys.shard(f"offer:{offer_id}")
        return [self._keys.of_shard(shard, f"{part}:{offer_id}") for part in ("given", "uses", "ends")]


def _fields(asked: Asked) -> list[str]:
    return [f"s:{asked.shopper}", f"p:{asked.period}", *(f"c:{code}" for code in asked.codes)]


def _ms(moment: float) -> int:
    return int(moment * 1000)
