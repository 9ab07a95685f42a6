"""Where offers are redeemed: each step can be sent again, can break off anywhere, and counts once.

The order of the writes is what makes it hold. A use is taken before its record says so, and a record says
that uses are given back before they are: whatever breaks off in between leaves an offer with less room than
there is, never with more. What was held then gives back by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace

from plugin.errors import CodeUnusable, Invalid, LimitReached, NotFound, RapportError, Refused
from plugin.offers.offer import Offer
from plugin.redemptions.redemption import (
    COMMITTED,
    COMMITTING,
    REFUSED,
    RELEASED,
    RESERVED,
    RESERVING,
    Given,
    Redemption,
)
from plugin.store.ledger import Ledger, Room, Use
from plugin.store.redemptions import KEPT_S, RedemptionRecords

AT_WORK = "Another request is at work on this redemption; send it again in a moment."


class Desk:
    """The redemptions of one shop. `offers` are its rules as they stand, for their limits."""

    def __init__(self, records: RedemptionRecords, ledger: Ledger, offers: Mapping[str, Offer]) -> None:
        self._records = records
        self._ledger = ledger
        self._offers = offers

    def find(self, redemption_id: str) -> Redemption:
        """Return a redemption. Raises `NotFound` for an id that the shop never gave, or gave long ago."""
        return self._read(redemption_id)[1]

    def known(self, redemption_id: str, asked: str) -> Redemption | None:
        """Return the redemption of an id that was asked for before and not refused; None for a new one.

        Raises `Invalid` where the id was used for another basket.
        """
        body = self._records.get(redemption_id)
        held = Redemption.from_bytes(body) if body else None
        if held is not None and held.asked != asked:
            detail = "This Idempotency-Key was used for another redemption; give each a key of its own."
            raise Invalid(detail, code="idempotency_mismatch")
        return None if held is None or held.state == REFUSED else held

    def reserve(self, new: Redemption, now: float) -> Redemption:
        """Return a redemption once all its offers hold a use for it until `new.until`; all of them or none.

        Asked again with the same id, it answers what was reserved then. Raises `LimitReached` or
        `CodeUnusable` where an offer has no room, `Invalid` where the id was used for another basket.
        """
        body = self._records.get(new.redemption_id)
        if body:
            held = self.known(new.redemption_id, new.asked) or Redemption.from_bytes(body)
            if held.state not in (RESERVING, REFUSED):
                return held
            if held.state == RESERVING and now < held.until:
                new = replace(held, taker=new_taker())
        new = replace(new, state=RESERVING)
        self._swap(body, new)
        for given in new.given:
            use, room = self._use(new, given), self._room(given)
            full = self._ledger.hold(use, room, new.redemption_id, new.taker, new.until, now)
            if full:
                self._back_out(new, REFUSED, now)
                raise no_room(given.offer_id, full)
        return self._swap(new.to_bytes(), replace(new, state=RESERVED))

    def commit(self, redemption_id: str, order_id: str, now: float) -> Redemption:
        """Return a redemption that belongs to an order from now on.

        One that was released, or whose hold is over, takes its uses anew where there is room. Raises
        `LimitReached` where there is none, `Refused` where it belongs to another order.
        """
        body, held = self._read(redemption_id)
        if held.state in (COMMITTED, COMMITTING) and held.order_id != order_id:
            raise Refused(f"This redemption belongs to order {held.order_id!r} already.")
        if held.state == COMMITTED:
            return held
        if held.state in (RESERVING, REFUSED):
            raise Refused("This redemption was never reserved; reserve it first.")
        taken = replace(held, state=COMMITTING, order_id=order_id, taker=new_taker())
        self._swap(body, taken)
        self._records.belongs_to(order_id, redemption_id)
        for given in taken.given:
            use, room = self._use(taken, given), self._room(given)
            full = self._ledger.keep(use, room, redemption_id, taken.taker, now + KEPT_S, now)
            if full:
                self._back_out(replace(taken, order_id=None), RELEASED, now, before=taken)
                raise no_room(given.offer_id, full)
        return self._swap(taken.to_bytes(), replace(taken, state=COMMITTED))

    def release(self, redemption_id: str, now: float) -> Redemption:
        """Return a redemption that holds nothing any more. Raises `Refused` once it belongs to an order."""
        body, held = self._read(redemption_id)
        if held.state in (COMMITTED, COMMITTING):
            raise Refused("This redemption belongs to an order; what comes back of it is returned.")
        if held.state not in (RELEASED, REFUSED):
            held = self._swap(body, replace(held, state=RELEASED))
        for given in held.given:
            self._ledger.undo(given.offer_id, redemption_id, held.taker, now)
        return held

    def give_back(
        self, redemption_id: str, return_id: str, lines: Mapping[int, int], now: float
    ) -> Redemption:
        """Return a redemption after pieces of some lines came back; the same `return_id` counts once.

        Raises `Refused` before it belongs to an order, `Invalid` for a line that is not there or for more
        pieces than are left of it.
        """
        body, held = self._settled(redemption_id, now)
        if return_id not in held.returns:
            _demand_pieces(held, lines)
            held = self._swap(body, replace(held, returns={**held.returns, return_id: dict(lines)}))
        self._settle_books(held, now)
        return held

    def refunded(
        self,
        redemption_id: str,
        order_id: str,
        refund_id: str,
        products: Mapping[str, int] | None,
        now: float,
    ) -> Redemption | None:
        """Return a redemption after a refund of its order (`products` None: all of it) arrived as activity.

        The same `refund_id` counts once. None where the order is not its own.
        """
        body, held = self._read(redemption_id)
        if held.state == COMMITTING:
            body, held = self._settled(redemption_id, now)
        if held.state != COMMITTED or held.order_id != order_id:
            return None
        changed = held
        if products is None:
            changed = replace(held, cancelled=True)
        elif refund_id not in held.refunds:
            changed = replace(held, refunds={**held.refunds, refund_id: dict(products)})
        if changed is not held:
            held = self._swap(body, changed)
        self._settle_books(held, now)
        return held

    def _settled(self, redemption_id: str, now: float) -> tuple[bytes, Redemption]:
        """Read a redemption that belongs to an order; a commit that broke off is carried on first."""
        body, held = self._read(redemption_id)
        if held.state == COMMITTING and held.order_id is not None:
            held = self.commit(redemption_id, held.order_id, now)
            return held.to_bytes(), held
        if held.state != COMMITTED:
            raise Refused("This redemption belongs to no order yet; release it instead.")
        return body, held

    def _settle_books(self, held: Redemption, now: float) -> None:
        for given in held.given:
            left, counts = held.left_of(given)
            self._ledger.give_back(given.offer_id, held.redemption_id, left, counts, now)

    def _back_out(
        self, held: Redemption, state: str, now: float, *, before: Redemption | None = None
    ) -> None:
        """Say that nothing is taken, and only then give back what this run took."""
        self._swap((before or held).to_bytes(), replace(held, state=state))
        for given in held.given:
            self._ledger.undo(given.offer_id, held.redemption_id, held.taker, now)

    def _read(self, redemption_id: str) -> tuple[bytes, Redemption]:
        body = self._records.get(redemption_id)
        if not body:
            raise NotFound(f"There is no redemption {redemption_id!r}.")
        return body, Redemption.from_bytes(body)

    def _swap(self, before: bytes, after: Redemption) -> Redemption:
        if not self._records.swap(after.redemption_id, before, after.to_bytes()):
            raise RapportError(AT_WORK, code="idempotency_running", retry_after=1)
        return after

    def _use(self, redemption: Redemption, given: Given) -> Use:
        return Use(given.offer_id, given.money, redemption.shopper, given.period, given.code)

    def _room(self, given: Given) -> Room:
        offer = self._offers.get(given.offer_id)
        if offer is None:
            return Room(code=given.code_uses)
        limits = offer.limits
        return Room(limits.total, limits.per_shopper, limits.per_period, given.code_uses, limits.budget)


def new_taker() -> str:
    """Return what tells one run from every other."""
    return secrets.token_hex(8)


def no_room(offer_id: str, full: str) -> RapportError:
    """Return the refusal for an offer that has no room left."""
    if full == "code":
        return code_unusable()
    if full == "done":
        return Refused("What this redemption gave was given back for good; reserve a new one.")
    if full == "budget":
        detail = f"The budget of offer {offer_id!r} has too little left for this."
        return LimitReached(detail, code="budget_reached", errors=[{"offer_id": offer_id, "detail": detail}])
    whose = {"total": "in all", "shopper": "for this shopper", "period": "for now"}[full]
    detail = f"Offer {offer_id!r} is used up {whose}."
    return LimitReached(detail, errors=[{"offer_id": offer_id, "detail": detail}])


def code_unusable(places: Sequence[int] = ()) -> CodeUnusable:
    """Return the one answer for a code that opens nothing, whatever the reason."""
    detail = "This code cannot be used."
    return CodeUnusable(detail, errors=[{"pointer": f"/codes/{at}", "detail": detail} for at in places])


def _demand_pieces(held: Redemption, lines: Mapping[int, int]) -> None:
    told = [0] * len(held.lines)
    for returned in held.returns.values():
        for at, pieces in returned.items():
            told[at] += pieces
    for at, pieces in lines.items():
        if at >= len(held.lines):
            raise _wrong(f"The redemption has no line {at}; the last is {len(held.lines) - 1}.")
        left = held.lines[at].quantity - told[at]
        if pieces > left:
            raise _wrong(f"Of line {at} only {left} can still come back.")


def _wrong(detail: str) -> Invalid:
    return Invalid(detail, errors=[{"pointer": "/lines", "detail": detail}])
