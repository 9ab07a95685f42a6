"""`rapport offers lint`, `replay`, `preview`, `versions`, `diff`, `revert`: rules before they go live."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import orjson

from api.bodies import valid
from api.cli.as_of import moment_given
from api.cli.output import as_json, bar, machine, of_shop, open_shops, table
from api.rule_views import findings_view, rule_view, version_view, versions_diff
from api.schemas.offers import OfferSchema
from plugin.activity import Shopper
from plugin.errors import Invalid, NotFound, Refused
from plugin.merchant import Merchant
from plugin.offers.lint.finding import Finding
from plugin.offers.lint.linting import lint, not_a_rule, rules_looked_at
from plugin.offers.occasion import BasketLine
from plugin.offers.offer import Offer
from plugin.offers.rulebook import revert_rule, rule_version, rule_versions
from plugin.shop import Shop
from plugin.shops import Shops

PROCESSES = min(2, os.cpu_count() or 1)
WIDEST_BAR = 40
a_rule_file = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("lint")
@click.argument("files", nargs=-1, type=a_rule_file, metavar="[FILE]...")
@of_shop
@as_json
def lint_(files: tuple[Path, ...], shop_id: str, as_json: bool) -> None:
    """Look through rules before they go live: those of JSON files, else the shop's live rules and drafts.

    Exits with 1 where something is wrong for sure.
    """
    with _of(shop_id) as (_, shop):
        rules, findings = _read(files, shop) if files else (rules_looked_at(shop), [])
        findings += lint(rules, shop, time.time())
        told = findings_view(findings, len(rules))
    if as_json:
        machine(told)
    else:
        for each in findings:
            colour = "red" if each.severity == "error" else "yellow"
            where = click.style(f"{each.severity}: {each.offer_id}{each.pointer}", fg=colour)
            click.echo(f"{where} [{each.code}] {each.detail} {each.fix}")
        click.echo(f"{told['rules']} rules: {told['errors']} errors, {told['warnings']} warnings")
    if told["errors"]:
        raise SystemExit(1)


@click.command("replay")
@click.argument("rule", metavar="OFFER|FILE")
@of_shop
@click.option(
    "--since", default=None, metavar="TIME", help="A date or RFC 3339 time; 90 days ago unless said."
)
@click.option("--until", default=None, metavar="TIME", help="A date or RFC 3339 time; now unless said.")
@click.option("--as-written", is_flag=True, help="Keep to the rule's own state and window.")
@click.option("--everybody-has-codes", is_flag=True, help="Take the rule's code as known to everybody.")
@as_json
def replay_(
    rule: str,
    shop_id: str,
    since: str | None,
    until: str | None,
    as_written: bool,
    everybody_has_codes: bool,
    as_json: bool,
) -> None:
    """Say on which past orders a rule would have been given, and what it would have taken off.

    It takes the id of one of the shop's rules, or a JSON file. It never says that the rule would have brought
    an order: all these were made without it.
    """
    from plugin.offers.replay.asking import codes_open, window
    from plugin.offers.replay.figures import replay_figures
    from plugin.offers.replay.replaying import Question, replay
    from plugin.worker import Worker

    with _of(shop_id) as (shops, shop), bar(f"Replaying {rule}", None, as_json) as tell:
        now = time.time()
        begin, end = window(moment_given(since, shop, "--since"), moment_given(until, shop, "--until"), now)
        Worker(shops).drain(shop_id)  # what is acknowledged is looked at too
        memory = shops.memory(shop_id)
        found = replay(
            shop,
            memory.log,
            _rule_named(rule, shop),
            Question(begin, end, as_written, everybody_has_codes),
            opens=codes_open(memory),
            model=shops.model(shop),
            processes=PROCESSES,
            progress=lambda done, of: tell(completed=done, total=of),
        )
        told = replay_figures(found, shop.live_offers)
    if as_json:
        machine(told)
        return
    _print_replay(told)


@click.command("preview")
@of_shop
@click.option("--shopper", default=None, metavar="ID", help="As this shopper; as a stranger unless said.")
@click.option("--tier", default=None, help="As somebody in this tier, whatever their figures say.")
@click.option("--at", default=None, metavar="TIME", help="At this moment, past or to come; now unless said.")
@click.option("--basket", multiple=True, metavar="PRODUCT[=QUANTITY]", help="What lies in the basket.")
@click.option("--code", "codes", multiple=True, help="A code that is entered.")
@click.option("--locale", default=None, help="The reader's language.")
@click.option(
    "--rule", "files", multiple=True, type=a_rule_file, help="A JSON file of rules not written yet."
)
@as_json
def preview_(
    shop_id: str,
    shopper: str | None,
    tier: str | None,
    at: str | None,
    basket: tuple[str, ...],
    codes: tuple[str, ...],
    locale: str | None,
    files: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Show every rule, drafts too, as a shopper would meet it, and of each condition whether it holds."""
    from api.rule_preview import preview_view
    from plugin.offers.previewing import Previewed, preview
    from plugin.storefront import Storefront

    with _of(shop_id) as (shops, shop):
        rules, wrong = _read(files, shop)
        if wrong:
            raise Refused(f"{wrong[0].offer_id}{wrong[0].pointer}: {wrong[0].detail}")
        asked = Previewed(
            shopper=None if shopper is None else Shopper(shopper),
            tier=tier,
            at=moment_given(at, shop, "--at"),
            lines=_lines(basket, shop) if basket else None,
            locale=locale,
            codes=codes,
            rules=tuple(rules),
        )
        told = preview_view(preview(Storefront(shops), shop_id, asked))
    if as_json:
        machine(told)
        return
    for offer in told["offers"]:
        click.echo(f"{offer['offer_id']} ({offer['state']}): {offer['verdict']}, {offer['reason']}")
        click.echo(f"  {offer['sentence']}")
        for why in offer["why"]:
            click.echo(f"  {'yes' if why['holds'] else 'no ':3} {why['pointer']}: {why['sentence']}")


@click.command("versions")
@click.argument("offer_id", metavar="OFFER")
@of_shop
@as_json
def versions(offer_id: str, shop_id: str, as_json: bool) -> None:
    """List what a rule was: who wrote which version and when."""
    with _of(shop_id) as (shops, shop):
        kept = rule_versions(Merchant(shops, time.time), shop_id, offer_id)
        told = [version_view(held, shop) for held in kept]
    if as_json:
        machine({"offer_id": offer_id, "versions": told})
        return
    columns = ("version", "at", "who", "did", "sentence")
    table(f"Versions of {offer_id}", columns, [[each[name] or "" for name in columns] for each in told])


@click.command("diff")
@click.argument("offer_id", metavar="OFFER")
@of_shop
@click.option("--from", "from_", type=click.IntRange(1), required=True, help="The earlier version.")
@click.option("--to", type=click.IntRange(1), default=None, help="The later version; the newest unless said.")
@as_json
def diff(offer_id: str, shop_id: str, from_: int, to: int | None, as_json: bool) -> None:
    """Say what changed between two versions of a rule: place by place, and as sentences."""
    with _of(shop_id) as (shops, shop):
        merchant = Merchant(shops, time.time)
        later = to or rule_versions(merchant, shop_id, offer_id)[0].version
        before, after = (rule_version(merchant, shop_id, offer_id, each) for each in (from_, later))
        told = {"offer_id": offer_id, **versions_diff(before, after, shop)}
    if as_json:
        machine(told)
        return
    for each in told["changes"]:
        was, is_ = (orjson.dumps(each[name]).decode() if name in each else "-" for name in ("was", "is"))
        click.echo(f"{each['pointer'] or '/'}: {was} -> {is_}")
    click.echo(f"was: {told['sentences']['from'] or 'deleted'}")
    click.echo(f"is:  {told['sentences']['to'] or 'deleted'}")


@click.command("revert")
@click.argument("offer_id", metavar="OFFER")
@of_shop
@click.option("--to", type=click.IntRange(1), required=True, help="The version to write again.")
@as_json
def revert(offer_id: str, shop_id: str, to: int, as_json: bool) -> None:
    """Write an earlier version of a rule again, as a new one; a rule that was deleted comes back."""
    with _of(shop_id) as (shops, shop):
        told = rule_view(revert_rule(Merchant(shops, time.time), shop_id, offer_id, to), shop)
    if as_json:
        machine(told)
        return
    click.echo(f"{offer_id} is at version {told['version']}, as it was at {to}: {told['sentence']}")


@contextmanager
def _of(shop_id: str) -> Iterator[tuple[Shops, Shop]]:
    with open_shops() as shops:
        shops.store.existing(shop_id)
        yield shops, shops.view(shop_id, fresh=True)


def _read(files: tuple[Path, ...], shop: Shop) -> tuple[list[Offer], list[Finding]]:
    """The rules of some files, one or a list of them in each; and why others cannot be read as rules."""
    rules, findings = [], []
    for file in files:
        for document in _documents(file):
            try:
                rules.append(Offer.from_document(valid(OfferSchema(), document), shop.settings.currency))
            except Invalid as wrong:
                findings += not_a_rule(document if isinstance(document, dict) else {}, wrong)
    return rules, findings


def _documents(file: Path) -> list[Any]:
    try:
        held = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise Refused(f"{file} cannot be read as JSON: {error}.") from None
    return held if isinstance(held, list) else [held]


def _rule_named(name: str, shop: Shop) -> Offer:
    if name in shop.offers:
        return shop.offers[name]
    if not Path(name).is_file():
        raise NotFound(f"The shop has no rule {name!r}, and there is no such file.")
    rules, wrong = _read((Path(name),), shop)
    if wrong or len(rules) != 1:
        detail = f"{wrong[0].pointer}: {wrong[0].detail}" if wrong else f"it has {len(rules)} rules, not one"
        raise Refused(f"{name} is no rule to replay: {detail}")
    return rules[0]


def _lines(basket: tuple[str, ...], shop: Shop) -> tuple[BasketLine, ...]:
    """The basket at the catalogue's prices. Raises `Refused` for what has none there."""
    lines = []
    for each in basket:
        product_id, _, quantity = each.rpartition("=") if "=" in each else (each, "", "1")
        product = shop.catalogue.get(product_id)
        if product is None or product.price_now is None:
            raise Refused(f"The catalogue has no price for {product_id!r}.")
        if not quantity.isdecimal() or not 1 <= int(quantity) <= 10_000:
            raise Refused(f"{each!r}: a quantity is a whole number from 1 to 10,000.")
        lines.append(BasketLine(product_id, int(quantity), product.price_now))
    return tuple(lines)


def _print_replay(told: dict[str, Any]) -> None:
    given, margin = told["given"], told["margin"]
    click.echo(
        f"{told['offer_id']} from {told['since']} until {told['until']}: would have been given on "
        f"{given['orders']:,} of {told['orders']:,} orders, to {given['shoppers']:,} of {told['shoppers']:,} "
        f"shoppers; {given['guest_orders']:,} of the orders are guests'."
    )
    click.echo(f"Taken off: {_money(told['discount'])}, of {_money(told['subtotal'])} those orders came to.")
    if margin["known_share"]:
        click.echo(
            f"Margin where costs are known ({margin['known_share']:.0%} of it): "
            f"{_money(margin['before'])} before, {_money(margin['after'])} after."
        )
    for reason, count in told["not_given"].items():
        click.echo(f"Not given although its conditions held, {reason}: {count:,}")
    _print_weeks(told["by_week"])
    if told["by_tier"]:
        rows = [[each["tier"] or "-", each["orders"], _money(each["discount"])] for each in told["by_tier"]]
        table(f"By tier, of {told['looked_at']:,} orders", ("tier", "orders", "taken off"), rows)
    if told["beside"]:
        names = ("offer_id", "both_given", "given_instead", "gives_way")
        rows = [[each[name] for name in names] for each in told["beside"]]
        table(f"Beside the other live rules, of {told['looked_at']:,} orders", names, rows)
    for note in told["notes"]:
        click.echo(f"Note: {note['text']}")


def _print_weeks(weeks: list[dict[str, Any]]) -> None:
    most = max((each["orders"] for each in weeks), default=0)
    for each in weeks:
        drawn = "\N{FULL BLOCK}" * max(1, round(WIDEST_BAR * each["orders"] / most))
        click.echo(f"{each['week']} {drawn:<{WIDEST_BAR}} {each['orders']:>7,}  {_money(each['discount'])}")


def _money(amount: dict[str, str]) -> str:
    return f"{amount['amount']} {amount['currency']}"


RULE_COMMANDS = (lint_, replay_, preview_, versions, diff, revert)
