"""Whether the service lives, and whether it may be relied on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from api.answers import answer
from api.auth import storefront
from plugin.errors import RapportError

doors = Blueprint("health", __name__)

SAID_OF_FEEDS = {
    "failed": "the feed could not be read; `rapport shops show` says why",
    "held_back": "the feed lost over half of its products and is held back; `rapport shops show` says more",
}

SAID_OF_TRAININGS = {
    "failed": "the last training failed; `rapport models list` says why",
    "kept_back": "the last model was kept back; `rapport models list` says why",
}


@doors.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return answer({"status": "ok"})


@doors.get("/readyz")
def ready() -> Response:
    """The store is reachable and safe, and every published model loads; else 503 saying which is not."""
    checks: list[dict[str, Any]] = []
    try:
        for check in storefront().safety():
            checks.append({"name": check.name, "ok": check.ok, "detail": check.detail})
        checks.insert(0, {"name": "store", "ok": True, "detail": "the store answers"})
        checks += _models()
        checks += _trainings()
        checks += _feeds()
    except RapportError as error:
        checks.append({"name": "store", "ok": False, "detail": error.detail})
    fine = all(check["ok"] for check in checks)
    response = answer({"status": "ready" if fine else "not ready", "checks": checks}, 200 if fine else 503)
    if not fine:
        response.headers["Retry-After"] = "5"
    return response


def _feeds() -> list[dict[str, Any]]:
    """Feeds that failed or were held back, as warnings; not from where: that is the shop's."""
    shops = storefront().shops
    return [
        {
            "name": f"feed {shop_id} {number}",
            "ok": True,
            "detail": f"warning: {SAID_OF_FEEDS[came['outcome']]}",
        }
        for shop_id in shops.store.shops()
        for number, came in sorted(shops.view(shop_id).feeds.items())
        if came["outcome"] in SAID_OF_FEEDS
    ]


def _came_of(training: dict[str, Any]) -> str | None:
    """What came of the newest training; one that is tried again has failed until it has not."""
    tried_again = training.get("outcome") == "running" and training.get("failures")
    return "failed" if tried_again else training.get("outcome")


def _models() -> list[dict[str, Any]]:
    shops = storefront().shops
    checks = []
    for shop_id in shops.store.shops():
        view = shops.view(shop_id)
        if view.model_version is None:
            continue
        shops.model(view)
        refused = shops.refused_model(shop_id)
        detail = f"{view.model_version} loads" if refused is None else _said_of(*refused)
        checks.append({"name": f"model {shop_id}", "ok": refused is None, "detail": detail})
    return checks


def _said_of(version: str, fault: str, serving: str | None) -> str:
    instead = f"{serving} goes on serving" if serving else "no model serves"
    return f"{version} is refused ({fault}); {instead}; `rapport models rollback` puts a whole one in service"


def _trainings() -> list[dict[str, Any]]:
    """Trainings that failed or came to nothing better, as warnings; the figures are the shop's."""
    shops = storefront().shops
    return [
        {"name": f"training {shop_id}", "ok": True, "detail": f"warning: {SAID_OF_TRAININGS[outcome]}"}
        for shop_id in shops.store.shops()
        if (outcome := _came_of(shops.view(shop_id).training)) in SAID_OF_TRAININGS
    ]
