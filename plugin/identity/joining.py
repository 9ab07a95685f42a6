"""Making identities one person, and several again: visitors at a sighting, shoppers by the shop's word.

Nothing that was done is moved: each identity keeps its own, and one that is joined is read along with the
other. So undoing gives back exactly what there was, and what came in between goes to whom it came under.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

import orjson

from plugin.activity import Activity, Shopper
from plugin.errors import Invalid, NotFound, StoreUnavailable
from plugin.identity.identities import SHOPPERS_MERGE, VISITOR_MERGE, shoppers_merge_id, top, visitor_merge_id
from plugin.shopper import Profile
from plugin.shopper.joining import holding
from plugin.store.activities import Outcome
from plugin.store.keys import digest
from plugin.store.memory import ShopMemory

MOST_SHOPPERS = 50  # known shoppers that can be one
LOCK_MS = 10_000
PATIENCE_S = 3.0

Clock = Callable[[], float]


def join_visitors(
    memory: ShopMemory, activities: Sequence[Activity], outcomes: Sequence[Outcome], now: float
) -> None:
    """Give visitors' numbers to the shoppers who were seen beside them, as far as they are nobody's.

    To be called with activities that are on disk and what became of each. A shopper is known here only by a
    token or by the shop's own word; who that is not, owns nothing.
    """
    seen: dict[tuple[str, Shopper], Activity] = {}
    for activity, outcome in zip(activities, outcomes, strict=True):
        who, visitor = activity.shopper, activity.visitor
        if visitor is not None and who is not None and who.known and outcome is not Outcome.WITHHELD:
            seen.setdefault((visitor, who), activity)
    asked = memory.identities.unasked(seen)
    if not asked:
        return
    owned = [pair for pair, ours in zip(asked, memory.identities.claim(asked), strict=True) if ours]
    joins = [
        _said("joined", who, visitor_merge_id(visitor), seen[visitor, who].at, now, part=f"a:{visitor}")
        for visitor, who in owned
    ]
    if joins:
        # A no counts at the number too, and before anything more is kept under it.
        said = memory.consents.said(sorted({who.ref for _, who in owned}))
        memory.consents.shut(f"a:{visitor}" for visitor, who in owned if said.get(who.ref) is False)
        memory.activities.append(joins, now)
    memory.identities.remember(asked)


def merge(memory: ShopMemory, part: str, into: str, clock: Clock) -> tuple[str, bool]:
    """Make one known shopper a part of another; return the name of the merge, and whether it is new.

    Raises `Invalid` for a shopper and themself, a circle, one who is part of somebody already, or too many,
    `NotFound` for somebody of whom nothing is known. Asked again it says the same again.
    """
    if part == into:
        raise _invalid("into", "A shopper cannot be merged with themself.")
    with _alone(memory):
        name, document = _newest_merge(memory, part, into)
        if document is None:
            _demand_mergeable(memory, part, into)
            document = {"merge_id": name, "from": part, "into": into, "at": clock(), "until": None}
            memory.documents.put({f"merge/{name}": orjson.dumps(document)})
            _tell(memory, "joined", document, document["at"])
            return name, True
        _tell(memory, "joined", document, document["at"])  # the run that made it may have ended before this
        return name, False


def unmerge(memory: ShopMemory, merge_id: str, clock: Clock) -> bool:
    """Undo a merge of shoppers, or take a visitor's number from its shopper, who never gets it again.

    Returns whether it held until now: undone already, it stays so. Raises `NotFound` for a name that stands
    for nothing.
    """
    with _alone(memory):
        if merge_id.startswith(SHOPPERS_MERGE):
            return _part_shoppers(memory, merge_id, clock())
        if merge_id.startswith(VISITOR_MERGE):
            return _part_visitor(memory, merge_id, clock())
    raise NotFound(f"There is no merge {merge_id!r}.")


def all_refs(memory: ShopMemory, shopper: Shopper) -> set[str]:
    """Return the references of all identities that are one person with this one, itself included."""
    refs = {shopper.ref}
    if not shopper.known:
        owner = memory.shoppers.looks([shopper])[0].owner
        return refs if owner is None else refs | all_refs(memory, Shopper.from_ref(owner))
    known = memory.shoppers.known_with(shopper, memory.shoppers.read_alone(shopper))
    for ref, profile in known.items():
        if profile is not None and ref.startswith("u:"):
            refs |= {ref, *(join.ref for join in holding(profile.joined).values())}
    return refs


def forget(memory: ShopMemory, refs: Collection[str]) -> int:
    """Forget what these identities are: their numbers' owners, and merges that name them; return how many.

    Their profiles, and what lies beside and is pending, go too.
    """
    names = merges_of(memory, refs)
    if names:
        memory.documents.put(dict.fromkeys(names))
    return memory.identities.forget(refs) + len(names)


def merges_of(memory: ShopMemory, refs: Collection[str]) -> list[str]:
    """Return the names of the documents about merges of any of these shoppers."""
    ids = {ref[2:] for ref in refs if ref.startswith("u:")}
    found = []
    for name, body in memory.documents.changes_since(0).bodies.items():
        if name.startswith("merge/") and body is not None:
            document = orjson.loads(body)
            if document["from"] in ids or document["into"] in ids:
                found.append(name)
    return found


def _newest_merge(memory: ShopMemory, part: str, into: str) -> tuple[str, dict[str, Any] | None]:
    """Return the merge of these two that holds; else the name of their next one, and None."""
    for turn in count():
        name = shoppers_merge_id(part, into, turn)
        body = memory.documents.get(f"merge/{name}")
        if body is None:
            return name, None
        document = orjson.loads(body)
        if document["until"] is None:
            return name, document
    raise AssertionError("counting does not end")


def _tells(profile: Profile) -> bool:
    """Whether anything is known: what they did, or only what the shop says of them."""
    return bool(profile.events or profile.tiers or profile.points or profile.gifts)


def _demand_mergeable(memory: ShopMemory, part: str, into: str) -> None:
    known: dict[str, Profile | None] = {}
    for where, who in (("from", Shopper(part)), ("into", Shopper(into))):
        alone = memory.shoppers.read_alone(who)
        theirs = memory.shoppers.known_with(who, alone)
        if not any(profile is not None and _tells(profile) for profile in theirs.values()):
            raise NotFound(f"Nothing is known of a shopper {who.id!r}, named in /{where}.")
        known |= theirs
    if (whole := top(f"u:{part}", known)) != f"u:{part}":
        raise _invalid(
            "from", f"{part!r} is part of {whole[2:]!r} already; merge that one, or unmerge first."
        )
    if top(f"u:{into}", known) == f"u:{part}":
        raise _invalid("into", f"{into!r} is part of {part!r}; the two cannot be part of each other.")
    if sum(ref.startswith("u:") for ref in known) > MOST_SHOPPERS:
        raise _invalid("into", f"At most {MOST_SHOPPERS} shoppers can be one.")


def _part_shoppers(memory: ShopMemory, merge_id: str, now: float) -> bool:
    name = f"merge/{merge_id}"
    body = memory.documents.get(name)
    if body is None:
        raise NotFound(f"There is no merge {merge_id!r}.")
    document = orjson.loads(body)
    until = document["until"] or now
    _tell(memory, "split", document, until)
    memory.documents.put({name: orjson.dumps({**document, "until": until})})
    return document["until"] is None


def _part_visitor(memory: ShopMemory, merge_id: str, now: float) -> bool:
    ref = memory.identities.owner_by(merge_id)
    if ref is None:
        raise NotFound(f"There is no merge {merge_id!r}.")
    if not ref:
        return False  # taken from its shopper before
    owner = Shopper.from_ref(ref)
    profile = memory.shoppers.read_alone(owner)
    refs = [ref for ref in profile.joined if ref.startswith("a:") and visitor_merge_id(ref[2:]) == merge_id]
    if not refs:
        raise NotFound(f"There is no merge {merge_id!r}.")
    part = profile.parts.get(refs[0])
    if part is not None and part[1] is None:
        raise _invalid(
            "merge_id", "This number was joined so long ago that its part is added up with others."
        )
    memory.activities.append([_said("split", owner, merge_id, now, now, part=refs[0])], now)
    return memory.identities.release(refs[0][2:], owner)


def _tell(memory: ShopMemory, kind: str, document: Mapping[str, Any], at: float) -> None:
    """Have both shoppers of a merge know of it, or of its end."""
    part, into, name = Shopper(document["from"]), Shopper(document["into"]), document["merge_id"]
    told = [
        _said(kind, into, name, at, at, part=part.ref),
        _said(kind, part, name, at, at, into=into.ref),
    ]
    memory.activities.append(told, at)


def _said(kind: str, who: Shopper, merge_id: str, at: float, now: float, **ref: str) -> Activity:
    # One name for one fact, so that telling it again changes nothing.
    message_id = f"{kind}:{merge_id}:{digest(who.ref).hex()}"
    return Activity(message_id, kind, kind, at, now, "shop", who, properties={"merge_id": merge_id, **ref})


@contextmanager
def _alone(memory: ShopMemory) -> Iterator[None]:
    """Have one merge of a shop judged and carried out at a time, so that no two of them make a circle."""
    holder = uuid.uuid4().hex
    patience = time.monotonic() + PATIENCE_S
    while not memory.identities.hold(holder, LOCK_MS):
        if time.monotonic() > patience:
            raise StoreUnavailable("Another merge is under way; sending again is safe.", retry_after=1)
        time.sleep(0.01)
    try:
        yield
    finally:
        memory.identities.let_go(holder)


def _invalid(field: str, detail: str) -> Invalid:
    return Invalid(f"/{field}: {detail}", errors=[{"pointer": f"/{field}", "detail": detail}])
