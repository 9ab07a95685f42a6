"""`rapport uses contexts` and what a merchant does with them: rename, merge, hide, promote."""

from __future__ import annotations

import time
from typing import Any

import click

from api.bodies import valid
from api.cli.output import as_json, machine, of_shop, open_shops, table
from api.context_views import context_view
from api.schemas.uses import ContextChange
from plugin.merchant import Merchant
from plugin.uses.learned import contexts_of
from plugin.uses.naming_contexts import change_context, promote_context


@click.command()
@of_shop
@as_json
def contexts(shop_id: str, as_json: bool) -> None:
    """List what products are used for together, as orders tell: what tells it, and how many are in it."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        shop = shops.view(shop_id, fresh=True)
        found = list(contexts_of(shop, shops.model(shop)).values())
        told = [context_view(each, shop) for each in found]
    if as_json:
        machine({"contexts": told})
        return
    rows = [(each["context_id"], each["title"], each["people"], _state(each)) for each in told]
    table(f"Contexts of {shop_id}", ("context", "title", "shoppers", "state"), rows)


@click.command()
@of_shop
@click.argument("context_id")
@click.argument("title", required=False)
@click.option("--locale", help="The language of this title; those in others stay.")
@as_json
def rename(shop_id: str, context_id: str, title: str | None, locale: str | None, as_json: bool) -> None:
    """Call a context by a name of your own; without one it is named after its products again."""
    _change(shop_id, context_id, lambda said: {"title": _titled(said, title, locale)}, as_json)


@click.command()
@of_shop
@click.argument("context_id")
@click.argument("into", required=False)
@as_json
def merge(shop_id: str, context_id: str, into: str | None, as_json: bool) -> None:
    """Let a context count as another; without another it stands for itself again."""
    _change(shop_id, context_id, lambda said: {"merged_into": into}, as_json)


@click.command()
@of_shop
@click.argument("context_id")
@click.option("--undo", is_flag=True, help="Show it again.")
@as_json
def hide(shop_id: str, context_id: str, undo: bool, as_json: bool) -> None:
    """Let no shopper see a context."""
    _change(shop_id, context_id, lambda said: {"hidden": not undo}, as_json)


@click.command()
@of_shop
@click.argument("context_id")
@click.option("--use-id", help="The id of the idea; without, one with the context's number.")
@click.option("--live", is_flag=True, help="Show the idea at once; it is a draft otherwise.")
@as_json
def promote(shop_id: str, context_id: str, use_id: str | None, live: bool, as_json: bool) -> None:
    """Make a use idea of a context, which needs its most telling products."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        made = promote_context(Merchant(shops, time.time), shop_id, context_id, use_id, live=live)
    if as_json:
        machine(made)
    else:
        click.echo(f"Use idea {made['use_id']} is {made['state']}.")


def _change(shop_id: str, context_id: str, asked: Any, as_json: bool) -> None:
    with open_shops() as shops:
        shops.store.existing(shop_id)
        words = shops.view(shop_id, fresh=True).context_words.get(context_id)
        changes = valid(ContextChange(), asked(words))
        changed = change_context(Merchant(shops, time.time), shop_id, context_id, changes)
        told = context_view(changed, shops.view(shop_id))
    if as_json:
        machine(told)
    else:
        click.echo(f"{told['context_id']}: {told['title']} ({_state(told)})")


def _titled(said: Any, title: str | None, locale: str | None) -> Any:
    if locale is None:
        return title
    held = dict(said.title) if said is not None and isinstance(said.title, dict) else {}
    if title is None:
        held.pop(locale, None)
    else:
        held[locale] = title
    return held or None


def _state(context: dict[str, Any]) -> str:
    if not context["found"]:
        return "not found any more"
    if context["hidden"]:
        return "hidden"
    if context["promoted_to"]:
        return f"idea {context['promoted_to']}"
    return f"with {', '.join(context['merged'])}" if context["merged"] else "shown"
