"""`rapport uses` and `rapport import uses`: what can be done with what one has."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from api.bodies import valid
from api.cli.contexts import contexts, hide, merge, promote, rename
from api.cli.output import as_json, bar, machine, of_shop, open_shops, table
from api.schemas.uses import UseIdeaDocument
from plugin.connectors.rejects import Rejects, Unusable
from plugin.connectors.use_ideas import read_ideas
from plugin.doubts import Doubt
from plugin.errors import Invalid
from plugin.merchant import Merchant
from plugin.shop import Shop
from plugin.shops import Shops
from plugin.uses.doubtful import Doubtful
from plugin.uses.idea import in_words
from plugin.uses.naming import ByName
from plugin.uses.writing import hide_ideas_except, put_ideas

MOST_WARNINGS = 1_000  # told one by one; all are counted
MOST_PRINTED = 20


@click.group()
def uses() -> None:
    """Ways of using what shoppers have: the shop's ideas, and what came of them."""


for command in (contexts, rename, merge, hide, promote):
    uses.add_command(command)


@uses.command("list")
@of_shop
@as_json
def list_(shop_id: str, as_json: bool) -> None:
    """List the shop's use ideas, with how many shoppers took to each and how far it is trusted."""
    with open_shops() as shops:
        shops.store.existing(shop_id)
        shop = shops.view(shop_id, fresh=True)
        trust = shop.use_trust
        told = [
            {
                "use_id": idea.use_id,
                "title": in_words(idea.title, shop.settings.locale),
                "state": idea.state,
                "needs": len(idea.needs),
                "answers": trust.answers.get(idea.use_id, 0.0),
                "trust": round(trust.shares.get(idea.use_id, trust.otherwise), 3),
            }
            for idea in sorted(shop.ideas, key=lambda idea: idea.use_id)
        ]
    if as_json:
        machine({"uses": told})
        return
    columns = ("use_id", "title", "state", "needs", "answers", "trust")
    table(f"Use ideas of {shop_id}", columns, [[each[name] for name in columns] for each in told])


@click.command("uses")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@of_shop
@click.option("--replace", is_flag=True, help="Hide the ideas that are not in the file.")
@as_json
def import_uses(file: Path, shop_id: str, replace: bool, as_json: bool) -> None:
    """Add and change use ideas: CSV, NDJSON, Markdown, or schema.org recipes and guides (HTML or JSON).

    Ingredients, supplies and tools are looked for among the shop's products by name; those that none is
    called like are left out and kept beside the file.
    """
    with open_shops() as shops, bar("Use ideas", None, as_json) as tell:
        shops.store.existing(shop_id)
        done = bring_ideas(
            shops, shop_id, file, replace=replace, progress=lambda count: tell(completed=count, total=None)
        )
    if as_json:
        machine(done)
        return
    ideas = "use idea" if done["uses"] == 1 else "use ideas"
    click.echo(f"{done['uses']:,} {ideas}, {done['new']:,} of them new, {done['hidden']:,} hidden")
    for reason, count in sorted(done["rejected"].items()):
        click.echo(f"  {count:,} not used: {reason}")
    for path in done["rejected_rows_in"]:
        click.echo(f"  kept in {path}")
    for doubt in done["warnings"][:MOST_PRINTED]:
        click.echo(f"Warning: {doubt['use_id']}{doubt['pointer']}: {doubt['detail']}", err=True)
    if (further := done["doubts"] - MOST_PRINTED) > 0:
        click.echo(f"Warning: {further:,} more like these; --json names {MOST_WARNINGS:,}.", err=True)


def bring_ideas(
    shops: Shops,
    shop_id: str,
    file: Path,
    *,
    replace: bool = False,
    progress: Callable[[int], None] = lambda count: None,
) -> dict[str, Any]:
    """Return what came of a file of use ideas: how many, how many new and hidden, rejects by reason, doubts.

    `doubts` counts what was taken and looks like a slip; `warnings` names the first 1,000 of these.
    """
    merchant, taken = Merchant(shops, time.time), _Taken()
    shop = shops.view(shop_id, fresh=True)
    with Rejects(Path.cwd()) as rejects:
        _, new = put_ideas(merchant, shop_id, _good(file, shop, rejects, taken, progress))
        hidden = hide_ideas_except(merchant, shop_id, taken.use_ids) if replace else 0
        return {
            "uses": len(taken.use_ids),
            "new": new,
            "hidden": hidden,
            "rejected": dict(rejects.counts),
            "rejected_rows_in": [str(path) for path in rejects.written],
            "doubts": taken.doubts,
            "warnings": taken.warnings,
        }


@dataclass
class _Taken:
    """Which ideas a file holds, and what of them looks like a slip."""

    use_ids: set[str] = field(default_factory=set)
    doubts: int = 0
    warnings: list[dict[str, str]] = field(default_factory=list)

    def add(self, use_id: str, doubts: list[Doubt]) -> None:
        """Take one idea, with what is doubted of it."""
        if use_id in self.use_ids:
            again = {
                "pointer": "/use_id",
                "detail": "More than one idea of the file has it; the last counts.",
            }
            doubts = [again, *doubts]
        self.use_ids.add(use_id)
        self.doubts += len(doubts)
        room = MOST_WARNINGS - len(self.warnings)
        self.warnings += [{"use_id": use_id, **doubt} for doubt in doubts[:room]]


def _good(
    file: Path, shop: Shop, rejects: Rejects, taken: _Taken, progress: Callable[[int], None]
) -> Iterator[dict[str, Any]]:
    schema, by_name, doubtful = UseIdeaDocument(), ByName(shop.catalogue), Doubtful(shop.catalogue)
    for count, document in enumerate(read_ideas(file, rejects, shop.settings.locale), start=1):
        progress(count)
        try:
            found = by_name.resolved(document, lambda text, detail: rejects.refuse("no_such_product", detail))
            written = valid(schema, found)
        except Unusable as fault:
            rejects.refuse(fault.reason, fault.detail)
        except Invalid as fault:
            rejects.refuse("invalid", fault.detail)
        else:
            taken.add(written["use_id"], doubtful.doubts(written))
            yield written
