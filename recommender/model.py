"""The trained thing: one immutable version, fitted on a shop's past, saved, loaded and asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from recommender import artefact
from recommender.asked import Asked
from recommender.backing import Ground, Plain
from recommender.blending.blend import Blend
from recommender.blending.lessons import slice_start
from recommender.blending.weighing import learn_weights
from recommender.candidates import Candidate, Descent
from recommender.cards import Cards
from recommender.contexts import Contexts, Former
from recommender.counted_time import side_by_side
from recommender.drifting import Drift, drifts
from recommender.errors import DamagedModel
from recommender.interactions import Interactions
from recommender.kinds import BLENDED
from recommender.ladders import rungs_of
from recommender.machine import CPU
from recommender.needs import NOW_DAYS, Need, needs
from recommender.parts import Parts, Progress
from recommender.question import Bought, Question, Suggestion
from recommender.rungs import RUNGS, Offer, Standpoint
from recommender.runs import Purchases
from recommender.said import Said, said_of, united
from recommender.sampling import drawn_people

NEW = "newest"
NEAREST, MOST_AT_HAND = 16, 4_000
MOST_NAMED = 256
#: So many order lines and looks tell how to weigh; what that costs, says docs/benchmarks.md.
MOST_TO_WEIGH_BY = 2_000_000


def unheard(stage: str, share: float) -> None:
    """Progress that nobody listens to."""


class Model:
    """What a shop's past has taught, over its products. Holds nothing about any single shopper.

    Made by ``fit`` or ``load``, never by hand. ``version`` names it, ``as_of`` is the moment (epoch
    seconds) before which it has seen everything and after which nothing, ``counts`` how much that was,
    ``judged`` what each way of scoring a kind was worth on questions held out (``weighing.Weighed``).
    """

    def __init__(
        self,
        product_ids: tuple[str, ...],
        parts: Parts,
        blends: Mapping[str, Blend],
        newest: np.ndarray,
        *,
        as_of: float,
        counts: Mapping[str, int],
        judged: Mapping[str, Mapping[str, float]] | None = None,
        version: str = "",
    ) -> None:
        self.product_ids = product_ids
        self.parts = parts
        self.blends = dict(blends)
        self.newest = newest
        self.as_of = as_of
        self.counts = dict(counts)
        self.judged = {kind: dict(figures) for kind, figures in (judged or {}).items()}
        self.version = version
        self.contexts: Contexts | None = None
        self._row_of = {product_id: row for row, product_id in enumerate(product_ids)}
        self._nearest: dict[str, dict[str, float]] = {}
        self._named: dict[frozenset[str], np.ndarray] = {}

    @classmethod
    def fit(
        cls,
        interactions: Interactions,
        cards: Cards,
        *,
        as_of: float,
        progress: Progress | None = None,
        seed: int = 0,
        threads: int = 1,
        device: str = CPU,
    ) -> Model:
        """A model of everything strictly before ``as_of`` (epoch seconds) and of nothing later.

        Cards first seen later are left out too. ``progress`` hears (stage, share done). The same input and
        seed give the same bits, on however many ``threads``. Works from no events at all. ``device`` says
        where implicit learns: "cpu", or "gpu" where `machine.has_gpu` (experimental; other bits).

        How to weigh is learned from everybody in a shop of ordinary size, in a large one from
        ``MOST_TO_WEIGH_BY`` lines and looks of people drawn at random.
        """
        hear = progress or unheard
        known = [row for row, since in enumerate(cards.first_seen) if since < as_of]
        past = interactions.before(as_of)
        ids = tuple(sorted({*past.met(), *(cards.product_ids[row] for row in known)}))
        past, shown = side_by_side(past.over(ids)), cards.over(ids)
        since = slice_start(past, as_of)
        hear("the time before", 0.0)
        fit = partial(Parts.fit, seed=seed, threads=threads, device=device)
        some = drawn_people(past, MOST_TO_WEIGH_BY, seed)
        foreseeing = fit(some, shown, as_of=since, progress=_within(hear, 0.0, 0.2))
        learned = learn_weights(foreseeing, some, since, seed, _within(hear, 0.2, 0.5), threads)
        del some, foreseeing
        parts = fit(past, shown, as_of=as_of, progress=_within(hear, 0.5, 1.0))
        hear("done", 1.0)
        return cls(
            ids,
            parts,
            {kind: each.blend for kind, each in learned.items()},
            np.argsort(-shown.first_seen, kind="stable").astype(np.int32),
            as_of=as_of,
            counts={
                "products": len(ids),
                "orders": int(np.count_nonzero(np.bincount(past.orders.order))),
                "order_lines": len(past.orders),
                "shoppers": int(np.count_nonzero(np.bincount(past.orders.shopper + 1)[1:])),
                "views": len(past.views),
                **{f"lessons for {kind}": each.lessons for kind, each in learned.items()},
            },
            judged={kind: each.judged for kind, each in learned.items()},
        )

    def learn_contexts(self, interactions: Interactions, cards: Cards, former: Former | None = None) -> None:
        """Learn what products are used for together, from the same history; ``former`` ones keep numbers."""
        past = interactions.before(self.as_of).over(self.product_ids)
        shown = cards.over(self.product_ids)
        self.contexts = Contexts().fit(past, shown, as_of=self.as_of, former=former)

    def rows_of(self, product_ids: Iterable[str]) -> dict[str, int]:
        """The rows of those products that the model has met."""
        return {each: self._row_of[each] for each in product_ids if each in self._row_of}

    def suggest(self, question: Question) -> list[Suggestion]:
        """The products that answer, best first, ``limit`` at most; raises UnknownKind for a kind without a
        ladder.
        """
        return [each.suggestion() for each in islice(self.candidates(question), question.limit)]

    def candidates(self, question: Question) -> Iterator[Candidate]:
        """Every product that may answer, best first, as far as one reads on; raises UnknownKind for a kind
        without a ladder.
        """
        for rung in self.descend(question):
            yield from rung

    def descend(self, question: Question) -> Iterator[Iterator[Candidate]]:
        """The candidates of each rung of the ladder; a rung that nobody reads on to costs nothing."""
        ladder = rungs_of(question.kind)
        asked = Asked.of(question, self._row_of, rhythms="rhythm" in ladder)
        asked = replace(asked, said=self._said(question))
        at = Standpoint(self.parts, self.blends, question.kind, asked, self.counts.get("orders", 0))
        descent = Descent(question, self.product_ids)
        for rung in ladder:
            yield descent.rung(rung, self._offers(rung, at, question))

    def _said(self, question: Question) -> Said:
        return said_of(
            self._row_of,
            united(self._rows_named(each) for each in question.liked),
            united(self._rows_named(each) for each in question.fitting),
            question.waved,
            question.too_dear,
        )

    def _rows_named(self, product_ids: frozenset[str]) -> np.ndarray:
        """The rows of those the model has met (int64), looked up once for each set of products."""
        rows = self._named.get(product_ids)
        if rows is None:
            if len(self._named) >= MOST_NAMED:
                self._named.clear()
            met = (self._row_of[each] for each in product_ids if each in self._row_of)
            rows = self._named[product_ids] = np.array(sorted(met), np.int64)
        return rows

    def _offers(self, rung: str, at: Standpoint, question: Question) -> Iterator[tuple[str, Offer]]:
        if rung == NEW:
            yield from self._newest(question)
            return
        for offer in RUNGS[rung](at):
            yield self.product_ids[offer.row], offer

    def _newest(self, question: Question) -> Iterator[tuple[str, Offer]]:
        ids: Iterable[str] = question.fallback or (self.product_ids[row] for row in self.newest)
        held = {*question.products, *question.basket}
        for place, product_id in enumerate(ids):
            if product_id not in held:
                worth = 1.0 / (1.0 + place)
                yield product_id, Offer(-1, worth, Plain(Ground("new"), worth))

    def needs(self, bought: Iterable[Bought], now: float, days: float = NOW_DAYS) -> dict[str, Need]:
        """When each of these purchases is needed again, by product id, earliest first; ``days`` is the window
        that chances speak of.
        """
        purchases = Purchases.of(bought, self._row_of)
        found = needs(self.parts.rhythm, purchases, now, days)
        return {self.product_ids[need.row]: need for need in found}

    def drifts(
        self,
        bought: Iterable[Bought],
        category_of: Mapping[str, str],
        looked: Mapping[str, float],
        now: float,
    ) -> list[Drift]:
        """The categories bought from regularly that are silent beyond what their rhythms explain.

        ``category_of`` is by product id, ``looked`` by category the newest look or search (epoch seconds).
        """
        rows = {self._row_of[each]: of for each, of in category_of.items() if each in self._row_of}
        return drifts(self.parts.rhythm, Purchases.of(bought, self._row_of), rows, looked, now)

    def alike(self, product_id: str, most: int | None = None) -> dict[str, float]:
        """The products most alike to this one, with how alike they are (0 to 1); none for an unknown one."""
        row = self._row_of.get(product_id)
        if row is None:
            return {}
        lists = self.parts.likeness.alike_
        start, end = int(lists.starts[row]), int(lists.starts[row + 1])
        mine = slice(start, end if most is None else min(end, start + most))
        ids = map(self.product_ids.__getitem__, lists.products[mine].tolist())
        return dict(zip(ids, lists.scores[mine].tolist(), strict=True))

    def nearest(self, product_id: str) -> dict[str, float]:
        """The few products most alike to this one, to be read only.

        Those of the products shown most are kept at hand: every shelf asks for them.
        """
        held = self._nearest.get(product_id)
        if held is None:
            if len(self._nearest) >= MOST_AT_HAND:
                self._nearest = {}
            held = self._nearest[product_id] = self.alike(product_id, NEAREST)
        return held

    def unsold(self, product_id: str) -> bool:
        """Whether nobody had bought this product when the model was learned; True for an unknown one."""
        row = self._row_of.get(product_id)
        return row is None or not self.parts.trending.sales_[row, -1]

    def save(self, directory: Path, *, version: str | None = None, owner: str = "") -> dict[str, Any]:
        """The manifest, after writing the model to a new or empty directory; ``version`` defaults to its
        name, ``owner`` says whose history it was learned from.
        """
        self.version = version or self.version or Path(directory).name
        return artefact.write(
            Path(directory),
            self._arrays(),
            {
                "version": self.version,
                "owner": owner,
                "as_of": self.as_of,
                "counts": self.counts,
                "judged": self.judged,
                "columns": _columns(),
                "settings": {name: part.get_params() for name, part in self.parts.named()},
            },
        )

    def _arrays(self) -> dict[str, np.ndarray]:
        arrays = {f"ids.{name}": array for name, array in artefact.pack_texts(self.product_ids).items()}
        arrays |= {"newest": self.newest}
        for kind, blend in self.blends.items():
            arrays |= {f"blend.{kind}.{each}": array for each, array in blend.arrays().items()}
        for name, part in self.parts.named():
            arrays |= {f"{name}.{each}": array for each, array in part.arrays().items()}
        if self.contexts is not None:
            arrays |= {f"contexts.{each}": array for each, array in self.contexts.arrays().items()}
        return arrays

    @classmethod
    def load(cls, directory: Path, *, owner: str | None = None) -> Model:
        """The model saved there, its arrays mapped read-only; raises DamagedModel naming the file and its
        fault.

        With ``owner`` that of another, or one saved under another version's name, is refused too.
        """
        directory = Path(directory)
        if owner is not None:
            artefact.demand(directory, owner)
        arrays, manifest = artefact.read(directory)
        if manifest.get("columns") != _columns():
            raise DamagedModel(directory, artefact.MANIFEST, "the terms are not those this program weighs")
        try:
            ids = artefact.unpack_texts(arrays["ids.bytes"], arrays["ids.offsets"])
            parts = Parts.unfitted()
            for name, part in parts.named():
                part.set_params(**manifest["settings"][name]).restore(_under(f"{name}.", arrays))
            model = cls(
                ids,
                parts,
                {kind: Blend.restore(_under(f"blend.{kind}.", arrays)) for kind in BLENDED},
                arrays["newest"],
                as_of=float(manifest["as_of"]),
                counts=manifest["counts"],
                judged=manifest["judged"],
                version=str(manifest.get("version") or directory.name),
            )
            if told := _under("contexts.", arrays):
                model.contexts = Contexts().restore(told)
        except KeyError as missing:
            raise DamagedModel(directory, artefact.MANIFEST, f"{missing.args[0]} is missing") from None
        except (TypeError, ValueError, AttributeError) as fault:
            raise DamagedModel(directory, artefact.MANIFEST, str(fault)) from None
        model._check(directory)
        return model

    def _check(self, directory: Path) -> None:
        """Refuses arrays that are whole but do not fit together."""
        products = len(self.product_ids)
        if len(self._row_of) != products:
            raise DamagedModel(directory, "ids.bytes.npy", "a product is named twice")
        further = [] if self.contexts is None else [("contexts", self.contexts)]
        for name, part in (*self.parts.named(), *further):
            fault = part.fault(products)
            if fault:
                raise DamagedModel(directory, f"{name}.{fault[0]}.npy", fault[1])
        for kind, blend in self.blends.items():
            fault = blend.fault(len(BLENDED[kind].columns))
            if fault:
                raise DamagedModel(directory, f"blend.{kind}.{fault[0]}.npy", fault[1])
        if self.newest.shape != (products,) or len(np.unique(self.newest)) != products:
            raise DamagedModel(directory, "newest.npy", "not an order of the products")
        if products and (self.newest.min() < 0 or self.newest.max() >= products):
            raise DamagedModel(directory, "newest.npy", "an order of other products")


def _columns() -> dict[str, list[str]]:
    return {name: list(kind.columns) for name, kind in BLENDED.items()}


def _under(prefix: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {each.removeprefix(prefix): array for each, array in arrays.items() if each.startswith(prefix)}


def _within(progress: Progress, start: float, end: float) -> Progress:
    return lambda stage, share: progress(stage, start + (end - start) * share)
