"""From history to a model in service: learned, judged on the most recent days, published or kept back."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from plugin.errors import NotFound
from plugin.history import Readable, cards_of, catalogue_before, interactions_before
from plugin.shops import Shops
from plugin.trust.teachers import teachers_before
from plugin.worker import Worker, refresh_standing
from recommender.artefact import read_manifest
from recommender.errors import DamagedModel
from recommender.evaluation import Report as Evaluation
from recommender.evaluation import evaluate as evaluate_history
from recommender.interactions import Interactions
from recommender.model import Model

Progress = Callable[[str, float], None]

JUDGED_DAYS = 28
JUDGED_KIND = "complements"
JUDGED_AT = 10
MOST_JUDGED = 1_000
FLOOR = "popularity"
ENOUGH_QUERIES = 50  # fewer answers cannot tell a good model from a lucky one
VERSIONS_KEPT = 10


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What a training came to: the version, what it learned from, how it was judged and what was decided."""

    version: str
    as_of: str | None
    published: bool
    reason: str
    orders: int
    products: int
    shoppers: int
    views: int
    judged: dict[str, Any] | None = None
    manifest: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return the report for machines."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "manifest"}


def train(
    shops: Shops,
    shop_id: str,
    *,
    now: float,
    as_of: float | None = None,
    publish: bool = False,
    progress: Progress | None = None,
) -> TrainingReport:
    """Return the report of a new model of everything strictly before `as_of` (epoch seconds; None is now).

    A model of now goes into service unless it is judged worse than popularity; one marked with a moment only
    with `publish`.
    """
    report = progress or (lambda stage, share: None)
    memory = shops.memory(shop_id)
    Worker(shops, lambda: now).drain(shop_id)
    report("reading the history", 0.0)
    before = now if as_of is None else as_of
    interactions = _learned_from(shops, shop_id, before)
    view = shops.view(shop_id, fresh=True)
    catalogue = view.catalogue if as_of is None else catalogue_before(memory.log, before, view.catalogue)
    cards = cards_of(catalogue, view.settings.currency)
    report("judging on the most recent days", 0.1)
    judged = _judge(interactions, cards, before)
    report("learning", 0.4)
    model = Model.fit(
        interactions,
        cards,
        as_of=before,
        progress=lambda stage, share: report(stage, 0.4 + 0.55 * share),
    )
    version = _version(now)
    folder = memory.models / version
    manifest = model.save(folder, version=version)
    marks = {"marked_as_of": as_of, "trained_at": now, "judged": judged}
    (folder.parent / f"{version}.report.json").write_bytes(orjson.dumps(marks))
    published, reason = _decide(judged, as_of, publish)
    if published:
        publish_version(shops, shop_id, version)
        refresh_standing(shops, shop_id, now)
    _forget_old(shops, shop_id)
    report("done", 1.0)
    return TrainingReport(
        version=version,
        as_of=None if as_of is None else _text(as_of),
        published=published,
        reason=reason,
        orders=interactions.order_count,
        products=interactions.product_count,
        shoppers=len(interactions.shopper_ids),
        views=len(interactions.views),
        judged=judged,
        manifest=manifest,
    )


def _learned_from(shops: Shops, shop_id: str, before: float) -> Interactions:
    """Return what the shop's models learn from: people's activity, of those who do not object."""
    log = shops.memory(shop_id).log
    teachers = teachers_before(log, before, shops.view(shop_id, fresh=True).trust_words)
    return interactions_before(log, before, readable_by_models(shops, shop_id), teachers)


def readable_by_models(shops: Shops, shop_id: str) -> Readable:
    """Return from whom a shop's models may learn now, whatever moment they are to know the shop at.

    Where the shop has its shoppers asked, that is who said yes; else everybody who did not say no.
    """
    objecting, agreeing = shops.memory(shop_id).consents.learned_from()
    if shops.view(shop_id).settings.consent_default == "yes":
        return Readable(frozenset(objecting))
    return Readable(frozenset(agreeing), only=True)


def publish_version(shops: Shops, shop_id: str, version: str) -> None:
    """Put a version into service by moving the pointer; running workers swap the whole model.

    Raises `NotFound` when the shop has no such version, `DamagedModel` when it does not load.
    """
    memory = shops.memory(shop_id)
    if version not in versions(shops, shop_id):
        raise NotFound(f"Shop {shop_id} has no model {version!r}; `rapport models list --shop {shop_id}`.")
    Model.load(memory.models / version)
    memory.documents.put({"model": orjson.dumps({"version": version})})


def versions(shops: Shops, shop_id: str) -> dict[str, dict[str, Any]]:
    """Return the shop's model versions, newest first, each with its manifest and marks."""
    found = {}
    for folder in sorted(shops.memory(shop_id).models.glob("*/manifest.json"), reverse=True):
        version = folder.parent.name
        try:
            manifest = read_manifest(folder.parent)
        except DamagedModel as error:
            manifest = {"damaged": str(error)}
        marks = folder.parent.parent / f"{version}.report.json"
        found[version] = {**manifest, **(orjson.loads(marks.read_bytes()) if marks.exists() else {})}
    return found


def newest_marked(shops: Shops, shop_id: str, as_of: float) -> Model:
    """Return the newest model marked with a moment. Raises `NotFound`, naming the command that makes one."""
    for version, manifest in versions(shops, shop_id).items():
        if manifest.get("marked_as_of") == as_of:
            return Model.load(shops.memory(shop_id).models / version)
    raise NotFound(
        f"No model of shop {shop_id} is marked {_text(as_of)}; "
        f"make one with `rapport train --shop {shop_id} --as-of {_text(as_of)}`."
    )


def evaluate(
    shops: Shops, shop_id: str, *, kind: str, days: int, now: float, as_of: float | None
) -> Evaluation:
    """Return how well a kind is answered beside the baselines: learned before a moment, asked after it.

    With `as_of` the newest model marked with that moment answers (`NotFound` when there is none). Without,
    one is learned for the occasion, and the last `days` of the history are asked. Nothing is kept.
    """
    memory = shops.memory(shop_id)
    Worker(shops, lambda: now).drain(shop_id)
    view = shops.view(shop_id, fresh=True)
    model = None if as_of is None else newest_marked(shops, shop_id, as_of)
    interactions = _learned_from(shops, shop_id, now)
    if as_of is None:
        last = interactions.orders.time[-1] if len(interactions.orders) else now
        as_of = float(last) - days * 86400
    cards = cards_of(catalogue_before(memory.log, as_of, view.catalogue), view.settings.currency)
    return evaluate_history(interactions, cards, kind, as_of=as_of, days=days, model=model)


def _judge(interactions: Any, cards: Any, before: float) -> dict[str, Any] | None:
    """Return how a model of the days before would have served the most recent days, beside popularity."""
    if not len(interactions.orders):
        return None
    last = min(before, float(interactions.orders.time[-1]) + 1)
    as_of = last - JUDGED_DAYS * 86400
    judged = evaluate_history(
        interactions, cards, JUDGED_KIND, as_of=as_of, days=JUDGED_DAYS, most=MOST_JUDGED
    )
    hit_rates = {row.method: row.hr[JUDGED_AT] for row in judged.rows}
    return {
        "kind": JUDGED_KIND,
        "as_of": _text(as_of),
        "days": JUDGED_DAYS,
        "queries": judged.cases,
        "measure": f"hit rate among the first {JUDGED_AT}",
        "ours": hit_rates["rapport"],
        "floor": hit_rates[FLOOR],
    }


def _decide(judged: dict[str, Any] | None, as_of: float | None, publish: bool) -> tuple[bool, str]:
    if as_of is not None and not publish:
        return False, "marked with a moment in the past; add --publish to serve it"
    if judged is None or judged["queries"] < ENOUGH_QUERIES:
        return True, "too little history to judge by; the fallback ladder covers what the model cannot say"
    ours, floor = judged["ours"], judged["floor"]
    if ours < floor and not publish:
        return False, f"hit rate {ours:.3f} on the last {JUDGED_DAYS} days is below popularity's {floor:.3f}"
    return True, f"hit rate {ours:.3f} on the last {JUDGED_DAYS} days against popularity's {floor:.3f}"


def _forget_old(shops: Shops, shop_id: str) -> None:
    in_service = shops.view(shop_id, fresh=True).model_version
    for version in list(versions(shops, shop_id))[VERSIONS_KEPT:]:
        if version != in_service:
            folder = shops.memory(shop_id).models / version
            shutil.rmtree(folder, ignore_errors=True)
            (folder.parent / f"{version}.report.json").unlink(missing_ok=True)


def _version(now: float) -> str:
    return f"{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def _text(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
