"""A redemption: a basket with what its offers gave, from the reservation to the last piece that came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from fractions import Fraction
from typing import Any

import orjson

from plugin.offers.funding import Funders

RESERVING, RESERVED, REFUSED = "reserving", "reserved", "refused"
COMMITTING, COMMITTED, REOPENING = "committing", "committed", "reopening"
RELEASED, EXPIRED = "released", "expired"
PARTLY_RETURNED, RETURNED, CANCELLED = "partly_returned", "returned", "cancelled"
TOLD = (RESERVED, COMMITTED, PARTLY_RETURNED, RETURNED, CANCELLED, RELEASED, EXPIRED)
"""What a caller may see; the others are on the way to one of them."""


@dataclass(frozen=True, slots=True)
class RedeemedLine:
    """One line of the basket; the price of one piece in minor units."""

    product_id: str
    quantity: int
    unit_price: int


@dataclass(frozen=True, slots=True)
class Given:
    """What one offer gave: minor units by number of line, in which period, by which code or promise.

    `funded` are the partners who bear part of it, with their shares as they were then, as exact fractions.
    A gift's place was taken when it was given (`promised`), a signed token's `place` is taken over.
    """

    offer_id: str
    by_line: dict[int, int]
    period: str = "-"
    code: str = "-"
    code_uses: int | None = None
    promised: str = ""
    place: str = ""
    funded: tuple[tuple[str, str], ...] = ()

    @property
    def money(self) -> int:
        """What it gave in all."""
        return sum(self.by_line.values())

    @property
    def funders(self) -> Funders:
        """The partners who bear part of it, with their exact shares."""
        return tuple((partner, Fraction(share)) for partner, share in self.funded)


@dataclass(frozen=True)
class Redemption:
    """One redemption as its record has it. Times are epoch seconds, money minor units of `currency`.

    `asked` is a fingerprint of the request, `taker` of the run that took its uses last, `shopper` a mark that
    names nobody. `returns` are what the shop's server said came back (pieces by line), `refunds` what arrived
    as activity (pieces by product), each under an id of its own. `cancels` are the cancellations, `reopened`
    those that were taken back, `openings` how often that was done or tried. `gifts` are the offers that this
    checkout earned for the next visit. `journal` has what every offer still gave, in the order of `given`,
    from which moment on, oldest first.
    """

    redemption_id: str
    asked: str
    state: str
    taker: str
    until: float
    currency: str
    shopper: str
    lines: tuple[RedeemedLine, ...]
    given: tuple[Given, ...]
    free_shipping: bool = False
    order_id: str | None = None
    returns: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    refunds: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    cancelled: bool = False
    cancels: tuple[str, ...] = ()
    reopened: tuple[str, ...] = ()
    openings: int = 0
    gifts: tuple[str, ...] = ()
    journal: tuple[tuple[float, tuple[int, ...]], ...] = ()

    @property
    def subtotal(self) -> int:
        """What the basket came to before any offer."""
        return sum(line.quantity * line.unit_price for line in self.lines)

    @property
    def total(self) -> int:
        """What was to be paid."""
        return self.subtotal - sum(given.money for given in self.given)

    def told(self, now: float) -> str:
        """Return the state a caller is told: one of `TOLD`."""
        if self.state in (RESERVING, RESERVED, COMMITTING):
            return EXPIRED if now >= self.until else RESERVED
        if self.state == REFUSED:
            return RELEASED
        state = COMMITTED if self.state == REOPENING else self.state
        if state != COMMITTED or not any(self.back()):
            return state
        if self.cancelled:
            return CANCELLED
        return RETURNED if not any(self.remaining()) else PARTLY_RETURNED

    def back(self) -> list[int]:
        """Return how many pieces of each line came back.

        The shop's server and the platform may both tell of the same return, so that of each product the
        larger of the two sums counts; never more than was bought.
        """
        if self.cancelled:
            return [line.quantity for line in self.lines]
        back = [0] * len(self.lines)
        for lines in self.returns.values():
            for at, pieces in lines.items():
                back[at] = min(self.lines[at].quantity, back[at] + pieces)
        for product_id, pieces in self._refunded().items():
            mine = [at for at, line in enumerate(self.lines) if line.product_id == product_id]
            more = pieces - sum(back[at] for at in mine)
            for at in mine:
                taken = max(0, min(more, self.lines[at].quantity - back[at]))
                back[at] += taken
                more -= taken
        return back

    def _refunded(self) -> dict[str, int]:
        sums: dict[str, int] = {}
        for products in self.refunds.values():
            for product_id, pieces in products.items():
                sums[product_id] = sums.get(product_id, 0) + pieces
        return sums

    def remaining(self) -> list[int]:
        """Return how many pieces of each line did not come back."""
        return [line.quantity - back for line, back in zip(self.lines, self.back(), strict=True)]

    def left_of(self, given: Given) -> tuple[int, bool]:
        """Return what an offer still gives after what came back, and whether it counts as used.

        What goes with the pieces that came back is their share of what was taken off their line, half a unit
        rounded up over all pieces so far, so that a line returned piece by piece gives back exactly all. An
        offer counts until everything it was for has come back. Each offer is rounded by itself, `refund`
        once for all: midway they may differ by a unit, never at the end.
        """
        back, remaining = self.back(), self.remaining()
        left = sum(
            amount - returned_share(amount, back[at], self.lines[at].quantity)
            for at, amount in given.by_line.items()
        )
        meant = given.by_line or range(len(self.lines))
        return left, any(remaining[at] for at in meant)

    def written(self, now: float) -> Redemption:
        """Return the same with what its offers give by now in its journal, where that is news."""
        left = tuple(self.left_of(given)[0] for given in self.given)
        if self.journal and self.journal[-1][1] == left:
            return self
        return replace(self, journal=(*self.journal, (now, left)))

    def given_at(self, moment: float) -> tuple[int, ...]:
        """Return what each of its offers had given by a moment, as its journal has it."""
        told = [left for at, left in self.journal if at < moment]
        return told[-1] if told else (0,) * len(self.given)

    def refund(self) -> int:
        """Return what is due to the shopper for what came back: its price less what offers took off it."""
        due = 0
        for at, (line, pieces) in enumerate(zip(self.lines, self.back(), strict=True)):
            # Rounded once for all offers together: each by itself, two halves of a unit would take two.
            off = sum(given.by_line.get(at, 0) for given in self.given)
            due += line.unit_price * pieces - returned_share(off, pieces, line.quantity)
        return due

    def to_bytes(self) -> bytes:
        """Return the record as the store keeps it."""
        return orjson.dumps(asdict(self), option=orjson.OPT_NON_STR_KEYS)

    @classmethod
    def from_bytes(cls, data: bytes) -> Redemption:
        """Return the redemption that `to_bytes` wrote; a field of a later version is passed over."""
        held: dict[str, Any] = orjson.loads(data)
        known = {f.name for f in fields(cls)}
        held["lines"] = tuple(RedeemedLine(**line) for line in held["lines"])
        held["given"] = tuple(
            Given(
                **{
                    **given,
                    "by_line": _by_number(given["by_line"]),
                    "funded": tuple((partner, share) for partner, share in given.get("funded", ())),
                }
            )
            for given in held["given"]
        )
        for name in ("cancels", "reopened", "gifts"):
            held[name] = tuple(held.get(name, ()))
        held["journal"] = tuple((at, tuple(left)) for at, left in held.get("journal", ()))
        held["returns"] = {each: _by_number(lines) for each, lines in held["returns"].items()}
        return cls(**{name: value for name, value in held.items() if name in known})


def returned_share(amount: int, pieces: int, of: int) -> int:
    """Return which part of an amount over `of` pieces goes with some of them, half a unit rounded up."""
    return (2 * amount * pieces + of) // (2 * of)


def _by_number(held: Mapping[str, int]) -> dict[int, int]:
    return {int(at): value for at, value in held.items()}
