"""Who bears what of an offer's cost: the partners' shares, to the minor unit, and the shop's for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from plugin.offers.arguments import invalid
from plugin.offers.sharing import shared

Funders = tuple[tuple[str, Fraction], ...]


def read_funders(document: Sequence[Mapping[str, Any]]) -> Funders:
    """Return the partners of an offer with their exact shares of its cost; of one named twice, both together.

    Raises `Invalid` where the shares come to more than the whole.
    """
    shares: dict[str, Fraction] = {}
    for held in document:
        shares[held["partner"]] = shares.get(held["partner"], Fraction(0)) + Fraction(str(held["share"]))
    if sum(shares.values()) > 1:
        raise invalid("/funded_by", "The shares come to more than the whole.")
    return tuple(shares.items())


def split(amount: int, funders: Funders) -> list[int]:
    """Return each partner's part of an amount, in their order; the rest is the shop's.

    By largest remainder over the partners and the shop, so that all parts make the amount to the unit; of
    equal remainders an earlier partner's comes first.
    """
    shares = [share for _, share in funders]
    wished = [*shares, 1 - sum(shares, Fraction(0))]
    return shared(amount, wished, [amount] * len(wished))[:-1]
