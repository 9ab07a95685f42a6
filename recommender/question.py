"""What a shop asks the model, and what it gets back.

A question carries everything the answer may depend on, the moment included. The model keeps nothing about any
shopper, so one never seen in training is answered like all others, and the event that was just sent counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bought:
    """One product in the shopper's past: how often it was bought, how much of it, and when.

    ``times`` counts orders, ``quantity`` is the sum over them. All moments are epoch seconds (UTC).
    ``moments`` are the newest purchases, newest first, ten at most; left empty, only the first and the last
    are known. ``amounts`` are the pieces of each of them, where that is told. ``said`` is the shopper's own
    newest word on how it stands (``plenty``, ``out``, or nothing), ``said_at`` when.
    """

    product_id: str
    times: int
    quantity: float
    first_at: float
    last_at: float
    moments: tuple[float, ...] = ()
    amounts: tuple[float, ...] = ()
    said: str = ""
    said_at: float = 0.0


def may_always_be_shown(product_id: str) -> bool:
    """True: for questions asked without a shop around them."""
    return True


@dataclass(frozen=True, slots=True)
class Question:
    """One list of suggestions to be filled.

    ``kind`` is one of ``ladders.LADDERS``. ``products`` are those of the page, in the order looked at;
    ``viewed`` holds (product id, epoch seconds), newest first; ``now`` is epoch seconds. Ids the model has
    not met are passed over. ``take`` is asked in rank order, at most once for each product: False means it
    must not be shown, True that it now is, so the caller may keep count there (one card a group, stock,
    ownership). ``fallback`` are the ids the shop has, newest first, for the last rung; left empty, the
    model's own products stand in. ``liked`` and ``fitting`` are the products that each of the shopper's
    likes and sizes names (the same set given again is looked up once); ``waved`` and ``too_dear`` those
    waved away as not to their taste, and for their price.
    """

    kind: str
    products: tuple[str, ...] = ()
    basket: tuple[str, ...] = ()
    viewed: tuple[tuple[str, float], ...] = ()
    bought: tuple[Bought, ...] = ()
    now: float = 0.0
    limit: int = 10
    shopper_id: str | None = None
    take: Callable[[str], bool] = may_always_be_shown
    fallback: Sequence[str] = ()
    liked: tuple[frozenset[str], ...] = ()
    fitting: tuple[frozenset[str], ...] = ()
    waved: tuple[str, ...] = ()
    too_dear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a product is suggested: the term that weighed most in its score.

    ``code`` is one of ``bought_together also_viewed like_this taste bought_before due_again trending new
    you_like your_size``; ``word`` is the like that ``you_like`` speaks of, where the shop knows it.
    ``product_id`` is the product the term starts from, where there is one. ``count`` is how many shoppers
    (a guest's order counts as one) stand behind it, None where no count does (likeness of words, newness).
    """

    code: str
    product_id: str | None = None
    count: int | None = None
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One product in an answer, best first.

    ``others`` are the further true reasons, weightiest first, for a shop that may not tell the first one.
    ``score`` lies in 0..1 and falls along one answer; it compares nothing between answers. ``rung`` is the
    step of the ladder that found it. ``due_at`` (epoch seconds) is when it is expected to be needed; only
    the rung ``rhythm`` knows that.
    """

    product_id: str
    score: float
    rung: str
    reason: Reason
    due_at: float | None = None
    others: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a score: its name, the reason it counts for, what it adds, the product it starts from."""

    name: str
    code: str
    adds: float
    product_id: str | None
