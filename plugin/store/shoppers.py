"""Reading and writing shoppers: one consistent look, one atomic change."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from plugin.activity import Activity, Shopper
from plugin.identity.identities import lacking, person, stale, take_in
from plugin.shopper import Profile, fold
from plugin.shopper.profile import Older
from plugin.store.connection import Call, Connection, script
from plugin.store.dead_letters import DeadLetters, failed
from plugin.store.identities import Identities, owner_in
from plugin.store.keys import ShopKeys
from plugin.store.packing import packed, unpacked

log = logging.getLogger(__name__)

Read = Callable[[bytes], Activity]
MOST_AT_ONCE = 1_000  # shoppers that are read and written in one round trip


@dataclass(frozen=True, slots=True)
class Broken:
    """An activity that cannot be folded, as it was kept, and why."""

    activity: Activity
    entry: bytes
    error: Exception


@dataclass(frozen=True, slots=True)
class Look:
    """An identity as stored, and the activities not yet folded into it.

    `older` is what lies beside the profile, read where something is pending; `owner` is the reference of the
    shopper to whom a visitor's number belongs.
    """

    stored: bytes | None
    pending: list[bytes]
    older: bytes | None = None
    owner: str | None = None

    def profile(self) -> Profile:
        """Return the profile as stored."""
        profile = Profile.from_bytes(unpacked(self.stored) if self.stored else None)
        profile.older = unpacked(self.older) if self.older else None
        return profile

    def folded(self) -> Profile:
        """Return the profile with everything acknowledged folded in; what cannot be folded is passed over."""
        return self.after()[0]

    def readable(self) -> Profile | None:
        """Return the same; None, and a word in the log, where what is stored cannot be read."""
        try:
            return self.folded()
        except Exception as error:
            log.error("a profile cannot be read: %s", type(error).__name__)
            return None

    def after(self, read: Read = Activity.from_bytes) -> tuple[Profile, list[Broken]]:
        """Return the profile with all that can be folded, and what cannot.

        What cannot even be read is in neither: its twin in the stream is buried by whoever reads that.
        """
        try:
            return fold(self.profile(), map(read, self.pending)), []
        except Exception:
            return self.one_by_one()

    def one_by_one(self) -> tuple[Profile, list[Broken]]:
        """Return the same with each activity tried alone: slower, and it finds what breaks."""
        profile, broken = self.profile(), []
        for entry in self.pending:
            with suppress(Exception):
                activity = Activity.from_bytes(entry)
                try:
                    after = fold(copied(profile), [activity])
                    after.to_bytes()
                    profile = after
                except Exception as error:
                    broken.append(Broken(activity, entry, error))
        return profile, broken


def copied(profile: Profile) -> Profile:
    """Return a profile that can be changed without changing this one."""
    copy = Profile.from_bytes(profile.to_bytes())
    older = profile.older
    copy.older = older.to_bytes() if isinstance(older, Older) else older
    return copy


@dataclass(slots=True)
class Change:
    """A shopper to be written: how it was read, what it is now, and the visitors whose facts are taken in."""

    shopper: Shopper
    look: Look
    profile: Profile
    visitors: list[str]
    changed: bool = True
    written: bytes | None = None  # the profile as it is to be stored, where that is known already


class Shoppers:
    """The shoppers of one shop. `read` is how what is pending is read, for who has read it already."""

    def __init__(self, connection: Connection, keys: ShopKeys, read: Read = Activity.from_bytes) -> None:
        self._read = read
        self._connection = connection
        self._keys = keys
        self._dead_letters = DeadLetters(connection, keys)
        self._identities = Identities(connection, keys)

    def look_call(self, shopper: Shopper) -> Call:
        """The command that looks at one identity, to be sent along with others; `look` reads its answer."""
        shard = self._keys.shard(shopper.id)
        mark, owners = b"", self._keys.pending(shard)
        if not shopper.known:
            owners, mark = self._identities.place(shopper.id)
        return script("read_shopper", [*self._keys_of(shopper), owners], mark)

    @staticmethod
    def look(answer: list[bytes | None]) -> Look:
        """Return what `look_call` answered."""
        stored, pending, older, entry = answer
        return Look(stored, pending, older, owner_in(entry))  # type: ignore[arg-type]

    def looks(self, shoppers: Sequence[Shopper]) -> list[Look]:
        """Return a look at each of these identities, in one round trip."""
        return [
            self.look(answer)
            for answer in self._connection.many([self.look_call(shopper) for shopper in shoppers])
        ]

    def read(self, shopper: Shopper) -> Profile:
        """Return everything known of one shopper, to the activity acknowledged last."""
        return self.whole(shopper, self.looks([shopper])[0])

    def read_alone(self, shopper: Shopper) -> Profile:
        """Return what is known of one identity by itself, whatever it is joined with."""
        return self.looks([shopper])[0].folded()

    def whole(self, shopper: Shopper, look: Look) -> Profile:
        """Return everything known of a shopper who was looked at: all identities that are this person.

        That look is enough unless known shoppers were joined by the shop, or the shopper was seen at a
        visitor's number since that was looked at last. A number that is somebody's opens nothing by itself.
        """
        profile = look.folded()
        if not shopper.known:
            return Profile() if look.owner else profile
        if not profile.joined and not profile.into:
            return profile
        return person(shopper.ref, self.known_with(shopper, profile))

    def known_with(self, shopper: Shopper, profile: Profile) -> dict[str, Profile | None]:
        """Return every identity that must be read to know this person.

        None for a visitor's number that is foreign, or of which what is stored cannot be read.
        """
        known: dict[str, Profile | None] = {shopper.ref: profile}
        while missing := lacking(known):
            asked = [Shopper.from_ref(ref) for ref in missing]
            for who, look in zip(asked, self.looks(asked), strict=True):
                theirs = look.readable() if look.owner in known else None
                known[who.ref] = look.folded() if who.known else theirs
        return known

    def apply_pending(self, shoppers: Sequence[Shopper]) -> int:
        """Fold what is pending into these shoppers' profiles; return how many activities that were.

        Doing it twice, or at the same time elsewhere, changes nothing: a profile is only replaced while it
        still is the one that was read. What visitors did at a number that is a shopper's is taken over into
        the shopper's profile, as far as the shopper was seen there since.
        """
        return sum(
            self._apply_pending(shoppers[first : first + MOST_AT_ONCE])
            for first in range(0, len(shoppers), MOST_AT_ONCE)
        )

    def _apply_pending(self, shoppers: Sequence[Shopper]) -> int:
        applied, waiting = 0, list(shoppers)
        came: dict[str, set[str]] = {}
        while waiting:  # whoever was overtaken looks again; somebody else got on, so this ends
            looks = zip(waiting, self.looks(waiting), strict=True)
            changes = [
                change
                for who, look in looks
                if look.pending and (change := self._change(who, look)) is not None
            ]
            for change in changes:
                if change.look.owner is not None:
                    came.setdefault(change.look.owner, set()).add(change.shopper.ref)
            overtaken = self._carry_out(changes)
            applied += sum(len(c.look.pending) for c in changes if c.shopper not in overtaken)
            waiting = list(overtaken)
        self._take_over(came)
        return applied

    def _take_over(self, came: Mapping[str, set[str]]) -> None:
        """Have shoppers take over what came late at their visitors' numbers, from before they were seen."""
        waiting = [Shopper.from_ref(ref) for ref in came]
        while waiting:
            changes = [
                Change(who, Look(look.stored, []), look.profile(), sorted(came[who.ref]), changed=False)
                for who, look in zip(waiting, self.looks(waiting), strict=True)
                if look.readable() is not None
            ]
            waiting = list(self._carry_out(changes))

    def change(self, shopper: Shopper, how: Callable[[Profile], bool]) -> bool:
        """Change what is stored of one identity, together with what lies beside it; return whether it was.

        `how` says whether it changed the profile it was given. What is pending stays pending.
        """
        while True:
            stored, older = self._connection.many([("GET", key) for key in self._keys_of(shopper)[::2]])
            look = Look(stored, [], older)
            profile = look.profile()
            if stored is None or not how(profile):
                return False
            if not self._carry_out([Change(shopper, look, profile, [])]):
                return True

    def _carry_out(self, changes: Sequence[Change]) -> set[Shopper]:
        """Write changed shoppers, with what their visitors did; return those whom somebody else changed."""
        self._add_visitors(changes)
        changes = [change for change in changes if change.changed]
        done = self._connection.many([self._apply_call(change) for change in changes])
        return {change.shopper for change, ok in zip(changes, done, strict=True) if not ok}

    def _add_visitors(self, changes: Sequence[Change]) -> None:
        asked = [(change, ref) for change in changes for ref in change.visitors]
        if not asked:
            return
        looks = self.looks([Shopper.from_ref(ref) for _, ref in asked])
        for (change, ref), look in zip(asked, looks, strict=True):
            theirs = look.readable() if look.owner == change.shopper.ref else None
            if theirs is not None and take_in(change.profile, ref, theirs):
                change.changed, change.written = True, None

    def _change(self, shopper: Shopper, look: Look) -> Change | None:
        """Return the shopper with what is pending folded in, what cannot be folded buried first.

        None for a shopper whose profile itself cannot be read: nobody else waits for that one.
        """
        try:
            profile, broken = look.after(self._read)
            try:
                written = profile.to_bytes()
            except Exception:  # folded, but into something that cannot be written
                profile, broken = look.one_by_one()
                written = profile.to_bytes()
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
        return Change(shopper, look, profile, stale(profile), written=written)

    def _apply_call(self, change: Change) -> Call:
        look, older = change.look, change.profile.older
        before = hashlib.sha1(look.stored).hexdigest() if look.stored else ""
        beside = older.to_bytes() if isinstance(older, Older) else b""
        after = packed(change.written if change.written is not None else change.profile.to_bytes())
        keys = self._keys_of(change.shopper)
        return script("apply", keys, before, len(look.pending), after, packed(beside))

    def _keys_of(self, shopper: Shopper) -> list[str]:
        shard = self._keys.shard(shopper.id)
        return [
            self._keys.profile(shard) + shopper.ref,
            self._keys.pending(shard) + shopper.ref,
            self._keys.older(shard) + shopper.ref,
        ]
