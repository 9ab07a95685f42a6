"""`rapport shops` and `rapport keys`."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

import click

from api.bodies import parse, valid
from api.cli.output import as_json, machine, of_shop, open_shops, table
from api.moments import moment
from api.schemas.documents import SettingsChange
from plugin.doubts import doubts_of_settings
from plugin.errors import Refused, Unreadable
from plugin.intake.privacy_requests import privacy_requests
from plugin.merchant import Merchant, key_view, settings_view
from plugin.shop import KeyKind

KINDS: tuple[KeyKind, ...] = ("publishable", "secret", "signing", "offers")
LISTS = frozenset({"origins", "believed_traits", "sensitive_categories"})
UNSET = frozenset({"", "null", "none", "default"})  # what people write for "as it is by itself"
WHOLE = re.compile(r"^-?[0-9]{1,12}$")


@click.group()
def shops() -> None:
    """Open, list, show, set up and delete shops."""


@shops.command()
@click.argument("name")
@click.option("--currency", default="EUR", show_default=True, help="ISO 4217; settled once there are prices.")
@click.option("--locale", default="en", show_default=True)
@click.option("--timezone", default="UTC", show_default=True)
@click.option("--origin", "origins", multiple=True, help="A browser origin that may call; repeat for more.")
@as_json
def create(
    name: str, currency: str, locale: str, timezone: str, origins: tuple[str, ...], as_json: bool
) -> None:
    """Open a shop and print its keys; the secret ones are shown this once."""
    wanted = {"currency": currency, "locale": locale, "timezone": timezone, "origins": list(origins)}
    settings = valid(SettingsChange(), wanted)
    with open_shops() as held:
        made = Merchant(held, time.time).open_shop(name, settings).as_dict()
    if as_json:
        machine(made)
        return
    click.echo(f"Shop {made['shop_id']} is open.\n")
    click.echo(f"  publishable key  {made['publishable_key']}   for browsers")
    click.echo(f"  secret key       {made['secret_key']}   for the shop's server only; shown this once")
    click.echo(f"  signing key      kid {made['signing_key']['kid']}, HS256: {made['signing_key']['key']}")


@shops.command("list")
@as_json
def list_(as_json: bool) -> None:
    """List all shops."""
    with open_shops() as held:
        found = [held.view(shop_id).settings for shop_id in held.store.shops()]
    if as_json:
        machine([{"shop_id": each.shop_id, "name": each.name, "currency": each.currency} for each in found])
    else:
        table(
            "Shops",
            ["shop", "name", "currency"],
            [(each.shop_id, each.name, each.currency) for each in found],
        )


@shops.command()
@click.argument("shop_id", metavar="SHOP")
@as_json
def show(shop_id: str, as_json: bool) -> None:
    """Show a shop's settings, and what came of its feeds, its platform's deliveries and privacy requests."""
    with open_shops() as held:
        held.store.existing(shop_id)
        view, memory = held.view(shop_id), held.memory(shop_id)
        settings = settings_view(view.settings)
        settings["feed_results"] = [view.feeds[number] for number in sorted(view.feeds)]
        settings["deliveries"] = memory.tally("deliveries").all()
        settings["privacy_requests"] = privacy_requests(memory.documents)
    _print_settings(settings, as_json)


@shops.command("set")
@click.argument("shop_id", metavar="SHOP")
@click.argument("assignments", nargs=-1, required=True, metavar="NAME=VALUE...")
@as_json
def set_(shop_id: str, assignments: tuple[str, ...], as_json: bool) -> None:
    """Change settings; a list takes its values separated by commas (origins=https://a.example,https://b.example).

    NAME= or NAME=null puts a setting that has a default back to it.
    """
    changes = dict(_assignment(text) for text in assignments)
    checked = valid(SettingsChange(), changes)
    with open_shops() as held:
        held.store.existing(shop_id)
        settings = Merchant(held, time.time).change_settings(shop_id, checked)
        doubts = doubts_of_settings(checked, held.view(shop_id).catalogue)
    view = settings_view(settings)
    _print_settings({**view, "warnings": doubts} if doubts and as_json else view, as_json)
    for doubt in doubts:
        click.echo(f"Warning: {doubt['pointer']}: {doubt['detail']}", err=True)


@shops.command()
@click.argument("shop_id", metavar="SHOP")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(shop_id: str, yes: bool) -> None:
    """Forget a shop: its documents, shoppers and activity in the store."""
    with open_shops() as held:
        held.store.existing(shop_id)
        if not yes:
            click.confirm(f"Forget everything of {shop_id}?", abort=True)
        deleted = held.store.delete_shop(shop_id)
    click.echo(f"{shop_id} is forgotten ({deleted} keys).")


@click.group()
def keys() -> None:
    """List, rotate and revoke a shop's keys."""


@keys.command("list")
@of_shop
@as_json
def list_keys(shop_id: str, as_json: bool) -> None:
    """List a shop's keys; only publishable ones show their text."""
    with open_shops() as held:
        held.store.existing(shop_id)
        found = [key_view(key) for key in held.view(shop_id).keys.values()]
    found.sort(key=lambda key: (key["kind"], key["created_at"]))
    if as_json:
        machine(found)
        return
    rows = [
        (k["key_id"], k["kind"], k["text"] or "(not shown)", "revoked" if k["revoked_at"] else "live")
        for k in found
    ]
    table("Keys", ["key", "kind", "text", "state"], rows)


@keys.command()
@of_shop
@click.option("--kind", type=click.Choice(KINDS), required=True)
@as_json
def rotate(shop_id: str, kind: KeyKind, as_json: bool) -> None:
    """Make a new key beside the old ones; revoke those once everybody uses the new one."""
    with open_shops() as held:
        held.store.existing(shop_id)
        text, key = Merchant(held, time.time).rotate(shop_id, kind)
    made = {
        "key_id": key.key_id,
        "kind": kind,
        "key": text,
        "alg": key.alg,
        "created_at": moment(key.created_at),
    }
    if as_json:
        machine(made)
    else:
        click.echo(f"{kind} key {key.key_id}: {text}")


@keys.command()
@of_shop
@click.argument("key_id")
def revoke(shop_id: str, key_id: str) -> None:
    """Have a key open nothing any more, within a second, everywhere."""
    with open_shops() as held:
        held.store.existing(shop_id)
        Merchant(held, time.time).revoke(shop_id, key_id)
    click.echo(f"Key {key_id} is revoked.")


def _assignment(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Refused(f"{text!r} must be NAME=VALUE.")
    if name in LISTS:
        return name, [part.strip() for part in value.split(",") if part.strip()]
    if name == "feeds":
        return name, _feeds(value)
    if name.startswith("webhook_secrets."):
        return name, None if value in UNSET else _several(value)
    if name.startswith(("retention.", "training.")):
        return name, int(value) if WHOLE.match(value) else None if value in UNSET else value
    if name == "exclude_reduced" and value in ("true", "false"):
        return name, value == "true"
    if name in ("margin_floor", "largest_discount"):
        try:
            return name, float(value)
        except ValueError:
            raise Refused(f"{name} must be a number, not {value!r}.") from None
    if name.startswith("oidc.") and value not in UNSET:
        try:
            return name, parse(value.encode())
        except Unreadable:
            raise Refused(f"{name} must be a JSON object, in quotes; docs/sign-in.md shows one.") from None
    return name, None if value in UNSET and name.startswith(("jwks_url", "oidc.")) else value


def _feeds(value: str) -> Any:
    """Feeds as JSON, or only their addresses by commas: those are fetched once a day and replace."""
    if value.startswith("["):
        return _json("feeds", value)
    return [{"url": part.strip()} for part in value.split(",") if part.strip()]


def _several(value: str) -> Any:
    """One secret as it stands, or several as a JSON list while they are being changed."""
    return _json("webhook_secrets", value) if value.startswith('["') else value


def _json(name: str, value: str) -> Any:
    try:
        return parse(value.encode())
    except Unreadable:
        raise Refused(f"{name} is no JSON list.") from None


def _print_settings(settings: dict[str, Any], as_json: bool) -> None:
    if as_json:
        machine(settings)
        return
    for name, value in settings.items():
        click.echo(f"{name:18} {_readable(value)}".rstrip())


def _readable(value: Any) -> str:
    """Return a setting as people read it; each of several with members of its own on its own line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_readable(held)}" for name, held in value.items())
    if isinstance(value, list):
        between = f"\n{'':19}" if any(isinstance(each, Mapping) for each in value) else ", "
        return between.join(_readable(each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
