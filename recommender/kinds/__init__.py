"""The kinds of question that are answered by weighing many terms, one file each."""

from __future__ import annotations

from recommender.kinds.complements import COMPLEMENTS
from recommender.kinds.for_you import FOR_YOU
from recommender.kinds.kind import BlendedKind
from recommender.kinds.next_basket import NEXT_BASKET

BLENDED: dict[str, BlendedKind] = {kind.name: kind for kind in (COMPLEMENTS, FOR_YOU, NEXT_BASKET)}

__all__ = ["BLENDED", "BlendedKind"]
