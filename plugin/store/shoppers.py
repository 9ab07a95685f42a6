"""Reading and writing shoppers: one consistent look, one atomic change."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from plugin.activity import Activity, Shopper
from plugin.shopper import Profile, fold
from plugin.store.connection import Call, Connection, script
from plugin.store.dead_letters import DeadLetters, failed
from plugin.store.keys import ShopKeys

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Broken:
    """An activity that cannot be folded, as it was kept, and why."""

    activity: Activity
    entry: bytes
    error: Exception


@dataclass(frozen=True, slots=True)
class Look:
    """A shopper as stored, and the activities not yet folded into it."""

    stored: bytes | None
    pending: list[bytes]

    def folded(self) -> Profile:
        """Return the profile with everything acknowledged folded in; what cannot be folded is passed over."""
        return self.after()[0]

    def after(self) -> tuple[Profile, list[Broken]]:
        """Return the profile with all that can be folded, and what cannot.

        What cannot even be read is in neither: its twin in the stream is buried by whoever reads that.
        """
        try:
            return fold(Profile.from_bytes(self.stored), map(Activity.from_bytes, self.pending)), []
        except Exception:
            return self.one_by_one()

    def one_by_one(self) -> tuple[Profile, list[Broken]]:
        """Return the same with each activity tried alone: slower, and it finds what breaks."""
        profile, broken = Profile.from_bytes(self.stored), []
        for entry in self.pending:
            with suppress(Exception):
                activity = Activity.from_bytes(entry)
                try:
                    after = fold(Profile.from_bytes(profile.to_bytes()), [activity])
                    after.to_bytes()
                    profile = after
                except Exception as error:
                    broken.append(Broken(activity, entry, error))
        return profile, broken


class Shoppers:
    """The shoppers of one shop."""

    def __init__(self, connection: Connection, keys: ShopKeys) -> None:
        self._connection = connection
        self._keys = keys
        self._dead_letters = DeadLetters(connection, keys)

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
            folded = [
                (who, look, after) for who, look in looks if (after := self._after(who, look)) is not None
            ]
            done = self._connection.many([self._apply_call(*each) for each in folded])
            applied += sum(len(look.pending) for (_, look, _), ok in zip(folded, done, strict=True) if ok)
            waiting = [who for (who, _, _), ok in zip(folded, done, strict=True) if not ok]
        return applied

    def _after(self, shopper: Shopper, look: Look) -> bytes | None:
        """Return the profile with what is pending, what cannot be folded buried first.

        None for a shopper whose profile itself cannot be read: nobody else waits for that one.
        """
        try:
            profile, broken = look.after()
            try:
                after = profile.to_bytes()
            except Exception:  # folded, but into something that cannot be written
                profile, broken = look.one_by_one()
                after = profile.to_bytes()
        except Exception as error:
            log.error("a profile cannot be read: %s", type(error).__name__)
            return None
        if broken:
            log.warning("%d activities cannot be folded and are dead letters now", len(broken))
            shard = self._keys.shard(shopper.id)
            letters = [
                failed("fold", shard, each.entry, each.activity.received_at, each.error) for each in broken
            ]
            self._dead_letters.bury(letters, max(letter.at for letter in letters))
        return after

    def _apply_call(self, shopper: Shopper, look: Look, after: bytes) -> Call:
        before = hashlib.sha1(look.stored).hexdigest() if look.stored else ""
        return script("apply", self._keys_of(shopper), before, len(look.pending), after)

    def _keys_of(self, shopper: Shopper) -> list[str]:
        shard = self._keys.shard(shopper.id)
        return [self._keys.profile(shard) + shopper.ref, self._keys.pending(shard) + shopper.ref]
