"""A report (as `rapport evaluate --json` prints it) as one HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.evaluation_page.pictures import Figure, pictures_of
from api.evaluation_page.words import (
    MEANINGS,
    headline,
    method_table,
    product_rows,
    what_was_asked,
    which_cases,
    which_time,
)

HERE = Path(__file__).parent


def evaluation_page(shop: str, reports: Sequence[dict[str, Any]], made_at: float) -> str:
    """Return the page for these reports of a shop, one section a kind; ``made_at`` is epoch seconds."""
    times = {which_time(report) for report in reports}
    of_all = times.pop() if len(times) == 1 else None  # said once where it holds for every kind
    explained: set[str] = set()
    sections = [
        {
            "id": report["kind"],
            "kind": report["kind"],
            "headline": headline(report),
            "asked": which_cases(report) if of_all else what_was_asked(report),
            "methods": method_table(report),
            "products": product_rows(report),
            "figures": _each_explained_once(pictures_of(report, report["kind"]), explained),
        }
        for report in reports
    ]
    return _template().render(
        shop=shop,
        made=f"{datetime.fromtimestamp(made_at, UTC):%Y-%m-%d %H:%M} UTC",
        time=of_all,
        sections=sections,
        meanings=MEANINGS,
    )


def _each_explained_once(figures: Sequence[Figure], explained: set[str]) -> list[dict[str, Any]]:
    """The pictures with what they say in words, where no section before has said it."""
    told = [
        {**asdict(each), "caption": each.caption if each.title not in explained else each.apart}
        for each in figures
    ]
    explained.update(each.title for each in figures)
    return told


@cache
def _template() -> Any:
    pages = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template("page.html")
