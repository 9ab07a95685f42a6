"""What a shopper has now, and what is in the basket: derived from the profile, never stored.

Ownership walks through what is known of a product in the order in which it happened: purchases that were
kept add pieces, `Product Used` takes them, `Ownership Corrected` says how it stands, and a purchase after it
counts from there. A use before anything was bought takes nothing from what is bought later.

Whether use wears something out is the catalogue's to say. What is `durable` stays, however often it is used.
What is not, or of which nobody said so, loses a piece with each that is used up. Where `lifetime_days` is
told and the product is not durable, a piece is taken to last that long, one after the other: what nobody
spoke of is then an estimate, and says so. Nothing is estimated on a shopper's own word ("have", "plenty"):
it stands until the next purchase.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from plugin.catalog import Catalogue, Product
from plugin.shopper import Profile
from plugin.shopper.uses import NOTHING_LEFT, earlier

PURCHASES_KEPT = 10  # moments kept of the purchases of one product, newest first
DAY = 86_400.0
STILL_THERE = ("have", "plenty")
BOUGHT, USED, SAID = range(3)  # how what happened at the same moment is told: what is said of it comes last
UNKNOWN = Catalogue()  # nothing is known to last or to run out
NEVER = float("-inf")

Happening = tuple[float, int, Any]  # when, which of the three, pieces or the word


@dataclass(slots=True)
class Owned:
    """One product a shopper has: how many, since when, bought when (epoch seconds, newest first).

    `first_at` and `last_at` are the first and last purchase, `bought` all pieces ever kept, `pieces` those
    of each of the `purchases`; `since` is from
    when on there has been some of it without a gap. `estimated` is whether pieces were counted down by time;
    `runs_out_at` is when the last one is expected to be used up, None for what does not run out by time;
    `ran_out_at` is when it was, by the same reckoning, None while there is some left.
    """

    product_id: str
    quantity: float = 0
    times: int = 0
    first_at: float = 0.0
    last_at: float = 0.0
    purchases: tuple[float, ...] = field(default=())
    state: str = "have"
    since: float = 0.0
    durable: bool | None = None
    estimated: bool = False
    runs_out_at: float | None = None
    ran_out_at: float | None = None
    bought: int = 0
    pieces: tuple[float, ...] = field(default=())

    @property
    def there(self) -> bool:
        """Whether the shopper still has some, as far as anybody knows."""
        return self.state in STILL_THERE


@dataclass(frozen=True, slots=True)
class Figures:
    """Recency, frequency and money of one shopper: epoch seconds, orders, minor units."""

    orders: int
    spent: int
    first_at: float | None
    last_at: float | None


def ownership(profile: Profile, catalogue: Catalogue = UNKNOWN, now: float | None = None) -> dict[str, Owned]:
    """Return what was bought and not sent back, by product; `state` says whether it is still there.

    `catalogue` tells what lasts and how long; `now` (epoch seconds) is up to when pieces are counted down.
    Without a moment nothing runs out by itself.
    """
    owned, happened = _bought(profile)
    for product_id, used in profile.used.items():
        told = happened.setdefault(product_id, [])
        told += [(at, USED, pieces) for at, pieces in used[1]]
        if (before := earlier(used)) > 0:
            told.append((used[1][0][0], USED, before))
    for product_id, (state, at) in profile.corrected.items():
        happened.setdefault(product_id, []).append((at, SAID, state))
        if product_id not in owned and state in STILL_THERE:
            owned[product_id] = Owned(product_id, 0, 0, at, at)
    for product_id, held in owned.items():
        stock = _Stock.of(catalogue.get(product_id))
        for at, what, amount in sorted(happened[product_id]):
            stock.take(at, what, amount)
        stock.settle(held, now)
    return owned


def _bought(profile: Profile) -> tuple[dict[str, Owned], dict[str, list[Happening]]]:
    """What was bought and kept, and when; how much of it is left is not yet said."""
    owned: dict[str, Owned] = {}
    happened: dict[str, list[Happening]] = {}
    for product_id, (pieces, times, first_at, last_at) in profile.past.products.items():
        held = owned[product_id] = Owned(product_id, 0, int(times), first_at, last_at, (last_at,))
        held.bought = int(pieces)
        held.pieces = (max(1.0, pieces / max(times, 1)),)
        # Of older orders only the sum is known: the newest of them had its share, the rest came before.
        newest = int(pieces) if times < 2 else max(1, int(pieces // times))
        happened[product_id] = [(last_at, BOUGHT, newest)]
        if pieces > newest:
            happened[product_id].append((first_at, BOUGHT, int(pieces) - newest))
    for order in sorted(profile.orders.values(), key=lambda order: order.at or 0.0):
        if order.at is None:
            continue
        for product_id, pieces in order.kept().items():
            if product_id not in owned:
                owned[product_id] = Owned(product_id, first_at=order.at)
            held = owned[product_id]
            held.times += 1
            held.bought += pieces
            held.last_at = order.at
            held.purchases = (order.at, *held.purchases)[:PURCHASES_KEPT]
            held.pieces = (float(pieces), *held.pieces)[:PURCHASES_KEPT]
            happened.setdefault(product_id, []).append((order.at, BOUGHT, pieces))
    return owned, happened


@dataclass(slots=True)
class _Stock:
    """How many pieces there are while the past is walked through."""

    durable: bool | None
    lifetime: float | None  # seconds a piece lasts; None for what does not run out by time
    pieces: int = 0
    begun_at: float = NEVER  # when the piece in use was begun
    since: float = 0.0
    word: str | None = None  # the shopper's own, until the next purchase
    estimated: bool = False

    @classmethod
    def of(cls, product: Product | None) -> _Stock:
        if product is None:
            return cls(None, None)
        runs_out = product.lifetime_days is not None and product.durable is not True
        return cls(product.durable, (product.lifetime_days or 0) * DAY if runs_out else None)

    def take(self, at: float, what: int, amount: Any) -> None:
        if what == BOUGHT:
            self._bought(at, amount)
        elif what == USED:
            self._used(at, amount)
        else:
            self._said(at, amount)

    def _bought(self, at: float, pieces: int) -> None:
        self.count_down(at)
        if not self.pieces:
            self.since, self.begun_at, self.estimated = at, at, False
        elif self.word is not None:
            self.begun_at = at
        self.pieces += pieces
        self.word = None

    def _used(self, at: float, pieces: int) -> None:
        if pieces == NOTHING_LEFT:
            self.pieces, self.word = 0, None
            return
        if self.durable:
            return
        least = 1 if self.word == "plenty" else 0
        self.pieces = max(min(least, self.pieces), self.pieces - pieces)
        self.begun_at = at
        if not self.pieces:
            self.word = None

    def _said(self, at: float, word: str) -> None:
        self.word, self.estimated, self.begun_at = word, False, at
        if word not in STILL_THERE:
            self.pieces = 0
        elif not self.pieces:
            self.pieces, self.since = 1, at

    def count_down(self, at: float) -> None:
        """Take what has run out by a moment, where nobody has said how it stands."""
        if self.lifetime is None or self.word is not None or not self.pieces:
            return
        gone = min(self.pieces, int((at - self.begun_at) // self.lifetime))
        if gone > 0:
            self.pieces -= gone
            self.begun_at += gone * self.lifetime
            self.estimated = True

    def settle(self, held: Owned, now: float | None) -> None:
        """Write down how it stands."""
        if now is not None:
            self.count_down(now)
        held.quantity, held.since, held.durable = self.pieces, self.since or held.first_at, self.durable
        held.estimated = self.estimated
        held.state = self.word or ("have" if self.pieces else "out")
        if self.lifetime is not None and self.word is None and self.pieces:
            held.runs_out_at = self.begun_at + self.pieces * self.lifetime
        elif self.estimated and not self.pieces and held.times:
            held.ran_out_at = self.begun_at


def basket(profile: Profile) -> dict[str, int]:
    """Return what lies in the shopper's basket by their own activity, product and quantity, oldest first."""
    lying: dict[str, int] = {}
    for _, _, kind, lines in _steps_in_time(profile):
        if kind == "basket":
            lying = {}
        for product, quantity in lines:
            if kind in ("carted", "basket"):
                lying[product] = lying.get(product, 0) + quantity
            elif kind == "bought":
                lying.pop(product, None)
            elif lying.get(product, 0) > quantity:
                lying[product] -= quantity
            else:
                lying.pop(product, None)
    return lying


def _steps_in_time(profile: Profile) -> list[list[Any]]:
    if not profile.steps:
        return []
    orders = [
        [order.at, order_id, "bought", [[product, line[0]] for product, line in order.lines.items()]]
        for held in (profile.orders, profile.claims)
        for order_id, order in held.items()
        if order.at is not None and order.at >= profile.steps[0][0]
    ]
    return sorted(profile.steps + orders, key=lambda step: (step[0], step[1]))


def figures(profile: Profile) -> Figures:
    """Return orders, spending and first and last purchase; browser claims and returns left out."""
    orders, spent = profile.past.orders, profile.past.spent
    first_at, last_at = profile.past.first_at, None
    for order in profile.orders.values():
        if order.at is None or not (kept := order.kept()):
            continue
        orders += 1
        spent += order.paid_for(kept)
        first_at = order.at if first_at is None else min(first_at, order.at)
        last_at = order.at if last_at is None else max(last_at, order.at)
    if last_at is None and profile.past.products:
        last_at = max(held[3] for held in profile.past.products.values())
    return Figures(orders, spent, first_at, last_at)
