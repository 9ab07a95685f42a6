"""Which products a text of somebody else's means, such as "250 g strong bread flour" in a recipe."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Self

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

AMOUNT = re.compile(r"\([^)]*\)|[\d¼½¾⅓⅔⅛][\d.,/¼½¾⅓⅔⅛–-]*\s*(?:%|°\w?)?")
UNITS = frozenset(
    "g kg mg ml cl dl l oz lb lbs pound pounds ounce ounces cup cups tbsp tsp tablespoon tablespoons "
    "teaspoon teaspoons pinch pinches litre litres liter liters gram grams gramm el tl prise prisen tasse "
    "tassen stück of a an the about some to taste and or von eetlepel theelepel ss ts".split()
)
PIECES = re.compile(r"[^\W\d_]+")


class NameLikeness:
    """How like texts are to the names of products, by the cosine (0 to 1) of TF-IDF over pieces of words.

    Pieces of three to five letters within words (scikit-learn's ``char_wb``) find a plural and a part of a
    compound; amounts and units are taken out first, since they say how much and not what. A name is only
    meant where it ends in the same word, as what a thing is stands last (a milk jug is no milk), and one word
    alone means no kind of what it names (sugar is not icing sugar): better nothing than a guess.
    """

    def __init__(self, least: float = 0.6, as_good: float = 0.95) -> None:
        self.least = least
        self.as_good = as_good

    def fit(self, names: Sequence[str]) -> Self:
        """Learn how telling each piece is in these names."""
        self.rows_ = np.array([row for row, name in enumerate(names) if wording(name)], np.int64)
        self.vectorizer_ = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, dtype=np.float32
        )
        self.wordings_ = texts = [wording(names[row]) for row in self.rows_]
        self.names_ = sparse.csc_matrix(self.vectorizer_.fit_transform(texts).T) if texts else None
        return self

    def meant(self, text: str) -> tuple[list[int], float]:
        """The rows of the names that a text means, best first, and how like the best one is.

        Several where they are as good as the best; none where even that is less like than ``least``.
        """
        said = wording(text)
        if self.names_ is None or not said:
            return [], 0.0
        alike = sparse.csr_matrix(self.vectorizer_.transform([said]) @ self.names_)
        fits = [is_kind_of(said, self.wordings_[row]) for row in alike.indices]
        alike.data[~np.array(fits, bool)] = 0.0
        best = float(alike.data.max(initial=0.0))
        if best < self.least:
            return [], best
        good = alike.data >= best * self.as_good
        order = np.lexsort((alike.indices[good], -alike.data[good]))
        return self.rows_[alike.indices[good][order]].tolist(), best


def is_kind_of(said: str, name: str) -> bool:
    """Whether a name can be what a text means: both end in the same word, but for its ending."""
    words, named = said.split(), name.split()
    if len(words) == 1 and len(named) > 1:
        return False
    one, other = words[-1], named[-1]
    shorter = min(len(one), len(other))
    return one[: max(3, shorter - 1)] == other[: max(3, shorter - 1)] and abs(len(one) - len(other)) <= 2


def wording(text: str) -> str:
    """What a text is about: its words without amounts, units and what is said in brackets."""
    words = PIECES.findall(AMOUNT.sub(" ", text.partition(",")[0]).casefold())
    return " ".join(word for word in words if word not in UNITS)
