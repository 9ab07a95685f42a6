"""One line of the table that ends `make bench`: *ours / best reference / floor*, and the levels set for it.

Every bench puts its lines under the key ``table`` of what it prints with ``--json``: a list of
``TableRow(...).as_dict()``, one for each figure (a task measured by recall and by NDCG is two lines).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from recommender.evaluation.peers.process import peak_gib as peak_gib


@dataclass(frozen=True)
class TableRow:
    """A figure of ours beside those that it is to be better than; more is better in all of them.

    ``row`` is the number in the benchmark table ("1" to "6", or "planted"), ``task`` the task with its
    measure ("complete the basket, shopper known: HR@10"). ``reference`` is the best reference that
    ``reference_name`` says, ``reference_measured`` whether it was run on the same cases in this run (else
    it is a published figure). ``floor`` is the plain method's. ``reach`` and ``aim`` are the levels set,
    None where there are none. ``minutes`` (wall clock) and ``peak_gib`` (of the process) are what ours
    took, learning and answering, without the references. ``spread`` is a standard error or the deviation
    over folds, in the same unit as ``ours``.
    """

    row: str
    task: str
    ours: float
    reference: float | None
    reference_name: str
    floor: float | None
    floor_name: str
    reach: float | None
    aim: float | None
    minutes: float
    peak_gib: float
    reference_measured: bool = True
    spread: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """The line as plain values, for JSON."""
        return asdict(self)


def read_row(document: Mapping[str, Any]) -> TableRow:
    """The line that a bench printed. Raises KeyError naming a figure that is missing; ignores others."""
    optional = ("reference_measured", "spread")
    wanted = [each.name for each in fields(TableRow)]
    return TableRow(**{name: document[name] for name in wanted if name not in optional or name in document})
