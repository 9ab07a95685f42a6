"""What a merchant says of learned contexts: another name, none at all, one with another, or an idea of it.

The words are kept by the number of the context, which outlives retraining.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

LONGEST_CHAIN = 100


@dataclass(frozen=True, slots=True)
class ContextWords:
    """The merchant's words about one context; `merged_into` is the number of the one it counts as."""

    context_id: str
    title: str | Mapping[str, str] | None = None
    hidden: bool = False
    merged_into: str | None = None
    promoted_to: str | None = None

    @classmethod
    def from_bytes(cls, data: bytes) -> ContextWords:
        """Return the words that `to_bytes` wrote."""
        return cls(**orjson.loads(data))

    def to_bytes(self) -> bytes:
        """Return the words as the store keeps them."""
        return orjson.dumps({name: getattr(self, name) for name in self.__slots__})

    def changed(self, changes: Mapping[str, Any]) -> ContextWords:
        """Return the words with some of them changed."""
        return replace(self, **changes)

    @property
    def says_nothing(self) -> bool:
        """Whether the context stands as it was learned."""
        return self == ContextWords(self.context_id)


def counts_as(context_id: str, words: Mapping[str, ContextWords]) -> str:
    """Return the number under which a context is shown, merged as the merchant said."""
    for _ in range(LONGEST_CHAIN):
        said = words.get(context_id)
        if said is None or said.merged_into is None:
            break
        context_id = said.merged_into
    return context_id
