"""`rapport dead-letters`: what could not be used, and trying it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import click
import orjson

from api.cli.output import as_json, bar, machine, of_shop, open_shops, table
from api.dead_letters import letter_view
from api.webhooks import delivered_again, deliveries_to
from plugin.errors import Refused
from plugin.intake.dead_letters import Replayed, replay
from plugin.store.dead_letters import READ_AT_ONCE, DeadLetters, Letter
from plugin.storefront import Storefront

SHOWN = 20


@click.group("dead-letters")
def dead_letters() -> None:
    """Show what could not be used and why, try it again, or drop it.

    Letters come from batches in which a door refused single events, and from events that broke the code they
    came to. The newest 10,000 of the shop's own server are kept and the newest 1,000 of browsers, 30 days.
    """


@dead_letters.command("list")
@of_shop
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@as_json
def list_(shop_id: str, limit: int, as_json: bool) -> None:
    """List letters, the oldest first; with --json as `replay --corrected` takes them."""
    with open_shops() as shops:
        held = shops.store.existing(shop_id).dead_letters
        letters = [letter_view(letter) for letter, _ in zip(held.all(), range(limit), strict=False)]
        count = held.count()
    if as_json:
        machine(letters)
        return
    rows = [(each["id"], each["at"] or "", each["where"], each["detail"]) for each in letters]
    table(f"Dead letters: {count:,}", ["id", "at", "where", "why"], rows)


@dead_letters.command("replay")
@of_shop
@click.argument("ids", nargs=-1)
@click.option(
    "--corrected",
    type=click.File("rb"),
    help='NDJSON or a JSON list of {"id", "document"}: what to read in place of what was sent.',
)
@as_json
def replay_(shop_id: str, ids: tuple[str, ...], corrected: BinaryIO | None, as_json: bool) -> None:
    """Read letters again (all, or those named); what can be used now counts once and leaves the list."""
    documents = _documents(corrected) if corrected else {}
    came = Replayed()
    with open_shops() as shops:
        held = shops.store.existing(shop_id).dead_letters
        front = Storefront(shops)
        deliver = delivered_again(deliveries_to(front))
        with bar("Reading again", held.count(), as_json) as tell:
            for letters in _in_parts(held, [*ids, *documents]):
                part = replay(front, shop_id, letters, documents, deliver)
                came.read += part.read
                came.applied += part.applied
                came.known += part.known
                came.still += part.still
                tell(completed=came.read)
    if as_json:
        machine(came.as_dict())
        return
    click.echo(f"{came.read:,} read: {came.applied:,} applied, {came.known:,} known already.")
    for each in came.still[:SHOWN]:
        click.echo(f"  {each['id']}: {each['detail']}")
    if len(came.still) > SHOWN:
        click.echo(f"  and {len(came.still) - SHOWN:,} more that still cannot be used")


@dead_letters.command()
@of_shop
@click.argument("ids", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Drop every letter of the shop.")
@as_json
def drop(shop_id: str, ids: tuple[str, ...], everything: bool, as_json: bool) -> None:
    """Forget letters for good: those named, or all."""
    if not ids and not everything:
        raise Refused("Name the letters to drop, or say --all.")
    with open_shops() as shops:
        held = shops.store.existing(shop_id).dead_letters
        dropped = held.forget(lambda _: True) if everything else held.drop(held.named(ids))
    if as_json:
        machine({"dropped": dropped})
    else:
        click.echo(f"{dropped:,} dropped.")


def _in_parts(held: DeadLetters, ids: Sequence[str]) -> Iterator[list[Letter]]:
    """Yield the letters of these ids, or all there are, some at a time."""
    if ids:
        once = list(dict.fromkeys(ids))
        for start in range(0, len(once), READ_AT_ONCE):
            yield held.named(once[start : start + READ_AT_ONCE])
        return
    cursor: str | None = None
    while True:
        letters, cursor = held.listed(cursor, READ_AT_ONCE)
        yield letters
        if cursor is None:
            return


def _documents(file: BinaryIO) -> dict[str, Any]:
    text = file.read()
    try:
        whole = text.lstrip().startswith(b"[")
        listed = orjson.loads(text) if whole else [orjson.loads(line) for line in text.splitlines() if line]
        return {each["id"]: each["document"] for each in listed}
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise Refused('--corrected takes {"id": ..., "document": ...}, one a line or as a list.') from None
