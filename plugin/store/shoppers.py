"""Reading and writing shoppers: one consistent look, one atomic change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from plugin.activity import Activity, Shopper
from plugin.shopper import Profile, fold
from plugin.store.connection import Call, Connection, script
from plugin.store.keys import ShopKeys


@dataclass(frozen=True, slots=True)
class Look:
    """A shopper as stored, and the activities not yet folded into it."""

    stored: bytes | None
    pending: list[bytes]

    def folded(self) -> Profile:
        """Return the profile with everything acknowledged folded in."""
        return fold(Profile.from_bytes(self.stored), map(Activity.from_bytes, self.pending))


class Shoppers:
    """The shoppers of one shop."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys

    def look_call(self, shopper: Shopper) -> Call:
        """The command that looks at one shopper, to be sent along with others; `look` reads its answer."""
        return script("read_shopper", self._keys_of(shopper))

    @staticmethod
    def look(answer: list[object]) -> Look:
        """Return what `look_call` answered."""
        stored, pending = answer
        return Look(stored, pending)  # type: ignore[arg-type]

    def read(self, shopper: Shopper) -> Profile:
        """Return everything known of one shopper, to the activity acknowledged last."""
        return self.look(self._connection.call(*self.look_call(shopper))).folded()

    def apply_pending(self, shoppers: Sequence[Shopper]) -> int:
        """Fold what is pending into these shoppers' profiles; return how many activities that were.

        Doing it twice, or at the same time elsewhere, changes nothing: a profile is only replaced while it
        still is the one that was read.
        """
        applied, waiting = 0, list(shoppers)
        while waiting:  # whoever was overtaken looks again; somebody else got on, so this ends
            answers = self._connection.many([self.look_call(shopper) for shopper in waiting])
            looks = [
                (who, look)
                for who, look in zip(waiting, map(self.look, answers), strict=True)
                if look.pending
            ]
            done = self._connection.many([self._apply_call(who, look) for who, look in looks])
            applied += sum(len(look.pending) for (_, look), ok in zip(looks, done, strict=True) if ok)
            waiting = [who for (who, _), ok in zip(looks, done, strict=True) if not ok]
        return applied

    def _apply_call(self, shopper: Shopper, look: Look) -> Call:
        before = hashlib.sha1(look.stored).hexdigest() if look.stored else ""
        after = look.folded().to_bytes()
        return script("apply", self._keys_of(shopper), before, len(look.pending), after)

    def _keys_of(self, shopper: Shopper) -> list[str]:
        shard = self._keys.shard(shopper.id)
        return [self._keys.profile(shard) + shopper.ref, self._keys.pending(shard) + shopper.ref]
