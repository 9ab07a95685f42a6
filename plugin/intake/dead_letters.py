"""What could not be used: put aside with its reason, and read again once something was put right."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from plugin.activity import Activity
from plugin.connectors.rejects import Unusable
from plugin.connectors.segment import LARGEST_EVENT, Rejected, Sender, read_document
from plugin.errors import Invalid
from plugin.intake.deliveries import Taken
from plugin.shopper import fold
from plugin.store.activities import Outcome
from plugin.store.dead_letters import Letter
from plugin.store.log.rows import rows_of

if TYPE_CHECKING:
    from plugin.storefront import Storefront

AT_ONCE = 500

Deliver = Callable[[str, Any, float], Taken]
"""Reads what a platform delivered to a shop (its id) once more: the message, and when it came."""


@dataclass(slots=True)
class Replayed:
    """What came of reading letters again: how many now count, were known already, and why the rest do not."""

    read: int = 0
    applied: int = 0
    known: int = 0
    still: list[dict[str, str]] = field(default_factory=list)  # letter id, code and detail

    def as_dict(self) -> dict[str, Any]:
        """Return it as the doors tell it."""
        return {"read": self.read, "applied": self.applied, "known": self.known, "still": self.still}


def rejected_letter(document: Any, sender: Sender, refusal: Rejected, at: float) -> Letter | None:
    """Return the letter for an event that a door refuses inside a batch, None for one not to be kept.

    An event with a wrong token is nobody's, so it is not kept; of one that is too large only the reason is.
    The shopper whom a token proves is kept in the token's place. An event by whose content a repetition could
    not be told gets a message id, so that reading it again counts it once.
    """
    if refusal.code == "token_invalid":
        return None
    proven = sender.proven
    if refusal.code == "too_large":
        document = None
    elif isinstance(document, dict):
        context = document.get("context")
        if isinstance(context, dict) and "shopperToken" in context:
            context = dict(context)
            token = context.pop("shopperToken")
            document = {**document, "context": context}
            try:
                proven = proven or (sender.prove(str(token)) if sender.prove else None)
            except Rejected:
                return None
        if not any(document.get(name) for name in ("messageId", "timestamp", "originalTimestamp")):
            document = {**document, "messageId": f"given:{uuid.uuid4().hex}"}
    return Letter("door", sender.trust, at, refusal.code, refusal.detail, document, proven)


def replay(
    front: Storefront,
    shop_id: str,
    letters: Sequence[Letter],
    corrected: Mapping[str, Any] | None = None,
    deliver: Deliver | None = None,
) -> Replayed:
    """Read letters again and return what came of it; those that now count leave the list.

    `corrected` holds documents, by letter id, to be read in place of what was sent. What was sent to a door
    goes through that door's reading and the same memory of seen ids, so that a replay that is cut short and
    begun again counts nothing twice. `deliver` reads what a platform delivered.
    """
    came = Replayed(read=len(letters))
    at_doors = [letter for letter in letters if letter.where == "door"]
    for start in range(0, len(at_doors), AT_ONCE):
        _knock_again(front, shop_id, at_doors[start : start + AT_ONCE], corrected or {}, came)
    for letter in letters:
        if letter.where == "webhook":
            _deliver_again(front, shop_id, letter, (corrected or {}).get(letter.letter_id), deliver, came)
        elif letter.where != "door":
            _take_back(front, shop_id, letter, came)
    return came


def _knock_again(
    front: Storefront,
    shop_id: str,
    letters: Sequence[Letter],
    corrected: Mapping[str, Any],
    came: Replayed,
) -> None:
    currency = front.shops.view(shop_id).settings.currency
    read: list[tuple[Letter, Activity]] = []
    for letter in letters:
        document = corrected.get(letter.letter_id, letter.document)
        try:
            read.append((letter, _reread(letter, document, currency)))
        except Rejected as refusal:
            came.still.append({"id": letter.letter_id, "code": refusal.code, "detail": refusal.detail})
    if read:
        outcomes = front.record(shop_id, [activity for _, activity in read])
        front.shops.memory(shop_id).dead_letters.drop([letter for letter, _ in read])
        came.applied += outcomes.count(Outcome.NEW)
        came.known += len(outcomes) - outcomes.count(Outcome.NEW)


def _reread(letter: Letter, document: Any, currency: str) -> Activity:
    if document is None:
        raise Rejected(letter.code, letter.detail)
    if isinstance(document, dict):
        sent = letter.document if isinstance(letter.document, dict) else {}
        kept = {name: sent[name] for name in ("messageId", "timestamp", "originalTimestamp") if name in sent}
        document = {**kept, **document}
        document.pop("writeKey", None)
        if len(orjson.dumps(document)) > LARGEST_EVENT:
            raise Rejected("too_large", f"An event may have {LARGEST_EVENT} bytes at most.")
    return read_document(document, Sender(letter.trust, currency, letter.proven), letter.at)


def _deliver_again(
    front: Storefront, shop_id: str, letter: Letter, corrected: Any, deliver: Deliver | None, came: Replayed
) -> None:
    if deliver is None:
        came.still.append({"id": letter.letter_id, "code": letter.code, "detail": letter.detail})
        return
    try:
        taken = deliver(shop_id, letter.document if corrected is None else corrected, letter.at)
    except (Unusable, Invalid) as fault:
        code = fault.reason if isinstance(fault, Unusable) else fault.code
        came.still.append({"id": letter.letter_id, "code": code, "detail": fault.detail})
        return
    front.shops.memory(shop_id).dead_letters.drop([letter])
    news = taken.accepted > taken.duplicates or taken.products or taken.hidden or taken.request
    came.applied += bool(news)
    came.known += not news


def _take_back(front: Storefront, shop_id: str, letter: Letter, came: Replayed) -> None:
    """Give an acknowledged activity back to its shopper or the log if it can be folded or written now."""
    memory = front.shops.memory(shop_id)
    try:
        activity = Activity.from_bytes(letter.entry or b"")
        if letter.where == "write":
            rows_of([("", activity)])
        elif activity.shopper is not None:
            fold(memory.shoppers.read(activity.shopper), [activity]).to_bytes()
    except Exception as error:
        detail = f"{type(error).__name__}: {error}"[:500]
        came.still.append({"id": letter.letter_id, "code": letter.code, "detail": detail})
        return
    if memory.dead_letters.revive(letter, activity):
        came.applied += 1
        if activity.shopper is not None:  # what is in no stream any more waits for no worker
            memory.shoppers.apply_pending([activity.shopper])
    else:
        came.known += 1
