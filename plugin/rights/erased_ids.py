"""How to tell that something is about the erased: an activity, a dead letter, somebody else's profile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import orjson

from plugin.activity import IDENTITY_KINDS, Activity, Shopper
from plugin.intake.unusable import names_in
from plugin.shopper import Profile
from plugin.store.dead_letters import Letter

NAMING_KINDS = IDENTITY_KINDS | {"signed_in", "joined", "split"}


@dataclass(frozen=True)
class ErasedIds:
    """The ids that are erased, and how to tell that something is about them."""

    refs: frozenset[str]

    @property
    def ids(self) -> frozenset[str]:
        """The ids alone, as activities name them."""
        return frozenset(ref[2:] for ref in self.refs)

    def in_activity(self, activity: Activity) -> bool:
        """Whether an activity is theirs, was done under their number, or names them."""
        if activity.shopper is not None and activity.shopper.ref in self.refs:
            return True
        if activity.visitor is not None and Shopper(activity.visitor, known=False).ref in self.refs:
            return True
        if activity.kind not in NAMING_KINDS:
            return False
        said = [value for value in activity.properties.values() if isinstance(value, str)]
        return not (self.ids | self.refs).isdisjoint(said)

    def named_in(self, profile: bytes) -> bool:
        """Whether a stored profile may name them; one that does not is not looked at further."""
        return any(name in profile for name in self._written)

    @cached_property
    def _written(self) -> tuple[bytes, ...]:
        """The ids as they stand in JSON."""
        return tuple(orjson.dumps(name)[1:-1] for name in self.ids)

    def unname(self, profile: Profile) -> bool:
        """Take out of somebody else's profile that they were met; return whether it said so."""
        seen = {number: at for number, at in profile.seen_as.items() if f"a:{number}" not in self.refs}
        joined = {name: join for name, join in profile.joined.items() if join.ref not in self.refs}
        into = {name: join for name, join in profile.into.items() if join.ref not in self.refs}
        parts = {ref: part for ref, part in profile.parts.items() if ref not in self.refs}
        after = (seen, joined, into, parts)
        if after == (profile.seen_as, profile.joined, profile.into, profile.parts):
            return False
        profile.seen_as, profile.joined, profile.into, profile.parts = after
        return True

    def in_letter(self, letter: Letter) -> bool:
        """Whether a dead letter is theirs or names them."""
        if letter.entry is not None:
            try:
                return self.in_activity(Activity.from_bytes(letter.entry))
            except Exception:  # it cannot be read, so what stands in it is looked for as it stands
                return any(name.encode("utf-8", "surrogatepass") in letter.entry for name in self.ids)
        return not self.refs.isdisjoint(names_in(letter))
