"""How to tell that something is about the erased: an activity, a dead letter, somebody else's profile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import orjson

from plugin.activity import Activity, Shopper
from plugin.intake.privacy_requests import requests_for
from plugin.intake.unusable import names_in
from plugin.shopper import Profile
from plugin.store.dead_letters import Letter
from plugin.store.memory import ShopMemory

JOININGS = frozenset({"joined", "split"})


@dataclass(frozen=True)
class ErasedIds:
    """The ids that are erased, and how to tell that something is about them."""

    refs: frozenset[str]

    @property
    def ids(self) -> frozenset[str]:
        """The ids alone, as activities name them."""
        return frozenset(ref[2:] for ref in self.refs)

    @property
    def known_ids(self) -> frozenset[str]:
        """The ids of the shoppers among them; a visitor may have a number that is somebody else's id."""
        return frozenset(ref[2:] for ref in self.refs if Shopper.from_ref(ref).known)

    def left_of(self, activity: Activity) -> Activity | None:
        """Return what may stay of an activity: nothing of what is theirs, or says who they are.

        What somebody else did at a number of theirs stays that person's, without the number.
        """
        if self.in_activity(activity):
            return None
        return replace(activity, visitor=None) if self._at_theirs(activity) else activity

    def in_activity(self, activity: Activity) -> bool:
        """Whether an activity is theirs, or tells of nothing but who they are."""
        if activity.shopper is not None and activity.shopper.ref in self.refs:
            return True
        said = activity.properties
        if activity.kind == "aliased":
            return self._at_theirs(activity) or said.get("previous_id") in self.ids
        return activity.kind in JOININGS and not self.refs.isdisjoint({said.get("part"), said.get("into")})

    def _at_theirs(self, activity: Activity) -> bool:
        return activity.visitor is not None and Shopper(activity.visitor, known=False).ref in self.refs

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
                activity = Activity.from_bytes(letter.entry)
                return self.in_activity(activity) or self._at_theirs(activity)
            except Exception:  # it cannot be read, so what stands in it is looked for as it stands
                return any(name.encode("utf-8", "surrogatepass") in letter.entry for name in self.ids)
        return not self.refs.isdisjoint(names_in(letter))


def is_kept_beside(memory: ShopMemory, refs: Collection[str]) -> bool:
    """Whether anything is kept of these besides profile and activities: sign-ins, requests, dead letters."""
    about = ErasedIds(frozenset(refs))
    if any(memory.sign_ins.of(each) for each in about.known_ids):
        return True
    if any(wish["shopper_id"] in about.known_ids for wish in memory.erased.requests()):
        return True
    if requests_for(memory.documents, about.known_ids):
        return True
    return any(map(about.in_letter, memory.dead_letters.all()))
