"""`rapport trust`: who looks like a program, and the merchant's word on it."""

from __future__ import annotations

import time
from typing import Any

import click

from api.cli.output import as_json, machine, of_shop, open_shops, table
from plugin.activity import Shopper
from plugin.merchant import Merchant
from plugin.trust.words import Standing, Word, say, suspects
from plugin.worker import Worker

of_visitor = click.option("--visitor", is_flag=True, help="ID is a visitor's (anonymousId), not a shopper's.")


@click.group()
def trust() -> None:
    """Show who looks like a program, and say who is a person.

    What programs look at is kept in the timeline and teaches no model. Whoever the shop itself reported an
    order of is a person. Your word stands above every score, from the next training on.
    """


@trust.command("show")
@of_shop
@as_json
def show(shop_id: str, as_json: bool) -> None:
    """List whoever looks automatic, the most suspect first, with the reasons."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        Worker(shops).drain(shop_id)
        found = [_view(each) for each in suspects(Merchant(shops, time.time), shop_id, time.time())]
    if as_json:
        machine(found)
        return
    rows = [
        (each["id"], each["kind"], each["events"] or "", each["score"] or "", ", ".join(each["reasons"]),
         each["word"] or "", "yes" if each["teaches"] else "no")
        for each in found
    ]  # fmt: skip
    table(f"Looks automatic: {len(found)}", ["id", "kind", "events", "score", "why", "word", "teaches"], rows)


@trust.command("say")
@of_shop
@click.argument("id_", metavar="ID")
@click.argument("word", type=click.Choice(["person", "automatic"]))
@of_visitor
def say_(shop_id: str, id_: str, word: Word, visitor: bool) -> None:
    """Say that somebody is a person, or a program."""
    _say(shop_id, id_, word, visitor)


@trust.command("clear")
@of_shop
@click.argument("id_", metavar="ID")
@of_visitor
def clear(shop_id: str, id_: str, visitor: bool) -> None:
    """Take your word on somebody back; the score counts again."""
    _say(shop_id, id_, None, visitor)


def _say(shop_id: str, identity: str, word: Word | None, visitor: bool) -> None:
    with open_shops() as shops:
        shops.store.existing(shop_id)
        say(Merchant(shops, time.time), shop_id, Shopper(identity, known=not visitor).ref, word)
    click.echo(f"{identity}: {word or 'judged by what they do'}, from the next training on.")


def _view(standing: Standing) -> dict[str, Any]:
    shopper = Shopper.from_ref(standing.ref)
    judged = standing.judgement
    return {
        "id": shopper.id,
        "kind": "user" if shopper.known else "anonymous",
        "events": standing.behaviour.events if standing.behaviour else None,
        "score": judged.score if judged else None,
        "reasons": dict(judged.reasons) if judged else {},
        "word": standing.word,
        "teaches": standing.teaches,
    }
