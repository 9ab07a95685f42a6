"""Codes made for an offer, one by one: nobody can guess them, and nobody can misread them."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterator

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without 0 O, 1 I L, U: read aloud, they are each other
GROUPS, GROUP = 3, 4
BITS = math.log2(len(ALPHABET)) * GROUPS * GROUP
MOST_AT_ONCE = 100_000
LONGEST_PREFIX = 24


def new_codes(count: int, prefix: str = "") -> Iterator[str]:
    """Yield new codes such as `MAY-7KQ2-M9XD-4RTB`, each of nearly 59 bits of chance beside its prefix."""
    for _ in range(count):
        groups = ["".join(secrets.choice(ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS)]
        yield "-".join([prefix, *groups] if prefix else groups)


def compared(code: str) -> str:
    """Return how a code compares: people type it in any case, with or without its hyphens."""
    return "".join(code.replace("-", " ").split()).casefold()
