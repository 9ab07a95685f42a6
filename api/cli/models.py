"""`rapport models`: the versions a shop has, what they are worth, and which one serves."""

from __future__ import annotations

import sys
import time
from typing import Any

import click

from api.cli.judged import tell_judged, tell_seconds
from api.cli.output import as_json, machine, of_shop, open_shops, table
from api.model_views import comparison_view, model_view
from api.moments import moment
from api.stepping_back import stepping_back
from plugin.merchant import Merchant
from plugin.models.comparing import compare_versions
from plugin.models.going_back import to_go_back_to
from plugin.models.publishing import publish_by_hand
from plugin.reports import model_of, models_of


@click.group()
def models() -> None:
    """List, show and compare a shop's models, check them, or go back to an earlier one."""


@models.command("list")
@of_shop
@as_json
def list_(shop_id: str, as_json: bool) -> None:
    """List the versions there are, newest first."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        view = shops.view(shop_id)
        found, training = models_of(shops, view), view.training
    if as_json:
        machine([model_view(each) for each in found])
        return
    table(
        "Models",
        ["version", "state", "orders", "why"],
        [(each["version"], _state(each), _orders(each), each["reason"] or "-") for each in found],
    )
    for each in found:
        if each["published"] and each["damaged"]:
            _tell_damaged(shop_id, each, found)
    if training.get("outcome") == "failed":
        click.echo(f"The training of {moment(training['at'])} failed: {training['detail']}")


@models.command()
@of_shop
@click.argument("version")
@as_json
def show(shop_id: str, version: str, as_json: bool) -> None:
    """Show one version: what it was learned from, how it was judged, how it is set."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        found = model_of(shops, shops.view(shop_id), version)
    if as_json:
        machine(model_view(found))
        return
    click.echo(f"{version}: {_state(found)}; {found['reason'] or 'nothing is written of its training'}.")
    click.echo(f"Trained {moment(found['trained_at'])}, on everything before {moment(found['as_of'])}.")
    table("Learned from", ["what", "how much"], list((found["counts"] or {}).items()))
    if found["judged"]:
        tell_judged(found["judged"])
    tell_seconds(found["seconds"] or {})


@models.command()
@of_shop
@click.argument("one")
@click.argument("other")
@as_json
def compare(shop_id: str, one: str, other: str, as_json: bool) -> None:
    """Compare two versions: what they learned from, how they are set and judged, how alike they answer."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        found = compare_versions(shops, shop_id, one, other)
    if as_json:
        machine(comparison_view(found))
        return
    rows = [(name, *(_text(each) for each in pair)) for name, pair in found["counts"].items()]
    table("Learned from", ["what", one, other], rows)
    if found["settings"]:
        changed = [(name, *(_text(each) for each in pair)) for name, pair in found["settings"].items()]
        table("Set differently", ["setting", one, other], changed)
    else:
        click.echo("Both are set alike.")
    judged = [(name, *(_text(each) for each in pair)) for name, pair in found["judged"].items()]
    table("Judged, each on its own most recent days", ["kind", one, other], judged)
    alike = [
        (each["kind"], each["questions"], f"{each['shared']:.0%}", f"{each['same_first']:.0%}")
        for each in found["answers"]
    ]
    table("Answers to the same questions", ["kind", "questions", "shared of ten", "same first"], alike)


@models.command()
@of_shop
@click.argument("version", required=False)
@click.option("--force", is_flag=True, help="Also one that was learned from no order.")
@as_json
def rollback(shop_id: str, version: str | None, force: bool, as_json: bool) -> None:
    """Serve an earlier version: the one named, else the newest whole one before that in service.

    Where the one in service is damaged and nothing whole is older, the newest whole one after it.
    """
    with open_shops() as shops:
        shops.store.existing(shop_id)
        serving = shops.view(shop_id, fresh=True).model_version
        wanted = version or to_go_back_to(shops, shop_id)
        publish_by_hand(Merchant(shops, time.time), shop_id, wanted, force=force)
    if as_json:
        machine({"version": wanted, "before": serving})
    else:
        click.echo(f"Model {wanted} is in service.")


@models.command()
@click.option("--shop", "shop_id", metavar="SHOP", help="Only this shop's; without, those of all shops.")
@click.option("--step-back", is_flag=True, help="Leave processor and memory to whoever answers.")
@as_json
def check(shop_id: str | None, step_back: bool, as_json: bool) -> None:
    """Read every byte of the models in service; exit code 1 when one of them must not serve."""
    with stepping_back(step_back), open_shops() as shops:
        wanted = [shops.store.existing(shop_id).shop] if shop_id else shops.store.shops()
        found = []
        for each in wanted:
            view = shops.view(each)
            if view.model_version is not None:
                shops.model(view)
                refused = shops.refused_model(each)
                fault = refused[1] if refused else None
                found.append({"shop_id": each, "version": view.model_version, "fault": fault})
    if as_json:
        machine(found)
    else:
        rows = [(each["shop_id"], each["version"], each["fault"] or "whole") for each in found]
        table("Models in service", ["shop", "version", "state"], rows)
    sys.exit(1 if any(each["fault"] for each in found) else 0)


def _tell_damaged(shop_id: str, damaged: dict[str, Any], found: list[dict[str, Any]]) -> None:
    instead = next((f"{each['version']} serves in its place" for each in found if each["serving"]), None)
    fault = f"{damaged['version']} is to serve, but is damaged ({damaged['damaged']})"
    click.echo(f"{fault}; {instead or 'none serves'}.")
    click.echo(f"`rapport models rollback --shop {shop_id}` puts a whole one in service.")


def _state(model: dict[str, Any]) -> str:
    if model["damaged"]:
        return "damaged"
    if model["serving"]:
        return "in service" if model["published"] else "serves instead"
    if model["marked_as_of"]:
        return f"of {moment(model['marked_as_of'])}"
    return "kept" if model["fit"] else "kept back"


def _orders(model: dict[str, Any]) -> Any:
    return (model["counts"] or {}).get("orders", "-")


def _text(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
