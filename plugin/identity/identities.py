"""Who a shopper is: the identities that are one person, and the name of each joining.

A visitor's number belongs to the first shopper who was proven beside it. Two known shoppers are one only
where the shop has said so. Each joining has a `merge_id`, by which it can be undone.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from plugin.activity import Shopper
from plugin.shopper import Profile, combined
from plugin.shopper.joining import holding
from plugin.shopper.profile import Identity
from plugin.store.keys import digest, visitor_mark

VISITOR_MERGE = "v_"
SHOPPERS_MERGE = "m_"
MOST_PARTS = 50  # visitors' numbers of one shopper that can still be taken apart
MOST_ADDED_UP = 500  # further ones that are remembered as added up
MOST_READ = 300  # identities that one reading follows
SUM = ""  # where the facts of visitors lie who were added up


def visitor_merge_id(visitor: str) -> str:
    """Return the name of a visitor number's joining with its shopper.

    It holds where the number's owner is found (a checksum and a digest of it) and nothing that can be read.
    """
    name = base64.urlsafe_b64encode(visitor_mark(visitor)).rstrip(b"=")
    return VISITOR_MERGE + name.decode()


def shoppers_merge_id(part: str, into: str, turn: int) -> str:
    """Return the name of the joining of two shoppers, the `turn`-th time (from 0) that they are."""
    name = base64.urlsafe_b64encode(digest(part, into, str(turn), size=15))
    return SHOPPERS_MERGE + name.decode()


def identities(profile: Profile, ref: str) -> list[dict[str, Any]]:
    """Return every identity of a shopper as read: its `kind` (user, anonymous, oidc), `id` and `since`.

    `since` is in epoch seconds. What was joined has the `merge_id` that undoes the joining. The id of a
    sign-in is its issuer and subject, a space between them.
    """
    listed = [_listed(each) for each in profile.known_as or (Identity(ref, profile.first_at),)]
    for identity, (_, since) in sorted(profile.sign_ins.items()):
        listed.append({"kind": "oidc", "id": identity, "since": since})
    return listed


def _listed(identity: Identity) -> dict[str, Any]:
    who = Shopper.from_ref(identity.ref)
    told = {"kind": "user" if who.known else "anonymous", "id": who.id, "since": identity.since}
    return told if identity.merge_id is None else {**told, "merge_id": identity.merge_id}


def stale(profile: Profile) -> list[str]:
    """Return the visitors of a shopper at whose number the shopper was seen since their facts were taken."""
    found = []
    for ref in _visitors(profile):
        part = profile.parts.get(ref)
        if part is None or (part[1] is not None and profile.seen_as.get(ref[2:], 0.0) > part[0]):
            found.append(ref)
    return found


def take_in(profile: Profile, ref: str, visitor: Profile) -> bool:
    """Keep what was done at a visitor's number as a part of its shopper; whether that changed anything.

    What was done there after the shopper was last seen there waits until the shopper is seen there again.
    """
    join, part = profile.joined.get(ref), profile.parts.get(ref)
    if join is None or join.until is not None or (part is not None and part[1] is None):
        return False
    seen = profile.seen_as.get(ref[2:], part[0] if part else join.since or 0.0)
    if part is not None and seen <= part[0] and (visitor.last_at or 0.0) > seen:
        return False
    taken = [seen, visitor.facts()]
    if taken == part:
        return False
    profile.parts[ref] = taken
    _settle_parts(profile)
    return True


def _settle_parts(profile: Profile) -> None:
    """Add up the parts of the visitors seen longest ago, so that a profile stays small.

    Nothing of them is lost, but these can be taken apart no more, and nothing further joins them.
    """
    seen = _seen(profile)
    apart = sorted((ref for ref, part in profile.parts.items() if ref and part[1] is not None), key=seen)
    for ref in apart[: max(0, len(apart) - MOST_PARTS)]:
        sums = Profile.from_facts(dict(profile.parts.get(SUM, [0.0, {}])[1]))
        profile.parts[SUM] = [0.0, combined(sums, _snapshot(profile.parts[ref])).facts()]
        profile.parts[ref] = [profile.parts[ref][0], None]
    added_up = sorted((ref for ref, part in profile.parts.items() if part[1] is None), key=seen)
    for ref in added_up[: max(0, len(added_up) - MOST_ADDED_UP)]:
        del profile.parts[ref], profile.joined[ref]


def _seen(profile: Profile) -> Callable[[str], tuple[float, str]]:
    return lambda ref: (profile.parts[ref][0], ref)


def _snapshot(part: list[Any]) -> Profile:
    return Profile.from_facts(dict(part[1]))


def _visitors(profile: Profile) -> list[str]:
    return [ref for ref in holding(profile.joined) if ref.startswith("a:")]


def _shoppers(profile: Profile) -> dict[str, str]:
    """Return the known shoppers that are part of this one, by the name of their joining."""
    joins = holding(profile.joined)
    return {name: join.ref for name, join in joins.items() if join.ref.startswith("u:")}


def _whole(profile: Profile) -> str | None:
    """Return what this one is part of."""
    joins = sorted(holding(profile.into).values(), key=lambda join: (join.since or 0.0, join.ref))
    return joins[-1].ref if joins else None


def lacking(known: Mapping[str, Profile | None]) -> list[str]:
    """Return which further identities must be read for those known to be whole; none when they are.

    None stands for an identity that was read and is not theirs.
    """
    wanted: dict[str, None] = {}
    for ref, profile in known.items():
        if profile is not None and ref.startswith("u:"):
            above = _whole(profile)
            wanted |= dict.fromkeys([above] if above else [])
            wanted |= dict.fromkeys([*_shoppers(profile).values(), *stale(profile)])
    return [ref for ref in wanted if ref not in known] if len(known) < MOST_READ else []


def person(asked: str, known: Mapping[str, Profile | None]) -> Profile:
    """Return one shopper from all that was read of the identities, as `known_as` then lists them.

    The given profiles are used up. Facts of a visitor come from what was read just now, else from what was
    taken over last.
    """
    names, parts = _members(top(asked, known), known)
    members = [profile for ref in names if (profile := known[ref]) is not None]
    own = members[0]
    identities = []
    for (ref, merge_id), profile in zip(names.items(), members, strict=True):
        identities.append(Identity(ref, profile.first_at, merge_id))
        for visitor in _visitors(profile):
            since = profile.joined[visitor].since
            identities.append(Identity(visitor, since, visitor_merge_id(visitor[2:])))
    whole = combined(own, *parts, *members[1:]) if parts or len(members) > 1 else own
    whole.known_as = tuple(identities)
    return whole


def top(asked: str, known: Mapping[str, Profile | None]) -> str:
    """Return the shopper of whom this one is part, directly or not; itself when it is part of nobody."""
    ref, passed = asked, {asked}
    while (profile := known.get(ref)) is not None and (above := _whole(profile)) is not None:
        if above in passed or known.get(above) is None:
            break
        ref = above
        passed.add(ref)
    return ref


def _members(root: str, known: Mapping[str, Profile | None]) -> tuple[dict[str, str | None], list[Profile]]:
    """Return the known shoppers who are one, each with the name of its joining, and their visitors' facts."""
    names: dict[str, str | None] = {root: None}
    parts: list[Profile] = []
    waiting = [root]
    while waiting:
        profile = known[waiting.pop(0)]
        assert profile is not None
        for name, ref in _shoppers(profile).items():
            if ref not in names and known.get(ref) is not None:
                names[ref] = name
                waiting.append(ref)
        for ref, part in profile.parts.items():
            if part[1] and known.get(ref) is None:
                parts.append(_snapshot(part))
        parts += [held for ref in _visitors(profile) if (held := known.get(ref)) is not None]
    return names, parts
