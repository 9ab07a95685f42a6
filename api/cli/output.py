"""What commands print: progress and sentences for people, one JSON document for machines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from plugin.errors import RapportError
from plugin.settings import Settings
from plugin.shops import Shops
from plugin.store.memory import opened

people = Console(stderr=True, highlight=False)

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
FOR_MACHINES = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY

of_shop = click.option("--shop", "shop_id", required=True, metavar="SHOP", help="The shop's id.")


def fail(error: RapportError) -> None:
    """Say on standard error what went wrong, and where."""
    click.echo(click.style("Error: ", fg="red", bold=True) + error.detail, err=True)
    told_already = len(error.errors) == 1 and error.errors[0]["detail"] in error.detail
    for fault in [] if told_already else error.errors[:20]:
        where = fault.get("pointer") or fault.get("parameter") or ""
        click.echo(f"  {where}: {fault['detail']}", err=True)


def machine(document: Any) -> None:
    """Print a document for machines on standard output."""
    sys.stdout.buffer.write(orjson.dumps(document, option=FOR_MACHINES) + b"\n")
    sys.stdout.buffer.flush()


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table for people on standard output; columns of numbers stand to the right."""
    drawn = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(columns):
        numbers = bool(rows) and all(isinstance(row[place], int | float) for row in rows)
        drawn.add_column(name, justify="right" if numbers else "left")
    for row in rows:
        drawn.add_row(*(str(cell) for cell in row))
    Console(highlight=False, width=None if sys.stdout.isatty() else 120).print(drawn)


@contextmanager
def open_shops() -> Iterator[Shops]:
    """Open the store of the environment for the length of a command."""
    with opened(Settings.from_environment()) as store:
        yield Shops(store)


@contextmanager
def bar(title: str, total: float | None, quiet: bool = False) -> Iterator[Callable[..., None]]:
    """Show a progress bar on standard error; call what is yielded with `completed=` and `description=`.

    It appears with the first such call, so that what is refused before any work shows none, and keeps to one
    line however narrow the terminal is. Work that ends without an error leaves a full bar: what the total
    was thought to be is a guess in places.
    """
    progress = Progress(
        TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)),
        BarColumn(bar_width=24),
        MofNCompleteColumn() if total is None or total > 1 else TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        console=people,
        disable=quiet,
        expand=True,
    )
    task = progress.add_task(title, total=total)

    def tell(**changes: Any) -> None:
        if not progress.live.is_started:
            progress.start()
        progress.update(task, **changes)

    try:
        yield tell
        shown = progress.tasks[task]
        done = max(shown.completed, shown.total or 0)
        if done:
            progress.update(task, completed=done, total=done)
    finally:
        if progress.live.is_started:
            progress.stop()
