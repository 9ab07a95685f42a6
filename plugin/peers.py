"""Other libraries' models beside ours: the same cases, each in a process of its own, with time and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from scipy import sparse

import recommender
from recommender.evaluation.cases import Case, cases_of
from recommender.evaluation.evaluate import Answered
from recommender.evaluation.peers.peer import Peer
from recommender.evaluation.peers.process import PEERS, Questions
from recommender.interactions import GUEST, Interactions

VALIDATION_DAYS = 28
MOST_VALIDATED = 1_000
PATIENCE_S = 1_800

HERE = Path(sys.executable)


def installed(pythons: Sequence[Path] = (HERE,)) -> dict[str, Path]:
    """Return the peers that can be run, by name, each with the first interpreter that has its library."""
    found = {}
    for peer in PEERS.values():
        has = [python for python in pythons if _has(python, peer.library)]
        if has:
            found[peer.name] = has[0]
    return found


@cache
def _has(python: Path, library: str) -> bool:
    asked = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({library!r}) is None)"
    return subprocess.run([python, "-c", asked], check=False).returncode == 0


class Peers:
    """The peers asked in an evaluation: with their own settings, and with `tune` also lightly tuned.

    Tuning sees only what the model may see: it learns before the last four weeks of the past and is judged
    on them. `failed` names who could not answer, with the last line that it said.
    """

    def __init__(
        self,
        pythons: Sequence[Path] = (HERE,),
        *,
        tune: bool = False,
        only: Sequence[str] = (),
        seed: int = 0,
    ) -> None:
        self._pythons = pythons
        self._tune = tune
        self._only = only
        self._seed = seed
        self.failed: dict[str, str] = {}

    def __call__(self, kind: str, past: Interactions, cases: list[Case], k: int) -> Iterator[Answered]:
        """Yield what each peer that can answer this kind answered."""
        arrays = questions_of(kind, past, cases).arrays("test")
        validation = validation_of(kind, past, self._seed) if self._tune else None
        if validation is not None:
            arrays |= validation.arrays("validation")
        with tempfile.TemporaryDirectory(prefix="rapport-peers-") as folder:
            task = Path(folder) / "task.npz"
            np.savez(task, k=np.array(k), seed=np.array(self._seed), **arrays)  # type: ignore[arg-type]
            for name, python in installed(self._pythons).items():
                if not _can_answer(PEERS[name], kind, past) or (self._only and name not in self._only):
                    continue
                for tune in (False, True) if validation is not None else (False,):
                    answered = self._run(python, task, name, tune)
                    if answered is not None:
                        yield answered

    def _run(self, python: Path, task: Path, name: str, tune: bool) -> Answered | None:
        out = task.with_name("answers.npz")
        command = [str(python), "-m", "recommender.evaluation.peers.process", str(task), str(out), name]
        command += ["--tune"] if tune else []
        threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        ours = str(Path(recommender.__file__).parents[1])
        try:
            subprocess.run(
                command,
                env={**os.environ, **threads, "PYTHONPATH": ours},
                check=True,
                capture_output=True,
                text=True,
                timeout=PATIENCE_S,
            )
        except subprocess.TimeoutExpired:
            self.failed[name] = f"did not end within {PATIENCE_S} s"
            return None
        except subprocess.CalledProcessError as error:
            self.failed[name] = (error.stderr.strip().splitlines() or [f"exit {error.returncode}"])[-1]
            return None
        with np.load(out) as found:
            tuning, learning, answering = found["seconds"].tolist()
            return Answered(
                f"{name}, tuned" if tune else f"{name}, defaults",
                [[product for product in each if product >= 0] for each in found["answers"].tolist()],
                answering,
                learned_in=tuning + learning,
                peak_gib=float(found["peak_gib"]),
                setting=_in_words(json.loads(str(found["settings"]))),
            )


def _in_words(settings: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in settings.items()) or "the library's own settings"


def _can_answer(peer: Peer, kind: str, past: Interactions) -> bool:
    if peer.most_products is not None and past.product_count > peer.most_products:
        return False
    return peer.folds_in or kind != "complements"


def questions_of(kind: str, past: Interactions, cases: list[Case]) -> Questions:
    """Return the past and the cases as matrices: orders for complements, else shoppers by products."""
    orders, products = past.orders, past.product_count
    known = orders.shopper != GUEST
    learned = (
        past.baskets()
        if kind == "complements"
        else _matrix(orders.shopper[known], orders.product[known], (len(past.shopper_ids), products))
    )
    row_of = {shopper: row for row, shopper in enumerate(past.shopper_ids)}
    return Questions(
        past=learned[np.diff(learned.indptr) > 0] if kind == "complements" else learned,
        given=_rows([case.given.tolist() for case in cases], products),
        barred=_rows([sorted(case.barred) for case in cases], products),
        right=_rows([sorted(case.right) for case in cases], products),
        rows=np.array([row_of.get(case.question.shopper_id or "", -1) for case in cases], np.int64),
    )


def validation_of(kind: str, past: Interactions, seed: int) -> Questions | None:
    """Return the last four weeks of a past as questions, after what was before them; None without any."""
    if not len(past.orders):
        return None
    since = float(past.orders.time[-1]) - VALIDATION_DAYS * 86400
    cases = cases_of(kind, past, since, np.inf, seed)
    if len(cases) > MOST_VALIDATED:
        drawn = np.random.default_rng(seed).choice(len(cases), MOST_VALIDATED, replace=False)
        cases = [cases[row] for row in np.sort(drawn)]
    return questions_of(kind, past.before(since), cases) if cases else None


def _rows(products: list[list[int]], count: int) -> sparse.csr_matrix:
    lengths = [len(each) for each in products]
    columns = np.array([product for each in products for product in each], np.int64)
    return _matrix(np.repeat(np.arange(len(products)), lengths), columns, (len(products), count))


def _matrix(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> sparse.csr_matrix:
    found = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    found.sum_duplicates()
    found.data[:] = 1.0
    return found
