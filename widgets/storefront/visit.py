"""One visitor's session: who they are, what is in their basket, and the token that guards their forms."""

from __future__ import annotations

import hmac
import secrets
import uuid

from flask import abort, request, session

from widgets.storefront.catalogue import Catalogue, Product
from widgets.storefront.customers import Customer

MOST_PIECES = 20
MOST_LINES = 40


def visitor_id() -> str:
    """The id under which this browser is known until somebody signs in; the elements use the same one."""
    if "visitor" not in session:
        session["visitor"] = str(uuid.uuid4())
    return session["visitor"]


def csrf_token() -> str:
    """The secret that every form of this session carries."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return session["csrf"]


def guard_forms() -> None:
    """Refuse a posted form that does not carry the session's secret."""
    if request.method == "POST":
        held, sent = session.get("csrf", ""), request.form.get("csrf", "")
        if not held or not hmac.compare_digest(held.encode(), sent.encode()):
            abort(400)


def sign_in(customer: Customer) -> None:
    """Make the session this customer's; what lies in the basket stays."""
    session["user_id"] = customer.user_id


def sign_out() -> None:
    """Forget everything: the next visitor at this browser is somebody new."""
    session.clear()


def signed_in(customers: dict[str, Customer]) -> Customer | None:
    """Who is signed in, or None."""
    return customers.get(session.get("user_id", ""))


class Basket:
    """What the visitor is about to buy: `(product, quantity)` lines that the shop still sells."""

    def __init__(self, catalogue: Catalogue) -> None:
        held = session.get("basket", {})
        found = ((catalogue.get(product_id), quantity) for product_id, quantity in held.items())
        self.lines: list[tuple[Product, int]] = [
            (product, quantity) for product, quantity in found if product
        ]

    @property
    def count(self) -> int:
        """How many pieces lie in it."""
        return sum(quantity for _, quantity in self.lines)

    @property
    def subtotal(self) -> int:
        """What they cost together, in minor units."""
        return sum(product.price * quantity for product, quantity in self.lines)

    @property
    def ids(self) -> list[str]:
        """The products' ids."""
        return [product.product_id for product, _ in self.lines]

    def put(self, product: Product, quantity: int) -> None:
        """Set how many pieces of a product lie in the basket; 0 takes it out."""
        amounts = {held.product_id: amount for held, amount in self.lines}
        amounts[product.product_id] = min(quantity, MOST_PIECES)
        if quantity < 1:
            del amounts[product.product_id]
        session["basket"] = dict(list(amounts.items())[:MOST_LINES])

    def quantity(self, product: Product) -> int:
        """How many pieces of a product lie in it."""
        return sum(amount for held, amount in self.lines if held.product_id == product.product_id)

    def empty(self) -> None:
        """Take everything out."""
        session["basket"] = {}
