"""Two versions side by side: what they learned from, how they are set and judged, how alike they answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from plugin.models.versions import Version, load_version, version_of
from plugin.shops import Shops


def compare_versions(shops: Shops, shop_id: str, one: str, other: str) -> dict[str, Any]:
    """Return the comparison of two versions of a shop; every pair is in the order of the question.

    `settings` holds those that differ. `judged` are the figures of each version's own training, on its own
    most recent days: they are not of the same questions. `answers` are. Raises `NotFound`, and `Refused` for
    a version that does not load.
    """
    from recommender.evaluation.likeness import alike

    pair = [version_of(shops, shop_id, name) for name in (one, other)]
    first, second = (load_version(shops, shop_id, name) for name in (one, other))
    counts = [each.counts for each in pair]
    settings = [dict(_flat(each.manifest.get("settings") or {})) for each in pair]
    judged = [_judged(each) for each in pair]
    return {
        "versions": [one, other],
        "as_of": [each.as_of for each in pair],
        "counts": _beside(counts),
        "settings": {name: both for name, both in _beside(settings).items() if both[0] != both[1]},
        "judged": _beside(judged),
        "answers": [asdict(each) for each in alike(first, second)],
    }


def _judged(version: Version) -> dict[str, float]:
    judged = version.report.get("judged") or {}
    return {kind["kind"]: kind["ours"] for kind in judged.get("kinds", [])}


def _beside(both: list[dict[str, Any]]) -> dict[str, list[Any]]:
    names = dict.fromkeys(name for each in both for name in each)
    return {name: [each.get(name) for each in both] for name in names}


def _flat(held: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in held.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
