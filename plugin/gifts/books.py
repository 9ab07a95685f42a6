"""In which book gifts count as they are given; their use counts in the offer's own."""

from __future__ import annotations


def book_of_giving(offer_id: str) -> str:
    """Return the name of the book in which the gifts given of an offer count; no offer can be called so."""
    return f"\x1f{offer_id}"
