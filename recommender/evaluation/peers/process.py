"""One peer in a process of its own.

`python -m recommender.evaluation.peers.process TASK.npz ANSWERS.npz NAME [--tune]`.

Apart from numpy and scipy it needs nothing but the peer's library, so that it runs under another interpreter
than the service's.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from recommender.evaluation import metrics
from recommender.evaluation.peers import of_implicit, of_irspack, of_rectools
from recommender.evaluation.peers.peer import Peer, Scoring

PEERS = {peer.name: peer for peer in (*of_implicit.PEERS, *of_irspack.PEERS, *of_rectools.PEERS)}
AT_ONCE = 256
TUNED_BY = 10


@dataclass(frozen=True)
class Questions:
    """A past and what is asked after it; all matrices are sparse, 0/1, by products.

    ``past`` has a row per order or shopper, ``given``, ``barred`` and ``right`` one per case; ``rows`` is
    each asker's row in the past, -1 for none.
    """

    past: sparse.csr_matrix
    given: sparse.csr_matrix
    barred: sparse.csr_matrix
    right: sparse.csr_matrix
    rows: np.ndarray

    def arrays(self, prefix: str) -> dict[str, np.ndarray]:
        """The questions as arrays for a file."""
        found: dict[str, np.ndarray] = {f"{prefix}.rows": self.rows}
        for name in ("past", "given", "barred", "right"):
            matrix = getattr(self, name)
            found |= {
                f"{prefix}.{name}.indices": matrix.indices,
                f"{prefix}.{name}.indptr": matrix.indptr,
                f"{prefix}.{name}.shape": np.array(matrix.shape),
            }
        return found

    @classmethod
    def of(cls, arrays: Mapping[str, np.ndarray], prefix: str) -> Questions:
        """The questions that ``arrays`` wrote."""
        matrices = {}
        for name in ("past", "given", "barred", "right"):
            indices, indptr = (arrays[f"{prefix}.{name}.{part}"] for part in ("indices", "indptr"))
            shape = tuple(arrays[f"{prefix}.{name}.shape"].tolist())
            matrices[name] = sparse.csr_matrix((np.ones(len(indices), np.float32), indices, indptr), shape)
        return cls(**matrices, rows=arrays[f"{prefix}.rows"])


def ranked(score: Scoring, asked: Questions, k: int) -> np.ndarray:
    """The best k products of each case without those barred, -1 where nothing scores above zero."""
    found = np.full((asked.given.shape[0], k), -1, np.int64)
    for first in range(0, len(found), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        block = np.array(score(asked.given[some], asked.rows[some]), np.float64)
        barred = asked.barred[some].tocoo()
        block[barred.row, barred.col] = -np.inf
        best = np.argsort(-block, axis=1, kind="stable")[:, :k]
        scores = np.take_along_axis(block, best, axis=1)
        found[some, : best.shape[1]] = np.where(np.isfinite(scores) & (scores != 0.0), best, -1)
    return found


def tuned(peer: Peer, validation: Questions, seed: int) -> dict[str, Any]:
    """Of the library's own settings and ``tries`` those with the best NDCG@10 on the validation slice."""
    wanted = np.diff(validation.right.indptr)
    right = [set(each.tolist()) for each in np.split(validation.right.indices, validation.right.indptr[1:-1])]

    def worth(settings: dict[str, Any]) -> float:
        answers = ranked(peer.fit(validation.past, settings, seed), validation, TUNED_BY)
        return float(metrics.ndcg(metrics.hits_of(right, answers.tolist()), wanted, TUNED_BY).mean())

    return max(({}, *peer.tries), key=worth)


def peak_gib() -> float:
    """The most memory this program held, in GiB; what `getrusage` says is also that of who started it."""
    status = Path("/proc/self/status")
    if status.exists():
        held = [line for line in status.read_text().splitlines() if line.startswith("VmHWM:")]
        return int(held[0].split()[1]) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main(arguments: list[str]) -> int:
    """Fits and asks one peer; writes its answers and what they cost."""
    task, out, name = arguments[:3]
    peer = PEERS[name]
    with np.load(Path(task)) as arrays:
        k, seed = int(arrays["k"]), int(arrays["seed"])
        asked = Questions.of(arrays, "test")
        validation = Questions.of(arrays, "validation") if "--tune" in arguments else None
    started = time.perf_counter()
    settings = tuned(peer, validation, seed) if validation is not None else {}
    chosen = time.perf_counter()
    score = peer.fit(asked.past, settings, seed)
    fitted = time.perf_counter()
    answers = ranked(score, asked, k)
    np.savez(
        Path(out),
        answers=answers,
        seconds=np.array([chosen - started, fitted - chosen, time.perf_counter() - fitted]),
        peak_gib=np.array(peak_gib()),
        settings=np.array(json.dumps(settings)),
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
