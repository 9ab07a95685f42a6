"""Whether a newly trained model may serve, and why, in words with the figures that decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from recommender.evaluation.judging import (
    ENOUGH_CASES,
    FIRST,
    IN_SERVICE,
    PLAIN,
    KindJudged,
    fallen,
    is_worse,
    overall,
)

FEWEST_ORDERS = 20  # of a history shorter than this, half is no sign of anything
MEASURE = f"share of the right products among the first {FIRST}"


@dataclass(frozen=True, slots=True)
class Judged:
    """How a recipe did on days it had not seen: from when, beside whom, kind by kind.

    `beside` says in words what the model in service was, or why it could not be asked.
    """

    since: float
    until: float
    in_service: str | None
    beside: str
    kinds: tuple[KindJudged, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it for machines and for the version's report."""
        whole = {name: overall(self.kinds, name) for name in (IN_SERVICE, *PLAIN)}
        return {
            "since": self.since,
            "until": self.until,
            "measure": MEASURE,
            "in_service": self.in_service,
            "beside": self.beside,
            "kinds": [asdict(kind) for kind in self.kinds],
            "overall": {
                name: {"difference": found[0], "error": found[1]} for name, found in whole.items() if found
            },
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a model is fit to serve, and the reason."""

    fit: bool
    reason: str


def decide(judged: Judged | None, orders: int, orders_before: int | None) -> Verdict:
    """Return whether a model that saw `orders` orders may follow one that saw `orders_before` (None: no one).

    It is kept back when it saw less than half as much, when it answers worse than the model in service, and
    when it answers worse than a plain list without being better than what serves. Worse is below by more
    than the standard error over all kinds, or far below in one.
    """
    if orders_before is not None and orders_before >= FEWEST_ORDERS and orders * 2 < orders_before:
        return Verdict(
            False,
            f"it saw {orders:,} orders, and the model in service {orders_before:,}: "
            "more than half of the history is gone",
        )
    if judged is None or not any(kind.cases >= ENOUGH_CASES for kind in judged.kinds):
        return Verdict(
            True, "too little history to judge by; the fallback ladder covers what the model cannot say"
        )
    if judged.in_service is not None:
        if is_worse(judged.kinds, IN_SERVICE):
            return Verdict(False, f"it answers worse than the model in service: {_told(judged, IN_SERVICE)}")
        whole = overall(judged.kinds, IN_SERVICE)
        if whole is not None and whole[0] > whole[1]:
            return Verdict(True, f"it answers better than the model in service: {_told(judged, IN_SERVICE)}")
    for name in PLAIN:
        if is_worse(judged.kinds, name):
            return Verdict(False, f"it answers worse than {LISTS[name]}: {_told(judged, name)}")
    if judged.in_service is not None:
        told = _told(judged, IN_SERVICE)
        return Verdict(True, f"it answers as well as the model in service: {told}")
    return Verdict(True, f"it answers no worse than {LISTS[PLAIN[0]]}: {_told(judged, PLAIN[0])}")


LISTS: Mapping[str, str] = {"popularity": "a list of what sells most", "trending": "a list of what is rising"}


def _told(judged: Judged, name: str) -> str:
    """The figures: of the kinds that fell far where there are any, else of all that can tell."""
    kinds: Sequence[KindJudged] = fallen(judged.kinds, name) if is_worse(judged.kinds, name) else ()
    kinds = kinds or [each for each in judged.kinds if each.cases >= ENOUGH_CASES and name in each.others]
    return "; ".join(
        f"{kind.kind} {kind.ours:.3f} against {kind.others[name].mean:.3f} "
        f"({kind.others[name].difference:+.3f} ± {kind.others[name].error:.3f}, {kind.cases:,} questions)"
        for kind in kinds
    )
