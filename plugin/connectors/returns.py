"""What came back, matched to what was bought: each piece returned belongs to one order of its shopper."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Purchase:
    """Pieces of one product, bought in one order at one price, that the shopper still has."""

    order_id: str
    left: int
    price: int | None


class Purchases:
    """What shoppers have bought so far and not sent back. Purchases are added oldest first."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], list[Purchase]] = {}

    def add(self, shopper_id: str, product_id: str, purchase: Purchase) -> None:
        """Remember a purchase of a product."""
        self._held.setdefault((shopper_id, product_id), []).append(purchase)

    def take_back(self, shopper_id: str, product_id: str, quantity: int) -> list[Purchase]:
        """Return the purchases that `quantity` pieces came from, the latest first, `left` saying how many.

        Less than `quantity` in sum means that the shopper never bought the rest.
        """
        held = self._held.get((shopper_id, product_id), [])
        taken: list[Purchase] = []
        while quantity and held:
            latest = held[-1]
            pieces = min(quantity, latest.left)
            taken.append(Purchase(latest.order_id, pieces, latest.price))
            latest.left -= pieces
            quantity -= pieces
            if not latest.left:
                held.pop()
        return taken
