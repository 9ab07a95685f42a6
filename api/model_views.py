"""A model's version as the doors and the command line tell it: moments as every door writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.moments import moment

MOMENTS = ("marked_as_of", "trained_at", "as_of")


def model_view(model: Mapping[str, Any]) -> dict[str, Any]:
    """Return one version as it is listed or shown."""
    told = {**model, **{name: moment(model[name]) for name in MOMENTS}}
    told["judged"] = judged_view(model["judged"]) if model["judged"] else None
    return told


def judged_view(judged: Mapping[str, Any]) -> dict[str, Any]:
    """Return how a version was judged."""
    return {**judged, "since": moment(judged["since"]), "until": moment(judged["until"])}


def comparison_view(compared: Mapping[str, Any]) -> dict[str, Any]:
    """Return two versions side by side."""
    return {**compared, "as_of": [moment(each) for each in compared["as_of"]]}
