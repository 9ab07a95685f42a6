"""Tiers as documents: where a shopper stands and why, what is next, and what became of it so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.moments import moment
from plugin.gather import Scene
from plugin.money import as_document
from plugin.tiers.ladder import in_language
from plugin.tiers.recorded import history

IN_MONEY = ("spend", "value")


def tier_view(scene: Scene) -> dict[str, Any]:
    """Return where the shopper stands and what is next; somebody unknown is served what everybody is."""
    place, ladder = scene.place, scene.shop.ladder
    locale, currency = scene.locale or scene.shop.settings.locale, scene.shop.settings.currency
    served = [in_language(word, locale) for word in ladder.served(place.tier if place else None)]
    if place is None:
        nothing = dict.fromkeys(("tier", "title", "since", "progress", "falls_on", "falls_to"))
        return {**nothing, "services": served}
    body: dict[str, Any] = {
        "tier": place.tier,
        "title": in_language(place.title, locale),
        "since": moment(place.since),
        "progress": None if place.progress is None else _progress(place.progress, locale, currency),
        "falls_on": moment(place.falls_on),
        "falls_to": place.fall.to,
        "services": served,
    }
    if scene.trusted:
        body |= {
            "quantile": place.quantile,
            "why": _why(place.why, currency),
            "stays": place.fall.why if place.falls_on is None else None,
        }
    return body


def tier_history_view(scene: Scene) -> list[dict[str, Any]]:
    """Return the changes of a shopper's tier, newest first, each with its inputs."""
    currency = scene.shop.settings.currency
    return [
        {**told, "at": moment(told["at"]), "why": _inputs(told["why"], currency)}
        for told in history(scene.profile)
    ]


def _progress(progress: Mapping[str, Any], locale: str, currency: str) -> dict[str, Any]:
    missing = dict(progress["missing"])
    if isinstance(missing.get("amount"), int):
        missing |= as_document(missing["amount"], currency) or {}
    if "expected" in missing:
        missing["expected"] = as_document(missing["expected"], currency)
    return {**progress, "title": in_language(progress.get("title"), locale), "missing": missing}


def _why(why: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """What a tier rests on, money and moments as every door writes them."""
    told = {**why, "spent": as_document(why["spent"], currency)}
    if "expected_spend" in told:
        told["expected_spend"] = as_document(told["expected_spend"], currency)
    for name in ("standing_as_of", "below_since"):
        if name in told:
            told[name] = moment(told[name])
    if "by_hand" in told:
        told["by_hand"] = {**told["by_hand"], "until": moment(told["by_hand"]["until"])}
    return told


def _inputs(why: Mapping[str, Any], currency: str) -> dict[str, Any]:
    if "until" in why:
        return {**why, "until": moment(why["until"])}
    told = {**why, "spent": as_document(why["spent"], currency)}
    if why["basis"] in IN_MONEY:
        told |= {name: as_document(why[name], currency) for name in ("measure", "needed")}
    if "standing_as_of" in why:
        told["standing_as_of"] = moment(why["standing_as_of"])
    return told
