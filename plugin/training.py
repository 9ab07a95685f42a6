"""From history to a model in service: learned, judged on the most recent days, published or kept back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from plugin.errors import RapportError, Refused
from plugin.models.learned_from import Material, material_before
from plugin.models.means import Means, means_here
from plugin.models.stopwatch import Progress, Stopwatch
from plugin.models.verdict import Judged, Verdict, decide
from plugin.models.versions import (
    BY_WORD,
    MARKED,
    forget_old,
    load_version,
    version_name,
    version_of,
    write_version,
)
from plugin.shops import Shops
from plugin.uses.retraining import learn_contexts
from plugin.worker import Worker, refresh_standing
from recommender.evaluation.judging import can_tell, cases_between, judge
from recommender.machine import CPU
from recommender.model import Model

JUDGED_DAYS = 28
DAY = 86400.0
NOT_JUDGED = "not judged yet; the next training will be judged beside it"
NO_ORDERS = "it has seen no order: nothing was bought before that moment"


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """What a training came to: the version, what it learned from, how it was judged and what was decided.

    `fit` says whether it was found fit to serve, `published` whether it serves now, `before` what served
    until then, `lessons` how many questions the weights of each kind were learned from, `seconds` how long
    each stage took. `device` is where factors were learned, `note` what is to be said of that.
    """

    version: str
    as_of: str | None
    published: bool
    reason: str
    orders: int
    products: int
    shoppers: int
    views: int
    fit: bool = True
    before: str | None = None
    judged: dict[str, Any] | None = None
    lessons: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    device: str = CPU
    note: str | None = None
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
    force: bool = False,
    judging: bool = True,
    threads: int | None = None,
    progress: Progress | None = None,
) -> TrainingReport:
    """Return the report of a new model of everything strictly before `as_of` (epoch seconds; None is now).

    A model of now goes into service unless it is found worse than what serves or than a plain list; one
    marked with a moment only with `publish`, which serves any. Without `judging` it serves as it is, in half
    the time: for a first model of a history that is known to be good. On how many `threads` it learns
    changes nothing but the time; None is what this process may use. Raises `Refused` while another process
    trains a model of this shop, and, without `force`, where a moment before every order is to be served.
    """
    watch = Stopwatch(progress)
    with shops.memory(shop_id).trainings.held() as still_ours:
        watch("reading the history", 0.0)
        Worker(shops, lambda: now).drain(shop_id)
        before = now if as_of is None else as_of
        material = material_before(shops, shop_id, before, as_of=as_of)
        empty = as_of is not None and not material.interactions.order_count
        if empty and publish and not force:
            raise Refused(f"Nothing was bought before {_text(before)}; a model of that serves only by force.")
        may_serve = as_of is None or publish
        means = means_here(shops.store.settings.device, threads)
        judged = judge_recipe(shops, shop_id, material, watch, means) if may_serve and judging else None
        model = Model.fit(
            material.interactions,
            material.cards,
            as_of=before,
            threads=means.threads,
            device=means.device,
            progress=watch.within("learning", 0.45, 0.94),
        )
        watch("contexts", 0.94)
        learn_contexts(shops, shop_id, model, material)
        verdict = Verdict(True, NOT_JUDGED if may_serve else MARKED)
        if may_serve and judging:
            verdict = decide(judged, material.orders_in_log, _orders_before(shops, shop_id))
        if empty:
            verdict = Verdict(False, NO_ORDERS)
        report = _written(shops, shop_id, model, material, judged, verdict, watch, now, as_of, means)
        serve = publish or (as_of is None and verdict.fit)
        return _settled(shops, shop_id, report, serve, still_ours, now, watch)


def judge_recipe(
    shops: Shops, shop_id: str, material: Material, watch: Stopwatch, means: Means
) -> Judged | None:
    """Return how a model learned as this one, but before the most recent days, answers those days.

    The model in service is asked the same questions if it has not seen those days: they begin when it was
    learned, or 28 days ago where that is later. Where too few questions came since, it cannot be asked, and
    28 days are judged beside plain lists alone. None where there are too few questions even then.
    """
    times = material.interactions.orders.time
    if not len(times):
        return None
    watch("choosing questions", 0.1)
    until = min(material.before, float(times[-1]) + 1)
    since = until - JUDGED_DAYS * DAY
    in_service, beside = _in_service(shops, shop_id, until)
    cases = cases_between(material.interactions, max(since, in_service.as_of if in_service else since), until)
    if in_service is not None and can_tell(cases):
        since = max(since, in_service.as_of)
    else:
        if in_service is not None:
            beside = f"{in_service.version} has seen these days, and too little happened since to ask it"
            in_service = None
            cases = cases_between(material.interactions, since, until)
        if not can_tell(cases):
            return None
    ours = Model.fit(
        material.interactions,
        material.cards,
        as_of=since,
        threads=means.threads,
        device=means.device,
        progress=watch.within("judging", 0.12, 0.4),
    )
    watch("judging: asking", 0.4)
    kinds = judge(ours, in_service, material.interactions.before(since), cases, since)
    return Judged(since, until, in_service.version if in_service else None, beside, tuple(kinds))


def _in_service(shops: Shops, shop_id: str, until: float) -> tuple[Model | None, str]:
    """Return the model in service if it can be asked about days before `until`, and who or why not."""
    version = shops.view(shop_id, fresh=True).model_version
    if version is None:
        return None, "no model was in service"
    try:
        model = load_version(shops, shop_id, version)
    except RapportError as error:
        return None, f"the model in service could not be asked: {error.detail}"
    if model.as_of >= until:
        return None, f"{version} has seen all of these days"
    return model, version


def _orders_before(shops: Shops, shop_id: str) -> int | None:
    """Return how many orders the log held when the model in service was learned, None without one."""
    version = shops.view(shop_id, fresh=True).model_version
    if version is None:
        return None
    try:
        held = version_of(shops, shop_id, version)
    except RapportError:
        return None
    return held.report.get("orders_in_log") or held.counts.get("orders")


def _written(
    shops: Shops,
    shop_id: str,
    model: Model,
    material: Material,
    judged: Judged | None,
    verdict: Verdict,
    watch: Stopwatch,
    now: float,
    as_of: float | None,
    means: Means,
) -> TrainingReport:
    """Return the report of a training after its version is on disk; nothing is in service yet."""
    version, learned = version_name(now), material.interactions
    watch("writing", 0.95)
    told: dict[str, Any] = {
        "marked_as_of": as_of,
        "trained_at": now,
        "orders_in_log": material.orders_in_log,
        "fit": verdict.fit,
        "reason": verdict.reason,
        "judged": judged.as_dict() if judged else None,
        "seconds": watch.seconds,
    }
    memory = shops.memory(shop_id)
    write_version(memory.models, shop_id, model, version, told, lambda step: watch(step, 0.96))
    return TrainingReport(
        version=version,
        as_of=None if as_of is None else _text(as_of),
        published=False,
        reason=verdict.reason,
        orders=learned.order_count,
        products=learned.product_count,
        shoppers=len(learned.shopper_ids),
        views=len(learned.views),
        fit=verdict.fit,
        before=shops.view(shop_id).model_version,
        judged=told["judged"],
        lessons={
            name.removeprefix("lessons for "): count
            for name, count in model.counts.items()
            if name.startswith("lessons for ")
        },
        seconds=watch.seconds,
        device=means.device,
        note=means.note,
    )


def _settled(
    shops: Shops,
    shop_id: str,
    report: TrainingReport,
    serve: bool,
    still_ours: Callable[[], bool],
    now: float,
    watch: Stopwatch,
) -> TrainingReport:
    """Put the version into service if it is to serve, say what came of the training, and tidy up."""
    if not still_ours():
        raise Refused(f"Another process took over the training of shop {shop_id}; {report.version} is kept.")
    watch("publishing", 0.97)
    changes: dict[str, bytes | None] = {}
    if serve:
        load_version(shops, shop_id, report.version)  # read back: what was written is what will serve
        changes["model"] = orjson.dumps({"version": report.version})
    if report.as_of is None or serve:
        outcome = {"outcome": "published" if serve else "kept_back", "at": now, "version": report.version}
        further = {"learned_at": now, "detail": report.reason, "failures": 0}
        changes["training"] = orjson.dumps({**outcome, **further})
    shops.put(shop_id, changes)
    watch("standing and old versions", 0.98)
    if serve:
        refresh_standing(shops, shop_id, now)
    forget_old(shops, shop_id)
    watch("done", 1.0)
    by_word = serve and not report.fit
    reason = f"{BY_WORD}, although {report.reason}" if by_word else report.reason
    told = {**report.as_dict(), "published": serve, "reason": reason}
    return TrainingReport(**told, manifest=version_of(shops, shop_id, report.version).manifest)


def _text(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
