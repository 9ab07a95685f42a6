"""Trains models by itself: one shop after the other, each in a process of its own that steps back."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

import orjson

from plugin.errors import RapportError, place_of
from plugin.models.learned_from import new_orders
from plugin.models.schedule import Rhythm, begun, due_at, ended_without_a_word, failed, is_enough
from plugin.shop import Shop
from plugin.shops import Shops

log = logging.getLogger(__name__)

LOOK_EVERY_S = 30.0
COUNT_EVERY_S = 600.0  # where there was too little new to learn from
LOOK_AT_CHILD_S = 0.1
END_WITHIN_S = 5.0
BUSY = 75  # how a training ends that found another at work on this machine (EX_TEMPFAIL)
LONGEST_DETAIL = 500
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Trainer:
    """Trains the models of all shops when they are due.

    `train` is the command that trains the shop whose id is added to it, `check` the one that tells which
    models in service must not serve (as JSON). `environment` is added to theirs.
    """

    def __init__(
        self,
        shops: Shops,
        clock: Callable[[], float],
        train: Sequence[str],
        check: Sequence[str],
        environment: Mapping[str, str],
    ) -> None:
        self._shops = shops
        self._clock = clock
        self._command = list(train)
        self._check = list(check)
        self._environment = {**os.environ, **environment, **ONE_THREAD}
        self._rests_until: dict[str, float] = {}
        self._refused: set[str] = set()

    def run(self, stop: threading.Event) -> None:
        """Train what is due until told to stop; a training that is under way then ends too."""
        self._guarded(lambda: self.look_over(stop))
        while not stop.is_set():
            self._guarded(lambda: self._round(stop))
            stop.wait(LOOK_EVERY_S)

    def _guarded(self, work: Callable[[], None]) -> None:
        """Do some work; a store that is away is waited for, and nothing else ends the trainings to come."""
        try:
            work()
        except (RapportError, OSError) as error:
            log.warning("trainings wait: %s", error)
        except Exception as error:
            log.error("trainings cannot be looked after: %s", place_of(error))

    def _round(self, stop: threading.Event) -> None:
        for shop_id in self._shops.store.shops():
            if not stop.is_set():
                self.step(shop_id, stop)

    def look_over(self, stop: threading.Event) -> None:
        """Take note of models in service that must not serve, as after an upgrade that weighs other terms.

        Such a shop is trained at once.
        """
        if any(self._shops.view(shop_id).model_version for shop_id in self._shops.store.shops()):
            with tempfile.TemporaryFile() as said:
                if self._ended(self._check, stop, stdout=said) == 1:
                    said.seek(0)
                    found = orjson.loads(said.read())
                    self._refused = {each["shop_id"] for each in found if each["fault"]}

    def step(self, shop_id: str, stop: threading.Event) -> str | None:
        """Train a shop's model if that is due; return what came of it, None where nothing was to be done."""
        documents, now = self._shops.memory(shop_id).documents, self._clock()
        before = documents.get("training")
        last: dict[str, Any] = orjson.loads(before) if before else {}
        if ended_without_a_word(last, now, self._shops.memory(shop_id).trainings.is_held()):
            told = orjson.dumps(failed(last, now, "it ended without a word"))
            documents.swap("training", before, told)
            log.warning("the training of shop %s ended without a word", shop_id)
            return "failed"
        if not self._is_due(self._shops.view(shop_id, fresh=True), last, now):
            return None
        claim = orjson.dumps(begun(last, now))
        if not documents.swap("training", before, claim):
            return None  # another worker was quicker
        fault = self._train(shop_id, stop)
        if fault is not None:
            documents.swap("training", claim, orjson.dumps(failed(last, self._clock(), fault)))
            log.warning("the training of shop %s failed: %s", shop_id, fault)
        elif documents.swap("training", claim, before):
            self._rests_until[shop_id] = now + COUNT_EVERY_S
            return None  # it was not carried out, and nothing was wrong with it: as if it had not begun
        else:
            self._refused.discard(shop_id)
        return self._shops.view(shop_id, fresh=True).training.get("outcome")

    def _is_due(self, shop: Shop, last: Mapping[str, Any], now: float) -> bool:
        rhythm = Rhythm.of(shop.settings.training)
        due = due_at(shop.shop_id, rhythm, last, _opened_at(shop))
        if due is None or last.get("outcome") == "running" or not shop.version:
            return False
        if shop.shop_id in self._refused and not last.get("failures"):
            return True
        if now < max(due, self._rests_until.get(shop.shop_id, 0.0)):
            return False
        learned_at = last.get("learned_at", 0.0)
        if is_enough(new_orders(self._shops, shop.shop_id, learned_at), rhythm, now - learned_at):
            return True
        self._rests_until[shop.shop_id] = now + min(COUNT_EVERY_S, rhythm.every_s)
        return False

    def _train(self, shop_id: str, stop: threading.Event) -> str | None:
        """Return why a training failed; None when it went well, was told to end, or it was not its turn."""
        with tempfile.TemporaryFile() as said:
            code = self._ended([*self._command, shop_id], stop, stderr=said)
            return None if code in (0, BUSY) or stop.is_set() else _why(said, code)

    def _ended(self, command: Sequence[str], stop: threading.Event, **into: IO[bytes]) -> int:
        """Return how a process ended that was started for this, by itself or because we are to stop."""
        outputs: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **into}
        process = subprocess.Popen(command, env=self._environment, stdin=subprocess.DEVNULL, **outputs)
        try:
            while process.poll() is None and not stop.wait(LOOK_AT_CHILD_S):
                pass
        finally:
            _end(process)
        return process.returncode


def _opened_at(shop: Shop) -> float:
    """When a shop was opened: when its first key was made."""
    return min((key.created_at for key in shop.keys.values()), default=0.0)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process that still runs, with patience at first. Whatever it had not finished is as if it had
    never begun.
    """
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(END_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _why(said: IO[bytes], code: int) -> str:
    """What a training said of its failure, where that was foreseen; else only how it ended."""
    said.seek(0)
    lines = said.read()[-20_000:].decode("utf-8", "replace").splitlines()
    told = next(
        (line.removeprefix("Error: ") for line in reversed(lines) if line.startswith("Error: ")), None
    )
    if told:
        return told[:LONGEST_DETAIL]
    if code < 0:
        return f"it was ended by {signal.Signals(-code).name}; perhaps there was too little memory"
    # Of a fault that nobody foresaw only the kind: its words may quote a shopper.
    kind = re.match(r"[A-Za-z_][\w.]*(?=:|$)", lines[-1]) if lines else None
    return f"it ended with {kind[0] if kind else f'exit code {code}'}; `rapport train --shop` says more"
